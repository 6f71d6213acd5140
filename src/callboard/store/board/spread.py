"""The findings about one thing in numbers, each with the query that lists what it counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import Connection, and_, case, func, literal, select, union_all

from callboard.domain.access import Visibility
from callboard.domain.board import BundleRow, Counts
from callboard.domain.due import today
from callboard.domain.finding import SUPPRESSED_STATES, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.query import Grouping, OneOf, Order, Page, Query
from callboard.domain.things import Count, Spread
from callboard.errors import InvalidQueryError
from callboard.store import schema
from callboard.store.board import bundles
from callboard.store.query.filters import Asking
from callboard.store.query.scope import of_query
from callboard.store.schema import TRANSIENT

f = schema.finding.c
K = TypeVar("K", bound=int)

OPEN = OneOf("is", ("open",))
COMPONENTS = 100
"""Components on the page of a rule or project at most."""


def narrowed(about: Query, *terms: OneOf) -> Query:
    """The query with more terms."""
    return Query((*about.terms, *terms), about.sort, about.group)


def spread(conn: Connection, visibility: Visibility, about: Query, asking: Asking) -> Spread:
    """The findings of a query without states, by state and severity. Raises InvalidQueryError."""
    late = and_(f.closed == 0, f.due_at < today(asking.now))
    rows = conn.execute(
        select(
            f.state, f.rank, func.count().label("n"), func.sum(case((late, 1), else_=0)).label("late"),
            func.sum(f.apart).label("apart"), func.min(f.first_detected_at).label("first"),
            func.max(f.first_detected_at).label("latest"), func.sum(case((TRANSIENT, 1), else_=0)).label("transient"),
        )
        .where(of_query(conn, visibility, about, asking))
        .group_by(f.state, f.rank)
    ).all()  # fmt: skip

    def count(number: int, *words: str) -> Count:
        return Count(number, narrowed(about, *(OneOf("is", (word,)) for word in words)).canonical)

    def total(state: State) -> int:
        return sum(int(row.n) for row in rows if row.state == int(state))

    still = [row for row in rows if State(row.state).is_open]
    return Spread(
        about=about.canonical,
        oldest=narrowed(about, OPEN).sorted_by(Order.OLDEST).canonical,
        open=count(sum(int(row.n) for row in still), "open"),
        by_severity=Counts(
            **{
                severity.word: sum(int(row.n) for row in still if row.rank == 6 - severity)
                for severity in Severity
            }
        ),
        overdue=count(sum(int(row.late) for row in still), "overdue"),
        flapping=count(sum(int(row.apart) for row in still), "open", "flapping"),
        transient=count(sum(int(row.transient) for row in rows), "transient"),
        fixed=count(total(State.FIXED), "fixed"),
        gone=count(total(State.GONE), "gone"),
        suppressed=count(sum(total(state) for state in SUPPRESSED_STATES), "suppressed"),
        oldest_open_at=min((Instant(row.first) for row in still), default=None),
        first_at=min((Instant(row.first) for row in rows), default=None),
        latest_at=max((Instant(row.latest) for row in rows), default=None),
    )  # fmt: skip


def counts(conn: Connection, visibility: Visibility, queries: Mapping[int, Query], asking: Asking) -> dict[int, Count]:
    """How many findings each of a few narrow queries has, in one statement."""
    if not queries:
        return {}
    parts: list[Any] = [
        select(literal(key).label("key"), func.count().label("n"))
        .select_from(schema.finding)
        .where(of_query(conn, visibility, query, asking))
        for key, query in queries.items()
    ]
    found = {int(row.key): int(row.n) for row in conn.execute(union_all(*parts))}
    return {key: Count(found[key], query.canonical) for key, query in queries.items()}


def by_component(conn: Connection, visibility: Visibility, about: Query, asking: Asking) -> Page[BundleRow] | None:
    """Open findings of a query by component. None: too many to put together."""
    query = Query((*about.terms, OPEN), about.sort, Grouping.COMPONENT)
    try:
        return bundles.page(conn, visibility, query, asking, after=None, limit=COMPONENTS)
    except InvalidQueryError:
        return None
