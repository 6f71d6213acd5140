"""The page about packages leaves out no format and no sign, and claims nothing without a test or a command."""

from __future__ import annotations

import re
from pathlib import Path

from callboard.checks import settings
from callboard.domain.packages.sign import Sign
from callboard.manifests import FORMATS

PAGE = (Path(__file__).parents[2] / "docs" / "assurance" / "packages.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


HEADINGS = re.findall(r"^## (.+)$", PAGE, re.MULTILINE)


def test_every_format_has_its_name() -> None:
    """By the word under which its reader stands."""
    named = next(row[0] for row in _rows("What is read") if "`yarn-berry`" in row[0])
    assert sorted(re.findall(r"`([a-z-]+)`", named)) == sorted(found.name for found in FORMATS)


def test_every_sign_has_its_line() -> None:
    """With how often it is wrong, as it is told on the board."""
    rows = {row[0].strip("`"): row for row in _rows("Signs")}
    assert list(rows) == [sign.id for sign in Sign]
    for sign in Sign:
        figure = "not evaluated" if sign.measured is None else f"{sign.measured.alarms} of {sign.measured.of}"
        assert rows[sign.id][1].startswith(figure)


def test_the_settings_are_counted() -> None:
    """As many as there are."""
    assert f"all {len(settings.ALL)} settings" in PAGE


def test_every_line_names_a_test_or_a_command() -> None:
    """Nothing stands without one; that the tests exist is checked with the other pages."""
    assert HEADINGS
    rows = [row for heading in HEADINGS for row in _rows(heading)]
    assert [row[0] for row in rows if not re.search(r"`test_\w+`|`make [a-z-]+`|`python -m benchmarks", row[-1])] == []
