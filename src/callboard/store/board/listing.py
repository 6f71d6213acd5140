"""Lists of findings for a query: how many there are, and one page of them in a total order.

A short list is found by whatever index its filters have, and sorted. A long one is walked along the index of its order,
since enough of what is met there passes the filters. Which of the two it is, counting has told before.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, and_, case, func, literal, select, true, tuple_

from callboard.domain.access import Readers, Visibility
from callboard.domain.due import today
from callboard.domain.instant import DAY
from callboard.domain.query import MAX_LIMIT, OPEN, OVERDUE, Order, Query, Term, Text
from callboard.domain.query.paging import Cursor, damaged
from callboard.errors import InvalidQueryError
from callboard.store import schema
from callboard.store.board import cube, due_days
from callboard.store.board.lateness import can_wait, comes_first
from callboard.store.database import revision
from callboard.store.kept import Kept
from callboard.store.query import filter_text, filters
from callboard.store.query.filters import Asking
from callboard.store.query.scope import held, of_query

f = schema.finding.c

SHORT = 5_000
"""Up to so many findings a list that an index leads to is sorted whole."""

LISTED = 10_000
"""A list that no counter answers for tells its length up to here, and else that it is longer."""

COUNTED = 100_000
"""What is put together from rows is counted up to here."""

FEW = 20_000
"""Open findings that are looked at one by one sooner than everything that a text names."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list of findings."""

    ids: tuple[int, ...]
    total: int
    is_more: bool
    """There are more than `total`, and counting stopped there."""
    cursor: str | None


def search(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, after: str | None, limit: int
) -> Found:
    """One page. Raises InvalidQueryError for a damaged cursor or a limit out of range."""
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidQueryError(f"A page holds 1 to {MAX_LIMIT} rows, not {limit}.", field="limit")
    key = None if after is None else _key(after, query.sort)
    if _is_held_by_few(conn, visibility, query, asking):
        rows = _named(conn, visibility, query, asking, limit=LISTED + 1)
        if len(rows) <= LISTED:
            behind = rows if key is None else [row for row in rows if tuple(row) > key]
            return _page(query, behind[: limit + 1], limit, total=len(rows), is_more=False)
    total, is_more = count(conn, visibility, query, asking, most=LISTED)
    if total == 0:
        return Found(ids=(), total=0, is_more=False, cursor=None)
    is_short = total <= SHORT and not is_more and _is_led_to(query, visibility)
    many = is_more or total > SHORT
    clause = of_query(conn, visibility, query, asking, many=many)
    walk = _sorted if is_short else _walked
    rows = walk(conn, clause, query, asking, key=key, limit=limit + 1)
    return _page(query, rows, limit, total=total, is_more=is_more)


def _page(query: Query, rows: Sequence[Sequence[int]], limit: int, *, total: int, is_more: bool) -> Found:
    """The first `limit` rows of those behind the cursor, of which there may be one more."""
    cursor = Cursor(query.sort.value, tuple(rows[limit - 1])).encode() if len(rows) > limit else None
    return Found(ids=tuple(abs(int(row[-1])) for row in rows[:limit]), total=total, is_more=is_more, cursor=cursor)


def whole(conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, most: int) -> tuple[int, ...]:
    """The ids of the whole list in its order, as of one moment. More than `most` of them: `most` and one."""
    clause = of_query(conn, visibility, query, asking)
    return tuple(abs(int(row[-1])) for row in _sorted(conn, clause, query, asking, key=None, limit=most + 1))


def count(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, most: int | None = None
) -> tuple[int, bool]:
    """How many findings there are, and whether there are even more. Kept for the day until something changes.

    `most`: where counting stops if no counter answers; None: `COUNTED`.
    """
    most = COUNTED if most is None else most
    if filters.is_of_the_moment(query):
        return _count(conn, visibility, query, asking, most)
    stamp = msgspec.structs.replace(asking, now=today(asking.now))
    key = (revision(conn), visibility, stamp, query.terms, most)
    return _COUNTS.get(conn, key, lambda: _count(conn, visibility, query, asking, most))


