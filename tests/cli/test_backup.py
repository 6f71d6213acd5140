"""callboard backup, and what a log tells that a backup has missed."""

from __future__ import annotations

from tests.cli.conftest import Folder


def test_a_backup_comes_back(board: Folder) -> None:
    """Made, looked at, tried, brought back over what is there; what was said since is listed."""
    made = board.call("backup", "create", "board.backup", "--json").json
    assert made["tables"]["finding"] == 6
    assert "is whole" in board.call("backup", "verify", "board.backup").out
    assert board.call("backup", "drill", "--json").json["counters"] > 0
    assert "All rows are the same" in board.call("backup", "drill", "--portable").out
    board.call("token", "create", "later", "--sees", "everything")
    board.call("audit", "export", "audit.jsonl")
    assert board.call("audit", "lost", "audit.jsonl", "--json").json["lost"] == []
    assert "--replace" in board.call("backup", "restore", "board.backup", code=2).err
    board.call("backup", "restore", "board.backup", "--replace")
    lost = board.call("audit", "lost", "audit.jsonl", "--json", code=1).json["lost"]
    assert {entry["action"] for entry in lost} >= {"token.create"}
    assert "token.create" in board.call("audit", "lost", "audit.jsonl", code=1).out
    assert "no backup" in board.call("backup", "verify", "callboard.toml", code=2).err


def test_what_is_no_log_is_told_as_that(board: Folder) -> None:
    """Also where it is no text."""
    (board.path / "noise").write_bytes(b"\xff\xfe\x00")
    assert "Line 1 is no entry of an exported audit log." in board.call("audit", "lost", "noise", code=2).err
