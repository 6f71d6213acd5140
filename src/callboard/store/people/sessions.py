"""Browsers that are signed in by name. Only hashes of their ids are kept."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from callboard.domain.component import EntityRef
from callboard.domain.instant import MINUTE, Instant
from callboard.store import schema

MOST_OF_ONE = 16
"""Sessions of one person at a time; the oldest one ends when more are opened."""
SEEN_EVERY = MINUTE
"""How exactly it is known when a session was last used (microseconds)."""

s = schema.session.c


class Session(msgspec.Struct, frozen=True):
    """One browser's session."""

    person: EntityRef
    made_at: Instant
    seen_at: Instant
    ends_at: Instant


def begin(conn: Connection, digest: bytes, person: EntityRef, *, now: Instant, ends_at: Instant) -> None:
    """Open a session. Inside `Store.write`."""
    conn.execute(delete(schema.session).where(s.ends_at <= now))
    newest = select(s.hash).where(s.person == person).order_by(s.made_at.desc(), s.hash)
    spare = list(conn.execute(newest.offset(MOST_OF_ONE - 1)).scalars())
    if spare:
        conn.execute(delete(schema.session).where(s.hash.in_(spare)))
    conn.execute(insert(schema.session).values(hash=digest, person=person, made_at=now, seen_at=now, ends_at=ends_at))


def find(conn: Connection, digest: bytes, *, now: Instant, idle: int) -> Session | None:
    """The session, unless it has ended or nobody has used it for longer than `idle` microseconds."""
    row = conn.execute(select(schema.session).where(s.hash == digest)).one_or_none()
    if row is None or row.ends_at <= now or row.seen_at + idle <= now:
        return None
    return Session(EntityRef(row.person), Instant(row.made_at), Instant(row.seen_at), Instant(row.ends_at))


def seen(conn: Connection, digest: bytes, *, now: Instant) -> None:
    """Keep that the session is in use."""
    conn.execute(update(schema.session).where(s.hash == digest, s.seen_at < now).values(seen_at=now))


def end(conn: Connection, digest: bytes) -> EntityRef | None:
    """End a session. Tells whose it was; None: there is none."""
    person = conn.execute(select(s.person).where(s.hash == digest)).scalar_one_or_none()
    conn.execute(delete(schema.session).where(s.hash == digest))
    return None if person is None else EntityRef(person)


def end_all_of(conn: Connection, person: EntityRef) -> int:
    """End every session of a person. Tells how many there were."""
    return conn.execute(delete(schema.session).where(s.person == person)).rowcount


def count(conn: Connection, *, now: Instant) -> int:
    """Sessions that have not ended."""
    return int(conn.execute(select(func.count()).where(s.ends_at > now)).scalar_one())
