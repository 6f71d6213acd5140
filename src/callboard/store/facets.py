"""What a list could be narrowed to, with counts: for each key, what the list would hold without that key's own terms."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Connection, Select, Subquery, and_, func, select

from callboard.domain.access import Visibility
from callboard.domain.board import Facet
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.query import OneOf, Query
from callboard.store import filters, listing, schema
from callboard.store.filters import Asking
from callboard.store.visible import visible, visible_whole

f, c = schema.finding.c, schema.cube.c
route, entity = schema.holding_route, schema.entity

KEYS = ("severity", "kind", "status", "owner", "component", "source")
"""Keys that lists are narrowed by most."""

SHOWN = 50
"""Owners and components offered."""


def facets(conn: Connection, visibility: Visibility, query: Query, asking: Asking) -> tuple[Facet, ...]:
    """Every facet of a list."""
    if not all(filters.is_counted(term) for term in query.terms):
        return tuple(_facet(conn, visibility, query.without(key), asking, key) for key in KEYS)
    found = {**_of_findings(conn, visibility, query, asking), **_of_holdings(conn, visibility, query, asking)}
    return tuple(Facet(key=key, values=_told(key, found[key])) for key in KEYS)


def _of_findings(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking
) -> dict[str, list[tuple[Any, int]]]:
    """The four facets of the counters, in one pass: there are few combinations, which are narrowed here."""
    rest = [term for term in query.terms if not (isinstance(term, OneOf) and term.key in filters.IN_CUBE)]
    clause, asks_holdings = filters.cube_conditions(Query(tuple(rest)), asking)
    scope = visible_whole(c.holding_id, visibility)
    if asks_holdings:
        scope = and_(c.holding_id > 0, visible(c.holding_id, visibility))
    columns = (c.severity, c.kind, c.state, schema.source.c.name)
    rows = conn.execute(
        select(*columns, func.sum(c.n))
        .join(schema.source, schema.source.c.id == c.source_id)
        .where(scope, clause)
        .group_by(*columns)
    ).all()
    words = [
        {"severity": Severity(row[0]).word, "kind": Kind(row[1]).word, "status": State(row[2]).word, "source": row[3]}
        for row in rows
    ]
    found: dict[str, list[tuple[Any, int]]] = {}
    for place, key in enumerate(("severity", "kind", "status", "source")):
        asked = [term for term in query.terms if isinstance(term, OneOf) and term.key in filters.IN_CUBE - {key}]
        sums: Counter[Any] = Counter()
        for row, word in zip(rows, words, strict=True):
            if all((word[term.key] in term.values) is not term.is_negated for term in asked):
                sums[row[place]] += int(row[-1])
        found[key] = list(sums.items())
    return found


def _of_holdings(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking
) -> dict[str, list[tuple[Any, int]]]:
    """Owners and components, from the counts of each holding: a shared finding counts once for each of them."""
    refs: dict[int, list[tuple[str, str | None]]] = {}
    for holding_id, component, owner in conn.execute(_ROUTES):
        refs.setdefault(holding_id, []).append((component, owner))
    counted: dict[Query, dict[int, int]] = {}
    found: dict[str, list[tuple[Any, int]]] = {}
    for place, key in enumerate(("component", "owner")):
        other = query.without(key)
        if other not in counted:
            clause, _ = filters.cube_conditions(other, asking)
            counts = (
                select(c.holding_id, func.sum(c.n))
                .where(c.holding_id > 0, visible(c.holding_id, visibility), clause)
                .group_by(c.holding_id)
            )
            counted[other] = {int(row[0]): int(row[1]) for row in conn.execute(counts)}
        sums: Counter[str] = Counter()
        for holding_id, n in counted[other].items():
            for ref in {each[place] for each in refs.get(holding_id, ())}:
                if ref is not None:
                    sums[ref] += n
        found[key] = sorted(sums.items(), key=lambda each: (-each[1], each[0]))[:SHOWN]
    return found


_ROUTES = select(route.c.holding_id, entity.c.ref, entity.c.owner_ref).join(entity, entity.c.id == route.c.entity_id)


def _facet(conn: Connection, visibility: Visibility, query: Query, asking: Asking, key: str) -> Facet:
    total, is_more = listing.count(conn, visibility, query, asking)
    if is_more or total > listing.COUNTED:
        return Facet(key=key, values=(), too_many=True)
    counted = _from_rows(conn, visibility, query, asking, key)
    return Facet(key=key, values=_told(key, [(row[0], int(row[1])) for row in conn.execute(counted)]))


def _homes(key: str) -> Subquery:
    """Holdings with their components or owners: a shared finding counts once for each, and once for one owner of several."""
    column = entity.c.ref if key == "component" else entity.c.owner_ref
    homes = select(route.c.holding_id, column.label("ref")).join(entity, entity.c.id == route.c.entity_id)
    return homes.where(column.is_not(None)).distinct().subquery()


def _from_rows(conn: Connection, visibility: Visibility, query: Query, asking: Asking, key: str) -> Select[Any]:
    clause = and_(visible(f.holding_id, visibility), filters.conditions(conn, query, asking))
    n = func.count()
    if key in ("owner", "component"):
        home = _homes(key)
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
