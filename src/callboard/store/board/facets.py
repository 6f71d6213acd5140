"""What a list could be narrowed to, with counts: for each key, what the list would hold without that key's own terms."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, Select, Subquery, func, select

from callboard.domain.access import Visibility
from callboard.domain.board import Facet
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.query import Query, Term
from callboard.store import schema
from callboard.store.board import cube, listing
from callboard.store.query import filters
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.visible import named

f = schema.finding.c
route, entity = schema.holding_route, schema.entity

KEYS = ("severity", "kind", "status", "owner", "component", "source")
"""Keys that lists are narrowed by most."""

SHOWN = 50
"""Owners and components offered."""


def facets(conn: Connection, visibility: Visibility, query: Query, asking: Asking) -> tuple[Facet, ...]:
    """Every facet of a list."""
    if not all(filters.asks_holding(term) or filters.asks_cell(term) for term in query.terms):
        return tuple(_facet(conn, visibility, query.without(key), asking, key) for key in KEYS)
    found = {**_of_cells(conn, visibility, query, asking), **_of_holdings(conn, visibility, query, asking)}
    return tuple(Facet(key=key, values=_told(key, found[key])) for key in KEYS)


def _of_cells(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking
) -> dict[str, list[tuple[Any, int]]]:
    """The four facets of the cube: there are few combinations, which are narrowed here."""
    counts = cube.counts(conn, visibility, [term for term in query.terms if filters.asks_holding(term)], asking)
    sources = cube.sources(conn)
    found: dict[str, list[tuple[Any, int]]] = {}
    for key, place in (("severity", 3), ("kind", 1), ("status", 2), ("source", 0)):
        rest = [term for term in query.without(key).terms if not filters.asks_holding(term)]
        chosen = cube.chooser(conn, rest)
        sums: Counter[Any] = Counter()
        for cell, n in counts.items():
            if chosen.takes(cell):
                sums[cell[place]] += n
        found[key] = [(sources[value], n) for value, n in sums.items()] if key == "source" else list(sums.items())
    return found


def _of_holdings(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking
) -> dict[str, list[tuple[Any, int]]]:
    """Owners and components, from the counts of each holding: a shared finding counts once for each of them."""
    homes = scopes.homes(conn, visibility)
    cells = [term for term in query.terms if not filters.asks_holding(term)]
    counted: dict[tuple[Term, ...], dict[int, int]] = {}
    found: dict[str, list[tuple[Any, int]]] = {}
    for place, key in enumerate(("component", "owner")):
        other = tuple(term for term in query.without(key).terms if filters.asks_holding(term))
        if other not in counted:
            counted[other] = cube.by_holding(conn, scopes.scope(conn, visibility, other, asking), cells)
        sums: Counter[str] = Counter()
        for holding_id, n in counted[other].items():
            for ref in {each[place] for each in homes.get(holding_id, ())}:
                if ref is not None:
                    sums[ref] += n
        found[key] = sorted(sums.items(), key=lambda each: (-each[1], each[0]))[:SHOWN]
    return found


def _facet(conn: Connection, visibility: Visibility, query: Query, asking: Asking, key: str) -> Facet:
    total, is_more = listing.count(conn, visibility, query, asking)
    if is_more or total > listing.COUNTED:
        return Facet(key=key, values=(), too_many=True)
    counted = _from_rows(conn, visibility, query, asking, key)
    return Facet(key=key, values=_told(key, [(row[0], int(row[1])) for row in conn.execute(counted)]))


def _homes(key: str, visibility: Visibility) -> Subquery:
    """Holdings with their components or owners: a shared finding counts once for each, and once for one owner of several."""
    column = entity.c.ref if key == "component" else entity.c.owner_ref
    homes = select(route.c.holding_id, column.label("ref")).join(entity, entity.c.id == route.c.entity_id)
    return homes.where(column.is_not(None), named(entity.c.id, visibility)).distinct().subquery()


def _from_rows(conn: Connection, visibility: Visibility, query: Query, asking: Asking, key: str) -> Select[Any]:
    clause = scopes.of_query(conn, visibility, query, asking)
    n = func.count()
    if key in ("owner", "component"):
        home = _homes(key, visibility)
        counts = select(f.holding_id, n.label("n")).where(clause).group_by(f.holding_id).subquery()
        total = func.sum(counts.c.n)
        return (
            select(home.c.ref, total)
            .join(counts, counts.c.holding_id == home.c.holding_id)
            .group_by(home.c.ref)
            .order_by(total.desc(), home.c.ref)
            .limit(SHOWN)
        )
    column: Any = {"severity": 6 - f.rank, "kind": f.kind, "status": f.state, "source": schema.source.c.name}[key]
    # Named, because a clause that nothing can satisfy names no table.
    found = select(column, n).select_from(schema.finding).where(clause).group_by(column)
    return found.join(schema.source, schema.source.c.id == f.source_id) if key == "source" else found


def _told(key: str, counts: list[tuple[Any, int]]) -> tuple[tuple[str, str, int], ...]:
    """Values with their words, in the order to show them."""
    match key:
        case "severity":
            ordered = sorted(counts, reverse=True)
            return tuple((Severity(value).word, Severity(value).word, n) for value, n in ordered if n)
        case "kind":
            return tuple((Kind(value).word, Kind(value).word.replace("-", " "), n) for value, n in sorted(counts) if n)
        case "status":
            return tuple(
                (State(value).word, State(value).word.replace("-", " "), n) for value, n in sorted(counts) if n
            )
        case "source":
            return tuple((value, value, n) for value, n in sorted(counts) if n)
    return tuple((_short(key, value), value.partition("/")[2], n) for value, n in counts if n)


def _short(key: str, ref: str) -> str:
    """A reference as the query language writes it."""
    kind = {"owner": "group", "component": "component"}[key]
    return ref.removeprefix(f"{kind}:default/")
