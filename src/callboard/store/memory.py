"""The known hashes of one source, held in memory for one run."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, func, select

from callboard.store import schema

HELD_AT_MOST = 250_000
"""Findings up to which hashes are held in memory; above it each page looks its own up."""


class Memory(dict[bytes, tuple[int, int]]):
    """Raw hash → (finding id, last detection or 0)."""


def load_memory(conn: Connection, source_id: int) -> Memory | None:
    """All hashes of the findings of one source. None: too many to hold."""
    f, s = schema.finding.c, schema.sighting.c
    for column in (f.id, s.finding_id):
        if (conn.execute(select(func.max(column))).scalar_one() or 0) > HELD_AT_MOST:
            return None
    # Two scans and one look-up in memory cost a third of the join.
    last_of: dict[int, int] = dict(_all(conn, select(s.finding_id, s.last_detected_at)))
    find = last_of.get
    rows = _all(conn, select(f.raw_hash, f.id).where(f.source_id == source_id))
    return Memory((raw_hash, (id_, find(id_, 0))) for raw_hash, id_ in rows)


def _all(conn: Connection, query: Select[Any]) -> list[Any]:
    """The driver's own rows: plain tuples, without a wrapper each."""
    return list(conn.execute(query).cursor.fetchall())
