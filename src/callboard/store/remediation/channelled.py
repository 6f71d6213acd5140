"""What was done about findings here and in tickets, with the ages at which it was, for `domain.remediation.channels`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, case, func, literal, null, or_, select

from callboard.domain.access import Visibility
from callboard.domain.finding import State
from callboard.domain.instant import DAY
from callboard.domain.query import Query
from callboard.domain.remediation.channels import LANDMARK, Seen, Stratum
from callboard.domain.remediation.question import Period
from callboard.store import schema
from callboard.store.board.shelf import read
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.remediation.acting import acts_since, first_acts
from callboard.store.remediation.lifetimes import counted

f, d = schema.finding.c, schema.decision.c


class Channelled(msgspec.Struct, frozen=True):
    """Findings that were opened in a period."""

    seen: tuple[Seen, ...]
    untimed: int
    came_back: int


_LATE, _REACHED, _FIXED, _WATCHED, _TICKETS, _BACK = (1 << bit for bit in range(6))
"""What is told of findings with which nothing was done: first stored too late for the landmark, watched up to it, …"""


def channelled(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, period: Period
) -> Channelled:  # fmt: skip
    """All of them in sight that a query asks for. Of a ticket the tracker's own date counts, else when it was linked here.

    With most of them nothing was done: those are counted together, as if with none, and those with which something was, anew.
    """
    within = scopes.of_query(conn, visibility, query, asking, many=True)
    opened = and_(f.first_detected_at + 0 >= period.start, f.first_detected_at + 0 < period.end, within)
    homes = scopes.homes(conn, visibility)
    bulk = Counter(counted(conn, _coded(opened, period)))
    done = _acted(conn, opened, period)
    done.update(_linked(conn, opened, period))
    for key, n in done.items():
        bulk[key[0]] -= n
    return Channelled(
        (*_seen(done, homes), *_untouched(bulk)),
        untimed=sum(n for code, n in bulk.items() if code & _TICKETS and not code & _BACK),
        came_back=sum(n for code, n in bulk.items() if code & _BACK),
    )


_Key = tuple[Any, ...]
"""What is told of findings with which something was done: `_code`'s number, and what a `Seen` holds, with the holding in place of
a team."""


def _acted(conn: Connection, opened: Any, period: Period) -> Counter[_Key]:  # noqa: ANN401
    """Findings on which somebody acted before they were closed, and that have no ticket.

    Told by the database, so that only counting is left. Who acts on what is closed already, acts on nothing.
    """
    first = f.first_detected_at
    linked = select(schema.ticket_finding.c.finding_id)
    found: Counter[_Key] = Counter()
    for acts in first_acts():
        acted = case((acts.c.at > first, (acts.c.at - first) // DAY), else_=0)
        rows = _watched(
            select(
                _code(period), f.severity, f.source_id, f.holding_id, _entered() // DAY, acted, null(),
                _left(period) // DAY, _is_fixed(period), literal(0),
            ),
            opened,
        ).join(acts, acts.c.finding_id == f.id)  # fmt: skip
        in_time = rows.where(acted <= _left(period) // DAY, f.id.not_in(linked), *_TIMELY)
        found.update(map(tuple, read(conn, in_time, {})))
    return found


_TIMELY = (f.reopened + 0 == 0, f.tickets == 0)
"""A ticket may be of another time that a finding was open, and of one that is not linked nobody tells when it was made."""


def _linked(conn: Connection, opened: Any, period: Period) -> Counter[_Key]:  # noqa: ANN401
    """The same of findings with a ticket that is linked, whether somebody acted on them or not."""
    link, ticket = schema.ticket_finding.c, schema.ticket.c
    links = (
        select(link.finding_id, func.min(link.at).label("at"), func.min(ticket.opened_at).label("made"))
        .join_from(schema.ticket_finding, schema.ticket, ticket.id == link.ticket_id)
        .group_by(link.finding_id)
        .subquery("links")
    )
    first = f.first_detected_at
    rows = _watched(
        select(
            _code(period), f.severity, f.source_id, f.holding_id, _entered() // DAY, _left(period) // DAY,
            _is_fixed(period), first, links.c.at, links.c.made,
        ),
        opened,
    ).join(links, links.c.finding_id == f.id)  # fmt: skip
    found: Counter[_Key] = Counter()
    for row, acted_at in acts_since(conn, rows.where(f.reopened + 0 == 0), literal(0, BigInteger)):
        code, severity, source, holding, entered, left, is_fixed, opened_at, linked_at, made_at = row
        # A ticket that is older than the finding has it since it was added to it.
        ticket_at = made_at if made_at is not None and made_at >= opened_at else linked_at
        if code & _TICKETS and ticket_at is None:
            continue
        acted, ticketed = _age(acted_at, opened_at), _age(ticket_at, opened_at)
        is_first = ticket_at is not None and acted_at is not None and ticket_at < acted_at
        found[code, severity, source, holding, entered, acted, ticketed, left, is_fixed, is_first] += 1
    return found


def _untouched(bulk: Mapping[int, int]) -> Iterator[Seen]:
    """Of these only matters how many there were by the landmark, and how many were fixed: they are in no arm."""
    nothing = Stratum(0, 0, is_owned=False)
    for code, n in bulk.items():
        if n and code & _WATCHED and not code & (_TICKETS | _BACK):
            entered = LANDMARK + 1 if code & _LATE else 0
            left = max(entered, LANDMARK if code & _REACHED else 0)
            yield Seen(nothing, "", entered, None, None, left, bool(code & _FIXED), n)


def _seen(counts: Counter[tuple[Any, ...]], homes: scopes.Homes) -> Iterator[Seen]:
    known: dict[int, str] = {}
    for key, n in counts.items():
        _, severity, source, holding, entered, acted, ticketed, left, is_fixed, ticket_first = key
        team = known.get(holding)
        if team is None:
            team = known[holding] = " ".join(
                sorted({owner for _, owner in homes.get(holding, ()) if owner is not None})
            )
        if entered <= left:
            yield Seen(
                Stratum(severity, source, bool(team)),
                team,
                entered,
                acted,
                ticketed,
                left,
                bool(is_fixed),
                n,
                bool(ticket_first),
            )


def _age(at: int | None, first: int) -> int | None:
    return None if at is None else max(0, at - first) // DAY


def _ended() -> Any:  # noqa: ANN401
    """What was set aside by people here leaves the watch with their decision; a snooze does not end it."""
    aside = and_(f.beneath.is_not(None), f.state != int(State.SNOOZED))
    return case((aside, d.at), (f.beneath.is_not(None), null()), (f.closed == 1, f.fixed_at), else_=null())


def _code(period: Period) -> ColumnElement[int]:
    entered, left, is_fixed = _entered(), _left(period), _is_fixed(period)
    return (
        case((entered >= (LANDMARK + 1) * DAY, _LATE), else_=0)
        + case((left >= LANDMARK * DAY, _REACHED), else_=0)
        + is_fixed * _FIXED
        + case((entered // DAY <= left // DAY, _WATCHED), else_=0)
        + case((f.tickets > 0, _TICKETS), else_=0)
        + case((f.reopened > 0, _BACK), else_=0)
    )


def _entered() -> ColumnElement[int]:
    """Its age when it was first stored here."""
    return case((f.imported_at > f.first_detected_at, f.imported_at - f.first_detected_at), else_=0)


def _left(period: Period) -> ColumnElement[int]:
    """Its age when it ended, or the period did."""
    ended, end = _ended(), literal(period.end, BigInteger)
    age: ColumnElement[int] = case((ended < end, ended), else_=end) - f.first_detected_at
    return age


def _is_fixed(period: Period) -> ColumnElement[int]:
    return case((and_(f.state == int(State.FIXED), f.fixed_at < literal(period.end, BigInteger)), 1), else_=0)


def _coded(opened: Any, period: Period) -> Select[Any]:  # noqa: ANN401
    return _watched(select(_code(period).label("code")), opened)


def _watched(found: Select[Any], opened: Any) -> Select[Any]:  # noqa: ANN401
    ended = _ended()
    return found.select_from(schema.finding.outerjoin(schema.decision, d.id == f.decision_id)).where(
        opened,
        or_(ended.is_(None), ended - f.first_detected_at >= DAY),
        or_(f.closed == 0, f.beneath.is_not(None), f.fixed_at.is_not(None)),
    )
