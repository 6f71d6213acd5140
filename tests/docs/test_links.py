"""What the pages point at exists: files, headings, words of make, commands with their options, keys, and tests."""

from __future__ import annotations

import functools
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from callboard import config
from callboard.catalog import CATALOGS
from callboard.channels import CHANNELS
from callboard.channels.trackers import TRACKERS
from callboard.cli import root
from callboard.demo.wizsim.faults import NAMES, parse_fault
from callboard.registries import REGISTRIES
from callboard.repositories import FORGES
from callboard.sources import SOURCES

REPOSITORY = Path(__file__).parents[2]
DOCS = REPOSITORY / "docs"
PAGES = sorted([REPOSITORY / "README.md", REPOSITORY / "CHANGELOG.md", *DOCS.rglob("*.md")])
WRITTEN = [path for path in PAGES if path.parent.name != "reference"]
"""Those that people write."""

every_page = pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)))
every_written_page = pytest.mark.parametrize("path", WRITTEN, ids=lambda path: str(path.relative_to(REPOSITORY)))


@functools.cache
def text(path: Path) -> str:
    """The page's text."""
    return path.read_text(encoding="utf-8")


def anchors(path: Path) -> set[str]:
    """The names under which a page's headings can be reached."""
    heads = re.findall(r"^#+ (.+)$", re.sub(r"(?ms)^```.*?^```", "", text(path)), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def blocks(path: Path, language: str) -> Iterator[str]:
    """The fenced blocks of one language."""
    yield from re.findall(rf"(?ms)^```{language}\n(.*?)^```", text(path))


def commands(path: Path) -> Iterator[list[str]]:
    """Every call of callboard in the page's shell blocks and code spans: the command and the words behind it."""
    lines = [line for block in blocks(path, "sh") for line in block.replace("\\\n", " ").splitlines()]
    for line in [*lines, *re.findall(r"`(callboard [^`]+)`", text(path))]:
        call = re.match(r"(?:\.venv/bin/)?callboard (.*)", line.partition("  #")[0].replace("…", ""))
        if call is not None:
            words = shlex.split(call[1])
            while words and words[0].startswith("--"):
                del words[: 2 if words[0] == "--config" else 1]
            if words:
                yield words


@every_page
def test_links_lead_somewhere(path: Path) -> None:
    """Relative ones to a file that exists and, where they name one, to a heading in it."""
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"(?ms)^```.*?^```", "", text(path))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = (path.parent / name).resolve() if name else path
        # Pictures are taken from a running board, all at once: none of them, or every one that is shown.
        is_picture = there.parent == DOCS / "images" and not any(there.parent.glob("*.png"))
        is_there = there.exists() or is_picture
        if not is_there or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def test_every_page_can_be_reached() -> None:
    """From the first page of the documentation, through links."""
    found: set[Path] = set()
    waiting = [DOCS / "index.md"]
    while waiting:
        path = waiting.pop()
        if path in found or path.suffix != ".md" or not path.is_file():
            continue
        found.add(path)
        waiting += [(path.parent / target).resolve() for target in re.findall(r"\]\(([^)#\s:]+)[^)]*\)", text(path))]
    assert [page for page in PAGES if page not in found] == []


@every_written_page
def test_words_of_make_exist(path: Path) -> None:
    """README's commands among them."""
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    said = re.findall(r"`make ([a-z-]+)", text(path))
    said += [word for block in blocks(path, "sh") for word in re.findall(r"(?m)^make ([a-z-]+)", block)]
    assert sorted({word for word in said if word not in targets}) == []


def test_the_first_page_has_the_two_commands() -> None:
    """One to a running board, one to the tests."""
    block = "".join(blocks(REPOSITORY / "README.md", "sh"))
    assert "make demo\n" in block
    assert "make test\n" in block


@every_written_page
def test_commands_and_their_options_exist(path: Path) -> None:
    """As they are written in shell blocks and in sentences."""
    wrong = []
    for name, *rest in commands(path):
        if name not in root.COMMANDS:
            wrong.append(name)
            continue
        command = root.load(name)
        if isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
            if rest[0] not in command.commands:
                wrong.append(f"{name} {rest[0]}")
                continue
            command = command.commands[rest[0]]
        known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        wrong += [f"{name} {word}" for word in rest if word.startswith("--") and word.partition("=")[0] not in known]
    assert wrong == []


@every_written_page
def test_keys_of_the_configuration_exist(path: Path) -> None:
    """In every example that has a section."""
    wrong = []
    for block in blocks(path, "toml"):
        tree = tomllib.loads(block)
        for section, value in tree.items():
            if section in config.FIXED:
                wrong += unknown(config.FIXED[section], value, ())
            for table in value if section in config.LISTS else ():
                kinds = {
                    "source": SOURCES,
                    "catalog": CATALOGS,
                    "repositories": FORGES,
                    "channel": CHANNELS,
                    "tracker": TRACKERS,
                    "registry": REGISTRIES,
                }[section]
                wrong += unknown(kinds[table["kind"]].config, table, ("kind",))
    assert wrong == []


def unknown(kind: type[msgspec.Struct], table: dict[str, Any], given: tuple[str, ...]) -> list[str]:
    """Keys of the table, and of the tables in it, that the struct does not have."""
    fields = {field.encode_name: field.type for field in msgspec.structs.fields(kind)}
    found = [f"{kind.__name__}.{key}" for key in table if key not in fields and key not in given]
    for key, value in table.items():
        inner = fields.get(key)
        if isinstance(inner, type) and issubclass(inner, msgspec.Struct):
            found += unknown(inner, value, ())
    return found


def test_every_fault_of_the_look_alike_is_explained() -> None:
    """Each switch has its line, and no line names another."""
    page = text(DOCS / "howto" / "try-the-look-alike.md")
    told = {word for row in re.findall(r"(?m)^\| (`[^|]+) \|", page) for word in re.findall(r"`(\w+)`", row)}
    assert told == set(NAMES) - {"skip_calls"}
    assert parse_fault("http_503=2@5") == {"skip_calls": 5, "http_503": 2}


@pytest.mark.parametrize("name", ["clients.md", "index.md", "faults.md", "ownership.md"])
def test_named_tests_exist(name: str) -> None:
    """What the pages say is tested has a test of that name."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "tests").rglob("test_*.py"))
    there = set(re.findall(r"def (test_\w+)", code))
    named = re.findall(r"`(test_\w+)`", text(DOCS / "assurance" / name))
    assert named
    assert sorted(set(named) - there) == []


@every_written_page
def test_one_sentence_stands_on_one_line(path: Path) -> None:
    """So that a change shows as the sentence that changed. Lists and tables may hold more."""
    prose = re.sub(r"(?ms)^```.*?^```", "", text(path))
    lines = [line for line in prose.splitlines() if not re.match(r"\s*([-|#>!*]|\d+\.|$)", line)]
    assert [line for line in lines if re.search(r"[a-z`)][.!?] [A-Z]", line)] == []
