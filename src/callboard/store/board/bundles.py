"""Findings put together: by the action that closes them, or by rule, resource, CVE, component or owner.

Bundles of open findings come from their cells, which are kept; other groups, and bundles under other filters, are counted
from the rows of the list as long as it is not too long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, case, func, select

from callboard.domain import bundle as bundles
from callboard.domain import priority
from callboard.domain.access import Visibility
from callboard.domain.board import BundleRow, FindingRow
from callboard.domain.bundle import BundleKind
from callboard.domain.component import EntityRef, short_name
from callboard.domain.due import is_overdue, today
from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.query import OPEN, STEADY, Grouping, OneOf, Page, Query
from callboard.domain.query.paging import Cursor
from callboard.domain.remedy import Remedy
from callboard.errors import InvalidQueryError
from callboard.store import schema
from callboard.store.board import cells, listing, remedies
from callboard.store.board.cells import Group, Place, group_of, ordered, place
from callboard.store.board.findings import rows_by_id
from callboard.store.query import filters
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.schema import NEVER
from callboard.store.visible import named

f, c = schema.finding.c, schema.bundle_cell.c
route, entity = schema.holding_route, schema.entity

SHOWN = 5
"""Components and owners named on a row."""


def page(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, after: str | None, limit: int
) -> Page[BundleRow]:
    """One page of groups, in the order of work. Raises InvalidQueryError, also for a list too long to put together."""
    by = query.group or Grouping.FIX
    order = f"group:{by.value}"
    key = None
    if after is not None:
        key = tuple(part for part in Cursor.decode(after, order=order, parts=(int,) * 6).key if isinstance(part, int))
    if by is Grouping.FIX and _is_celled(query):
        asked = [term for term in query.terms if filters.asks_holding(term)]
        found, count = cells.ranked(conn, visibility, asked, asking, after=key, limit=limit + 1)
    else:
        total, is_more = listing.count(conn, visibility, query, asking)
        if is_more or total > listing.COUNTED:
            raise InvalidQueryError(
                f"More than {listing.COUNTED:,} findings are too many to put together.",
                field="q",
                hint="Narrow the filter, for example by owner, component or severity.",
            )
        counted = _from_rows(conn, visibility, query, asking, by)
        if by in (Grouping.COMPONENT, Grouping.OWNER):
            found, count = _folded(conn, visibility, counted, by, asking, after=key)
        else:
            found, count = ordered(conn, counted, asking, after=key, limit=limit + 1)
    shown = found[:limit]
    cursor = Cursor(order, place(shown[-1], asking)).encode() if len(found) > limit else None
    told = Teller(conn, visibility, query, asking, by).rows(shown, leads=after is None)
    return Page(rows=told, total=count, cursor=cursor)


SEVERAL = -1
"""The key of the group of what several components, or owners, share."""
NOBODY = 0
"""The key of the group without a component, an owner or a CVE."""


def _folded(
    conn: Connection,
    visibility: Visibility,
    counted: Select[Any],
    by: Grouping,
    asking: Asking,
    *,
    after: tuple[int, ...] | None,
) -> tuple[list[Group], int]:
    """Groups by holding put together by whose they are: one component or owner, several, or nobody."""
    column = entity.c.id if by is Grouping.COMPONENT else entity.c.owner_id
    of: dict[int, set[int]] = {}
    routes = select(route.c.holding_id, column).join(entity, entity.c.id == route.c.entity_id)
    for holding_id, value in conn.execute(routes.where(named(entity.c.id, visibility))):
        of.setdefault(holding_id, set()).add(value)
    together: dict[int, Group] = {}
    for row in conn.execute(counted):
        group = group_of(row)
        owners = of.get(group.key, set()) - {None}
        key = SEVERAL if len(owners) > 1 else next(iter(owners), NOBODY)
        other = together.get(key)
        here = msgspec.structs.replace(group, key=key, holdings=(group.key,))
        together[key] = here if other is None else _merged(other, here)
    ordered = sorted(together.values(), key=lambda group: place(group, asking))
    return [group for group in ordered if after is None or place(group, asking) > after], len(ordered)


def _merged(one: Group, other: Group) -> Group:
    """Two groups as one, under the key of the first."""
    return Group(
        one.key,
        one.n + other.n,
        min(one.rank, other.rank),
        min(one.priority, other.priority),
        min(one.blast, other.blast),
        min(one.due_at, other.due_at),
        min(one.oldest_at, other.oldest_at),
        one.example,
        (*one.holdings, *other.holdings),
    )


class Homes(msgspec.Struct, frozen=True):
    """Where a group's findings are."""

    named: Sequence[tuple[str | None, str | None]]
    """Components with their owners, of a bundle those with its most urgent findings; None: no component."""
    components: int
    """All of them."""
    is_unmapped: bool
    """Some findings have no component."""


