"""The numbers of the first page and of a team's page, from counters and short ranges."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import Connection, and_, bindparam, func, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.board import Numbers
from callboard.domain.finding import SUPPRESSED_STATES, State
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import Term
from callboard.store import schema
from callboard.store.board import cube, due_days, whole_cells
from callboard.store.board.shelf import Rows, Shelf, read
from callboard.store.query.filters import Asking
from callboard.store.query.scope import held, scope

f = schema.finding.c

SOON = 7
"""Days ahead that count as soon, today included."""
TRANSIENT = 28
"""Days of first detection, today included, of which those that were closed within a day are counted."""
MANY = 100_000
"""Findings that are new are counted up to here."""


def numbers(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Numbers:
    """Open, overdue, due soon, new, and what stands apart, of what these terms about holdings leave in sight."""
    now = asking.now
    today = now // DAY
    states: Counter[State] = Counter()
    for (_, _, state, _), n in cube.counts(conn, visibility, terms, asking).items():
        states[State(state)] += n
    days = due_days.counts(conn, visibility, terms, asking)
    transient_since = Instant((today - TRANSIENT + 1) * DAY)
    return Numbers(
        open=sum(n for state, n in states.items() if state.is_open),
        overdue=sum(n for day, n in days.items() if day < today),
        due_soon=sum(n for day, n in days.items() if today <= day < today + SOON),
        new=_new(conn, visibility, terms, asking),
        new_since=asking.visited_at,
        flapping=_flapping(conn, visibility, terms, asking),
        transient=_transient(conn, visibility, terms, asking, since=transient_since),
        transient_since=transient_since,
        suppressed=sum(states[state] for state in SUPPRESSED_STATES),
    )


def _flapping(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> int:
    if terms or not isinstance(visibility, Everything):
        return whole_cells.flapping(conn, visibility, terms, asking)
    cell = schema.bundle_cell.c
    apart = select(func.coalesce(func.sum(cell.n), 0)).where(cell.apart == 1, cell.bundle_id > 0, cell.holding_id == 0)
    return int(conn.execute(apart).scalar_one())


def _transient(
    conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking, *, since: Instant
) -> int:
    if terms or not isinstance(visibility, Everything):
        found = _TRANSIENT.of(conn, scope(conn, visibility, terms, asking), since // DAY)
        return sum(n for part in found.values() for n in part)
    clause = and_(f.first_detected_at >= since, schema.TRANSIENT)
    return int(conn.execute(select(func.count()).select_from(schema.finding).where(clause)).scalar_one())


_ALL = (
    select(f.holding_id, func.count())
    .where(f.first_detected_at >= bindparam("since"), schema.TRANSIENT)
    .group_by(f.holding_id)
)
_SOME = _ALL.where(f.holding_id.in_(bindparam("holdings", expanding=True)))


def _read(conn: Connection, holdings: Sequence[int] | None, moment: int) -> Rows:
    return read(conn, _ALL if holdings is None else _SOME, {"holdings": holdings, "since": moment * DAY})


_TRANSIENT = Shelf(_read)
"""How many findings first detected since a day were closed within a day."""


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
