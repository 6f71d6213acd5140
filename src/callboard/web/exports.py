"""Findings as files: CSV as RFC 4180 has it, and JSON, both written a few rows at a time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

import msgspec

from callboard.domain.board import FindingRow
from callboard.domain.instant import Instant, to_text
from callboard.domain.query import Query
from callboard.usecases.export_findings import Export
from callboard.web.to_wire import work as to_wire_work
from callboard.web.wire.work import ExportedFinding

T = TypeVar("T")

SCHEMA_VERSION = 1
"""Of the JSON export. Fields are added without a new one; one that goes, or means something else, makes a new one."""

COLUMNS = ExportedFinding.__struct_fields__

ROWS = 200
"""Rows that leave together."""

# What a spreadsheet takes for the beginning of a formula, also in its full-width forms; it skips tabs and line ends.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")

_encoder = msgspec.json.Encoder()


def as_csv(rows: Iterable[FindingRow]) -> Iterator[str]:
    """The lines of a CSV file, the names of the columns first."""
    yield _lines([COLUMNS])
    for some in _batches(rows):
        yield _lines([_cells(to_wire_work.exported(row)) for row in some])


def streamed(lines: Iterable[Iterable[object]]) -> Iterator[str]:
    """Any table of any length as the lines of a CSV file, its first line the names of the columns."""
    for some in _batches(lines):
        yield _lines([[_cell(value) for value in line] for line in some])


def as_json(export: Export, query: Query, now: Instant) -> Iterator[bytes]:
    """The parts of a JSON document as `wire_work.Export` has it."""
    head = {
        "schema_version": SCHEMA_VERSION,
        "query": query.without("group").canonical,
        "asked_at": to_text(now),
        "total": export.total,
    }
    yield _encoder.encode(head)[:-1] + b',"findings":['
    is_first = True
    for some in _batches(export.rows):
        body = b",\n".join(_encoder.encode(to_wire_work.exported(row)) for row in some)
        yield body if is_first else b",\n" + body
        is_first = False
    yield b"]}\n"


def neutral(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cells(row: ExportedFinding) -> list[str]:
    return [_cell(getattr(row, column)) for column in COLUMNS]


def _cell(value: object) -> str:
    """One value as text; what is not known is empty."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list():
            return neutral(" ".join(value))
        case str():
            return neutral(value)
    return str(value)


def _lines(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _batches(rows: Iterable[T]) -> Iterator[list[T]]:
    left = iter(rows)
    while some := list(islice(left, ROWS)):
        yield some


def table(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    """A small CSV file at once."""
    return _lines([list(columns), *([_cell(value) for value in row] for row in rows)])
