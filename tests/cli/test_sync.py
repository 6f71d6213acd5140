"""callboard sync, and what it says when something is in the way."""

from __future__ import annotations

import shutil
from contextlib import closing

from callboard.store import open_store
from callboard.store.intake import sources
from callboard.wiring.machine import SystemClock
from tests.cli.conftest import SECRET, Folder
from tests.cli.stub_wiz import StubWiz, issue


def test_sync_reads_everything_and_reports(folder: Folder, wiz: StubWiz) -> None:
    """Catalogs first, then sources; the second run reads only what changed and changes nothing."""
    wiz.issues = [issue(1), issue(2)]
    folder.configure(wiz)
    done = folder.call("sync", "--json").json
    assert [each["state"] for each in (*done["catalogs"], *done["sources"])] == ["applied", "applied"]
    assert done["sources"][0]["new"] == 2
    again = folder.call("sync", "--json").json["sources"][0]
    assert (again["mode"], again["new"], again["changes"]) == ("delta", 0, 0)
    assert folder.call("sync", "main", "--full", "--json").json["sources"][0]["mode"] == "full"
    assert "2 unchanged" in folder.call("sync", "main", "--delta").out


def test_stdout_holds_one_document_and_nothing_else(folder: Folder, wiz: StubWiz) -> None:
    """Also in a process of its own, with progress and logs."""
    wiz.issues = [issue(1)]
    folder.configure(wiz)
    assert folder.run("--debug", "sync", "--json").json["sources"][0]["seen"] >= 1
    assert folder.run("sync", "--estimate", "--json").json["sources"][0]["calls"] > 0


def test_estimate_reads_nothing(folder: Folder, wiz: StubWiz) -> None:
    """Counts, calls, minutes and disk, from counts alone."""
    wiz.issues = [issue(number) for number in range(40)]
    folder.configure(wiz)
    said = folder.call("sync", "--estimate")
    assert "Calls" in said.out
    assert "MB of disk" in said.out
    assert folder.call("findings", "--json").json["total"] == 0


def test_catalog_only(folder: Folder) -> None:
    """No source is needed."""
    done = folder.call("sync", "--catalog-only", "--json").json
    assert (done["catalogs"][0]["components"], done["sources"]) == (2, [])


def test_what_is_wrong_in_a_catalog_is_said_once(folder: Folder) -> None:
    """As what is wrong, and not again as why the reading is partial."""
    (folder.path / "catalog" / "more").mkdir()
    (folder.path / "catalog" / "more" / "catalog-info.yaml").write_text("a: [\n")
    said = folder.call("sync", "--catalog-only", code=3)
    assert said.out.count("more/catalog-info.yaml") == 1


def test_who_cannot_be_reached_is_said_with_what_to_do(folder: Folder) -> None:
    """The address may be wrong, or something may stand between."""
    (folder.path / "callboard.toml").write_text(
        '[[catalog]]\nkind = "backstage"\nurl = "http://127.0.0.1:9"\ntoken = "t0ken-of-nobody"\nallow_private = true\n'
    )
    said = folder.call("doctor", code=1)
    assert "No connection to 127.0.0.1:9" in said.out
    assert "→ Check the address, and what stands between this machine and it" in said.out


def test_nothing_to_read_is_a_mistake(folder: Folder) -> None:
    """Not a success with nothing done."""
    (folder.path / "callboard.toml").write_text("")
    assert "callboard init" in folder.call("sync", code=2).err


def test_wrong_credentials_are_a_sentence(folder: Folder, wiz: StubWiz) -> None:
    """Exit code 3, and the other parts go on."""
    wiz.token_status = 401
    folder.configure(wiz)
    said = folder.call("sync", code=3)
    assert "does not accept the client id and secret" in said.err
    assert "Catalog files: applied" in said.out
    failures = folder.call("sync", "--json", code=3).json["failures"]
    assert [(each["name"], each["exit_code"]) for each in failures] == [("main", 3)]


def test_a_partial_run_ends_with_3(board: Folder, wiz: StubWiz) -> None:
    """And closes nothing."""
    wiz.fail_graphql = True
    said = board.call("sync", "--full", code=3)
    assert "partial" in said.out
    assert board.call("findings", "--json").json["total"] == 6

    assert "callboard doctor" in said.out


