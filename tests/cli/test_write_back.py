"""`callboard write-back …`, and what `doctor` tells of it."""

from __future__ import annotations

from tests.cli.conftest import Folder
from tests.cli.stub_wiz import StubWiz


def test_what_is_refused_is_told_and_tried_anew(board: Folder, wiz: StubWiz) -> None:
    """From the configuration to the source and back: what a source does not know it refuses, and one that is down is waited for."""
    file = board.path / "callboard.toml"
    file.write_text(file.read_text() + '[source.write_back]\nstatus = ["owner"]\n')
    assert "Nothing waits" in board.call("write-back", "list").err
    number = board.call("findings", "--json").json["findings"][0]["id"]
    board.call("decide", "take", str(number))
    (waits,) = board.call("write-back", "list", "--json").json["writes"]
    assert (waits["finding"], waits["operation"], waits["state"]) == (number, "status", "waiting")
    assert "waits" in board.call("finding", str(number)).out
    asked = len(wiz.asked)
    assert board.call("write-back", "send", "--json", code=1).json["main"]["refused"] == 1
    assert len(wiz.asked) > asked
    (ended,) = board.call("write-back", "list", "--json").json["writes"]
    assert (ended["state"], ended["said"]) == ("refused", "Resource not found")
    assert "refused (Resource not found)" in board.call("finding", str(number)).out
    assert "1 write ended so: refused" in board.call("doctor", "--offline", code=None).all
    assert "1 will be tried again" in board.call("write-back", "again", str(ended["id"])).out
    wiz.fail_all = True
    assert board.call("write-back", "send", "--json", code=3).json["main"]["postponed"] == 1
    file.write_text(file.read_text().replace('status = ["owner"]', 'status = ["everybody"]'))
    assert "is no role" in board.call("write-back", "list", code=2).err
