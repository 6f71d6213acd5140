"""callboard doctor: what works, what does not, and what to do about it."""

from __future__ import annotations

from contextlib import closing

from callboard.domain.instant import DAY, HOUR, Instant
from callboard.store import jobs as job_store
from callboard.store import open_store
from callboard.wiring.machine import SystemClock
from tests.cli.conftest import SECRET, Folder, Said
from tests.cli.stub_wiz import StubWiz


def lines(said: Said, word: str) -> str:
    """The lines of one verdict."""
    return "\n".join(line for line in said.out.splitlines() if line.startswith(word))


def test_all_is_well(board: Folder) -> None:
    """Configuration, database, freshness, token, each kind, catalog."""
    said = board.call("doctor", code=None)
    assert lines(said, "fail") == ""
    for expected in (
        "1 source, 1 catalog",
        "callboard.db can be used",
        "Last read completely",
        "gives a token",
        "issue",
        "catalog files",
    ):
        assert expected in lines(said, "ok")


def test_what_fails_has_a_hint_and_an_exit_code(folder: Folder, wiz: StubWiz) -> None:
    """In words, and as JSON."""
    wiz.token_status = 401
    folder.configure(wiz)
    said = folder.call("doctor", code=1)
    assert "does not accept the client id and secret" in lines(said, "fail")
    assert "→ " in said.out
    done = folder.call("doctor", "--json", code=1).json
    assert done["ok"] is False
    assert any(check["ok"] is False and "source main" in check["subject"] for check in done["checks"])


def test_warnings_are_no_failures(folder: Folder) -> None:
    """No source yet, and no database yet: how every board begins."""
    said = folder.call("doctor")
    assert "callboard init" in said.out
    assert "There is no board yet" in lines(said, "warn")


def test_secrets_in_the_open_are_told(folder: Folder, wiz: StubWiz) -> None:
    """A configuration that others can read."""
    folder.configure(wiz)
    (folder.path / "callboard.toml").chmod(0o644)
    assert "chmod 600" in lines(folder.call("doctor", "--offline", code=None), "warn")


def test_offline_asks_nobody(folder: Folder, wiz: StubWiz) -> None:
    """And still sees that a secret is missing."""
    folder.configure(wiz)
    folder.call("doctor", "--offline")
    assert wiz.asked == []
    file = folder.path / "callboard.toml"
    file.write_text(file.read_text().replace(f'client_secret = "{SECRET}"', 'client_secret_file = "nowhere"'))
    assert "cannot be read" in lines(folder.call("doctor", "--offline", code=1), "fail")


def test_a_broken_configuration_is_the_only_line(folder: Folder) -> None:
    """Nothing else could be looked at."""
    (folder.path / "callboard.toml").write_text("[sevrer]\n")
    done = folder.call("doctor", "--json", code=1).json
    assert [check["subject"] for check in done["checks"]] == ["configuration"]
    assert "did you mean server?" in done["checks"][0]["message"]


def test_a_foreign_database_is_told(folder: Folder) -> None:
    """Not overwritten."""
    import sqlite3

    database = sqlite3.connect(folder.path / "callboard.db")
    database.execute("create table finding (id int)")
    database.commit()
    database.close()
    assert "database" in lines(folder.call("doctor", code=1), "fail")
    assert "tables of another program" in folder.call("sync", code=2).err
    assert folder.call("db", "status", "--json", code=1).json["usable"] is False


def test_who_works_and_who_was_lost_is_told(board: Folder) -> None:
    """Processes that live with their jobs, one that was not heard of, what it held, what fails, and what nobody does."""
    now = SystemClock().now()
    with closing(open_store(f"sqlite:///{board.path / 'callboard.db'}")) as store, store.jot() as conn:
        for name, seen_at in (("east/11/a", now), ("west/12/b", Instant(now - HOUR))):
            known = job_store.Worker(
                name=name, role="worker", version="1", started_at=Instant(now - DAY), seen_at=seen_at, doing="packages"
            )  # fmt: skip
            job_store.beat(conn, known)
        job_store.ensure(conn, ["packages", "ownership", "channels"])
        job_store.take(conn, "ownership", "west/12/b", now=Instant(now - HOUR), is_dead=lambda _worker: False)
        failed = job_store.take(conn, "channels", "east/11/a", now=now, is_dead=lambda _worker: False)
        assert failed is not None
        job_store.end(conn, failed, due_at=now, failures=3, reason="nobody answers", now=now)
    said = board.call("doctor", "--offline", code=None)
    assert "1 process: worker east/11 (packages)" in lines(said, "ok")
    warned = lines(said, "warn")
    assert "worker west/12 was last heard of 1 h ago" in warned
    assert "Begun by west/12, which was not heard of since" in warned
    assert "It failed 3 times in a row: nobody answers" in warned
    with closing(open_store(f"sqlite:///{board.path / 'callboard.db'}")) as store, store.jot() as conn:
        for name in ("east/11/a", "west/12/b"):
            job_store.let_go(conn, name)
    assert "Nobody works, and" in lines(board.call("doctor", "--offline", code=None), "warn")
