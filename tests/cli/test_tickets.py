"""callboard tickets: create, link, list, unlink, read; and what the doctor says."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Folder
from tests.support.trackers import TOKEN, Github, looking_alike


@pytest.fixture
def github() -> Iterator[Github]:
    """A look-alike of GitHub."""
    made = Github()
    with looking_alike(made):
        yield made


@pytest.fixture
def tracked(board: Folder, github: Github) -> Folder:
    """A board with a tracker."""
    file = board.path / "callboard.toml"
    text = f'[[tracker]]\nkind = "github"\nurl = "{github.url}"\nrepository = "acme/security"\ntoken = "{TOKEN}"\n'
    file.write_text(f"{file.read_text()}\n{text}allow_private = true\n")
    return board


def test_there_is_no_tracker(board: Folder) -> None:
    """And how to get one."""
    first = board.call("findings", "--json").json["findings"][0]["id"]
    assert "[[tracker]]" in board.call("tickets", "create", f"id:{first}", code=2).err
    assert "There are no tickets" in board.call("tickets", "list").all


def test_a_ticket_from_the_first_to_the_last_day(tracked: Folder, github: Github) -> None:
    """Made once, told in the finding, read back; the token shows nowhere."""
    bundle = tracked.call("findings", "--json").json["findings"][0]["bundle"]
    query = f'bundle:"{bundle}"'
    made = tracked.call("tickets", "create", query, "--json").json
    assert (made["ticket"]["key"], made["ticket"]["state"], made["is_new"]) == ("acme/security#1", "open", True)
    again = tracked.call("tickets", "create", query)
    assert "acme/security#1, open: for 0 more findings." in again.out
    assert len(github.issues) == 1
    found = tracked.call("findings", "has:ticket", "--json").json
    assert found["total"] == made["findings"]
    assert "acme/security#1" in tracked.call("tickets", "list").out
    said = tracked.call("finding", str(found["findings"][0]["id"]))
    assert "acme/security#1" in said.out
    gone = tracked.call("tickets", "unlink", str(made["ticket"]["id"]), query, "--json").json
    assert gone == {"findings": made["findings"]}
    linked = tracked.call("tickets", "link", "#1", query, "--json").json
    assert (linked["is_new"], linked["findings"]) == (False, made["findings"])
    assert "0 made" in tracked.call("tickets", "read").out
    assert "acme/security can be read" in tracked.call("doctor", code=None).out
    assert all(TOKEN not in said.all for said in tracked.said)


def test_what_the_tracker_refuses_is_told(tracked: Folder, github: Github) -> None:
    """In its words, with exit code 1; the next call tries anew."""
    bundle = tracked.call("findings", "--json").json["findings"][0]["bundle"]
    github.faults = [(422, {}, '{"message": "Validation Failed"}')]
    said = tracked.call("tickets", "create", f'bundle:"{bundle}"', code=1)
    assert "Validation Failed" in said.out
    assert "acme/security#1, open" in tracked.call("tickets", "create", f'bundle:"{bundle}"').out
