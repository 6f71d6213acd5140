"""Sessions of people who signed in to the pages: begun, found again, ended."""

from __future__ import annotations

import hashlib
import secrets

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.ports import Clock
from callboard.store import Store
from callboard.store.people import audit
from callboard.store.people import sessions as session_store
from callboard.store.people.sessions import SEEN_EVERY, Session


class Limits(msgspec.Struct, frozen=True):
    """How long a session lasts, in microseconds."""

    whole: int
    """From its beginning, however busy it is."""
    idle: int
    """From when somebody last used it."""


def begin(store: Store, person: EntityRef, *, clock: Clock, limits: Limits) -> str:
    """A new session's id, which only the browser keeps."""
    id_ = secrets.token_urlsafe(32)
    now = clock.now()
    with store.write() as conn:
        session_store.begin(conn, digest(id_), person, now=now, ends_at=Instant(now + limits.whole))
        audit.note(conn, at=now, actor=person, action="session.begin", subject=person)
    return id_


def find(store: Store, id_: str, *, clock: Clock, limits: Limits) -> Session | None:
    """The session of this id. None: there is none, or it has ended."""
    with store.read() as conn:
        return session_store.find(conn, digest(id_), now=clock.now(), idle=limits.idle)


def is_due(session: Session, *, clock: Clock) -> bool:
    """Whether it is worth keeping that the session is in use: that is known to the minute."""
    return clock.now() - session.seen_at >= SEEN_EVERY


def keep(store: Store, id_: str, *, clock: Clock) -> None:
    """Keep that the session is in use."""
    with store.write() as conn:
        session_store.seen(conn, digest(id_), now=clock.now())


def end(store: Store, id_: str, *, clock: Clock) -> None:
    """End a session, if it is one."""
    with store.write() as conn:
        person = session_store.end(conn, digest(id_))
        if person is not None:
            audit.note(conn, at=clock.now(), actor=person, action="session.end", subject=person)


def end_all_of(store: Store, person: EntityRef, *, clock: Clock, reason: str) -> None:
    """End every session of a person, for a stated reason."""
    with store.write() as conn:
        ended = session_store.end_all_of(conn, person)
        if ended:
            audit.note(
                conn, at=clock.now(), actor="callboard", action="session.end", subject=person, detail={"reason": reason}
            )


def digest(secret: str) -> bytes:
    """What is kept of a session's id."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest()
