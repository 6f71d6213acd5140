"""The numbers of the first page and of a team's page, from counters and short ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.board import Numbers
from callboard.domain.finding import SUPPRESSED_STATES, State
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import OneOf, Query, Term
from callboard.store import schema
from callboard.store.board import cube, due_days
from callboard.store.query.filters import Asking
from callboard.store.query.scope import held, of_query

f = schema.finding.c

SOON = 7
"""Days ahead that count as soon, today included."""
TRANSIENT = 28
"""Days of first detection, today included, of which those that were closed within a day are counted."""
MANY = 100_000
"""Findings that are new are counted up to here."""


def scope(column: Any, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> ColumnElement[bool]:  # noqa: ANN401
    """Rows of a table of counters for these terms about holdings."""
    if isinstance(visibility, Everything) and not terms:
        found: ColumnElement[bool] = column == 0
        return found
    return and_(column > 0, held(column, visibility, terms, asking))


def numbers(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Numbers:
    """Open, overdue, due soon, new, and what stands apart, of what these terms about holdings leave in sight."""
    now = asking.now
    today = now // DAY
    cell = schema.bundle_cell.c
    states: Counter[State] = Counter()
    for (_, _, state, _), n in cube.counts(conn, visibility, terms, asking).items():
        states[State(state)] += n
    days = due_days.counts(conn, visibility, terms, asking)
    everything = isinstance(visibility, Everything) and not terms
    apart = select(func.coalesce(func.sum(cell.n), 0)).where(
        cell.apart == 1,
        cell.bundle_id > 0 if everything else cell.bundle_id == 0,
        scope(cell.holding_id, visibility, terms, asking),
    )
    transient_since = Instant((today - TRANSIENT + 1) * DAY)
    return Numbers(
        open=sum(n for state, n in states.items() if state.is_open),
        overdue=sum(n for day, n in days.items() if day < today),
        due_soon=sum(n for day, n in days.items() if today <= day < today + SOON),
        new=_new(conn, visibility, terms, asking),
        new_since=asking.visited_at,
        flapping=int(conn.execute(apart).scalar_one()),
        transient=_transient(conn, visibility, terms, asking, since=transient_since),
        transient_since=transient_since,
        suppressed=sum(states[state] for state in SUPPRESSED_STATES),
    )


def _transient(
    conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking, *, since: Instant
) -> int:
    asked = Query((OneOf("is", ("transient",)), *terms))
    clause = and_(f.first_detected_at >= since, of_query(conn, visibility, asked, asking))
    return int(conn.execute(select(func.count()).select_from(schema.finding).where(clause)).scalar_one())


def _new(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> int | None:
    if asking.visited_at is None:
        return None
    since: Instant = asking.visited_at
    rows = (
        select(f.id)
        .where(f.closed == 0, f.first_detected_at > since, held(f.holding_id, visibility, terms, asking))
        .limit(MANY)
        .subquery()
    )
    return int(conn.execute(select(func.count()).select_from(rows)).scalar_one())
