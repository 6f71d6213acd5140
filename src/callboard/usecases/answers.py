"""What answers about the board depend on: who asks what, and when."""

from __future__ import annotations

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import OneOf, Query
from callboard.store import Connection
from callboard.store.board import sources as source_store
from callboard.store.board import visits
from callboard.store.database import revision
from callboard.store.query.filters import Asking

_NEW = ("is", "new")
_STALE = ("is", "stale")


def asking_of(conn: Connection, viewer: Viewer, now: Instant, query: Query | None = None) -> Asking:
    """What a query means for this viewer now; what the query does not ask about is not looked up."""
    words = None
    if query is not None:
        words = {(term.key, value) for term in query.terms if isinstance(term, OneOf) for value in term.values}
    return Asking(
        now=now,
        me=viewer.owners,
        visited_at=visits.last(conn, viewer.key) if words is None or _NEW in words else None,
        stale=source_store.stale(conn, now=now) if words is not None and _STALE in words else (),
    )


def key_of(conn: Connection, viewer: Viewer, asking: Asking, *question: object) -> tuple[object, ...]:
    """Everything that an answer depends on which is the same all day."""
    stamp = msgspec.structs.replace(asking, now=Instant(asking.now // DAY * DAY))
    return (revision(conn), viewer.key, viewer.visibility, stamp, *question)
