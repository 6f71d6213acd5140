"""How long critical and high findings live, of the holdings that are asked about.

Looked at are two quarters, each up to the beginning of a day: the last one, and the one before. Of each holding is kept how
many findings come under watch, leave it and are fixed at each age, which is all that Kaplan and Meier ask for, and adds up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

import msgspec
from sqlalchemy import Connection, bindparam, or_, select

from callboard.domain import survival
from callboard.domain.access import Visibility
from callboard.domain.due import today
from callboard.domain.finding import Severity, State
from callboard.domain.instant import DAY
from callboard.domain.query import Term
from callboard.store import schema
from callboard.store.board.shelf import Rows, Shelf, Sums, read
from callboard.store.query.filters import Asking
from callboard.store.query.scope import scope

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

# What people here set aside is no fix: it leaves the watch with their decision, and what is only put off stays in it.
_ASIDE = (
    select(f.holding_id, f.first_detected_at, f.state, schema.decision.c.at)
    .join_from(schema.finding, schema.decision, schema.decision.c.id == f.decision_id)
    .where(
        f.decision_id.is_not(None), f.beneath.is_not(None), f.rank <= 6 - Severity.HIGH,
        f.first_detected_at + 0 < bindparam("end"),
    )
)  # fmt: skip
_SOME_ASIDE = _ASIDE.where(f.holding_id.in_(bindparam("holdings", expanding=True)))


def _read(conn: Connection, holdings: Sequence[int] | None, moment: int) -> Rows:
    """One row a holding.

    A new process looks at hundreds of thousands of findings here before it can answer for the first time: they are noted in
    lists that are counted at the end, since a look-up for each note costs twice as much.
    """
    end = moment * DAY
    start = end - len(_QUARTERS) * QUARTER * DAY
    noted: dict[int, list[int]] = {}
    query = _ALL if holdings is None else _SOME
    for holding, first_at, closed, fixed_at, state in read(
        conn, query, {"holdings": holdings, "end": end, "start": start}
    ):
        keys = noted.get(holding)
        if keys is None:
            keys = noted[holding] = []
        _watch(keys, first_at, fixed_at if closed else end, end, is_fixed=state == _FIXED_STATE)
    aside = _ASIDE if holdings is None else _SOME_ASIDE
    for holding, first_at, state, at in read(conn, aside, {"holdings": holdings, "end": end}):
        left_at = end if state == State.SNOOZED else at
        if left_at >= start:
            _watch(noted.setdefault(holding, []), first_at, left_at, end, is_fixed=False)
    return ((holding, *chain.from_iterable(Counter(keys).items())) for holding, keys in noted.items())


_FIXED_STATE = int(State.FIXED)
_LENGTH = QUARTER * DAY
_BASES = tuple((quarter * _LENGTH, quarter * 3 * _AGES) for quarter in _QUARTERS)


def _watch(keys: list[int], first_at: int, closed_at: int, end: int, *, is_fixed: bool) -> None:
    """Note one finding; `closed_at` is `end` for an open one.

    What is closed after a quarter was open in it; what lived less than a day is left out.
    """
    for back, base in _BASES:
        until = end - back
        if first_at >= until:
            return
        since = until - _LENGTH
        if closed_at >= until:
            keys.append(base + _AGES * _LEFT + (until - first_at) // DAY)
        elif closed_at < since or closed_at - first_at < DAY:
            continue
        else:
            age = (closed_at - first_at) // DAY
            keys.append(base + _AGES * _LEFT + age)
            if is_fixed:
                keys.append(base + _AGES * _FIXED + age)
        keys.append(base + _AGES * _ENTERED + ((since - first_at) // DAY if since > first_at else 0))


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
