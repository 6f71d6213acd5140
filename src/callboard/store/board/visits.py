"""When a viewer looked at the first page, so that it can say what is new since then."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from callboard.domain.instant import HOUR, Instant
from callboard.store import schema

PAUSE = HOUR
"""Looks closer together than this belong to one visit (microseconds)."""

v = schema.visit.c


def last(conn: Connection, viewer: str) -> Instant | None:
    """When the visit before this one was. None: there was none."""
    row = conn.execute(select(v.at, v.former_at).where(v.viewer == viewer)).one_or_none()
    return None if row is None or row.former_at == 0 else Instant(row.former_at)


def note(conn: Connection, viewer: str, *, now: Instant) -> None:
    """Keep that the viewer looks now."""
    row = conn.execute(select(v.at, v.former_at).where(v.viewer == viewer)).one_or_none()
    if row is None:
        conn.execute(insert(schema.visit).values(viewer=viewer, at=now, former_at=0))
    elif now - row.at >= PAUSE:
        conn.execute(update(schema.visit).where(v.viewer == viewer).values(at=now, former_at=row.at))


def is_due(conn: Connection, viewer: str, *, now: Instant) -> bool:
    """Whether there is anything to keep."""
    at = conn.execute(select(v.at).where(v.viewer == viewer)).scalar_one_or_none()
    return at is None or now - at >= PAUSE
