"""Components as readers see them: the board and one component's page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, select

from callboard.domain import bundle
from callboard.domain.access import Depth, Everything, Visibility, counts_more, reaching
from callboard.domain.alias import WIZ_PROJECT
from callboard.domain.board import Board, ComponentPage, ComponentRow, Counts, RuleGroup, Totals
from callboard.domain.component import Entity, EntityRef, kind_of
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.health import SourceHealth
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.claims import claims_of
from callboard.domain.ownership.groups import owner_problem
from callboard.domain.ownership.verdict import Reason
from callboard.domain.query import Term
from callboard.domain.remedy import Remedy
from callboard.errors import NotFoundError
from callboard.store import evidence, schema
from callboard.store.board import cube as cube_store
from callboard.store.board import due_days, progress, remedies, whole_cells
from callboard.store.board import sources as source_store
from callboard.store.board.cube import Cell
from callboard.store.database import revision, stamp
from callboard.store.kept import Kept
from callboard.store.ownership import base_image, code_facts
from callboard.store.ownership import catalog as catalog_store
from callboard.store.query import scope as scopes
from callboard.store.query.filters import INHERITED, Asking
from callboard.store.query.scope import Scope
from callboard.store.visible import entity_owned, knows_of, named, visible

cube, route, entity, holding = schema.cube, schema.holding_route, schema.entity, schema.holding
f, cell, due = schema.finding.c, schema.bundle_cell.c, schema.due_cell.c

WEEKS = 8
"""Weeks in a row's sparkline."""

GROUPS = 50
"""Rule groups on a component's page."""


def board(conn: Connection, visibility: Visibility, *, now: Instant) -> Board:
    """Every component that the viewer may know of with its open findings, and the whole in numbers."""
    known = None if isinstance(visibility, Everything) else scopes.known(conn, visibility)
    asking = Asking(now=now)
    within = scopes.scope(conn, visibility, (), asking)
    opened = cube_store.open_by_holding(conn, within)
    ages = whole_cells.oldest(conn, within)
    counts, oldest = _by_component(conn, visibility, opened, ages)
    unlisted: dict[EntityRef, Counts] = {}
    if counts_more(visibility):
        wider = scopes.scope(conn, reaching(visibility, Depth.COUNTS), (), asking)
        unlisted = _beyond(counts, _by_component(conn, visibility, cube_store.open_by_holding(conn, wider), {})[0])
    counts |= unlisted
    rows = tuple(
        _with_counts(row, counts.get(ref), oldest.get(ref), listed=ref not in unlisted)
        for ref, row in _catalog_rows(conn).items()
        # Other kinds may own findings too, and are shown when they do.
        if (known is None or ref in known) and (kind_of(ref) == "component" or ref in counts)
    )
    latest = catalog_store.last_reading(conn)
    return Board(
        totals=_totals(conn, cube_store.counts(conn, visibility, (), asking), opened, ages, rows),
        components=tuple(sorted(rows, key=_worst_first)),
        sources=source_store.health(conn, visibility, now=now),
        catalog_read_at=latest.read_at if latest else None,
        revision=revision(conn),
    )


