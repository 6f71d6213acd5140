"""How long critical and high findings live, of the holdings that are asked about.

Looked at are two quarters, each up to the beginning of a day: the last one, and the one before. Of each holding is kept how
many findings come under watch, leave it and are fixed at each age, which is all that Kaplan and Meier ask for, and adds up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, or_, select

from callboard.domain import survival
from callboard.domain.access import Visibility
from callboard.domain.due import today
from callboard.domain.finding import Severity, State
from callboard.domain.instant import DAY
from callboard.domain.query import Term
from callboard.store import schema
from callboard.store.filters import Asking
from callboard.store.scope import scope
from callboard.store.shelf import Rows, Shelf, Sums, read

f = schema.finding.c

QUARTER = 91
"""Days in a quarter."""
_QUARTERS = (0, 1)
"""The last one, and the one before."""
_ENTERED, _LEFT, _FIXED = range(3)
_AGES = 1 << 20
"""More than any age in days."""


class HalfLife(msgspec.Struct, frozen=True):
    """How long it takes until half are fixed."""

    days: int | None
    """None: less than half were fixed, or none was at risk."""
    n: int
    """Findings that were at risk."""


_ALL = select(f.holding_id, f.first_detected_at, f.closed, f.fixed_at, f.state).where(
    f.rank <= 6 - Severity.HIGH,
    f.first_detected_at + 0 < bindparam("end"),
    or_(f.closed + 0 == 0, f.fixed_at >= bindparam("start")),
)
_SOME = _ALL.where(f.holding_id.in_(bindparam("holdings", expanding=True)))


def _read(conn: Connection, holdings: Sequence[int] | None, moment: int) -> Rows:
    end = moment * DAY
    start = end - len(_QUARTERS) * QUARTER * DAY
    found: dict[int, dict[int, int]] = {}
    query = _ALL if holdings is None else _SOME
    for holding, first_at, closed, fixed_at, state in read(
        conn, query, {"holdings": holdings, "end": end, "start": start}
    ):
        counts = found.get(holding)
        if counts is None:
            counts = found[holding] = {}
        _watch(counts, first_at, fixed_at if closed else None, end, is_fixed=state == State.FIXED)
    return ((holding, key, n) for holding, counts in found.items() for key, n in counts.items())


def _watch(counts: dict[int, int], first_at: int, closed_at: int | None, end: int, *, is_fixed: bool) -> None:
    """Count one finding. What is closed after a quarter was open in it; what lived less than a day is left out."""
    for quarter in _QUARTERS:
        until = end - quarter * QUARTER * DAY
        since = until - QUARTER * DAY
        if first_at >= until:
            return
        base = quarter * 3 * _AGES
        if closed_at is None or closed_at >= until:
            left = base + _AGES * _LEFT + (until - first_at) // DAY
        elif closed_at < since or closed_at - first_at < DAY:
            continue
        else:
            age = (closed_at - first_at) // DAY
            left = base + _AGES * _LEFT + age
            if is_fixed:
                fixed = base + _AGES * _FIXED + age
                counts[fixed] = counts.get(fixed, 0) + 1
        entered = base + _AGES * _ENTERED + max(0, since - first_at) // DAY
        counts[entered] = counts.get(entered, 0) + 1
        counts[left] = counts.get(left, 0) + 1


_SUMS = Sums(Shelf(_read), 64)


def half_lives(
    conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking
) -> tuple[HalfLife, HalfLife]:
    """Of the last quarter and of the one before, of what these terms about holdings leave in sight."""
    counts = _SUMS.of(conn, scope(conn, visibility, terms, asking), today(asking.now) // DAY)
    present, former = (_half_life(counts, quarter) for quarter in _QUARTERS)
    return present, former


def _half_life(counts: Mapping[int, int], quarter: int) -> HalfLife:
    tables: list[dict[int, int]] = [{}, {}, {}]
    first = quarter * 3 * _AGES
    for key, n in counts.items():
        if first <= key < first + 3 * _AGES:
            what, age = divmod(key - first, _AGES)
            tables[what][age] = n
    return HalfLife(survival.median_of(*tables), sum(tables[_ENTERED].values()))