def _is_celled(query: Query) -> bool:
    """Whether the cells answer: open findings without the flapping ones, asked about by holding only."""
    rest = set(query.terms) - {OPEN, STEADY}
    return len(rest) == len(query.terms) - 2 and all(filters.asks_holding(term) for term in rest)


_CVES = select(schema.rule.c.id).where(schema.rule.c.external_id.startswith("CVE-"))

_COLUMNS: Mapping[Grouping, Any] = {
    Grouping.FIX: f.bundle_id,
    Grouping.RULE: f.rule_id,
    Grouping.RESOURCE: f.resource_id,
    Grouping.CVE: case((f.rule_id.in_(_CVES), f.rule_id), else_=NOBODY),
    Grouping.COMPONENT: f.holding_id,
    Grouping.OWNER: f.holding_id,
}


def _from_rows(conn: Connection, visibility: Visibility, query: Query, asking: Asking, by: Grouping) -> Select[Any]:
    key = _COLUMNS[by]
    due_at = case((f.closed == 0, f.due_at), else_=NEVER)
    return (
        select(
            key.label("key"), func.count().label("n"), func.min(f.rank).label("rank"),
            func.min(f.priority).label("priority"), func.min(f.blast).label("blast"),
            func.min(due_at).label("due_at"), func.min(f.first_detected_at).label("oldest_at"),
            func.min(f.id).label("example"),
        )
        .where(scopes.of_query(conn, visibility, query, asking))
        .group_by(key)
    )  # fmt: skip


