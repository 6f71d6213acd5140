"""Components as readers see them: the board and one component's page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select

from callboard.domain import bundle
from callboard.domain.access import Visibility
from callboard.domain.alias import WIZ_PROJECT
from callboard.domain.board import Board, ComponentPage, ComponentRow, Counts, RuleGroup, Totals
from callboard.domain.claims import claims_of
from callboard.domain.component import Entity, EntityRef, kind_of
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.groups import owner_problem
from callboard.domain.health import SourceHealth
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership import Reason
from callboard.errors import NotFoundError
from callboard.store import catalog as catalog_store
from callboard.store import evidence, progress, schema
from callboard.store import sources as source_store
from callboard.store.visible import entity_owned, entity_visible, visible, visible_whole

cube, route, entity, holding = schema.cube, schema.holding_route, schema.entity, schema.holding
f, cell, due = schema.finding.c, schema.bundle_cell.c, schema.due_cell.c

WEEKS = 8
"""Weeks in a row's sparkline."""

GROUPS = 50
"""Rule groups on a component's page."""


def board(conn: Connection, visibility: Visibility, *, now: Instant) -> Board:
    """Every component that the viewer may know of with its open findings, and the whole in numbers."""
    entities = evidence.load_entities(conn)
    known = _in_sight(conn, visibility)
    ages = _oldest_by_holding(conn, visibility)
    counts, oldest = _open_by_component(conn, visibility, ages)
    rows = tuple(
        _row(each, entities, counts.get(each.ref), oldest.get(each.ref), None)
        for each in entities.values()
        # Other kinds may own findings too, and are shown when they do.
        if each.ref in known and (each.kind == "component" or each.ref in counts)
    )
    latest = catalog_store.last_reading(conn)
    return Board(
        totals=_totals(conn, visibility, ages, rows),
        components=tuple(sorted(rows, key=_worst_first)),
        sources=source_store.health(conn, visibility, now=now),
        catalog_read_at=latest.read_at if latest else None,
        revision=source_store.revision(conn),
    )


def _in_sight(conn: Connection, visibility: Visibility) -> frozenset[str]:
    """Entities that the viewer may know of."""
    return frozenset(conn.execute(select(entity.c.ref).where(entity_visible(entity.c.id, visibility))).scalars())


def _worst_first(row: ComponentRow) -> tuple[int, ...] | tuple[Any, ...]:
    o = row.open
    return (-o.critical, -o.high, -o.medium, -o.unknown, -o.low, -o.info, row.name, row.ref)


def _oldest_by_holding(conn: Connection, visibility: Visibility) -> dict[int, Instant]:
    """First detection of the oldest open finding of each holding."""
    rows = conn.execute(
        select(cell.holding_id, func.min(cell.oldest_at))
        .where(cell.bundle_id == 0, visible(cell.holding_id, visibility))
        .group_by(cell.holding_id)
    )
    return dict(rows.all())


def _open_by_component(
    conn: Connection, visibility: Visibility, ages: dict[int, Instant], only: ColumnElement[bool] | None = None
) -> tuple[dict[EntityRef, Counts], dict[EntityRef, Instant]]:
    query = (
        select(entity.c.ref, cube.c.holding_id, cube.c.severity, func.sum(cube.c.n))
        .join(route, route.c.holding_id == cube.c.holding_id)
        .join(entity, entity.c.id == route.c.entity_id)
        .where(cube.c.state <= int(State.UNKNOWN), visible(cube.c.holding_id, visibility))
        .group_by(entity.c.ref, cube.c.holding_id, cube.c.severity)
    )
    if only is not None:
        query = query.where(only)
    sums: dict[EntityRef, dict[str, int]] = {}
    oldest: dict[EntityRef, Instant] = {}
    for ref, holding_id, severity, n in conn.execute(query):
        counts = sums.setdefault(EntityRef(ref), {})
        word = Severity(severity).word
        counts[word] = counts.get(word, 0) + int(n)
        age = ages.get(holding_id)
        if age is not None:
            oldest[EntityRef(ref)] = min(age, oldest.get(EntityRef(ref), age))
    return {ref: Counts(**counts) for ref, counts in sums.items()}, oldest


def _row(
    each: Entity,
    entities: dict[EntityRef, Entity],
    counts: Counts | None,
    oldest: Instant | None,
    gone_at: Instant | None,
) -> ComponentRow:
    owner = entities.get(each.owner) if each.owner else None
    return ComponentRow(
        ref=each.ref,
        name=each.name,
        title=each.title,
        type=each.type,
        lifecycle=each.lifecycle,
        owner=each.owner,
        owner_title=owner.title if owner else None,
        owner_problem=owner_problem(each, entities),
        system=each.system,
        open=counts or Counts(),
        oldest_open_at=oldest,
        claims=len(claims_of(each)),
        gone_at=gone_at,
    )


