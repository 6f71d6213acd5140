"""`callboard mcp` says what it is missing before it begins to listen."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Folder


def test_it_needs_a_token(folder: Folder) -> None:
    """Nothing is asked without one."""
    assert "CALLBOARD_MCP_TOKEN" in folder.call("mcp", code=2).err


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://callboard.example.com", "begin with https"),
        ("http://127.0.0.1.example.com:8400", "begin with https"),
        ("https://callboard.example.com/api", "without a path"),
        ("https://ana:secret@callboard.example.com", "without a path"),
        ("ftp://callboard.example.com", "without a path"),
    ],
)
def test_the_token_goes_nowhere_in_clear(folder: Folder, monkeypatch: pytest.MonkeyPatch, url: str, words: str) -> None:
    """Plain http is for this machine; an address is an address."""
    monkeypatch.setenv("CALLBOARD_MCP_TOKEN", "cbt_made-up")
    said = folder.call("mcp", "--url", url, code=2)
    assert words in said.err
    assert "cbt_made-up" not in said.all


def test_without_its_packages_it_says_so(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named."""
    monkeypatch.setenv("CALLBOARD_MCP_TOKEN", "cbt_made-up")
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    assert "callboard[mcp]" in folder.call("mcp", code=2).err


def test_an_assistant_that_leaves_is_no_mistake(folder: Folder) -> None:
    """What it spoke through is closed then, and there is nothing left to write."""
    said = folder.run("mcp", "--url", "http://127.0.0.1:9", CALLBOARD_MCP_TOKEN="cbt_00000000_x")
    assert said.out == ""
    assert "unexpected" not in said.err
