"""How long critical and high findings live, of the holdings that are asked about.

Looked at are two quarters, each up to the beginning of a day: the last one, and the one before. Of each holding is kept how
many findings come under watch, leave it and are fixed at each age, which is all that Kaplan and Meier ask for, and adds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

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
from callboard.store.shelf import Shelf, Sums

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


_READ = select(f.holding_id, f.first_detected_at, f.closed, f.fixed_at, f.state).where(
    f.holding_id.in_(bindparam("holdings", expanding=True)),
    f.rank <= 6 - Severity.HIGH,
    f.first_detected_at + 0 < bindparam("end"),
    or_(f.closed == 0, f.fixed_at >= bindparam("start")),
)


def _read(conn: Connection, holdings: Sequence[int], moment: int) -> Iterable[Sequence[int]]:
    end = moment * DAY
    start = end - len(_QUARTERS) * QUARTER * DAY
    rows = conn.execute(_READ, {"holdings": holdings, "end": end, "start": start}).cursor.fetchall()
    found: dict[tuple[int, int], int] = {}
    for holding, first_at, closed, fixed_at, state in rows:
        for key in _marks(first_at, fixed_at if closed else None, end, is_fixed=state == State.FIXED):
            found[holding, key] = found.get((holding, key), 0) + 1
    return ((holding, key, n) for (holding, key), n in found.items())


def _marks(first_at: int, closed_at: int | None, end: int, *, is_fixed: bool) -> Iterator[int]:
    """Where one finding counts. What is closed after a quarter was open in it; what lived less than a day is left out."""
    for quarter in _QUARTERS:
        until = end - quarter * QUARTER * DAY
        since = until - QUARTER * DAY
        if first_at >= until:
            continue
        is_open = closed_at is None or closed_at >= until
        if not is_open and (closed_at < since or closed_at - first_at < DAY):  # type: ignore[operator]
            continue
        left = ((until if is_open else closed_at) - first_at) // DAY  # type: ignore[operator]
        yield _key(quarter, _ENTERED, max(0, since - first_at) // DAY)
        yield _key(quarter, _LEFT, left)
        if is_fixed and not is_open:
            yield _key(quarter, _FIXED, left)


def _key(quarter: int, what: int, age: int) -> int:
    return (quarter * 3 + what) * _AGES + age


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
    first = _key(quarter, 0, 0)
    for key, n in counts.items():
        if first <= key < first + 3 * _AGES:
            what, age = divmod(key - first, _AGES)
            tables[what][age] = n
    return HalfLife(survival.median_of(*tables), sum(tables[_ENTERED].values()))
