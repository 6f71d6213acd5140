"""The page of one advisory: which of ours have it, whichever source says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import UnsetType
from sqlalchemy import Connection, Row, and_, func, select

from callboard.domain.access import Nothing, Visibility
from callboard.domain.component import EntityRef
from callboard.domain.finding import Detail, Rule, Severity
from callboard.domain.instant import Instant
from callboard.domain.query import OneOf, Query
from callboard.domain.remedy import Remedy, steps, target
from callboard.domain.things import Affected, Count, CvePage, Place, Telling, Touched
from callboard.store import schema
from callboard.store.board import sources as source_store
from callboard.store.board import spread
from callboard.store.board.spread import OPEN, narrowed
from callboard.store.query import filters
from callboard.store.query.filter_lists import spellings
from callboard.store.query.filters import Asking
from callboard.store.visible import has_seen, named, visible

f, r, s, mend = schema.finding.c, schema.rule.c, schema.source.c, schema.remedy.c
T = TypeVar("T")

ROWS = 200
"""Components and packages on the page at most."""
RESOURCES = 50
"""Resources at most."""
RECORDS = 20
"""Of each source, the latest records that are asked what they tell about the advisory itself."""


def page(conn: Connection, visibility: Visibility, cve: str, asking: Asking) -> CvePage:
    """Which of ours have an advisory. One that nothing in sight names has a page of noughts, whoever else may have it.

    Raises InvalidQueryError for what is no advisory's id.
    """
    about = Query((OneOf("cve", (cve,)),))
    id_ = about.values("cve")[0]
    # Where nothing in sight names it, nothing is looked for: see `has_seen`.
    sight = visibility if _is_seen(conn, visibility, id_) else Nothing()
    affected, shared = _affected(conn, sight, about, asking)
    resources, resource_count = _resources(conn, sight, about, asking)
    return CvePage(
        cve=id_,
        spread=spread.spread(conn, sight, about, asking),
        tellings=_tellings(conn, sight, about, asking),
        affected=affected[:ROWS],
        affected_count=len(affected),
        component_count=len({row.component for row in affected if row.component is not None}),
        is_shared=shared,
        resources=resources,
        resource_count=resource_count,
        sources=source_store.health(conn, visibility, now=asking.now),
    )


def _is_seen(conn: Connection, visibility: Visibility, cve: str) -> bool:
    """Whether a finding in sight is about an advisory. Each source is asked about, whether or not it knows a rule of that name."""
    rules: dict[int, list[int | None]] = {id_: [] for id_ in conn.execute(select(s.id).order_by(s.id)).scalars()}
    for source_id, id_ in conn.execute(select(r.source_id, r.id).where(r.external_id.in_(spellings(cve)))):
        rules[source_id].append(id_)
    found = [has_seen(conn, visibility, f.rule_id, id_) for ids in rules.values() for id_ in ids or [None]]
    return any(found)


def _tellings(conn: Connection, visibility: Visibility, about: Query, asking: Asking) -> tuple[Telling, ...]:
    """What each source that names it says, from its latest records in sight."""
    rules = conn.execute(
        select(r.id, r.body, s.name, s.kind, func.count().filter(f.closed == 0).label("open"))
        .join_from(schema.finding, schema.rule, r.id == f.rule_id)
        .join(schema.source, s.id == r.source_id)
        .where(visible(f.holding_id, visibility), filters.conditions(conn, visibility, about, asking))
        .group_by(r.id, r.body, s.name, s.kind)
        .order_by(s.name, r.id)
    ).all()
    return tuple(_telling(row, _details(conn, visibility, row.id), about) for row in rules)


def _details(conn: Connection, visibility: Visibility, rule_id: int) -> list[Detail]:
    latest = (
        select(f.id)
        .where(f.rule_id == rule_id, visible(f.holding_id, visibility))
        .order_by(f.closed, f.changed_run.desc(), f.id.desc())
        .limit(RECORDS)
    )
    ids = list(conn.execute(latest).scalars())
    detail = schema.finding_detail.c
    bodies = conn.execute(select(detail.body).where(detail.finding_id.in_(ids)).order_by(detail.finding_id)).scalars()
    return [msgspec.json.decode(bytes(body), type=Detail) for body in bodies]


def _telling(row: Row[Any], details: Sequence[Detail], about: Query) -> Telling:
    rule = msgspec.msgpack.decode(bytes(row.body), type=Rule)
    listed = _told([each.known_exploited for each in details])
    exploits = _told([each.has_exploit for each in details])
    return Telling(
        source=row.name,
        kind=row.kind,
        rule_id=rule.external_id,
        description=rule.description or next(iter(_told([each.description for each in details])), None),
        link=rule.url or next(iter(_told([each.link for each in details])), None),
        score=max(_told([each.score for each in details]), default=None),
        epss=max(_told([each.epss for each in details]), default=None),
        known_exploited=any(listed) if listed else None,
        has_exploit=any(exploits) if exploits else None,
        open=Count(int(row.open), narrowed(about, OneOf("source", (row.name,)), OPEN).canonical),
    )


def _told(values: Sequence[T | UnsetType | None]) -> list[T]:
    """The values that a source does tell."""
    return [value for value in values if value is not None and not isinstance(value, UnsetType)]


class _Cell(msgspec.Struct):
    """Findings of one component under one bundle and package."""

    n: int = 0
    resources: int = 0
    oldest_at: int = 2**62
    remedies: set[Remedy] = msgspec.field(default_factory=set[Remedy])


def _affected(
    conn: Connection, visibility: Visibility, about: Query, asking: Asking
) -> tuple[tuple[Affected, ...], bool]:
    """Open findings by component and package, and whether some have several components."""
    seen = and_(visible(f.holding_id, visibility), filters.conditions(conn, visibility, narrowed(about, OPEN), asking))
    rows = conn.execute(
        select(
            schema.bundle.c.key, f.holding_id, mend.package, func.count().label("n"),
            func.count(f.resource_id.distinct()).label("resources"), func.min(f.first_detected_at).label("oldest"),
        )
        .join_from(schema.finding, schema.bundle, schema.bundle.c.id == f.bundle_id)
        .outerjoin(schema.remedy, mend.id == f.remedy_id)
        .where(seen)
        .group_by(schema.bundle.c.key, f.holding_id, mend.package)
    ).all()  # fmt: skip
    asked: dict[tuple[str, int, str], list[Remedy]] = {}
    for key, holding_id, *remedy in conn.execute(
        select(schema.bundle.c.key, f.holding_id, mend.package, mend.line, mend.version)
        .join_from(schema.finding, schema.bundle, schema.bundle.c.id == f.bundle_id)
        .join(schema.remedy, mend.id == f.remedy_id)
        .where(seen)
        .distinct()
    ):
        asked.setdefault((key, holding_id, remedy[0]), []).append(Remedy(*remedy))
    route, entity = schema.holding_route.c, schema.entity.c
    homes: dict[int, list[str]] = {}
    for holding_id, ref in conn.execute(
        select(route.holding_id, entity.ref)
        .join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
        .where(route.holding_id.in_({row.holding_id for row in rows}), named(entity.id, visibility))
    ):
        homes.setdefault(holding_id, []).append(ref)
    cells: dict[tuple[str | None, str, str | None], _Cell] = {}
    for row in rows:
        for ref in homes.get(row.holding_id, [None]):
            cell = cells.setdefault((ref, row.key, row.package), _Cell())
            cell.remedies.update(asked.get((row.key, row.holding_id, row.package), ()))
            # A resource has one holding, so those of several holdings are different ones.
            cell.n += int(row.n)
            cell.resources += int(row.resources)
            cell.oldest_at = min(cell.oldest_at, int(row.oldest))
    by_component: Counter[str | None] = Counter()
    for (ref, _, _), cell in cells.items():
        by_component[ref] += cell.n
    ordered = sorted(
        cells.items(), key=lambda item: (-by_component[item[0][0]], item[0][0] or "~", -item[1].n, item[0][1:])
    )
    return tuple(_row(*key, cell, about) for key, cell in ordered), any(len(h) > 1 for h in homes.values())


def _row(ref: str | None, key: str, package: str | None, cell: _Cell, about: Query) -> Affected:
    only = () if package is None else (OneOf("package", (package,)),)
    home = OneOf("no", ("component",)) if ref is None else OneOf("component", (ref,))
    return Affected(
        component=None if ref is None else EntityRef(ref),
        package=package,
        fixed_in=target(steps(cell.remedies)) or None,
        resources=cell.resources,
        oldest_at=Instant(cell.oldest_at),
        open=Count(cell.n, narrowed(about, OPEN, home, OneOf("bundle", (key,)), *only).canonical),
    )


def _resources(
    conn: Connection, visibility: Visibility, about: Query, asking: Asking
) -> tuple[tuple[Touched, ...], int]:
    """Resources with open findings, the worst first, and how many there are in all."""
    seen = and_(visible(f.holding_id, visibility), filters.conditions(conn, visibility, narrowed(about, OPEN), asking))
    total = int(conn.execute(select(func.count(f.resource_id.distinct())).where(seen)).scalar_one())
    grouped = (
        select(f.resource_id, func.min(f.rank).label("rank"), func.count().label("n"))
        .where(seen)
        .group_by(f.resource_id)
        .order_by("rank", func.count().desc(), f.resource_id)
        .limit(RESOURCES)
        .subquery()
    )
    resource = schema.resource.c
    rows = conn.execute(
        select(resource.id, resource.external_id, resource.name, resource.type, s.name.label("source"), grouped.c.rank)
        .join_from(grouped, schema.resource, resource.id == grouped.c.resource_id)
        .join(schema.source, s.id == resource.source_id)
        .order_by(grouped.c.rank, grouped.c.n.desc(), resource.id)
    ).all()
    # An id may be another's alias (a repository's, of its files), so what the link lists is counted and nothing else.
    queries = {
        row.id: narrowed(about, OPEN, OneOf("resource", (row.external_id,)), OneOf("source", (row.source,)))
        for row in rows
    }
    counted = spread.counts(conn, visibility, queries, asking)
    return tuple(
        Touched(
            place=Place(row.external_id, row.source), name=row.name, type=row.type, severity=Severity(6 - row.rank),
            open=counted[row.id],
        )
        for row in rows
    ), total  # fmt: skip
