"""callboard retention: what would be dropped, dropping it, and a hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from callboard.domain.instant import DAY
from tests.cli.conftest import Folder


def age(board: Folder, days: int) -> None:
    """Everything in the log and every notice of use is so many days older than it was."""
    with closing(sqlite3.connect(board.path / "callboard.db")) as conn, conn:
        moved = days * DAY
        conn.execute(
            "INSERT INTO engagement (finding_id, kind, door, hour, finding_kind, rule_id) "
            "VALUES (1, 2, 1, ((SELECT max(imported_at) FROM finding) - ?) / 3600000000 * 3600000000, 1, 1)",
            (moved,),
        )
        conn.execute("INSERT INTO visit VALUES ('v', (SELECT max(imported_at) FROM finding) - ?, 0)", (moved,))


def test_what_is_old_is_told_then_dropped(board: Folder) -> None:
    """With the rule, the rows and the setting; what is left of use is told by week, and few is few."""
    assert board.call("retention", "plan", "--json").json["hold"] is None
    age(board, 400)
    plan = {each["rule"]: each for each in board.call("retention", "plan", "--json").json["rules"]}
    assert (plan["use"]["rows"], plan["visits"]["rows"], plan["audit"]["rows"]) == (1, 1, 0)
    assert plan["use"]["setting"] == "use_months"
    assert plan["use"]["oldest_at"] < plan["use"]["before"]
    assert "hour by hour" in board.call("retention", "plan").out
    assert board.call("retention", "apply", "--json").json == {
        "dropped": {"use": 1, "visits": 1}, "transactions": 2, "problem": None,
    }  # fmt: skip
    assert board.call("retention", "apply").out.strip() == "Nothing is old."
    (week,) = board.call("retention", "use", "--json").json["weeks"]
    assert (week["what"], week["door"], week["findings"], week["times"]) == ("opened", "page", None, None)
    assert "few" in board.call("retention", "use").out
    told = board.call("audit", "list", "--action", "retention.apply", "--json").json["entries"]
    assert [each["detail"] for each in told] == [{"use": "1", "visits": "1"}]


def test_a_hold_is_heard_by_every_command(board: Folder) -> None:
    """A sync goes on, and drops nothing."""
    age(board, 400)
    held = board.call("retention", "hold", "asked for by legal", "--json").json["hold"]
    assert (held["reason"], held["by"]) == ("asked for by legal", "laptop")
    assert "asked for by legal" in board.call("retention", "plan").err
    assert "asked for by legal" in board.call("retention", "apply", code=1).err
    board.call("sync")
    assert {each["rule"]: each["rows"] for each in board.call("retention", "plan", "--json").json["rules"]}["use"] == 1
    assert "asked for by legal" in board.call("retention", "release").out
    assert board.call("retention", "release", code=1).err
    assert board.call("retention", "apply", "--json").json["dropped"] == {"use": 1, "visits": 1}
    assert board.call("retention", "hold", "  ", code=2).err


def test_settings_are_bounded(board: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """What people did is kept for thirteen months at most, the log for a year at least."""
    for line in ("use_months = 14", "audit_months = 11", "history_months = 3"):
        name, _, value = line.partition(" = ")
        monkeypatch.setenv(f"CALLBOARD_RETENTION_{name.upper()}", value)
        assert name.upper() in board.call("retention", "plan", code=2).err
        monkeypatch.delenv(f"CALLBOARD_RETENTION_{name.upper()}")


def test_a_log_that_was_cut_says_so(board: Folder) -> None:
    """Verified from there on; an export from before leads to the hash that the cut left."""
    for name in ("one", "two", "three"):
        board.call("token", "create", name, "--sees", "everything")
    board.call("audit", "export", "before.jsonl")
    with closing(sqlite3.connect(board.path / "callboard.db")) as conn:
        count = conn.execute("SELECT count(*) FROM audit").fetchone()[0]
    cut(board)
    found = board.call("audit", "verify", "--json").json
    assert found["holds"]
    assert found["cut"]["through"] == str(count)
    assert f"They begin behind entry {count}" in board.call("audit", "verify").out
    assert board.call("audit", "verify", "--hash", found["cut"]["hash"], "--json").json["kept_hash_found"]
    assert "dropped as old" in board.call("audit", "verify", "--hash", "00", code=1).out
    assert board.call("audit", "lost", "before.jsonl", "--json").json == {"last_common": count, "lost": []}
    file = board.path / "before.jsonl"
    file.write_text(file.read_text().replace("token.create", "token.make"))
    assert "not what was written" in board.call("audit", "lost", "before.jsonl", code=2).err


def cut(board: Folder) -> None:
    """Two years and a month later the log is cut."""
    from callboard.domain.instant import Instant
    from callboard.domain.retention import DEFAULT, months
    from callboard.store import open_store
    from callboard.usecases import keep_records
    from callboard.wiring.machine import SystemClock
    from tests.support.clocks import SettableClock

    with closing(open_store(f"sqlite:///{board.path / 'callboard.db'}")) as store:
        clock = SettableClock(Instant(SystemClock().now() + months(25)))
        assert keep_records.apply(store, DEFAULT, clock=clock).rows["audit"] > 3
