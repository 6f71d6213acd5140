"""The page about ownership leaves out no property and no signal, and claims nothing without a test."""

from __future__ import annotations

import re
from pathlib import Path

from callboard.domain.ownership.drift import SignalKind

PAGE = (Path(__file__).parents[2] / "docs" / "assurance" / "ownership.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """The cells of the table below a heading, without its head."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_property_has_its_line() -> None:
    """Twelve of them, in order."""
    assert [row[0] for row in _rows("Properties")] == [str(n) for n in range(1, 13)]


def test_every_signal_has_its_line() -> None:
    """In the order in which they are listed."""
    assert [row[0].strip("`") for row in _rows("Drift")] == [kind.value for kind in SignalKind]


def test_every_line_names_a_test() -> None:
    """Nothing stands without one; that they exist is checked with the other pages."""
    rows = [*_rows("Properties"), *_rows("Drift"), *_rows("Bad input")]
    assert [row[0] for row in rows if not re.search(r"`test_\w+`", row[-1])] == []
