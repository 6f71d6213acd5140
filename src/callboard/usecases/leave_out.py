"""Say what a team leaves out of its own work list."""

from __future__ import annotations

from callboard.domain import left_out
from callboard.domain.access import Right, Viewer
from callboard.domain.component import EntityRef, kind_of
from callboard.domain.instant import Instant
from callboard.errors import NotAllowedError, NotFoundError
from callboard.store import Store
from callboard.store import left_out as left_out_store
from callboard.store.board import rollups
from callboard.store.database import bump_revision
from callboard.store.people import audit


def may_leave_out(viewer: Viewer, team: EntityRef) -> bool:
    """Whether the viewer speaks for this team's list: as one of its own, or as who may map."""
    return Right.MAP in viewer.rights or (Right.DECIDE in viewer.rights and team in (viewer.owners or ()))


def leave_out(store: Store, viewer: Viewer, team: EntityRef, text: str, *, now: Instant) -> None:
    """Say it; an empty text takes it back. Raises NotFoundError, NotAllowedError, InvalidQueryError."""
    with store.read() as conn:
        rollups.head(conn, viewer.visibility, team)
    if kind_of(team) != "group":
        raise NotFoundError
    if not may_leave_out(viewer, team):
        raise NotAllowedError("What a team leaves out, its own members say.")
    terms = " ".join(str(term) for term in left_out.read(text))
    with store.write() as conn:
        left_out_store.save(conn, team, terms, actor=viewer.named, at=now)
        audit.note(conn, at=now, actor=viewer.named, action="team.leave-out", subject=team, detail={"terms": terms})
        bump_revision(conn)