def test_a_sync_beside_another_ends_with_1(board: Folder) -> None:
    """It is refused, and nothing was read badly: a timer that came too early is no alarm."""
    with closing(open_store(f"sqlite:///{board.path / 'callboard.db'}")) as store, store.jot() as conn:
        source = sources.ensure_source(conn, "main", "wiz")
        sources.take_lease(conn, source, "elsewhere/1/a", now=SystemClock().now())
    said = board.call("sync", code=1)
    assert "Another sync of 'main' is running" in said.err


def held(folder: Folder, wiz: StubWiz) -> int:
    """A board of forty findings of which all but one are gone: the number of the run that waits."""
    wiz.issues = [issue(number) for number in range(40)]
    folder.configure(wiz)
    folder.call("sync")
    wiz.issues = wiz.issues[:1]
    report = folder.call("sync", "--full", "--json", code=1).json["sources"][0]
    assert report["state"] == "held"
    number = report["run"]
    assert isinstance(number, int)
    return number


def test_a_held_run_can_be_accepted(folder: Folder, wiz: StubWiz) -> None:
    """Once; after that it is not held any more."""
    number = held(folder, wiz)
    assert f"Held: {number} (main)" in folder.call("sync", "--accept-held", "12345", code=1).err
    assert folder.call("findings", "--json").json["total"] == 40
    assert folder.call("sync", "--accept-held", str(number), "--json").json["sources"][0]["closed"] == 39
    assert folder.call("findings", "--json").json["total"] == 1
    folder.call("sync", "--accept-held", str(number), code=1)
    assert folder.call("db", "check", "--json").json["ok"] is True


def test_a_held_run_can_be_discarded(folder: Folder, wiz: StubWiz) -> None:
    """Then nothing of it was applied."""
    number = held(folder, wiz)
    assert folder.call("sync", "--discard-held", str(number), "--json").json == {"discarded": number}
    assert folder.call("findings", "--json").json["total"] == 40


def test_a_held_catalog_can_be_accepted_by_name(folder: Folder) -> None:
    """A catalog that shrank is not believed at once."""
    one = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: c{0}}}\nspec: {{owner: payments}}\n"
    more = folder.path / "catalog" / "more"
    more.mkdir()
    for number in range(40):
        (more / f"c{number}").mkdir()
        (more / f"c{number}" / "catalog-info.yaml").write_text(one.format(number))
    folder.call("sync", "--catalog-only")
    shutil.rmtree(more)
    said = folder.call("sync", "--catalog-only", code=1)
    assert "--accept-held files" in said.out
    assert folder.call("sync", "--accept-held", "files", "--json").json["catalogs"][0]["gone"] == 40
    assert "neither the number of a run" in folder.call("sync", "--accept-held", "nothing", code=2).err


def test_no_secret_is_kept_or_said(folder: Folder, wiz: StubWiz) -> None:
    """Not by any command, not in the database, whether all goes well or not. `Folder` looks at both streams itself."""
    wiz.issues = [issue(1)]
    folder.configure(wiz, webhook_token="the-webhook-secret")
    folder.run("--debug", "sync")
    for args in (["sources"], ["findings"], ["doctor"], ["doctor", "--json"], ["db", "status"], ["db", "check"]):
        folder.call(*args, code=None)
    wiz.token_status = 401
    folder.run("--debug", "sync", code=3)
    folder.run("--debug", "doctor", code=1)
    kept = b"".join(path.read_bytes() for path in folder.path.glob("callboard.db*"))
    assert SECRET.encode() not in kept
    assert b"eyJhbGciOiJub25lIn0" not in kept
    assert all("the-webhook-secret" not in said.all and "eyJhbGciOiJub25lIn0" not in said.all for said in folder.said)


def test_a_new_policy_moves_due_dates_once(board: Folder) -> None:
    """Before anything is read; one line says how many, and the next time there is nothing to say."""
    file = board.path / "callboard.toml"
    assert "due dates moved" not in board.call("sync").err
    file.write_text(file.read_text() + "[due]\nhigh_days = 10\ncritical_days = 5\nlow_days = 50\n")
    assert "The policy has changed: 6 due dates moved." in board.call("sync").err
    assert "due dates moved" not in board.call("sync").err
