"""Measure what came and went, what is or was open, and how dates were kept, of what somebody may see."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from callboard.domain.access import Viewer
from callboard.domain.finding import Severity
from callboard.domain.instant import DAY, Instant, to_datetime
from callboard.domain.query import OneOf, Query
from callboard.domain.remediation.flow import DueReport, DueRow, Flow, Kept, OpenReport, OpenRow, open_row, stretches
from callboard.domain.remediation.question import By, Period, judged
from callboard.domain.remediation.use import Use
from callboard.store import Connection, Store
from callboard.store.database import revision
from callboard.store.kept import Kept as KeptAnswers
from callboard.store.query.filters import Asking
from callboard.store.remediation import daily, engaging, groups
from callboard.store.remediation.daily import Open
from callboard.store.remediation.groups import Group

MOST = 50
"""Rows of a report."""

_FLOWS: KeptAnswers[Flow] = KeptAnswers(64)
_OPEN: KeptAnswers[OpenReport] = KeptAnswers(64)
_DUE: KeptAnswers[DueReport] = KeptAnswers(64)


def flow(store: Store, viewer: Viewer, query: Query, period: Period, *, now: Instant) -> Flow:
    """What came and went in each week and month. Raises InvalidQueryError for a query that no report can be about."""
    query = judged(query)
    with store.read() as conn:
        asking = Asking(now=now, me=viewer.owners)

        def make() -> Flow:
            found, out = daily.days(conn, viewer.visibility, query, asking)
            return Flow(
                period=period,
                query=_text(query),
                weeks=stretches(found, period, by_month=False),
                months=stretches(found, period, by_month=True),
                reopened=daily.reopened(conn, viewer.visibility, query, asking, period=period, days=found),
                left_out=out,
            )

        return _FLOWS.get(conn, _key(conn, viewer, now, query, period), make)


def open_at(
    store: Store, viewer: Viewer, query: Query, *, by: By, at: Instant | None, now: Instant
) -> OpenReport:  # fmt: skip
    """What was open at the end of a day, or is open now. `at`: the moment at which the day ended. Raises InvalidQueryError."""
    query = judged(query)
    with store.read() as conn:
        asking = Asking(now=now, me=viewer.owners)
        return _OPEN.get(
            conn, _key(conn, viewer, now, query, by, at), lambda: _open_at(conn, viewer, query, asking, by=by, at=at)
        )


def _open_at(
    conn: Connection, viewer: Viewer, query: Query, asking: Asking, *, by: By, at: Instant | None
) -> OpenReport:  # fmt: skip
    found = daily.open_at(conn, viewer.visibility, query, asking, by=by, at=at)
    every, more = _largest(conn, viewer, by, found, {id_: sum(each.ages.values()) for id_, each in found.items()})
    whole = _together(found, found)
    asked = Query((*query.terms, OneOf("is", ("open",)))).canonical if at is None else None
    return OpenReport(
        on=None if at is None else f"{to_datetime(Instant(at - 1)):%Y-%m-%d}",
        by=by,
        query=_text(query),
        whole=open_row("", "all together", whole.ages, whole.late, query=asked),
        rows=tuple(_open_row(group, query, found, is_now=at is None) for group in every),
        more=more,
    )


def _open_row(group: Group, query: Query, found: Mapping[int, Open], *, is_now: bool) -> OpenRow:
    mine = _together(found, group.ids)
    listing = groups.listing(query, group.term) if is_now else None
    told = None if listing is None else listing.canonical
    return open_row(group.key, group.title, mine.ages, mine.late, query=told)


def _together(found: Mapping[int, Open], ids: Iterable[int]) -> Open:
    whole = Open()
    for id_ in ids:
        if id_ in found:
            whole.take(found[id_])
    return whole


def due(store: Store, viewer: Viewer, query: Query, period: Period, *, by: By, now: Instant) -> DueReport:
    """How dates were kept of what fell due in a period. Raises InvalidQueryError for a query that no report can be about."""
    query = judged(query)
    with store.read() as conn:
        asking = Asking(now=now, me=viewer.owners)

        def make() -> DueReport:
            kept, not_yet = daily.due(conn, viewer.visibility, query, asking, by=by, period=period)
            sizes = {id_: kept[id_].judged + not_yet[id_] for id_ in kept}
            every, more = _largest(conn, viewer, by, kept, sizes)
            return DueReport(
                period=period,
                by=by,
                query=_text(query),
                whole=_due_row("", "all together", kept, kept, not_yet),
                rows=tuple(_due_row(group.key, group.title, group.ids, kept, not_yet) for group in every),
                more=more,
            )

        return _DUE.get(conn, _key(conn, viewer, now, query, period, by), make)


def _due_row(
    key: str, title: str, ids: Iterable[int], kept: Mapping[int, Kept], not_yet: Mapping[int, int]
) -> DueRow:  # fmt: skip
    whole, waiting = Kept(), 0
    for id_ in ids:
        whole = whole.plus(kept.get(id_, Kept()))
        waiting += not_yet.get(id_, 0)
    return DueRow(key=key, title=title, kept=whole, not_yet=waiting)


def use(store: Store, viewer: Viewer, query: Query, period: Period, *, now: Instant) -> Use:
    """Whether the board is of use. Raises InvalidQueryError for a query that no report can be about."""
    query = judged(query)
    with store.read() as conn:
        asking = Asking(now=now, me=viewer.owners)
        found = engaging.engaged(conn, viewer.visibility, query, asking, period)
        return Use(
            period=period,
            query=_text(query),
            teams_open=len(found.opened),
            teams_acting=len(found.acting & found.opened),
            findings=found.findings,
            acted=found.acted,
        )


_SEVERITIES = {severity.word: -severity for severity in Severity}


def _largest(
    conn: Connection, viewer: Viewer, by: By, ids: Collection[int], sizes: Mapping[int, int]
) -> tuple[list[Group], int]:  # fmt: skip
    """The rows to tell, and how many more there are: severities from the worst on, anything else by size."""
    wanted = sorted(ids, key=lambda id_: (-sizes.get(id_, 0), id_))
    some = wanted[: 4 * MOST] if by is By.RULE else wanted
    every = groups.groups(conn, viewer.visibility, by, some)
    every = tuple(sorted(every, key=lambda group: (-sum(sizes.get(id_, 0) for id_ in group.ids), group.title)))
    if by is By.SEVERITY:
        every = tuple(sorted(every, key=lambda group: _SEVERITIES[group.key]))
    told = list(every[:MOST])
    rest = len(set(ids) - {id_ for group in told for id_ in group.ids}) if by is By.RULE else len(every) - len(told)
    return told, rest


def _text(query: Query) -> str:
    return " ".join(map(str, query.terms))


def _key(conn: Connection, viewer: Viewer, now: Instant, *question: object) -> tuple[object, ...]:
    """An answer holds for a day while nothing changes."""
    return (revision(conn), viewer.key, viewer.visibility, viewer.owners, now // DAY, *question)
