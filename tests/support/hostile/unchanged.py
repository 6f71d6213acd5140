"""Whether anything changed in a database that another process keeps, looked at from outside."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

QUIET = frozenset({"visit", "engagement", "membership", "membership_group"})
"""Written by who only looks, by design: that somebody looked, and what the catalog said of who did."""
SEEN = {"session": "hash, person, made_at, ends_at"}
"""Of a session, all but when it was last used."""


def contents(path: Path) -> dict[str, str]:
    """By table, a digest of its rows."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as conn:
        names = [name for (name,) in conn.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: _digest(conn, name) for name in names if name not in QUIET}


def _digest(conn: sqlite3.Connection, table: str) -> str:
    rows = sorted(map(repr, conn.execute(f'SELECT {SEEN.get(table, "*")} FROM "{table}"')))  # noqa: S608 - its own names
    return hashlib.sha256("\n".join(rows).encode("utf-8", "surrogatepass")).hexdigest()


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Tables that are not as they were."""
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
