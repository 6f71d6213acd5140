"""Which holdings a viewer asks about, and at which version each of them stands."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.component import EntityRef
from callboard.domain.query import Query, Term
from callboard.store import schema
from callboard.store.database import revision, stamp
from callboard.store.dialect import of as dialect_of
from callboard.store.kept import Kept, is_writing
from callboard.store.query import filters
from callboard.store.query.filters import Asking
from callboard.store.visible import entity_visible, named, names_all, visible


class Scope(msgspec.Struct, frozen=True):
    """Holdings in sight, of those that are asked about."""

    name: tuple[object, ...]
    """Who asks about what: the same name may have other holdings at another revision."""
    versions: Mapping[int, int]
    """By holding, how often it has changed."""
    is_whole: bool
    """Everything there is: holding 0 of a table of counters has the sums."""


def scope(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Scope:
    """The holdings that these terms about holdings leave in sight.

    Which they are is asked once for each state of the evidence, and how often each has changed once for each revision.
    """
    # Whose "mine" it is matters to terms alone: without any, all questions of a viewer are about one scope.
    name = (visibility, tuple(terms), asking.me if terms else None)
    return _SCOPES.get(conn, (revision(conn), *name), lambda: _scope(conn, visibility, terms, asking, name))


_SCOPES: Kept[Scope] = Kept(64)
_IN_SIGHT: Kept[array[int]] = Kept(64)
_VERSIONS: Kept[Mapping[int, int]] = Kept(2)

FEW = 100
"""Holdings up to which the version of each is looked up; for more, those of all are read, for all viewers together."""


def _scope(
    conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking, name: tuple[object, ...]
) -> Scope:
    at = stamp(conn)
    ids = _IN_SIGHT.get(conn, (at.owners, *name), lambda: _in_sight(conn, visibility, terms, asking))
    is_few = len(ids) <= FEW
    versions = _versions(conn, ids) if is_few else _VERSIONS.get(conn, (at.revision,), lambda: _versions(conn, None))
    return Scope(name, {id_: versions.get(id_, 0) for id_ in ids}, isinstance(visibility, Everything) and not terms)


def _in_sight(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> array[int]:
    id_ = schema.holding.c.id
    about = filters.holding_conditions(id_, visibility, terms, asking)
    rows = conn.execute(select(id_).where(visible(id_, visibility), about)).cursor
    return array("q", (row[0] for row in rows.fetchall()))


def _versions(conn: Connection, ids: Iterable[int] | None) -> Mapping[int, int]:
    """How often holdings have changed, these or all; those that never have are left out."""
    table = schema.holding_version
    if ids is not None:
        return dict(dialect_of(conn).lookup(conn, table, ["holding_id", "version"], "holding_id", ids))
    return dict(conn.execute(select(table.c.holding_id, table.c.version)).cursor.fetchall())


def held(holding_id: Any, visibility: Visibility, terms: Iterable[Term], asking: Asking) -> ColumnElement[bool]:  # noqa: ANN401
    """The same as a clause over any table that has a holding: one sub-select, so that the narrower of the two leads."""
    asked = [term for term in terms if filters.asks_holding(term)]
    if not asked:
        return visible(holding_id, visibility)
    if isinstance(visibility, Everything):
        return filters.holding_conditions(holding_id, visibility, asked, asking)
    id_ = schema.holding.c.id
    found: ColumnElement[bool] = holding_id.in_(
        select(id_).where(visible(id_, visibility), filters.holding_conditions(id_, visibility, asked, asking))
    )
    return found


def of_query(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, many: bool = False
) -> ColumnElement[bool]:
    """Findings in sight that a query asks for. Raises InvalidQueryError for what cannot be answered."""
    rest = Query(tuple(term for term in query.terms if not filters.asks_holding(term)))
    holds = held(schema.finding.c.holding_id, visibility, query.terms, asking)
    return and_(holds, filters.conditions(conn, visibility, rest, asking, many=many))


Homes = Mapping[int, tuple[tuple[EntityRef, EntityRef | None], ...]]
"""The components of each holding, with their owners."""


def homes(conn: Connection, visibility: Visibility) -> Homes:
    """The components that each holding is routed to, with their owners, as far as the viewer may be told of them.

    Holdings without a component are left out.
    """
    # A holding keeps its routes for ever; who owns a component changes with the evidence only.
    whole = _all_homes(conn)
    unnamed = hidden(conn, visibility)
    if not unnamed:
        return whole
    return _SOME_HOMES.get(conn, (*stamp(conn).owners, visibility), lambda: _without(whole, unnamed))


def homes_of(conn: Connection, holding_ids: Collection[int]) -> Homes:
    """The same of these holdings, with components that are `hidden` from a viewer."""
    # Nothing is kept of what a writing transaction sees, and so not all read for a few.
    whole = _homes(conn, holding_ids) if is_writing(conn) else _all_homes(conn)
    return {id_: whole[id_] for id_ in holding_ids if id_ in whole}


def _all_homes(conn: Connection) -> Homes:
    return _HOMES.get(conn, stamp(conn).owners, lambda: _homes(conn))


def hidden(conn: Connection, visibility: Visibility) -> frozenset[EntityRef]:
    """Components that own findings and of which this viewer may not be told, even where they share one that is in sight."""
    if names_all(visibility):
        return frozenset()
    return _HIDDEN.get(conn, (*stamp(conn).owners, visibility), lambda: _hidden(conn, visibility))


def known(conn: Connection, visibility: Visibility) -> frozenset[EntityRef]:
    """The catalog entities that this viewer may know of, also of those that are gone."""
    return _KNOWN.get(conn, (*stamp(conn).owners, visibility), lambda: _known(conn, visibility))


_HOMES: Kept[Homes] = Kept(2)
_SOME_HOMES: Kept[Homes] = Kept(16)


def knows(conn: Connection, visibility: Visibility, ref: EntityRef) -> bool:
    """Whether this viewer may know of this entity, if it is there."""
    return isinstance(visibility, Everything) or ref in known(conn, visibility)


_HIDDEN: Kept[frozenset[EntityRef]] = Kept(64)
_KNOWN: Kept[frozenset[EntityRef]] = Kept(16)


def _known(conn: Connection, visibility: Visibility) -> frozenset[EntityRef]:
    entity = schema.entity.c
    rows = conn.execute(select(entity.ref).where(entity_visible(entity.id, visibility))).cursor
    # There are thousands, and most viewers know of the same ones.
    return frozenset(EntityRef(sys.intern(row[0])) for row in rows.fetchall())


def _hidden(conn: Connection, visibility: Visibility) -> frozenset[EntityRef]:
    entity = schema.entity.c
    routed = entity.id.in_(select(schema.holding_route.c.entity_id))
    return frozenset(
        map(EntityRef, conn.execute(select(entity.ref).where(routed, ~named(entity.id, visibility))).scalars())
    )


def _without(whole: Homes, unnamed: frozenset[EntityRef]) -> Homes:
    told = ((id_, tuple(each for each in there if each[0] not in unnamed)) for id_, there in whole.items())
    return {id_: there for id_, there in told if there}


def _homes(conn: Connection, holding_ids: Collection[int] | None = None) -> Homes:
    """Of these holdings, or of all. Components in their order."""
    route, entity = schema.holding_route, schema.entity
    found: dict[int, list[tuple[EntityRef, EntityRef | None]]] = {}
    query = select(route.c.holding_id, entity.c.ref, entity.c.owner_ref).join(entity, entity.c.id == route.c.entity_id)
    if holding_ids is not None:
        query = query.where(route.c.holding_id.in_(sorted(holding_ids)))
    for holding_id, ref, owner in conn.execute(query.order_by(entity.c.ref)).cursor.fetchall():
        found.setdefault(holding_id, []).append((ref, owner))
    return {holding_id: tuple(each) for holding_id, each in found.items()}