class Teller:
    """Tells groups in words: what to do, where, whose, and why first."""

    def __init__(self, conn: Connection, visibility: Visibility, query: Query, asking: Asking, by: Grouping) -> None:
        self._conn = conn
        self._visibility = visibility
        self._query = msgspec.structs.replace(query, group=None)
        self._asked = [term for term in query.terms if filters.asks_holding(term)]
        self._asking = asking
        self._by = by

    def rows(self, groups: Sequence[Group], *, leads: bool) -> tuple[BundleRow, ...]:
        """The rows of these groups. `leads`: the first of them is the first of all."""
        if not groups:
            return ()
        if groups[0].example:
            has_all = all(group.holdings for group in groups)
            held = {group.key: list(group.holdings) for group in groups} if has_all else self._held(groups)
            examples = {group.key: group.example for group in groups}
            homes = self._homes(held)
            counts = {key: sum(ref is not None for ref, _ in found) for key, found in homes.items()}
            unmapped = {key for key, found in homes.items() if (None, None) in found}
        else:
            keys = [group.key for group in groups]
            there = cells.places(self._conn, self._visibility, self._asked, self._asking, keys)
            held, examples = self._first_cells(groups, there)
            homes = self._homes(held)
            counts, unmapped = self._spread(there)
        rows = rows_by_id(self._conn, self._visibility, list(examples.values()))
        terms = self._terms([group.key for group in groups], {key: rows[id_].bundle for key, id_ in examples.items()})
        queries = {key: self._narrowed(extra) for key, extra in terms.items()}
        asked = self._remedies(groups) if self._by is Grouping.FIX else {}
        return tuple(
            self._row(
                group,
                queries[group.key],
                rows[examples[group.key]],
                Homes(homes.get(group.key, []), counts.get(group.key, 0), is_unmapped=group.key in unmapped),
                asked.get(group.key, {}),
                first=leads and index == 0,
            )
            for index, group in enumerate(groups)
        )

    def _remedies(self, groups: Sequence[Group]) -> Mapping[int, Mapping[Remedy, int]]:
        """What the findings of each bundle ask for, of those that this viewer sees and the query asks about."""
        keys = [group.key for group in groups]
        if groups[0].example:
            rows = scopes.of_query(self._conn, self._visibility, self._query, self._asking)
            return remedies.of_findings(self._conn, and_(rows, f.bundle_id.in_(keys)))
        cell = schema.remedy_cell.c
        holds = scopes.held(cell.holding_id + 0, self._visibility, self._asked, self._asking)
        return remedies.of_cells(self._conn, and_(cell.bundle_id.in_(keys), cell.apart == 0, holds))

    def _narrowed(self, extra: Sequence[OneOf]) -> Query:
        """The query that lists one group's findings."""
        keys = {term.key for term in extra if not term.is_negated and term.key not in ("is", "has", "no")}
        kept = [
            term
            for term in self._query.terms
            if not (isinstance(term, OneOf) and term.key in keys and not term.is_negated)
        ]
        return msgspec.structs.replace(self._query, terms=(*kept, *extra))

    def _terms(self, keys: Sequence[int], names: Mapping[int, str]) -> dict[int, list[OneOf]]:
        """What each group adds to the query. `names`: what the bundles of their findings are called."""
        if self._by is Grouping.FIX:
            return {key: [OneOf("bundle", (name,))] for key, name in names.items()}
        if self._by in (Grouping.COMPONENT, Grouping.OWNER):
            word = self._by.value
            alone = {"component": "shared", "owner": "co-owned"}[word]
            refs = dict(self._conn.execute(select(entity.c.id, entity.c.ref).where(entity.c.id.in_(keys))).all())
            found = {key: [OneOf(word, (ref,)), OneOf("is", (alone,), is_negated=True)] for key, ref in refs.items()}
            return {**found, SEVERAL: [OneOf("is", (alone,))], NOBODY: [OneOf("no", (word,))]}
        table = schema.resource if self._by is Grouping.RESOURCE else schema.rule
        word = self._by.value
        source = schema.source.c
        named = self._conn.execute(
            select(table.c.id, table.c.external_id, source.name)
            .join(schema.source, source.id == table.c.source_id)
            .where(table.c.id.in_(keys))
        ).all()
        several = self._conn.execute(select(func.count()).select_from(schema.source)).scalar_one() > 1
        told = {
            row.id: [OneOf(word, (row.external_id,)), *([OneOf("source", (row.name,))] if several else [])]
            for row in named
        }
        return {**told, NOBODY: [OneOf("has", ("cve",), is_negated=True)]}

    def _held(self, groups: Sequence[Group]) -> dict[int, list[int]]:
        """The holdings of each group's findings."""
        key = _COLUMNS[self._by]
        found: dict[int, list[int]] = {}
        rows = self._conn.execute(
            select(key.label("key"), f.holding_id)
            .where(
                scopes.of_query(self._conn, self._visibility, self._query, self._asking),
                key.in_([group.key for group in groups]),
            )
            .distinct()
        )
        for group_key, holding_id in rows:
            found.setdefault(group_key, []).append(holding_id)
        return found

    def _first_cells(
        self, groups: Sequence[Group], rows: Sequence[Place]
    ) -> tuple[dict[int, list[int]], dict[int, int]]:
        """Where the most urgent findings of each bundle are, and the first of them."""
        wanted = {group.key: group.priority for group in groups}
        start = today(self._asking.now)
        held: dict[int, list[int]] = {}
        best: dict[int, tuple[bool, int, int]] = {}
        for bundle_id, holding_id, number, due_at, oldest_at in rows:
            if number != wanted[bundle_id]:
                continue
            held.setdefault(bundle_id, []).append(holding_id)
            place = (due_at >= start, oldest_at, holding_id)
            if bundle_id not in best or place < best[bundle_id]:
                best[bundle_id] = place
        return held, self._first({(bundle_id, place[-1]) for bundle_id, place in best.items()})

    def _spread(self, rows: Sequence[Place]) -> tuple[dict[int, int], set[int]]:
        """In how many components each bundle is, and which bundles are also outside of any."""
        homes = scopes.homes(self._conn, self._visibility)
        components: dict[int, set[EntityRef]] = {}
        outside: set[int] = set()
        for key, holding_id, *_ in rows:
            there = components.setdefault(key, set())
            home = homes.get(holding_id)
            if home is None:
                outside.add(key)
            else:
                there.update(ref for ref, _ in home)
        return {key: len(refs) for key, refs in components.items()}, outside

    def _first(self, pairs: set[tuple[int, int]]) -> dict[int, int]:
        """The first finding of each bundle in one of its holdings."""
        start = today(self._asking.now)
        rows = self._conn.execute(
            select(f.bundle_id, f.holding_id, f.due_at, f.priority, f.first_detected_at, f.id).where(
                f.closed == 0, f.apart == 0, f.bundle_id.in_([pair[0] for pair in pairs]),
                f.holding_id.in_([pair[1] for pair in pairs]),
            )
        )  # fmt: skip
        first: dict[int, tuple[bool, int, int, int]] = {}
        for bundle_id, holding_id, due_at, number, first_at, id_ in rows:
            place = (due_at >= start, number, first_at, id_)
            if (bundle_id, holding_id) in pairs and (bundle_id not in first or place < first[bundle_id]):
                first[bundle_id] = place
        return {bundle_id: place[-1] for bundle_id, place in first.items()}

    def _homes(self, held: Mapping[int, Sequence[int]]) -> dict[int, list[tuple[str | None, str | None]]]:
        """The components of each group, with their owners; None for findings without a component."""
        wanted = {holding_id for holdings in held.values() for holding_id in holdings}
        unnamed = scopes.hidden(self._conn, self._visibility)
        of: dict[int, list[tuple[str | None, str | None]]] = {
            holding_id: [(ref, owner) for ref, owner in homes if ref not in unnamed]
            for holding_id, homes in scopes.homes_of(self._conn, wanted).items()
        }
        found: dict[int, list[tuple[str | None, str | None]]] = {}
        for key, holdings in held.items():
            homes = {home for holding_id in holdings for home in of.get(holding_id, [(None, None)])}
            found[key] = sorted(homes, key=lambda home: (home[0] is None, home[0] or ""))
        return found

    def _row(
        self,
        group: Group,
        query: Query,
        example: FindingRow,
        homes: Homes,
        asked: Mapping[Remedy, int],
        *,
        first: bool,
    ) -> BundleRow:
        signs = priority.signs(group.priority)
        severity = Severity(6 - group.rank)
        due_at = None if group.due_at == NEVER else Instant(group.due_at)
        components = [EntityRef(ref) for ref, _ in homes.named if ref is not None]
        owners = list(dict.fromkeys(EntityRef(owner) for _, owner in homes.named if owner is not None))
        action = bundles.action(example.bundle)
        return BundleRow(
            id=group.key,
            group=self._by.value,
            title=self._title(group, example, components, owners, asked),
            fix=action.words(asked) if self._by is Grouping.FIX else None,
            severity=severity,
            findings=group.n,
            components=tuple(components[:SHOWN]),
            component_count=homes.components,
            owners=tuple(owners[:SHOWN]),
            unmapped=homes.is_unmapped,
            oldest_at=Instant(group.oldest_at),
            due_at=due_at,
            overdue=is_overdue(due_at, self._asking.now),
            known_exploited=signs.known_exploited,
            epss=signs.epss or None,
            exposed=priority.is_exposed(group.blast),
            band=signs.band,
            why=priority.why(
                number=group.priority, severity=severity, blast=group.blast, due_at=due_at,
                oldest_at=Instant(group.oldest_at), closes=group.n if self._by is Grouping.FIX else 1,
                components=homes.components, now=self._asking.now, first=first,
            ),
            query=query.canonical,
            finding_id=example.id,
            link=None,
            filed=example.filed,
        )  # fmt: skip

    def _title(
        self, group: Group, example: FindingRow, components: Sequence[EntityRef], owners: Sequence[EntityRef],
        asked: Mapping[Remedy, int],
    ) -> str:  # fmt: skip
        match self._by:
            case Grouping.RESOURCE:
                return example.resource_name
            case Grouping.COMPONENT if group.key == SEVERAL:
                return "Shared by several components"
            case Grouping.COMPONENT:
                return "No component" if group.key == NOBODY else short_name(components[0])
            case Grouping.OWNER if group.key == SEVERAL:
                return "Shared by several owners"
            case Grouping.OWNER:
                return "No owner" if group.key == NOBODY else short_name(owners[0])
            case Grouping.CVE if group.key == NOBODY:
                return "No CVE"
            case Grouping.FIX:
                return _trouble(example, asked)
        return example.rule_name


def _trouble(example: FindingRow, asked: Mapping[Remedy, int]) -> str:
    """What is wrong, in plain words: the rule's name, or the most urgent advisory and what has it."""
    action = bundles.action(example.bundle)
    match action.kind:
        case BundleKind.RULE | BundleKind.LOOK:
            return example.rule_name
        case BundleKind.SETTINGS:
            return f"{example.rule_name}, and {len(asked) - 1} more" if len(asked) > 1 else example.rule_name
        case BundleKind.BASE:
            where = f"base image of {bundles.image_words(action.image)}" if action.image else action.base or ""
            return f"{example.rule_id} in {'the ' if action.image else ''}{bundles.image_words(where)}"
        case BundleKind.REMOVE if action.package is not None:
            return f"{action.package} is malicious"
    return example.title if action.package is None else f"{example.rule_id} in {action.package}"
