"""When findings were first stored, for boards that are made up with a past. No other board is ever told so."""

from __future__ import annotations

from sqlalchemy import Connection, case, update

from callboard.domain.instant import Instant
from callboard.store import schema
from callboard.store.database import bump_revision

f = schema.finding.c


def store_sooner(conn: Connection, since: Instant) -> int:
    """Each was stored when its source detected it, or at this time where that is later; never later than it was."""
    stored = case((f.first_detected_at > since, f.first_detected_at), else_=since)
    changed = conn.execute(update(schema.finding).where(f.imported_at > stored).values(imported_at=stored)).rowcount
    bump_revision(conn)
    return changed