_COUNTS: Kept[tuple[int, bool]] = Kept(2_000)


def _count(conn: Connection, visibility: Visibility, query: Query, asking: Asking, most: int) -> tuple[int, bool]:
    if all(filters.asks_holding(term) or filters.asks_cell(term) for term in query.terms):
        return cube.total(conn, visibility, query.terms, asking), False
    rest = [term for term in query.terms if term not in (OPEN, OVERDUE)]
    if OVERDUE in query.terms and all(filters.asks_holding(term) for term in rest):
        return _overdue(conn, visibility, rest, asking), False
    texts = [term for term in query.terms if isinstance(term, Text)]
    rest = [term for term in query.terms if term != OPEN and term not in texts]
    is_few = _is_held_by_few(conn, visibility, query, asking)
    if not is_few and len(texts) == 1 and not texts[0].is_negated and all(map(filters.asks_holding, rest)):
        # The indexes of rules, resources and packages tell what is open and where: no finding itself is looked at.
        # Adding nothing keeps the planner from going from holding to holding, which looks at every finding.
        scope = held(f.holding_id + 0, visibility, rest, asking)
        if OPEN in query.terms:
            scope = and_(f.closed == 0, scope)
        found = filter_text.named(conn, texts[0], scope, most=most)
        return min(found, most), found > most
    clause = of_query(conn, visibility, query, asking)
    return _capped(conn, select(literal(1)).select_from(schema.finding).where(clause).limit(most + 1).subquery(), most)


def _is_held_by_few(conn: Connection, visibility: Visibility, query: Query, asking: Asking) -> bool:
    """Whether a text is searched for in so few open findings that each of them is asked what it is of."""
    if OPEN not in query.terms or not any(isinstance(term, Text) for term in query.terms):
        return False
    asked = [term for term in query.terms if filters.asks_holding(term)]
    return cube.total(conn, visibility, (OPEN, *asked), asking) <= FEW


def _capped(conn: Connection, rows: FromClause, most: int) -> tuple[int, bool]:
    found = int(conn.execute(select(func.count()).select_from(rows)).scalar_one())
    return min(found, most), found > most