def _totals(
    conn: Connection, visibility: Visibility, ages: dict[int, Instant], rows: tuple[ComponentRow, ...]
) -> Totals:
    c = cube.c
    by_state = dict.fromkeys((state.word for state in State), 0)
    by_kind: dict[str, int] = {}
    by_severity = dict.fromkeys((severity.word for severity in Severity), 0)
    whole = (
        select(c.kind, c.state, c.severity, func.sum(c.n))
        .where(visible_whole(c.holding_id, visibility))
        .group_by(c.kind, c.state, c.severity)
    )
    for kind, state, severity, n in conn.execute(whole):
        by_state[State(state).word] += int(n)
        if State(state).is_open:
            by_kind[Kind(kind).word] = by_kind.get(Kind(kind).word, 0) + int(n)
            by_severity[Severity(severity).word] += int(n)
    mapped = dict(by_severity)
    unmapped: dict[str, int] = {}
    conflicts = 0
    oldest: Instant | None = None
    odd = (
        select(c.holding_id, holding.c.verdict, holding.c.reason, c.severity, func.sum(c.n))
        .join(holding, holding.c.id == c.holding_id)
        .where(holding.c.verdict != "mapped", c.state <= int(State.UNKNOWN), visible(c.holding_id, visibility))
        .group_by(c.holding_id, holding.c.verdict, holding.c.reason, c.severity)
    )
    for holding_id, verdict, reason, severity, n in conn.execute(odd):
        if verdict == "conflict":
            conflicts += int(n)
            continue
        mapped[Severity(severity).word] -= int(n)
        reason_words = Reason(reason).words
        unmapped[reason_words] = unmapped.get(reason_words, 0) + int(n)
        age = ages.get(holding_id)
        oldest = age if oldest is None else min(oldest, age or oldest)
    components = [row for row in rows if kind_of(row.ref) == "component"]
    return Totals(
        findings=sum(by_state.values()),
        by_state=by_state,
        by_kind=dict(sorted(by_kind.items())),
        open=Counts(**by_severity),
        mapped=Counts(**mapped),
        unmapped=dict(sorted(unmapped.items())),
        conflicts=conflicts,
        components=len(components),
        others=len(rows) - len(components),
        components_without_claims=sum(row.claims == 0 for row in components),
        oldest_unmapped_at=oldest,
    )


