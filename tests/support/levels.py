"""Databases as earlier versions left them: every level of the sequence of migrations, with a few rows in each table.

`python -m tests.support.levels` puts on record what each step makes of an empty database.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sqlalchemy import Boolean, Column, Connection, Integer, LargeBinary, MetaData, Table, insert, text

from callboard.store.database import connect, seed_rows
from callboard.store.migrations.run import run_sequence
from callboard.store.schema import KNOWN

FINGERPRINTS = Path(__file__).parents[1] / "fixtures" / "levels.json"
LEVELS = tuple(sorted(KNOWN))
ROWS = 2
"""In each table."""

HOUR = 3_600_000_000
HELD: dict[tuple[str, str], tuple[object, ...]] = {
    ("bundle", "key"): ("package:pkg:npm/left", "rule:stub-rule"),
    ("finding", "state"): (1, 4),
    ("finding", "closed"): (0, 1),
    ("finding", "severity"): (2, 3),
    ("finding", "rank"): (4, 3),
    ("finding", "beneath"): (None, None),
    ("engagement", "hour"): (HOUR, 2 * HOUR),
    ("run", "state"): ("applied", "failed"),
    ("run", "mode"): ("full", "delta"),
    ("run_part", "state"): ("done", "done"),
    ("revision", "only"): (),
    ("meta", "key"): (),
    ("manifest_version", "body"): (None, None),
}
"""Where not just any value will do. No value at all: the table has its own rows from its first day."""

EMPTY = ("decision", "decided", "campaign", "campaign_finding", "ticket", "ticket_finding")
"""What a step back refuses to throw away."""


def make(url: str, level: str) -> None:
    """The database at `url` as the sequence up to a level makes it, on its first day."""
    store = connect(url)
    with store.engine.connect() as raw:
        conn = raw.execution_options(writing=True)
        with conn.begin():
            run_sequence(conn, level)
            seed_rows(conn)
    store.close()


def fill(conn: Connection, *, leave: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Put rows into every table that there is, but those to `leave`. Returns what every table holds then."""
    found = tables(conn)
    for table in found:
        if table.name not in leave:
            rows = rows_of(table)
            if rows:
                conn.execute(insert(table), rows)
    return {table.name: held(conn, table) for table in found}


def tables(conn: Connection) -> list[Table]:
    """Every table but those that the search for words keeps for itself, those referred to first."""
    known = MetaData()
    known.reflect(conn, only=lambda name, _: "_words" not in name and not name.startswith("alembic"))
    return list(known.sorted_tables)


def held(conn: Connection, table: Table) -> list[tuple[Any, ...]]:
    """What a table holds, in order; asked for by the names of its columns, as a program of that level asks."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    rows = conn.execute(text(f'SELECT {names} FROM "{table.name}"'))  # noqa: S608 - names of our own
    return sorted((tuple(_plain(value) for value in row) for row in rows), key=repr)


def fingerprints() -> dict[str, str]:
    """By level, a hash of everything that SQLite knows about tables after the sequence up to there."""
    found = {}
    store = connect("sqlite://")
    with store.engine.connect() as conn:
        for level in LEVELS:
            run_sequence(conn, level)
            told = conn.execute(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name"))
            # A table that was copied has its constraints in any order.
            words = "\n".join(
                ",".join(sorted(" ".join(part.split()) for part in str(one).split(","))) for (one,) in told
            )
            found[level] = hashlib.sha256(words.encode()).hexdigest()[:16]
    store.close()
    return found


def rows_of(table: Table) -> list[dict[str, object]]:
    """A few rows for a table; none for one that has its own from its first day."""
    if any(chosen == () for (name, _), chosen in HELD.items() if name == table.name):
        return []
    return [{column.name: _value(table.name, column, n) for column in table.columns} for n in range(1, ROWS + 1)]


def _value(table: str, column: Column[Any], n: int) -> object:
    if (table, column.name) in HELD:
        return HELD[table, column.name][n - 1]
    if isinstance(column.type, Boolean):
        return n == 1
    if isinstance(column.type, Integer):  # the smaller and the bigger ones as well
        return n
    return bytes([n]) if isinstance(column.type, LargeBinary) else f"{column.name} {n}"


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else int(value) if isinstance(value, bool) else value


if __name__ == "__main__":
    FINGERPRINTS.write_text(json.dumps(fingerprints(), indent=2) + "\n")
