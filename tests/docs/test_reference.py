"""The generated pages are what the code says, and leave nothing out."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec
import pytest

from callboard import config
from callboard.catalog import CATALOGS
from callboard.channels import CHANNELS
from callboard.channels.trackers import TRACKERS
from callboard.cli import root
from callboard.repositories import FORGES
from callboard.sources import SOURCES
from callboard.store import schema
from callboard.web import routes
from tools import reference
from tools.reference.configuration import known_variables
from tools.reference.docstrings import field_notes
from tools.reference.errors import error_classes
from tools.reference.http import plain
from tools.reference.markdown import prose


def text(name: str) -> str:
    """One generated page as it lies in the repository."""
    return (reference.ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")


def every_command() -> list[str]:
    """Every command and command of a group, as it is typed."""
    found = []
    for name in root.COMMANDS:
        command = root.load(name)
        found.append(f"callboard {name}")
        if isinstance(command, click.Group):
            found += [f"callboard {name} {each}" for each in command.commands]
    return found


def every_config() -> list[type[msgspec.Struct]]:
    """Every struct that a section of callboard.toml is read into."""
    rooms = [
        spec.config
        for spec in (*SOURCES.values(), *CATALOGS.values(), *FORGES.values(), *CHANNELS.values(), *TRACKERS.values())
    ]
    inner = [
        field.type
        for kind in rooms
        for field in msgspec.structs.fields(kind)
        if isinstance(field.type, type) and issubclass(field.type, msgspec.Struct)
    ]
    return [*config.FIXED.values(), *rooms, *inner]


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_page_is_what_the_code_says(name: str) -> None:
    """After a change of the code `make docs` has to be run."""
    assert name not in reference.outdated()


@pytest.mark.parametrize("name", reference.PAGES)
def test_a_page_is_the_same_twice(name: str) -> None:
    """Nothing on it depends on the day or on chance."""
    make = reference.PAGES[name]
    assert make() == make()


@pytest.mark.parametrize("command", every_command())
def test_every_command_has_its_place(command: str) -> None:
    """With its options and, where it has them, its examples."""
    assert f"\n## {command}\n" in text("cli.md")


@pytest.mark.parametrize("kind", every_config(), ids=lambda kind: kind.__name__)
def test_every_key_is_told_in_words(kind: type[msgspec.Struct]) -> None:
    """A key without a docstring cannot be used by anybody who does not read the code."""
    told = field_notes(kind)
    for field in msgspec.structs.fields(kind):
        assert told.get(field.name), f"{kind.__name__}.{field.name} has no docstring"
        assert f"| `{field.encode_name}` |" in text("configuration.md")


def test_variables_are_those_that_are_read() -> None:
    """The page names the variables that the reader of the configuration knows."""
    wiz = SOURCES["wiz"].config
    known = known_variables(wiz, ("source", 0), "CALLBOARD_SOURCE_<NAME>")
    assert {"CALLBOARD_SOURCE_<NAME>_CLIENT_SECRET_FILE", "CALLBOARD_SOURCE_<NAME>_SCOPE_SEVERITIES"} <= known
    page = text("configuration.md")
    assert [variable for variable in known if f"`{variable}`" not in page and not variable.endswith("_NAME")] == []


def test_every_error_has_its_line() -> None:
    """With its sentence, exit code and status."""
    page = text("errors.md")
    assert len(error_classes()) > 20
    assert [kind for kind in error_classes() if f"| `{kind.__name__}` | " not in page] == []


def test_every_route_and_every_table_is_there() -> None:
    """Pages and operations too, not only what the API describes."""
    page = text("http.md")
    paths = [plain(path) for handler in routes.ALL for path in handler.paths]
    assert [path for path in paths if f"| `{path}` |" not in page] == []
    tables = text("schema.md")
    assert [name for name in schema.metadata.tables if f"\n## {name}\n" not in tables] == []


def test_a_page_that_differs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty folder lacks them all; other arguments are refused."""
    assert reference.outdated(tmp_path) == list(reference.PAGES)
    assert reference.main(["--chek"]) == 2
    assert "--check" in capsys.readouterr().err


def test_prose_has_one_sentence_a_line() -> None:
    """Paragraphs stay apart, abbreviations and numbers in the middle of a sentence do not break it."""
    assert prose("One. Two of\nit.\n\nThree 1.5 here. `x` too.") == "One.\nTwo of it.\n\nThree 1.5 here.\n`x` too."
