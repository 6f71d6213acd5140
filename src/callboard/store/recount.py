"""The counters against the rows they count."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from callboard.store import schema
from callboard.store.owning import Cell


def counted_anew(conn: Connection) -> dict[Cell, int]:
    """The counters as they should be, from the rows themselves."""
    f = schema.finding.c
    columns = (f.holding_id, f.source_id, f.kind, f.state, f.severity)
    rows = conn.execute(select(*columns, func.count()).group_by(*columns))
    return {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in rows}


def counted(conn: Connection) -> dict[Cell, int]:
    """The counters as they are."""
    c = schema.cube.c
    rows = conn.execute(select(c.holding_id, c.source_id, c.kind, c.state, c.severity, c.n))
    return {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in rows}
