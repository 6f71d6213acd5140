"""Which holdings a viewer asks about, and at which version each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.component import EntityRef
from callboard.domain.query import Query, Term
from callboard.store import schema
from callboard.store.database import once, revision
from callboard.store.evidence import mark_of
from callboard.store.kept import Kept
from callboard.store.query import filters
from callboard.store.query.filters import Asking
from callboard.store.visible import named, names_all, visible


class Scope(msgspec.Struct, frozen=True):
    """Holdings in sight, of those that are asked about."""

    name: tuple[object, ...]
    """Who asks about what: the same name may have other holdings at another revision."""
    versions: Mapping[int, int]
    """By holding, how often it has changed."""
    is_whole: bool
    """Everything there is: holding 0 of a table of counters has the sums."""


def scope(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Scope:
    """The holdings that these terms about holdings leave in sight, asked of the database once for each revision."""
    # Whose "mine" it is matters to terms alone: without any, all questions of a viewer are about one scope.
    name = (visibility, tuple(terms), asking.me if terms else None)
    return _SCOPES.get(conn, (revision(conn), *name), lambda: _scope(conn, visibility, terms, asking, name))


_SCOPES: Kept[Scope] = Kept(64)


def _scope(
    conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking, name: tuple[object, ...]
) -> Scope:
    holding, version = schema.holding, schema.holding_version
    rows = conn.execute(
        select(holding.c.id, func.coalesce(version.c.version, 0))
        .select_from(holding.outerjoin(version, version.c.holding_id == holding.c.id))
        .where(visible(holding.c.id, visibility), filters.holding_conditions(holding.c.id, visibility, terms, asking))
    )
    return Scope(name, dict(rows.cursor.fetchall()), isinstance(visibility, Everything) and not terms)


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
    whole = _HOMES.get(conn, _state(conn), lambda: _homes(conn))
    unnamed = hidden(conn, visibility)
    if not unnamed:
        return whole
    return _SOME_HOMES.get(conn, (*_state(conn), visibility), lambda: _without(whole, unnamed))


def hidden(conn: Connection, visibility: Visibility) -> frozenset[EntityRef]:
    """Components that own findings and of which this viewer may not be told, even where they share one that is in sight."""
    if names_all(visibility):
        return frozenset()
    return _HIDDEN.get(conn, (*_state(conn), visibility), lambda: _hidden(conn, visibility))


_HOMES: Kept[Homes] = Kept(2)
_SOME_HOMES: Kept[Homes] = Kept(16)
_HIDDEN: Kept[frozenset[EntityRef]] = Kept(64)


def _state(conn: Connection) -> tuple[object, ...]:
    """What whose each holding is depends on."""
    newest = once(conn, "holding", lambda: conn.execute(select(func.max(schema.holding.c.id))).scalar_one())
    return once(conn, "evidence", lambda: mark_of(conn)), newest


def _hidden(conn: Connection, visibility: Visibility) -> frozenset[EntityRef]:
    entity = schema.entity.c
    routed = entity.id.in_(select(schema.holding_route.c.entity_id))
    return frozenset(
        map(EntityRef, conn.execute(select(entity.ref).where(routed, ~named(entity.id, visibility))).scalars())
    )


def _without(whole: Homes, unnamed: frozenset[EntityRef]) -> Homes:
    told = ((id_, tuple(each for each in there if each[0] not in unnamed)) for id_, there in whole.items())
    return {id_: there for id_, there in told if there}


def _homes(conn: Connection) -> Homes:
    route, entity = schema.holding_route, schema.entity
    found: dict[int, list[tuple[EntityRef, EntityRef | None]]] = {}
    rows = conn.execute(
        select(route.c.holding_id, entity.c.ref, entity.c.owner_ref).join(entity, entity.c.id == route.c.entity_id)
    )
    for holding_id, ref, owner in rows.cursor.fetchall():
        found.setdefault(holding_id, []).append((ref, owner))
    return {holding_id: tuple(each) for holding_id, each in found.items()}