def enriched(
    conn: Connection,
    visibility: Visibility,
    rows: Sequence[ComponentRow],
    sources: Sequence[SourceHealth],
    *,
    now: Instant,
) -> tuple[ComponentRow, ...]:
    """The same rows with what only shown ones are asked about: overdue, the weeks before, when they were checked."""
    if not rows:
        return ()
    ids: dict[str, int] = dict(
        conn.execute(select(entity.c.ref, entity.c.id).where(entity.c.ref.in_([row.ref for row in rows]))).all()
    )
    late: dict[int, int] = {
        int(id_): int(n)
        for id_, n in conn.execute(
            select(route.c.entity_id, func.sum(due.n))
            .join(route, route.c.holding_id == due.holding_id)
            .where(route.c.entity_id.in_(list(ids.values())), due.day < now // DAY, visible(due.holding_id, visibility))
            .group_by(route.c.entity_id)
        )
    }
    open_now = {ids[row.ref]: row.open.total for row in rows if row.ref in ids}
    lines = progress.sparklines(conn, visibility, open_now, now=now, count=WEEKS)
    runs = [each.last_run_at for each in sources]
    known = [at for at in runs if at is not None]
    checked_at = min(known) if known and len(known) == len(runs) else None
    return tuple(
        msgspec.structs.replace(
            row,
            overdue=late.get(ids.get(row.ref, 0), 0),
            weeks=lines.get(ids.get(row.ref, 0), ()),
            checked_at=checked_at if row.claims or row.open.total else None,
        )
        for row in rows
    )


def page(conn: Connection, visibility: Visibility, ref: EntityRef, *, now: Instant) -> ComponentPage:
    """One component's page. Raises NotFoundError for an unknown one and for one that the viewer may not know of."""
    if "\0" in ref:  # which no database stores, and one of them refuses to look for
        raise NotFoundError
    stored = conn.execute(
        select(
            entity.c.id, entity.c.body, entity.c.gone_at, entity_owned(entity.c.id, visibility).label("owned")
        ).where(entity.c.ref == ref, entity_visible(entity.c.id, visibility))
    ).one_or_none()
    if stored is None:
        raise NotFoundError
    each = msgspec.msgpack.decode(bytes(stored.body), type=Entity)
    entities = evidence.load_entities(conn)
    holdings = select(route.c.holding_id).where(route.c.entity_id == stored.id)
    seen = and_(f.holding_id.in_(holdings), visible(f.holding_id, visibility))
    oldest_of = select(f.holding_id, func.min(f.first_detected_at)).where(seen, f.closed == 0).group_by(f.holding_id)
    ages: dict[int, Instant] = dict(conn.execute(oldest_of).all())
    counts, oldest = _open_by_component(conn, visibility, ages, entity.c.id == stored.id)
    by_kind = {
        Kind(kind).word: int(n)
        for kind, n in conn.execute(
            select(cube.c.kind, func.sum(cube.c.n))
            .where(
                cube.c.holding_id.in_(holdings),
                cube.c.state <= int(State.UNKNOWN),
                visible(cube.c.holding_id, visibility),
            )
            .group_by(cube.c.kind)
        )
    }
    others = select(route.c.holding_id).where(route.c.holding_id.in_(holdings), route.c.entity_id != stored.id)
    shared = select(func.coalesce(func.sum(cube.c.n), 0)).where(
        cube.c.holding_id.in_(others), cube.c.state <= int(State.UNKNOWN), visible(cube.c.holding_id, visibility)
    )
    closed = select(func.count()).where(seen, f.closed == 1, f.fixed_at >= now - 30 * DAY)
    claimed = tuple((claim.annotation, claim.form, claim.value) for claim in claims_of(each))
    return ComponentPage(
        row=_row(each, entities, counts.get(ref), oldest.get(ref), stored.gone_at),
        description=each.description,
        location=each.location,
        annotations=tuple(dict.fromkeys((annotation, value) for annotation, _, value in claimed)),
        # An annotation can be written by anybody: whether an id exists elsewhere is told to who owns the component.
        dangling=_dangling(conn, claimed) if stored.owned else (),
        dangling_told=bool(stored.owned),
        groups=_groups(conn, seen),
        by_kind=by_kind,
        closed_30d=int(conn.execute(closed).scalar_one()),
        shared=int(conn.execute(shared).scalar_one()),
        sources=source_store.health(conn, visibility, now=now),
    )


def _groups(conn: Connection, seen: ColumnElement[bool]) -> tuple[RuleGroup, ...]:
    """Open findings by rule, worst first."""
    grouped = (
        select(
            f.rule_id,
            func.min(f.rank).label("rank"),
            func.count().label("n"),
            func.min(f.first_detected_at).label("oldest"),
            func.min(f.id).label("example"),
            func.min(f.bundle_id).label("bundle"),
            func.max(f.bundle_id).label("other_bundle"),
        )
        .where(seen, f.closed == 0)
        .group_by(f.rule_id)
        .order_by("rank", func.count().desc(), f.rule_id)
        .limit(GROUPS)
        .subquery()
    )
    rule = schema.rule.c
    rows = conn.execute(
        select(grouped, rule.external_id, rule.name, schema.bundle.c.key)
        .join(schema.rule, rule.id == grouped.c.rule_id)
        .join(schema.bundle, schema.bundle.c.id == grouped.c.bundle)
        .order_by(grouped.c.rank, grouped.c.n.desc(), grouped.c.rule_id)
    )
    return tuple(
        RuleGroup(
            rule_id=row.external_id,
            rule_name=row.name,
            severity=Severity(6 - row.rank),
            count=row.n,
            oldest_at=row.oldest,
            fix=bundle.action(row.key).words if row.bundle == row.other_bundle else None,
            example_id=row.example,
        )
        for row in rows
    )


def _dangling(conn: Connection, claimed: tuple[tuple[str, str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Annotations that name nothing that any source has shown."""
    values = {value for _, _, value in claimed}
    alias, project = schema.resource_alias.c, schema.project.c
    known = {
        (row.form, row.value) for row in conn.execute(select(alias.form, alias.value).where(alias.value.in_(values)))
    }
    projects = set(conn.execute(select(project.external_id).where(project.external_id.in_(values))).scalars())
    return tuple(
        dict.fromkeys(
            (annotation, value)
            for annotation, form, value in claimed
            if (value not in projects if form == WIZ_PROJECT else (form, value) not in known)
        )
    )