def _overdue(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> int:
    """Overdue findings, counted by the day that they were due."""
    return sum(n for day, n in due_days.counts(conn, visibility, terms, asking).items() if day < asking.now // DAY)


def _is_led_to(query: Query, visibility: Visibility) -> bool:
    """Whether an index leads to what the viewer may see of a query."""
    return isinstance(visibility, Readers) or any(filters.is_narrow(term) for term in query.terms)


def _late(asking: Asking) -> ColumnElement[int]:
    return case((and_(f.closed == 0, comes_first(f.due_at, f.priority, asking.now)), 0), else_=1)


_KEYS: dict[Order, int] = {Order.DO_NOW: 5, Order.SEVERITY: 5, Order.DUE: 3, Order.NEWEST: 3, Order.OLDEST: 3}
"""How many numbers the key of each order has; the last one is the id."""


def _key(after: str, sort: Order) -> tuple[int, ...]:
    """The key of a cursor, which anybody may have made up."""
    cursor = Cursor.decode(after, order=sort.value, parts=(int,) * _KEYS[sort])
    key = tuple(part for part in cursor.key if isinstance(part, int))
    if any(not -(2**62) <= part <= 2**62 for part in key):
        raise damaged()
    return key


def _order(sort: Order, asking: Asking) -> tuple[Any, ...]:
    match sort:
        case Order.DO_NOW:
            return (f.closed, _late(asking), f.priority, f.first_detected_at, f.id)
        case Order.SEVERITY:
            return (f.closed, f.rank, f.due_at, f.first_detected_at, f.id)
        case Order.DUE:
            return (f.closed, f.due_at, f.id)
        case Order.NEWEST:
            return (f.closed, -f.first_detected_at, -f.id)
        case Order.OLDEST:
            return (f.closed, f.first_detected_at, f.id)


def _sorted(
    conn: Connection,
    clause: ColumnElement[bool],
    query: Query,
    asking: Asking,
    *,
    key: tuple[int, ...] | None,
    limit: int,
) -> list[Sequence[int]]:
    """The whole list sorted. Adding nothing to each column keeps the planner from walking an index of the order."""
    columns = _order(query.sort, asking)
    order = [column + 0 for column in columns]
    rows = select(*columns).where(clause).order_by(*order).limit(limit)
    if key is not None:
        rows = rows.where(tuple_(*order) > tuple_(*map(literal, key)))
    return [tuple(row) for row in conn.execute(rows)]


def _named(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, limit: int
) -> list[Sequence[int]]:
    """Of few findings those that texts name, sorted.

    What is asked beside the texts is found first, and for itself: else a planner that expects a text to name nearly
    nothing begins with everything that it names.
    """
    texts = [term for term in query.terms if isinstance(term, Text)]
    rest = Query(tuple(term for term in query.terms if term not in texts))
    keys = [column.label(f"key_{n}") for n, column in enumerate(_order(query.sort, asking))]
    few = (
        select(*filter_text.NAMED_BY, *keys)
        .where(of_query(conn, visibility, rest, asking))
        .cte("few")
        .prefix_with("MATERIALIZED")
    )
    order = [few.c[key.name] for key in keys]
    named = and_(true(), *(filter_text.among(conn, term, few) for term in texts))
    return [tuple(row) for row in conn.execute(select(*order).where(named).order_by(*order).limit(limit))]


def _walked(
    conn: Connection,
    clause: ColumnElement[bool],
    query: Query,
    asking: Asking,
    *,
    key: tuple[int, ...] | None,
    limit: int,
) -> list[Sequence[int]]:
    """Along the index of the order, stage by stage: open before closed, and where it matters late before not late."""
    found: list[Sequence[int]] = []
    sort = query.sort
    columns, order = _stage_order(sort)
    for closed, late in _stages(query):
        stage = None if key is None else _stage(key, sort)
        if len(found) >= limit or (stage is not None and stage > (closed, late)):
            continue
        rows = select(*_order(sort, asking)).where(f.closed == closed, clause)
        if sort is Order.DO_NOW and closed == 0:
            rows = rows.where((comes_first if late == 0 else can_wait)(f.due_at, f.priority, asking.now))
        if key is not None and stage == (closed, late):
            rows = rows.where(_after(columns, key[-len(columns) :], sort))
        found.extend(tuple(row) for row in conn.execute(rows.order_by(*order).limit(limit - len(found))))
    return found


def _stages(query: Query) -> list[tuple[int, int]]:
    """Which stretches of the order the query can have rows in, as (closed, late): 0 is yes for late and no for closed."""
    stages = [(0, 0), (0, 1), (1, 1)] if query.sort is Order.DO_NOW else [(0, 1), (1, 1)]
    if OVERDUE in query.terms and query.sort is Order.DO_NOW:
        return stages[:1]
    return stages[:-1] if OPEN in query.terms or OVERDUE in query.terms else stages


def _stage(key: tuple[int, ...], sort: Order) -> tuple[int, int]:
    return (key[0], key[1]) if sort is Order.DO_NOW else (key[0], 1)


def _stage_order(sort: Order) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """The columns that order one stage, and how."""
    match sort:
        case Order.DO_NOW:
            columns: tuple[Any, ...] = (f.priority, f.first_detected_at, f.id)
        case Order.SEVERITY:
            columns = (f.rank, f.due_at, f.first_detected_at, f.id)
        case Order.DUE:
            columns = (f.due_at, f.id)
        case Order.NEWEST:
            columns = (f.first_detected_at, f.id)
            return columns, tuple(column.desc() for column in columns)
        case Order.OLDEST:
            columns = (f.first_detected_at, f.id)
    return columns, columns


def _after(columns: tuple[Any, ...], rest: tuple[int, ...], sort: Order) -> ColumnElement[bool]:
    if sort is Order.NEWEST:
        return tuple_(*columns) < tuple_(*(literal(-part) for part in rest))
    return tuple_(*columns) > tuple_(*map(literal, rest))
