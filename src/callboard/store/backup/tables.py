"""What a database holds, table by table, spelled the same whichever database it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, inspect, select, text

from callboard.store.row_sums import Sum, plain
from callboard.store.schema import metadata

ROWS = 1_000
"""Rows that are held at a time."""


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
    found = conn.execution_options(stream_results=True, yield_per=ROWS).execute(select(*columns_of(table)))
    for some in found.partitions(ROWS):
        yield [plain(row) for row in some]


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
