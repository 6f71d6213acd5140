"""The numbers of the first page and of a team's page, from counters and short ranges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, func, literal_column, select, true

from callboard.domain.access import Everything, Nothing, Visibility
from callboard.domain.board import Numbers
from callboard.domain.finding import State
from callboard.domain.health import SourceHealth
from callboard.domain.instant import DAY, Instant
from callboard.domain.query.terms import Term
from callboard.store import filters, schema
from callboard.store import sources as source_store
from callboard.store.counting import WEEK
from callboard.store.filters import Asking
from callboard.store.kept import Kept
from callboard.store.visible import visible, visible_whole

f = schema.finding.c

SOON = 7
"""Days ahead that count as soon, today included."""
MANY = 100_000
"""Findings that are new are counted up to here."""


def scope(column: Any, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> ColumnElement[bool]:  # noqa: ANN401
    """Rows of a table of counters for these terms about holdings."""
    if isinstance(visibility, Everything) and not terms:
        found: ColumnElement[bool] = column == 0
        return found
    return and_(column > 0, visible(column, visibility), filters.holding_conditions(column, terms, asking))


def numbers(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Numbers:
    """Open, overdue, due soon, new, and what stands apart, of what these terms about holdings leave in sight."""
    now = asking.now
    today = now // DAY
    cube, due, cell, flow = schema.cube.c, schema.due_cell.c, schema.bundle_cell.c, schema.flow_cell.c
    states: dict[int, int] = {
        int(row[0]): int(row[1])
        for row in conn.execute(
            select(cube.state, func.sum(cube.n))
            .where(scope(cube.holding_id, visibility, terms, asking))
            .group_by(cube.state)
        )
    }
    late = func.coalesce(func.sum(due.n).filter(due.day < today), 0)
    soon = func.coalesce(func.sum(due.n).filter(due.day >= today), 0)
    dues = conn.execute(
        select(late, soon).where(scope(due.holding_id, visibility, terms, asking), due.day < today + SOON)
    ).one()
    everything = isinstance(visibility, Everything) and not terms
    apart = select(func.coalesce(func.sum(cell.n), 0)).where(
        cell.apart == 1,
        cell.bundle_id > 0 if everything else cell.bundle_id == 0,
        scope(cell.holding_id, visibility, terms, asking),
    )
    transient = select(func.coalesce(func.sum(flow.transient), 0)).where(
        flow.week >= (now - 28 * DAY) // WEEK, scope(flow.holding_id, visibility, terms, asking)
    )
    return Numbers(
        open=sum(n for state, n in states.items() if State(state).is_open),
        overdue=int(dues[0]),
        due_soon=int(dues[1]),
        new=_new(conn, visibility, terms, asking),
        new_since=asking.visited_at,
        flapping=int(conn.execute(apart).scalar_one()),
        transient=int(conn.execute(transient).scalar_one()),
        suppressed=states.get(int(State.REJECTED), 0),
    )


def _new(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> int | None:
    if asking.visited_at is None:
        return None
    since: Instant = asking.visited_at
    holds = filters.holding_conditions(f.holding_id, terms, asking) if terms else true()
    rows = (
        select(f.id)
        .where(f.closed == 0, f.first_detected_at > since, visible(f.holding_id, visibility), holds)
        .limit(MANY)
        .subquery()
    )
    return int(conn.execute(select(func.count()).select_from(rows)).scalar_one())


def health(conn: Connection, visibility: Visibility, *, now: Instant) -> tuple[SourceHealth, ...]:
    """How fresh sources are. It is kept as long as neither findings nor runs nor the passing of time change it."""
    rows = tuple((*row, row.lease_until is not None and row.lease_until > now) for row in conn.execute(_SOURCES))
    key = (source_store.revision(conn), visibility, rows, source_store.stale(conn, now=now))
    return _HEALTH.get(conn, key, lambda: _health(conn, visibility, now=now))


def _health(conn: Connection, visibility: Visibility, *, now: Instant) -> tuple[SourceHealth, ...]:
    """What is told of runs to anybody, with the numbers of what is in sight."""
    cube, source = schema.cube.c, schema.source.c
    counts = (
        select(source.name, func.sum(cube.n))
        .join(schema.source, source.id == cube.source_id)
        .where(visible_whole(cube.holding_id, visibility))
        .group_by(source.name)
    )
    # Adding nothing keeps the planner from reading everything open, or everything in sight, for these few rows.
    outside = (
        select(source.name, func.count())
        .select_from(schema.finding.join(schema.source, source.id == f.source_id))
        .where(~literal_column("finding.in_scope"), f.closed + 0 == 0, visible(f.holding_id + 0, visibility))
        .group_by(source.name)
    )
    findings: dict[str, int] = {name: int(n) for name, n in conn.execute(counts)}
    out_of_scope: dict[str, int] = {name: int(n) for name, n in conn.execute(outside)}
    return tuple(
        msgspec.structs.replace(each, findings=findings.get(each.name, 0), out_of_scope=out_of_scope.get(each.name, 0))
        for each in source_store.health(conn, Nothing(), now=now)
    )


_SOURCES = select(schema.source).order_by(schema.source.c.id)
_HEALTH: Kept[tuple[SourceHealth, ...]] = Kept(64)