def open_counts(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Counts:
    """Open findings by severity of what these terms about holdings leave in sight, each counted once."""
    found = dict.fromkeys((severity.word for severity in Severity), 0)
    for (_, _, state, severity), n in cube_store.counts(conn, visibility, terms, asking).items():
        if State(state).is_open:
            found[Severity(severity).word] += n
    return Counts(**found)


def _catalog_rows(conn: Connection) -> Mapping[EntityRef, ComponentRow]:
    """A row for each entity as the catalog knows it, put together once for each state of it."""
    return _ROWS.get(conn, (stamp(conn).evidence,), lambda: _read_rows(conn))


_ROWS: Kept[Mapping[EntityRef, ComponentRow]] = Kept(2)


def _read_rows(conn: Connection) -> Mapping[EntityRef, ComponentRow]:
    entities = evidence.load_entities(conn)
    return {ref: _row(each, entities, None, None, None, listed=True) for ref, each in entities.items()}


def _with_counts(row: ComponentRow, counts: Counts | None, oldest: Instant | None, *, listed: bool) -> ComponentRow:
    return row if counts is None else msgspec.structs.replace(row, open=counts, oldest_open_at=oldest, listed=listed)


def _worst_first(row: ComponentRow) -> tuple[int, ...] | tuple[Any, ...]:
    o = row.open
    return (-o.critical, -o.high, -o.medium, -o.unknown, -o.low, -o.info, row.name, row.ref)


def _by_component(
    conn: Connection, visibility: Visibility, opened: Mapping[int, Counts], ages: Mapping[int, Instant]
) -> tuple[dict[EntityRef, Counts], dict[EntityRef, Instant]]:
    """Open findings of each component and when the oldest was detected; a shared one counts on each of them."""
    sums: dict[EntityRef, Counts] = {}
    oldest: dict[EntityRef, Instant] = {}
    homes = scopes.homes(conn, visibility)
    for holding_id, counts in opened.items():
        age = ages.get(holding_id)
        for ref, _ in homes.get(holding_id, ()):
            other = sums.get(ref)
            sums[ref] = counts if other is None else other.plus(counts)
            if age is not None:
                oldest[ref] = min(age, oldest.get(ref, age))
    return sums, oldest


def _open_by_component(
    conn: Connection, visibility: Visibility, ages: dict[int, Instant], only: ColumnElement[bool]
) -> tuple[dict[EntityRef, Counts], dict[EntityRef, Instant]]:
    query = (
        select(entity.c.ref, cube.c.holding_id, cube.c.severity, func.sum(cube.c.n))
        .join(route, route.c.holding_id == cube.c.holding_id)
        .join(entity, entity.c.id == route.c.entity_id)
        .where(cube.c.state <= int(State.UNKNOWN), visible(cube.c.holding_id, visibility), only)
        .group_by(entity.c.ref, cube.c.holding_id, cube.c.severity)
    )
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


def _beyond(listed: Mapping[EntityRef, Counts], counted: Mapping[EntityRef, Counts]) -> dict[EntityRef, Counts]:
    """The open findings of those components of which the viewer sees more in numbers than in lists."""
    return {ref: counts for ref, counts in counted.items() if counts != listed.get(ref)}


def _row(
    each: Entity,
    entities: dict[EntityRef, Entity],
    counts: Counts | None,
    oldest: Instant | None,
    gone_at: Instant | None,
    *,
    listed: bool,
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
        listed=listed,
    )


def _totals(
    conn: Connection,
    cells: Mapping[Cell, int],
    opened: Mapping[int, Counts],
    ages: Mapping[int, Instant],
    rows: tuple[ComponentRow, ...],
) -> Totals:
    by_state = dict.fromkeys((state.word for state in State), 0)
    by_kind: dict[str, int] = {}
    by_severity = dict.fromkeys((severity.word for severity in Severity), 0)
    for (_, kind, state, severity), n in cells.items():
        by_state[State(state).word] += n
        if State(state).is_open:
            by_kind[Kind(kind).word] = by_kind.get(Kind(kind).word, 0) + n
            by_severity[Severity(severity).word] += n
    mapped = dict(by_severity)
    unmapped: dict[str, int] = {}
    conflicts = 0
    oldest: Instant | None = None
    for holding_id, verdict, reason in _ODD.get(conn, (stamp(conn).newest,), lambda: _read_odd(conn)):
        counts = opened.get(holding_id)
        if counts is None:
            continue
        if verdict == "conflict":
            conflicts += counts.total
            continue
        for word in mapped:
            mapped[word] -= getattr(counts, word)
        words = Reason(reason).words
        unmapped[words] = unmapped.get(words, 0) + counts.total
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


_Odd = tuple[tuple[int, str, str], ...]
_ODD: Kept[_Odd] = Kept(2)


def _read_odd(conn: Connection) -> _Odd:
    """Holdings that are not simply mapped, with verdict and reason."""
    odd = select(holding.c.id, holding.c.verdict, holding.c.reason).where(holding.c.verdict != "mapped")
    return tuple((row[0], row[1], row[2]) for row in conn.execute(odd))


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
    shown = {row.ref for row in rows}
    holdings: dict[EntityRef, list[int]] = {}
    whole = scopes.scope(conn, visibility, (), Asking(now=now))
    for holding_id, home in scopes.homes(conn, visibility).items():
        if holding_id in whole.versions:
            for ref, _ in home:
                if ref in shown:
                    holdings.setdefault(ref, []).append(holding_id)
    wanted = {id_: whole.versions[id_] for ids in holdings.values() for id_ in ids}
    within = Scope(("shown",), wanted, is_whole=False)
    late = due_days.late(conn, within, now // DAY)
    flows = progress.parts(conn, within, now=now)
    runs = [each.last_run_at for each in sources]
    known = [at for at in runs if at is not None]
    checked_at = min(known) if known and len(known) == len(runs) else None
    return tuple(
        msgspec.structs.replace(
            row,
            overdue=sum(late[id_] for id_ in holdings.get(row.ref, ())) if row.listed else None,
            weeks=progress.sparkline(
                [flows[id_] for id_ in holdings.get(row.ref, ())], now=now, count=WEEKS, open_now=row.open.total
            )
            if row.listed
            else (),
            checked_at=checked_at if row.claims or row.open.total else None,
        )
        for row in rows
    )


def page(conn: Connection, visibility: Visibility, ref: EntityRef, *, now: Instant) -> ComponentPage:
    """One component's page. Raises NotFoundError for an unknown one and for one that the viewer may not know of."""
    if "\0" in ref:  # which no database stores, and one of them refuses to look for
        raise NotFoundError
    id_ = conn.execute(select(entity.c.id).where(entity.c.ref == ref)).scalar_one_or_none()
    if not knows_of(conn, visibility, id_):
        raise NotFoundError
    stored = conn.execute(
        select(
            entity.c.id, entity.c.body, entity.c.gone_at, entity_owned(entity.c.id, visibility).label("owned")
        ).where(entity.c.id == id_)
    ).one()
    each = msgspec.msgpack.decode(bytes(stored.body), type=Entity)
    entities = evidence.load_entities(conn)
    holdings = select(route.c.holding_id).where(route.c.entity_id == stored.id)
    seen = and_(f.holding_id.in_(holdings), visible(f.holding_id, visibility))
    oldest_of = select(f.holding_id, func.min(f.first_detected_at)).where(seen, f.closed == 0).group_by(f.holding_id)
    ages: dict[int, Instant] = dict(conn.execute(oldest_of).all())
    counts, oldest = _open_by_component(conn, visibility, ages, entity.c.id == stored.id)
    unlisted: dict[EntityRef, Counts] = {}
    if counts_more(visibility):
        wider = reaching(visibility, Depth.COUNTS)
        unlisted = _beyond(counts, _open_by_component(conn, wider, {}, entity.c.id == stored.id)[0])
    counts |= unlisted
    by_kind = {
        Kind(kind).word: int(n)
        for kind, n in conn.execute(
            select(cube.c.kind, func.sum(cube.c.n))
            .where(
                cube.c.holding_id.in_(holdings),
                cube.c.state <= int(State.UNKNOWN),
                visible(cube.c.holding_id, reaching(visibility, Depth.COUNTS) if unlisted else visibility),
            )
            .group_by(cube.c.kind)
        )
    }
    others = select(route.c.holding_id).where(
        route.c.holding_id.in_(holdings), route.c.entity_id != stored.id, named(route.c.entity_id, visibility)
    )
    shared = select(func.coalesce(func.sum(cube.c.n), 0)).where(
        cube.c.holding_id.in_(others), cube.c.state <= int(State.UNKNOWN), visible(cube.c.holding_id, visibility)
    )
    closed = select(func.count()).where(seen, f.closed == 1, f.fixed_at >= now - 30 * DAY)
    claimed = tuple((claim.annotation, claim.form, claim.value) for claim in claims_of(each))
    return ComponentPage(
        row=_row(each, entities, counts.get(ref), oldest.get(ref), stored.gone_at, listed=ref not in unlisted),
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
        inherited=base_image.inherited_by(conn, visibility, stored.id),
        on_others=int(conn.execute(select(func.count()).where(seen, f.closed == 0, INHERITED)).scalar_one()),
        sources=source_store.health(conn, visibility, now=now),
        code=code_facts.of_entity(conn, each) if stored.owned else None,
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
            func.min(f.remedy_id).label("remedy"),
            func.max(f.remedy_id).label("other_remedy"),
        )
        .where(seen, f.closed == 0)
        .group_by(f.rule_id)
        .order_by("rank", func.count().desc(), f.rule_id)
        .limit(GROUPS)
        .subquery()
    )
    rule, mend = schema.rule.c, schema.remedy.c
    rows = conn.execute(
        select(grouped, rule.external_id, rule.name, schema.bundle.c.key, *remedies.REMEDY)
        .join(schema.rule, rule.id == grouped.c.rule_id)
        .join(schema.bundle, schema.bundle.c.id == grouped.c.bundle)
        .outerjoin(schema.remedy, mend.id == grouped.c.remedy)
        .order_by(grouped.c.rank, grouped.c.n.desc(), grouped.c.rule_id)
    )
    return tuple(
        RuleGroup(
            rule_id=row.external_id,
            rule_name=row.name,
            severity=Severity(6 - row.rank),
            count=row.n,
            oldest_at=row.oldest,
            fix=_fix(row),
            example_id=row.example,
        )
        for row in rows
    )


def _fix(row: Any) -> str | None:  # noqa: ANN401 - a row of the query above
    """What closes all findings of a rule, in words; None: not one and the same."""
    if (row.bundle, row.remedy) != (row.other_bundle, row.other_remedy):
        return None
    asked = {} if row.package is None else {Remedy(row.package, row.line, row.version, row.rule): row.n}
    return bundle.action(row.key).words(asked)


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
