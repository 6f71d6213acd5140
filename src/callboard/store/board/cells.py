"""Bundles in the order of work, from their cells.

The cells of a viewer who sees half of a million findings are hundreds of thousands. They are not put together for ten
rows: a bundle is never more urgent for a viewer than it is for all together, and how urgent it is for all stands in one
cell. So bundles are looked at in that order, some at a time, and once enough are found that come before whatever follows,
nothing else can come first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, literal, select, tuple_

from callboard.domain.access import Everything, Visibility
from callboard.domain.query import OPEN, Term
from callboard.store import schema
from callboard.store.board import cube
from callboard.store.board.lateness import can_wait, comes_first, stage
from callboard.store.board.shelf import Rows, Shelf, Sums, read
from callboard.store.query.filters import Asking
from callboard.store.query.scope import Scope, held, scope

c = schema.bundle_cell.c

FEW = 20_000
"""Open findings up to which all cells are put together at once."""

AT_ONCE = 64
"""Bundles looked at in the first go at least; each further go takes twice as many."""


class Group(msgspec.Struct, frozen=True):
    """One group as counted."""

    key: int
    n: int
    rank: int
    priority: int
    blast: int
    due_at: int
    oldest_at: int
    example: int = 0
    """One of its findings; 0: not looked up yet."""
    holdings: tuple[int, ...] = ()
    """The holdings it was put together from; empty: not looked up yet."""


def group_of(row: Sequence[Any]) -> Group:
    """A row of counts; those from cells know no finding."""
    key, n, rank, number, blast, due_at, oldest_at = map(int, row[:7])
    return Group(key, n, rank, number, blast, due_at, oldest_at, int(row[7]) if len(row) > 7 else 0)


def place(group: Group, asking: Asking) -> tuple[int, ...]:
    """Where a group stands in the order of work."""
    late = stage(group.due_at, group.priority, asking.now)
    return (late, group.priority, -group.n, group.blast, group.oldest_at, group.key)


def ordered(
    conn: Connection, counted: Select[Any], asking: Asking, *, after: tuple[int, ...] | None, limit: int
) -> tuple[list[Group], int]:
    """Groups in the order of work, and how many there are in all."""
    groups = counted.subquery()
    g = groups.c
    late = case((comes_first(g.due_at, g.priority, asking.now), 0), else_=1)
    order = (late, g.priority, -g.n, g.blast, g.oldest_at, g.key)
    if after is None:
        rows = conn.execute(select(*g, func.count().over()).order_by(*order).limit(limit)).all()
        return [group_of(row[:-1]) for row in rows], int(rows[0][-1]) if rows else 0
    # All are counted in the same pass, which is what takes the time, and only those behind the cursor are shown.
    all_ = select(*g, func.count().over().label("all")).subquery()
    a = all_.c
    late = case((comes_first(a.due_at, a.priority, asking.now), 0), else_=1)
    order = (late, a.priority, -a.n, a.blast, a.oldest_at, a.key)
    behind = tuple_(*order) > tuple_(*(literal(part) for part in after))
    rows = conn.execute(select(*a).where(behind).order_by(*order).limit(limit)).all()
    if rows:
        return [group_of(row[:-1]) for row in rows], int(rows[0][-1])
    return [], int(conn.execute(select(func.count()).select_from(groups)).scalar_one())


def ranked(
    conn: Connection,
    visibility: Visibility,
    terms: Sequence[Term],
    asking: Asking,
    *,
    after: tuple[int, ...] | None,
    limit: int,
) -> tuple[list[Group], int]:
    """Bundles of open findings that do not flap, of what these terms about holdings leave in sight, and how many there are."""
    if isinstance(visibility, Everything) and not terms:
        whole = select(func.count()).where(c.holding_id == 0, c.apart == 0, c.bundle_id > 0)
        return _first(conn, _Whole(), asking, after=after, limit=limit), int(conn.execute(whole).scalar_one())
    if _is_gathered(conn, visibility, terms, asking):
        groups = sorted(_gathered(conn, scope(conn, visibility, terms, asking)), key=lambda group: place(group, asking))
        behind = groups if after is None else [group for group in groups if place(group, asking) > after]
        return behind[:limit], len(groups)
    found = sizes(conn, visibility, terms, asking)
    return _first(conn, _Part(visibility, terms, asking, found), asking, after=after, limit=limit), len(found)


def sizes(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Mapping[int, int]:
    """Bundle → open findings that do not flap, of what these terms about holdings leave in sight."""
    return _SIZES.of(conn, scope(conn, visibility, terms, asking))


def seen(visibility: Visibility, terms: Sequence[Term], asking: Asking, bundles: Sequence[int]) -> ColumnElement[bool]:
    """Cells of these bundles in holdings in sight, without the flapping ones."""
    # Adding nothing keeps the planner from going from holding to holding where bundles lead to fewer cells.
    holds = held(c.holding_id + 0, visibility, terms, asking)
    return and_(c.bundle_id.in_(bundles), c.holding_id > 0, c.apart == 0, holds)


Place = tuple[int, int, int, int, int]
"""Of one cell: bundle, holding, and the least of priority, due date and first detection."""


def places(
    conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking, bundles: Sequence[int]
) -> Sequence[Place]:
    """The cells of these bundles in sight, without the flapping ones: from memory where the bundles came from there."""
    if _is_gathered(conn, visibility, terms, asking):
        wanted = frozenset(bundles)
        return [
            (key, holding, part[at + 3], part[at + 5], part[at + 6])
            for holding, part in _CELLS.of(conn, scope(conn, visibility, terms, asking)).items()
            for at, key in zip(range(0, len(part), 7), part[::7], strict=True)
            if key in wanted
        ]
    rows: Any = conn.execute(
        select(c.bundle_id, c.holding_id, c.priority, c.due_at, c.oldest_at).where(
            seen(visibility, terms, asking, bundles)
        )
    ).cursor
    return cast("Sequence[Place]", rows.fetchall())


def _is_gathered(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> bool:
    """Whether all cells are put together in memory."""
    if isinstance(visibility, Everything) and not terms:
        return False
    return cube.total(conn, visibility, (OPEN, *terms), asking) <= FEW


def _together(cells: ColumnElement[bool]) -> Select[Any]:
    least = [func.min(column).label(column.name) for column in (c.rank, c.priority, c.blast, c.due_at, c.oldest_at)]
    return select(c.bundle_id.label("key"), func.sum(c.n).label("n"), *least).where(cells).group_by(c.bundle_id)


# Adding nothing keeps the planner from going through an index of nearly all cells.
_ALL = select(c.holding_id, c.bundle_id, c.n).where(c.apart == 0, c.bundle_id + 0 > 0)
_SOME = _ALL.where(c.holding_id.in_(bindparam("holdings", expanding=True)))


def _read(conn: Connection, holdings: Sequence[int] | None, _moment: int) -> Rows:
    return read(conn, _ALL if holdings is None else _SOME, {"holdings": holdings})


_SIZES = Sums(Shelf(_read), 16)
"""Findings of each bundle."""


def _read_whole(conn: Connection, holdings: Sequence[int] | None, _moment: int) -> Rows:
    query = _ALL_WHOLE if holdings is None else _SOME_WHOLE
    return read(conn, query, {"holdings": holdings})


_REST = (c.rank, c.priority, c.blast, c.due_at, c.oldest_at)
_ALL_WHOLE = _ALL.add_columns(*_REST)
_SOME_WHOLE = _SOME.add_columns(*_REST)
_CELLS = Shelf(_read_whole)
"""All that the cells say: bundle, findings, and the least of each column."""


def _gathered(conn: Connection, within: Scope) -> list[Group]:
    """All bundles of some holdings, put together from their cells."""
    found: dict[int, Group] = {}
    for part in _CELLS.of(conn, within).values():
        numbers = iter(part)
        for key, n, rank, number, blast, due_at, oldest_at in zip(*[numbers] * 7, strict=True):
            other = found.get(key)
            found[key] = (
                Group(key, n, rank, number, blast, due_at, oldest_at)
                if other is None
                else Group(
                    key, other.n + n, min(other.rank, rank), min(other.priority, number), min(other.blast, blast),
                    min(other.due_at, due_at), min(other.oldest_at, oldest_at),
                )
            )  # fmt: skip
    return list(found.values())


class _Whole:
    """All bundles: what stands in a candidate's cell is the answer."""

    def exact(self, _conn: Connection, candidates: Sequence[Group]) -> Sequence[Group]:
        """These bundles as this viewer sees them."""
        return candidates


