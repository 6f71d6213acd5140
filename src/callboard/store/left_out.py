"""What teams leave out of their own work lists, written down."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.left_out import LeftOut
from callboard.store import schema

o = schema.left_out.c


def of(conn: Connection, team: EntityRef) -> LeftOut | None:
    """A team's word. None: it leaves nothing out."""
    row = conn.execute(select(schema.left_out).where(o.team == team)).one_or_none()
    return None if row is None else LeftOut(team=team, terms=row.terms, actor=row.actor, at=Instant(row.at))


def save(conn: Connection, team: EntityRef, terms: str, *, actor: str, at: Instant) -> None:
    """Take a team's word; empty takes it back. Inside `Store.write`."""
    conn.execute(delete(schema.left_out).where(o.team == team))
    if terms:
        conn.execute(insert(schema.left_out).values(team=team, terms=terms, actor=actor, at=at))
