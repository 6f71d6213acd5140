"""Every command explains itself."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator

import click
import pytest

from callboard.cli.root import COMMANDS, load
from tests.cli.conftest import Folder


def there() -> list[str]:
    """Commands whose module exists."""
    return [name for name, (place, _) in COMMANDS.items() if _exists(place.partition(":")[0])]


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def every_command() -> Iterator[tuple[str, ...]]:
    """The words of each command, those of groups too."""
    for name in there():
        yield (name,)
        command = load(name)
        if isinstance(command, click.Group):
            for inner in command.commands:
                yield (name, inner)


def test_the_overview_names_every_command(folder: Folder) -> None:
    """With one line each."""
    said = folder.call("--help")
    for name, (_, line) in COMMANDS.items():
        assert re.search(rf"{name} +{re.escape(line[:30])}", said.out)


@pytest.mark.parametrize("words", list(every_command()), ids=" ".join)
def test_every_command_has_help_with_an_example(folder: Folder, words: tuple[str, ...]) -> None:
    """And its first sentence is the line of the overview's kind: it says what the command does."""
    said = folder.call(*words, "--help")
    assert f"callboard {' '.join(words)}" in said.out.partition("Examples:")[2] or words[0] == "wiz-sim"
    assert said.err == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion(folder: Folder, shell: str) -> None:
    """The script is for the shell that was asked for, and what it calls answers with our commands."""
    said = folder.call("completion", shell)
    assert f"_CALLBOARD_COMPLETE={shell}_complete" in said.out
    found = folder.run(_CALLBOARD_COMPLETE="bash_complete", COMP_WORDS="callboard fin", COMP_CWORD="1")
    assert found.out.split() == ["plain,findings", "plain,finding"]
    options = folder.run(_CALLBOARD_COMPLETE="bash_complete", COMP_WORDS="callboard findings --se", COMP_CWORD="2")
    assert "plain,--severity" in options.out


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("sev", ["severity:critical", "severity:high"]),
        ("severity:cr", ["severity:critical"]),
        ("severity:high,cr", ["severity:high,critical"]),
        ("-is:sup", ["-is:suppressed"]),
        ("is:open so", ["source:", "sort:"]),
        ("severity : cr", ["critical"]),
        ("severity :", ["critical", "high"]),
        ("nothing-like-it", []),
    ],
)
def test_completion_knows_the_language(folder: Folder, line: str, found: list[str]) -> None:
    """Keys, and the words behind their colons; also where bash takes words apart at colons."""
    words = f"callboard findings {line}"
    said = folder.run(_CALLBOARD_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=str(len(words.split()) - 1))
    offered = [each.partition(",")[2] for each in said.out.split()]
    assert offered[: len(found)] == found
    assert found or not offered


def test_version(folder: Folder) -> None:
    """The same in both forms."""
    from callboard import __version__

    assert __version__ in folder.call("version").out
    assert folder.call("version", "--json").json["callboard"] == __version__
    assert folder.call("--version").out == f"callboard {__version__}\n"


def test_no_colour_where_it_is_not_wanted(board: Folder) -> None:
    """Neither in a pipe nor with NO_COLOR."""
    assert "\x1b" not in board.run("findings", NO_COLOR="1").all
    assert "\x1b" not in board.run("findings").all
    assert "\x1b" not in board.run("--help").all