class _Part:
    """Bundles of some holdings: put together from the cells of these."""

    def __init__(self, visibility: Visibility, terms: Sequence[Term], asking: Asking, sizes: Mapping[int, int]) -> None:
        self._seen = (visibility, terms, asking)
        self._sizes = sizes

    def exact(self, conn: Connection, candidates: Sequence[Group]) -> Sequence[Group]:
        """These bundles as this viewer sees them; those out of sight are left out."""
        keys = [each.key for each in candidates if each.key in self._sizes]
        return [group_of(row) for row in conn.execute(_together(seen(*self._seen, keys)))] if keys else []


def _first(
    conn: Connection, sight: _Whole | _Part, asking: Asking, *, after: tuple[int, ...] | None, limit: int
) -> list[Group]:
    """The first groups in the order of work, or the first behind a place."""
    best: list[Group] = []
    for candidates in _candidates(conn, asking, max(AT_ONCE, 2 * limit)):
        here = [each for each in sight.exact(conn, candidates) if after is None or place(each, asking) > after]
        best = sorted([*best, *here], key=lambda group: place(group, asking))[:limit]
        # Whatever follows is as urgent as the last candidate at most, for all and so for this viewer.
        if len(best) == limit and place(best[-1], asking)[:2] < place(candidates[-1], asking)[:2]:
            break
    return best


def _candidates(conn: Connection, asking: Asking, many: int) -> Iterator[list[Group]]:
    """All bundles with what all their findings say, by lateness and priority, some at a time."""
    columns = (c.bundle_id, c.n, c.rank, c.priority, c.blast, c.due_at, c.oldest_at)
    order = (c.priority, c.n, c.bundle_id)
    for when in (comes_first, can_wait):
        due = when(c.due_at, c.priority, asking.now)
        query = select(*columns).where(c.holding_id == 0, c.apart == 0, c.bundle_id > 0, due).order_by(*order)
        last: Group | None = None
        while True:
            rows = query
            if last is not None:
                rows = query.where(tuple_(*order) > tuple_(*map(literal, (last.priority, last.n, last.key))))
            found = [group_of(row) for row in conn.execute(rows.limit(many))]
            if found:
                yield found
            if len(found) < many:
                break
            last = found[-1]
            many *= 2
