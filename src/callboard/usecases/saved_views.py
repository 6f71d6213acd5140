"""Queries that people keep under a name."""

from __future__ import annotations

from callboard.domain.access import Viewer
from callboard.domain.board import (
    SavedView,
)
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.query import parse
from callboard.errors import InvalidQueryError
from callboard.store import Store
from callboard.store.board import views as view_store
from callboard.store.people import audit


def views(store: Store, viewer: Viewer) -> tuple[SavedView, ...]:
    """The viewer's saved views, and those of the viewer's teams."""
    with store.read() as conn:
        return view_store.all_of(conn, viewer.key, viewer.owners or ())


def save_view(
    store: Store, viewer: Viewer, name: str, text: str, *, now: Instant, team: EntityRef | None = None
) -> SavedView:
    """Keep a query under a name; one of the same name is replaced. Raises InvalidQueryError, ConflictError."""
    query = parse(text)
    if team is not None and viewer.roles and team not in (viewer.owners or ()):
        raise InvalidQueryError("A view can be shared with a team of yours only.", field="team")
    with store.write() as conn:
        kept = view_store.save(conn, viewer.key, name, query.canonical, team=team, now=now)
        detail = {} if team is None else {"team": team}
        audit.note(conn, at=now, actor=viewer.named, action="view.save", subject=f"view:{kept.id}", detail=detail)
        return kept


def remove_view(store: Store, viewer: Viewer, view_id: int, *, now: Instant) -> None:
    """Remove one of the viewer's own views. Raises NotFoundError."""
    with store.write() as conn:
        view_store.remove(conn, viewer.key, view_id)
        audit.note(conn, at=now, actor=viewer.named, action="view.remove", subject=f"view:{view_id}")
