"""What the catalog last said about a person, and what the portal shows to people."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from callboard.domain.access import Depth, Readers
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, HOUR, Instant
from callboard.domain.person import Person
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.visible import entity_known, entity_owned

m, g = schema.membership.c, schema.membership_group.c
e = schema.entity.c

UNUSED = 7 * DAY
"""A set that the portal showed to nobody for so long is forgotten (microseconds)."""


class Answer(msgspec.Struct, frozen=True):
    """What the catalog said about somebody."""

    person: Person | None
    """None: it has no such user."""
    asked_at: Instant


def note(conn: Connection, ref: EntityRef, person: Person | None, *, now: Instant) -> None:
    """Keep an answer of the catalog. Inside `Store.write`."""
    conn.execute(delete(schema.membership_group).where(g.person == ref))
    conn.execute(delete(schema.membership).where(m.person == ref))
    conn.execute(insert(schema.membership).values(person=ref, asked_at=now, known=person is not None))
    if person is not None and person.groups:
        rows = [{"person": ref, "ref": group} for group in sorted(set(person.groups))]
        conn.execute(insert(schema.membership_group), rows)


def last(conn: Connection, ref: EntityRef) -> Answer | None:
    """The last answer about somebody. None: the catalog was never asked."""
    row = conn.execute(select(m.asked_at, m.known).where(m.person == ref)).one_or_none()
    if row is None:
        return None
    groups = tuple(map(EntityRef, conn.execute(select(g.ref).where(g.person == ref).order_by(g.ref)).scalars()))
    return Answer(Person(ref=ref, groups=groups) if row.known else None, Instant(row.asked_at))


def as_read(conn: Connection, ref: EntityRef) -> Person:
    """Somebody with the groups that the last catalog reading puts this person in."""
    member, group, user = schema.member.c, schema.entity.alias("g").c, schema.entity.alias("u").c
    groups = conn.execute(
        select(group.ref)
        .join_from(schema.member, group.id.table, group.id == member.group_id)
        .join(user.id.table, user.id == member.user_id)
        .where(user.ref == ref)
        .order_by(group.ref)
    ).scalars()
    return Person(ref=ref, groups=tuple(map(EntityRef, groups)))


def owns(conn: Connection, person: Person) -> bool:
    """Whether anything in the catalog is owned by this person, one of the groups, or a group below them."""
    readers = Readers(frozenset(person.owners), Depth.WORK)
    return (
        conn.execute(select(e.id).where(entity_owned(e.id, readers), e.gone_at.is_(None)).limit(1)).first() is not None
    )


def to_ask(conn: Connection, readers: Readers, *, most: int) -> tuple[EntityRef, ...]:
    """What the portal has to be asked about: entities that this reader would know of and does not own."""
    rows = conn.execute(
        select(e.ref)
        .where(e.gone_at.is_(None), entity_known(e.id, readers), ~entity_owned(e.id, readers))
        .order_by(e.ref)
        .limit(most)
    )
    return tuple(map(EntityRef, rows.scalars()))


def intern_sight(conn: Connection, refs: Collection[EntityRef], *, now: Instant) -> int:
    """The number of the set of these entities. Inside `Store.write`."""
    ids = _ids(conn, refs)
    digest = hashlib.sha256(msgspec.json.encode(ids)).digest()
    table = schema.sight
    found = conn.execute(select(table.c.id).where(table.c.digest == digest)).scalar_one_or_none()
    if found is not None:
        conn.execute(update(table).where(table.c.id == found, table.c.used_at < now - HOUR).values(used_at=now))
        return int(found)
    # Looked for before old ones go: answers are kept by this number, which must never be of another set.
    id_ = next_id(conn, table)
    _forget(conn, now=now)
    conn.execute(insert(table).values(id=id_, digest=digest, used_at=now))
    if ids:
        conn.execute(insert(schema.sight_entity), [{"sight_id": id_, "entity_id": each} for each in ids])
    return id_


def _ids(conn: Connection, refs: Iterable[EntityRef]) -> list[int]:
    wanted = set(refs)
    return sorted(id_ for id_, ref in conn.execute(select(e.id, e.ref)) if ref in wanted)


def _forget(conn: Connection, *, now: Instant) -> None:
    old = list(conn.execute(select(schema.sight.c.id).where(schema.sight.c.used_at < now - UNUSED)).scalars())
    if old:
        conn.execute(delete(schema.sight_entity).where(schema.sight_entity.c.sight_id.in_(old)))
        conn.execute(delete(schema.sight).where(schema.sight.c.id.in_(old)))
