"""Saved views: queries with names, of one viewer or of a team."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, or_, select

from callboard.domain.board import SavedView
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.errors import ConflictError, InvalidQueryError, NotFoundError
from callboard.store import schema
from callboard.store.database import next_id

MOST = 200
"""Views of one viewer at most."""
MOST_CHARACTERS = 80

v = schema.saved_view.c


def all_of(conn: Connection, viewer: str, teams: Collection[EntityRef]) -> tuple[SavedView, ...]:
    """The viewer's own, and those of these teams, by name."""
    rows = conn.execute(
        select(schema.saved_view).where(or_(v.viewer == viewer, v.team.in_(sorted(teams)))).order_by(v.name, v.id)
    )
    return tuple(
        SavedView(
            id=row.id, name=row.name, query=row.query, team=None if row.team is None else EntityRef(row.team),
            mine=row.viewer == viewer,
        )
        for row in rows
    )  # fmt: skip


def save(conn: Connection, viewer: str, name: str, query: str, *, team: EntityRef | None, now: Instant) -> SavedView:
    """Keep a view. Raises InvalidQueryError for a name that is empty or too long, ConflictError for too many."""
    name = " ".join(name.split())
    if not name or len(name) > MOST_CHARACTERS or not name.isprintable():
        raise InvalidQueryError(f"A view's name has 1 to {MOST_CHARACTERS} characters.", field="name")
    conn.execute(delete(schema.saved_view).where(v.viewer == viewer, v.name == name))
    if len(conn.execute(select(v.id).where(v.viewer == viewer)).all()) >= MOST:
        raise ConflictError(f"You have {MOST} views already.", hint="Remove one first.")
    id_ = next_id(conn, schema.saved_view)
    conn.execute(
        insert(schema.saved_view).values(id=id_, viewer=viewer, name=name, query=query, team=team, made_at=now)
    )
    return SavedView(id=id_, name=name, query=query, team=team, mine=True)


def remove(conn: Connection, viewer: str, view_id: int) -> None:
    """Remove one of the viewer's own. Raises NotFoundError."""
    if not 0 < view_id < 2**62:
        raise NotFoundError
    if conn.execute(delete(schema.saved_view).where(v.viewer == viewer, v.id == view_id)).rowcount == 0:
        raise NotFoundError
