"""What the rows of a report are called, which of the database's groups make each, and which query lists it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping

import msgspec
from sqlalchemy import Connection, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef, short_name
from callboard.domain.finding import Kind, Severity
from callboard.domain.query import OneOf, Query
from callboard.domain.remediation.question import By
from callboard.store import schema
from callboard.store.board import cube
from callboard.store.query import filters
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.remediation.lifetimes import GROUPS, counted
from callboard.store.visible import named

f = schema.finding.c

_AT_ONCE = 500


class Group(msgspec.Struct, frozen=True):
    """A row before it is filled."""

    key: str
    title: str
    term: OneOf
    """What findings of this row have in common, as a term that lists them."""
    ids: tuple[int, ...]
    """Severities, sources, rules, kinds or holdings."""


def groups(conn: Connection, visibility: Visibility, by: By, ids: Collection[int]) -> tuple[Group, ...]:
    """The rows of these ids, in no order but the same for the same."""
    match by:
        case By.SEVERITY:
            return _one_each(ids, lambda id_: (Severity(id_).word, Severity(id_).word), "severity")
        case By.KIND:
            return _one_each(ids, lambda id_: (Kind(id_).word, Kind(id_).word.replace("-", " ")), "kind")
        case By.SOURCE:
            names = cube.sources(conn)
            return _one_each(ids, lambda id_: (names[id_], names[id_]), "source")
        case By.RULE:
            rules = _rules(conn, ids)
            return _one_each(ids, rules.__getitem__, "rule")
    return _teams(conn, visibility, ids)


def _one_each(ids: Collection[int], told: Callable[[int], tuple[str, str]], key: str) -> tuple[Group, ...]:
    found: dict[str, Group] = {}
    for id_ in sorted(ids):
        name, title = told(id_)
        # Sources may have a rule of the same id: the query lists both, so they are one row.
        former = found[name].ids if name in found else ()
        found[name] = Group(name, title, OneOf(key, (name,)), (*former, id_))
    return tuple(found.values())


def _rules(conn: Connection, ids: Collection[int]) -> Mapping[int, tuple[str, str]]:
    r = schema.rule.c
    wanted = sorted(ids)
    found: dict[int, tuple[str, str]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = conn.execute(select(r.id, r.external_id, r.name).where(r.id.in_(wanted[start : start + _AT_ONCE])))
        found |= {row.id: (row.external_id, row.name or row.external_id) for row in rows}
    return found


def _teams(conn: Connection, visibility: Visibility, ids: Collection[int]) -> tuple[Group, ...]:
    homes = scopes.homes(conn, visibility)
    owned = _owned(conn, visibility)
    holdings: defaultdict[EntityRef | None, list[int]] = defaultdict(list)
    for id_ in sorted(ids):
        for owner in {owner for _, owner in homes.get(id_, ()) if owner is not None}:
            holdings[owner].append(id_)
        if id_ not in owned:
            holdings[None].append(id_)
    return tuple(
        Group(owner, short_name(owner), OneOf("owner", (owner,)), tuple(mine))
        if owner
        else Group("", "no team of the catalog", OneOf("no", ("owner",)), tuple(mine))
        for owner, mine in holdings.items()
    )


def _owned(conn: Connection, visibility: Visibility) -> frozenset[int]:
    """Holdings with an owner whom the catalog knows: what `has:owner` says."""
    route, entity = schema.holding_route.c, schema.entity.c
    rows = (
        select(route.holding_id)
        .join(schema.entity, entity.id == route.entity_id)
        .where(named(entity.id, visibility), entity.owner_id.is_not(None))
        .distinct()
    )
    return frozenset(conn.execute(rows).scalars())


def open_now(
    conn: Connection, visibility: Visibility, query: Query, by: By, asking: Asking
) -> Mapping[int, int]:  # fmt: skip
    """Open findings of each of the database's groups, as the lists count them."""
    if by is not By.RULE and all(filters.asks_holding(term) or filters.asks_cell(term) for term in query.terms):
        return _counted(conn, visibility, query, by, asking)
    within = scopes.of_query(conn, visibility, query, asking, many=True)
    # Adding nothing keeps SQLite from going through an index of nearly all findings.
    return counted(conn, select(GROUPS[by]).where(f.closed + 0 == 0, within))


_CELL = {By.SOURCE: 0, By.KIND: 1, By.SEVERITY: 3}
"""Where a cell of the cube tells it."""


def _counted(
    conn: Connection, visibility: Visibility, query: Query, by: By, asking: Asking
) -> Mapping[int, int]:  # fmt: skip
    """The same from the counters, where they can tell."""
    holdings = [term for term in query.terms if filters.asks_holding(term)]
    cells = [*(term for term in query.terms if not filters.asks_holding(term)), OneOf("is", ("open",))]
    if by is By.TEAM:
        return cube.by_holding(conn, scopes.scope(conn, visibility, holdings, asking), cells)
    chosen = cube.chooser(conn, cells)
    found: Counter[int] = Counter()
    for cell, n in cube.counts(conn, visibility, holdings, asking).items():
        if n and chosen.takes(cell):
            found[cell[_CELL[by]]] += n
    return found


def listing(query: Query, term: OneOf) -> Query | None:
    """The query that lists what a query asks for within one row. None: there is none.

    A row is part of what the query asks for, so its own word takes the place of the query's words of that key. Where a finding
    is in several rows that does not follow, unless the query asks for this very one.
    """
    same = [each for each in query.terms if isinstance(each, OneOf) and each.key == term.key and not each.is_negated]
    if term.key == "owner" and any(not set(term.values) <= set(each.values) for each in same):
        return None
    rest = tuple(each for each in query.terms if each not in same)
    return Query((*rest, term, OneOf("is", ("open",))))
