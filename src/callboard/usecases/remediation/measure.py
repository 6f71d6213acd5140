"""Measure how soon findings are fixed, of what somebody may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.finding import Severity
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import OneOf, Query
from callboard.domain.remediation.question import By, Measure, Question, judged
from callboard.domain.remediation.times import Times, TimesRow, row_of
from callboard.store import Connection, Store
from callboard.store.database import revision
from callboard.store.kept import Kept
from callboard.store.query.filters import Asking
from callboard.store.remediation import acting, groups, lifetimes
from callboard.store.remediation.groups import Group
from callboard.store.remediation.lifetimes import Watched

MOST = 50
"""Rows of a report."""

_TIMES: Kept[Times] = Kept(64)


def times(store: Store, viewer: Viewer, question: Question, *, now: Instant) -> Times:
    """How long it takes, by what is asked. Raises InvalidQueryError for a query that no report can be about."""
    query = judged(question.query)
    question = msgspec.structs.replace(question, query=query)
    with store.read() as conn:
        key = (revision(conn), viewer.key, viewer.visibility, viewer.owners, question, now // DAY)
        return _TIMES.get(conn, key, lambda: _times(conn, viewer, question, now))


def _times(conn: Connection, viewer: Viewer, question: Question, now: Instant) -> Times:
    asking = Asking(now=now, me=viewer.owners)
    sight, query, by, period = viewer.visibility, question.query, question.by, question.period
    opened = groups.open_now(conn, sight, query, by, asking)
    chosen: Sequence[Group]
    is_acted = question.measure is not Measure.REMEDIATE
    gathered = acting.gathered if is_acted else lifetimes.gathered
    every = gathered(conn, sight, query, asking, by=by, period=period)
    ids: set[int] | None = None
    if by not in lifetimes.SMALL:
        sizes = every.sizes
        largest = _largest(groups.groups(conn, sight, by, _of_use(by, sizes, opened)), sizes)
        chosen = largest[:MOST]
        ids = {id_ for group in chosen for id_ in group.ids}
        more = len({*sizes, *opened} - ids) if by is By.RULE else len(largest) - len(chosen)
    found = (
        acting.watched(conn, sight, query, asking, by=by, period=period, found=every, ids=ids)
        if is_acted
        else lifetimes.told_apart(every.told(ids))
    )
    if by in lifetimes.SMALL:
        chosen = _in_order(groups.groups(conn, sight, by, {*found.groups, *opened}))
        more = 0
    whole = msgspec.structs.replace(
        row_of("", "all together", found.together(found.groups)),
        open_now=sum(opened.values()),
        query=Query((*query.terms, OneOf("is", ("open",)))).canonical,
    )
    rows = [_row(group, query, found, opened) for group in chosen]
    return Times(question=question, whole=whole, rows=tuple(rows), left_out=found.left_out, more=more)


def _of_use(by: By, sizes: Mapping[int, int], opened: Mapping[int, int]) -> Collection[int]:
    """Groups that may be among the largest: of ten thousand rules only some have their names looked up."""
    every = {*sizes, *opened}
    if by is not By.RULE:
        return every
    return sorted(every, key=lambda id_: (-sizes.get(id_, 0), id_))[: 4 * MOST]


def _row(group: Group, query: Query, found: Watched, opened: Mapping[int, int]) -> TimesRow:
    row = row_of(group.key, group.title, found.together(group.ids))
    listing = groups.listing(query, group.term)
    return msgspec.structs.replace(
        row,
        open_now=sum(opened.get(id_, 0) for id_ in group.ids),
        query=None if listing is None else listing.canonical,
    )


_SEVERITIES = {severity.word: -severity for severity in Severity}


def _in_order(every: Iterable[Group]) -> list[Group]:
    """Severities from the worst on, anything else by name."""
    return sorted(every, key=lambda group: (_SEVERITIES.get(group.key, 0), group.title, group.key))


def _largest(every: Iterable[Group], sizes: Mapping[int, int]) -> list[Group]:
    """By how many findings were watched."""
    return sorted(every, key=lambda group: (-sum(sizes.get(id_, 0) for id_ in group.ids), group.title, group.key))
