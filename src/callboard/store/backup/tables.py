"""What a database holds, table by table, spelled the same whichever database it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import xxhash
from sqlalchemy import Boolean, Column, Connection, MetaData, Table, inspect, select, text

from callboard.store.schema import metadata

ROWS = 1_000
"""Rows that are held at a time."""

_LARGEST = 1 << 128


class Sum(msgspec.Struct, frozen=True):
    """What a table holds, to be compared: its rows in any order."""

    rows: int
    digest: int
    """The sum of the 128-bit hashes (XXH3) of all rows. It finds what was damaged or left out, not what was forged."""

    @classmethod
    def empty(cls) -> Sum:
        """Of a table without rows."""
        return cls(0, 0)

    def with_rows(self, rows: Sequence[Sequence[Any]]) -> Sum:
        """With more rows."""
        digest = self.digest
        for row in rows:
            digest += xxhash.xxh3_128_intdigest(msgspec.msgpack.encode(row))
        return Sum(self.rows + len(rows), digest % _LARGEST)


def level_of(conn: Connection) -> str | None:
    """The schema's number; None for an empty database."""
    if "alembic_version" not in inspect(conn).get_table_names():
        return None
    found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def tables_of(conn: Connection) -> tuple[Table, ...]:
    """Every table of Callboard's at the level of this database, those first that others refer to.

    What the search for words keeps for itself is made from the rest, and is not among them.
    """
    known = MetaData()
    words = tuple(f"{name}_words" for name in metadata.tables)
    known.reflect(conn, only=lambda name, _: not name.startswith(("alembic_", "sqlite_", *words)))
    return tuple(known.sorted_tables)


def columns_of(table: Table) -> tuple[Column[Any], ...]:
    """By name: where they stand differs between a table that was altered and one that was made in one go."""
    return tuple(sorted(table.columns, key=lambda column: column.name))


def rows_of(conn: Connection, table: Table) -> Iterator[list[tuple[Any, ...]]]:
    """The rows of a table, some at a time, columns by name: numbers, texts, bytes and nothing else."""
    columns = columns_of(table)
    flags = tuple(n for n, column in enumerate(columns) if isinstance(column.type, Boolean))
    found = conn.execution_options(stream_results=True, yield_per=ROWS).execute(select(*columns))
    for some in found.partitions(ROWS):
        yield [_plain(row, flags) for row in some]


def sums_of(conn: Connection) -> dict[str, Sum]:
    """By table, what it holds."""
    sums = {}
    for table in tables_of(conn):
        found = Sum.empty()
        for rows in rows_of(conn, table):
            found = found.with_rows(rows)
        sums[str(table.name)] = found
    return sums


def differences(one: dict[str, Sum], other: dict[str, Sum]) -> tuple[str, ...]:
    """The tables that do not hold the same."""
    return tuple(sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name)))


def _plain(row: Sequence[Any], flags: tuple[int, ...]) -> tuple[Any, ...]:
    values = [bytes(value) if isinstance(value, memoryview | bytearray) else value for value in row]
    for n in flags:
        values[n] = None if values[n] is None else int(values[n])
    return tuple(values)
