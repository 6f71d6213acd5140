"""Tables for pipes and files: columns side by side, in the places where rich would put them, without rich.

What draws on terminals takes as long to import as everything that a short answer needs besides the database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

_GAP = 2
"""Blanks between columns."""
_BEYOND_LATIN = 0x0300
_ONE_COLUMN_WIDE = frozenset("–—’“”…•→←✓≥≤")
"""What our own words hold beside Latin letters. Of anything else only rich knows how wide a terminal shows it."""


class Coloured(NamedTuple):
    """A word and the style that adds to it."""

    text: str
    style: str


Shown = Coloured | str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of an answer, under names of columns or, for facts, without them."""

    columns: tuple[str, ...] | None
    rows: tuple[tuple[Shown, ...], ...]
    right: tuple[bool, ...]
    """For each column, whether its cells end in one line, as numbers do."""


def as_lines(table: Table, most: int) -> list[str] | None:
    """The table, a text for each row and the names first, without blanks at the ends.

    None where it is wider than `most` columns, or where only rich knows how wide it is.
    """
    rows = [tuple(cell.text if isinstance(cell, Coloured) else cell for cell in row) for row in table.rows]
    if table.columns is not None:
        rows.insert(0, table.columns)
    if not rows or not all(_is_simple(cell) for row in rows for cell in row):
        return None
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if sum(widths) + _GAP * len(widths) > most:
        return None
    return [_line(row, widths, table.right) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = (
        cell.rjust(width) if ends else cell.ljust(width) for cell, width, ends in zip(row, widths, right, strict=True)
    )
    return (" " * _GAP).join(cells).rstrip()


def _is_simple(text: str) -> bool:
    """Whether a letter is a column: no lines, no tabs, nothing wide, and no blanks at the ends that rich would move."""
    if text.isascii():
        return text.isprintable() and text == text.strip()
    return text == text.strip() and all(
        letter.isprintable() and (ord(letter) < _BEYOND_LATIN or letter in _ONE_COLUMN_WIDE) and letter != "\xad"
        for letter in text
    )
