"""Teams, people, systems and domains as the catalog knows them."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection, func, or_, select

from callboard.domain.access import Visibility
from callboard.domain.component import Entity, EntityRef, kind_of, short_name
from callboard.domain.query.terms import Term
from callboard.errors import NotFoundError
from callboard.store import schema
from callboard.store.database import stamp
from callboard.store.kept import Kept
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.visible import entity_visible

entity = schema.entity

KINDS = frozenset({"group", "user", "system", "domain"})


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """What stands at the top of a roll-up."""

    kind: str
    title: str
    description: str | None
    above: EntityRef | None
    below: tuple[EntityRef, ...]
    members: int | None
    in_catalog: bool = True
    """False: the catalog does not hold it, and components name it all the same."""


def head(conn: Connection, visibility: Visibility, ref: EntityRef) -> Head:
    """A team, a person, a system or a domain.

    Raises NotFoundError for anything else, for what the viewer may not know of, and for what the catalog lacks unless
    something that the viewer may know of names it.
    """
    if "\0" in ref or kind_of(ref) not in KINDS:
        raise NotFoundError
    return _HEADS.get(conn, (*stamp(conn).owners, visibility, ref), lambda: _head(conn, visibility, ref))


_HEADS: Kept[Head] = Kept(64)


def _head(conn: Connection, visibility: Visibility, ref: EntityRef) -> Head:
    row = conn.execute(
        select(entity.c.id, entity.c.body).where(entity.c.ref == ref, entity.c.gone_at.is_(None))
    ).one_or_none()
    is_known = scopes.knows(conn, visibility, ref)  # asked in any case: the clock must not tell what is there
    if row is None or not is_known:
        return _only_named(conn, visibility, ref)
    each = msgspec.msgpack.decode(bytes(row.body), type=Entity)
    kind = each.kind
    above = each.parent if kind == "group" else each.system if kind in ("system", "domain") else None
    below = _below(conn, ref, kind)
    known = _known(conn, visibility, [*below, *([above] if above else [])])
    return Head(
        kind=kind,
        title=each.title or each.name,
        description=each.description,
        above=above if above in known else None,
        below=tuple(other for other in below if other in known),
        members=_members(conn, row.id) if kind == "group" else None,
    )


def _only_named(conn: Connection, visibility: Visibility, ref: EntityRef) -> Head:
    """An owner or system that is not in the catalog, though components name it: a spelling error, or it has left."""
    named = select(entity.c.id).where(
        or_(entity.c.owner_ref == ref, entity.c.system_ref == ref),
        entity.c.gone_at.is_(None),
        entity_visible(entity.c.id, visibility),
    )
    if conn.execute(named.limit(1)).scalar_one_or_none() is None:
        raise NotFoundError
    return Head(
        kind=kind_of(ref), title=short_name(ref), description=None, above=None, below=(), members=None, in_catalog=False
    )


def _known(conn: Connection, visibility: Visibility, refs: Iterable[EntityRef]) -> frozenset[str]:
    """Those of these entities that are in the catalog, and that the viewer may know of."""
    asked = list(refs)
    if not asked:
        return frozenset()
    found = conn.execute(select(entity.c.ref).where(entity.c.ref.in_(asked), entity.c.gone_at.is_(None))).scalars()
    return frozenset(each for each in found if scopes.knows(conn, visibility, EntityRef(each)))


def _below(conn: Connection, ref: EntityRef, kind: str) -> tuple[EntityRef, ...]:
    if kind == "group":
        # The tree of groups is small, and its nearest level is in the entities themselves.
        bodies = conn.execute(
            select(entity.c.body).where(entity.c.kind == "group", entity.c.gone_at.is_(None))
        ).scalars()
        groups = [msgspec.msgpack.decode(bytes(body), type=Entity) for body in bodies]
        return tuple(sorted(group.ref for group in groups if group.parent == ref))
    if kind == "domain":
        rows = conn.execute(
            select(entity.c.ref)
            .where(entity.c.kind.in_(("system", "domain")), entity.c.system_ref == ref, entity.c.gone_at.is_(None))
            .order_by(entity.c.ref)
        )
        return tuple(EntityRef(each) for each in rows.scalars())
    return ()


def _members(conn: Connection, group_id: int) -> int:
    member = schema.member.c
    return int(conn.execute(select(func.count()).where(member.group_id == group_id)).scalar_one())


def components_of(
    conn: Connection, visibility: Visibility, terms: Iterable[Term], asking: Asking
) -> frozenset[EntityRef]:
    """Components that hold findings for these terms, of what is in sight."""
    homes = scopes.homes(conn, visibility)
    within = scopes.scope(conn, visibility, tuple(terms), asking)
    return frozenset(ref for holding_id in within.versions for ref, _ in homes.get(holding_id, ()))


def listed(conn: Connection, ref: EntityRef, kind: str) -> frozenset[EntityRef]:
    """Components that the catalog puts here, with findings or without."""
    return _LISTED.get(conn, (stamp(conn).evidence, ref, kind), lambda: _listed(conn, ref, kind))


_LISTED: Kept[frozenset[EntityRef]] = Kept(64)


def _listed(conn: Connection, ref: EntityRef, kind: str) -> frozenset[EntityRef]:
    systems = select(entity.c.ref).where(entity.c.kind == "system", entity.c.system_ref == ref)
    wanted = or_(entity.c.owner_ref == ref, entity.c.system_ref == ref)
    if kind == "domain":
        wanted = or_(entity.c.system_ref.in_(systems), entity.c.system_ref == ref)
    rows = conn.execute(select(entity.c.ref).where(entity.c.kind == "component", entity.c.gone_at.is_(None), wanted))
    return frozenset(EntityRef(each) for each in rows.scalars())
