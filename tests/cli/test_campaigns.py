"""`callboard campaigns …`."""

from __future__ import annotations

from tests.cli.conftest import Folder


def test_a_campaign_from_a_shell(board: Folder) -> None:
    """Begun, listed, shown, changed, ended; a query is needed."""
    assert "query is missing" in board.call("campaigns", "begin", "Mine", code=2).err
    said = board.call("campaigns", "begin", "Bad ones", "is:open", "severity:high", "-env:test", "--owner", "payments")
    assert "1: Bad ones." in said.out
    told = board.call("campaigns", "show", "1", "--json").json
    assert told["campaign"]["owner"] == "group:default/payments"
    assert [each["open"] for each in told["days"]] == [told["campaign"]["open"]] == [4]
    assert "4 left of 4 findings" in board.call("campaigns", "show", "1").out
    assert board.call("campaigns", "change", "1", "--owner", "", "--json").json["owner"] is None
    assert "Bad ones" in board.call("campaigns", "list").out
    assert board.call("campaigns", "end", "1", "--json").json["ended_by"] == "laptop"
    assert board.call("campaigns", "show", "2", code=1).err
