"""What happened week by week."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.board import Week
from callboard.domain.instant import Instant
from callboard.domain.query import Term
from callboard.store import schema
from callboard.store.board.shelf import Part, Rows, Shelf, Sums, read
from callboard.store.counting import WEEK
from callboard.store.query.filters import Asking
from callboard.store.query.scope import Scope, scope

flow = schema.flow_cell.c

RECENT = 8
"""Weeks that anybody asks about, the present one included."""

Flow = tuple[int, int, int, int]
"""Opened, closed, transient, moved."""

_NOTHING: Flow = (0, 0, 0, 0)

_ALL = select(flow.holding_id, flow.week, flow.opened, flow.closed, flow.transient, flow.moved).where(
    flow.week > bindparam("after")
)
_SOME = _ALL.where(flow.holding_id.in_(bindparam("holdings", expanding=True)))


def _read(conn: Connection, holdings: Sequence[int] | None, moment: int) -> Rows:
    query = _ALL if holdings is None else _SOME
    for holding, week, *numbers in read(conn, query, {"holdings": holdings, "after": moment - RECENT}):
        for place, n in enumerate(numbers):
            if n:
                yield holding, week * 4 + place, n


_SHELF = Shelf(_read)
_SUMS = Sums(_SHELF, 64)


def flows(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Mapping[int, Flow]:
    """What happened in each recent week (since 1970) to what these terms about holdings leave in sight."""
    this = asking.now // WEEK
    if isinstance(visibility, Everything) and not terms:
        rows = read(conn, _SOME, {"holdings": [0], "after": this - RECENT})
        return {row[1]: (row[2], row[3], row[4], row[5]) for row in rows}
    return _by_week(_SUMS.of(conn, scope(conn, visibility, terms, asking), this))


def _by_week(counts: Mapping[int, int]) -> dict[int, Flow]:
    return {
        week: (get(week * 4, 0), get(week * 4 + 1, 0), get(week * 4 + 2, 0), get(week * 4 + 3, 0))
        for get in (counts.get,)
        for week in {key // 4 for key in counts}
    }


def weeks(flowed: Mapping[int, Flow], *, now: Instant, count: int, open_now: int) -> tuple[Week, ...]:
    """The last weeks, oldest first."""
    found: list[Week] = []
    still = open_now
    this = now // WEEK
    for week in range(this, this - count, -1):
        opened, closed, transient, moved = flowed.get(week, _NOTHING)
        found.append(
            Week(starts_at=Instant(week * WEEK), opened=opened, closed=closed, transient=transient, open=still)
        )
        still -= opened - closed + moved
    return tuple(reversed(found))


def sparkline(parts: Iterable[Part], *, now: Instant, count: int, open_now: int) -> tuple[int, ...]:
    """Open findings at the end of each of the last weeks, of holdings whose `parts` these are."""
    counts: dict[int, int] = {}
    for part in parts:
        numbers = iter(part)
        for key, n in zip(numbers, numbers, strict=True):
            counts[key] = counts.get(key, 0) + n
    return tuple(week.open for week in weeks(_by_week(counts), now=now, count=count, open_now=open_now))


def parts(conn: Connection, within: Scope, *, now: Instant) -> Mapping[int, Part]:
    """What happened to each holding, for `sparkline`."""
    return _SHELF.of(conn, within, now // WEEK)
