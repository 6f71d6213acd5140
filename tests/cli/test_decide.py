"""callboard decide …: for people and for programs."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from tests.cli.conftest import Folder


def test_findings_are_taken_snoozed_dismissed_and_given_back(board: Folder) -> None:
    """By number, by the source's id, by query and by bundle; each can be taken back by its number."""
    rows = board.call("findings", "--json").json["findings"]
    one, two = rows[0], rows[1]
    taken = board.call("decide", "take", str(one["id"]), "--json").json
    assert (taken["findings"], taken["left_out"]) == ([one["id"]], [])
    said = board.call(
        "decide", "snooze", one["external_id"], str(two["id"]), "--until", "worse", "--note", "after launch"
    )
    assert "snooze: 2 findings." in said.out
    assert "takes it back" in said.err
    page = board.call("finding", str(one["id"])).out
    assert "snoozed by laptop until it is worse" in page
    assert "after launch" in page
    assert board.call("findings", "is:snoozed", "--json").json["total"] == 2
    board.call("decide", "undo", str(taken["decision"] + 1))
    assert board.call("findings", "is:snoozed", "--json").json["total"] == 0
    tried = board.call("decide", "dismiss", "--query", "is:open", "--reason", "mitigated", "--preview", "--json").json
    assert tried["decision"] is None
    assert len(tried["findings"]) == board.call("findings", "is:open", "--json").json["total"]
    key = board.call("finding", str(two["id"]), "--json").json["finding"]["bundle"]
    assert two["id"] in board.call("decide", "comment", "--bundle", key, "--note", "hm", "--json").json["findings"]


def test_what_cannot_be_said_is_refused_with_its_reason(board: Folder) -> None:
    """The wrong words are a usage error; what is not there and what somebody else did is a failure."""
    id_ = str(board.call("findings", "--json").json["findings"][0]["id"])
    assert "Say which findings." in board.call("decide", "take", code=2).err
    assert "A day is expected." in board.call("decide", "ask", id_, "--until", "soon", code=2).err
    board.call("decide", "take", "999999", code=1)
    board.call("decide", "undo", "77", code=1)
    asked = board.call("decide", "ask", id_, "--until", "2999-01-01", "--note", "x", code=2)
    assert "within 365 days" in asked.err
    assert "nobody" not in board.call("decide", "not-useful", id_).out
    assert "left out" in board.call("decide", "not-useful", id_).out


def test_a_sync_brings_back_what_has_come_to_its_end(board: Folder) -> None:
    """The clock of the machine cannot be set here, so the snooze is made to have ended."""
    id_ = str(board.call("findings", "--json").json["findings"][0]["id"])
    board.call("decide", "snooze", id_, "--until", "1d")
    assert "Back among the work" not in board.call("sync").err
    assert board.call("findings", "is:snoozed", "--json").json["total"] == 1
    with closing(sqlite3.connect(board.path / "callboard.db")) as database, database:
        database.execute("UPDATE decision SET until_at = 1")
    assert "Back among the work, as their time or condition has come: 1." in board.call("sync").err
    page = board.call("finding", id_, "--json").json
    assert (page["finding"]["state"], page["finding"]["set_aside"]) == ("open", None)
    assert page["history"][0]["decision"]["act"] == "return"
    assert board.call("db", "check").out
