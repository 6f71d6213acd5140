"""What was done about findings here and in tickets, with the ages at which it was, for `domain.remediation.channels`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, and_, case, cast, func, literal, null, or_, select

from callboard.domain.access import Visibility
from callboard.domain.finding import State
from callboard.domain.instant import DAY
from callboard.domain.query import Query
from callboard.domain.remediation import Period
from callboard.domain.remediation.channels import LANDMARK, Seen, Stratum
from callboard.store import schema
from callboard.store.board.shelf import read
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.remediation.acting import first_acts
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
    counts: Counter[tuple[Any, ...]] = Counter()
    bulk = Counter(counted(conn, _coded(opened, period)))
    for (
        code,
        severity,
        source,
        holding,
        first,
        stored,
        ended,
        is_fixed,
        linked_at,
        made_at,
        acted_at,
    ) in _done(conn, _rows(opened, period)):
        # A ticket that is older than the finding has it since it was added to it.
        ticket_at = made_at if made_at is not None and made_at >= first else linked_at
        if code & _BACK or (code & _TICKETS and ticket_at is None):
            continue
        bulk[code] -= 1
        key = (
            severity, source, holding, max(0, stored - first) // DAY, _age(acted_at, first), _age(ticket_at, first),
            (min(period.end, ended or period.end) - first) // DAY, is_fixed,
            ticket_at is not None and acted_at is not None and ticket_at < acted_at,
        )  # fmt: skip
        counts[key] += 1
    return Channelled(
        (*_seen(counts, homes), *_untouched(bulk)),
        untimed=sum(n for code, n in bulk.items() if code & _TICKETS and not code & _BACK),
        came_back=sum(n for code, n in bulk.items() if code & _BACK),
    )


def _untouched(bulk: Mapping[int, int]) -> Iterator[Seen]:
    """Of these only matters how many there were by the landmark, and how many were fixed: they are in no arm."""
    nothing = Stratum(0, 0, is_owned=False)
    for code, n in bulk.items():
        if n and code & _WATCHED and not code & (_TICKETS | _BACK):
            entered = LANDMARK + 1 if code & _LATE else 0
            left = max(entered, LANDMARK if code & _REACHED else 0)
            yield Seen(nothing, "", entered, None, None, left, bool(code & _FIXED), n)


def _done(conn: Connection, found: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Findings on which somebody acted or that have a ticket, each once."""
    link, ticket = schema.ticket_finding.c, schema.ticket.c
    linked: Any = read(
        conn,
        select(link.finding_id, func.min(link.at), func.min(ticket.opened_at))
        .join_from(schema.ticket_finding, schema.ticket, ticket.id == link.ticket_id)
        .group_by(link.finding_id),
        {},
    )
    tickets = {id_: (at, made) for id_, at, made in linked}
    for *row, id_, acted_at in first_acts(conn, found.add_columns(f.id)):
        yield (*row, *tickets.pop(id_, (None, None)), acted_at)
    if tickets:
        rows: Any = read(conn, found.add_columns(f.id).where(f.id.in_(select(link.finding_id))), {})
        for *row, id_ in rows:
            if id_ in tickets:
                yield (*row, *tickets[id_], None)


def _seen(counts: Counter[tuple[Any, ...]], homes: scopes.Homes) -> Iterator[Seen]:
    for key, n in counts.items():
        severity, source, holding, entered, acted, ticketed, left, is_fixed, ticket_first = key
        owners = sorted({owner for _, owner in homes.get(holding, ()) if owner is not None})
        if entered <= left:
            yield Seen(
                Stratum(severity, source, bool(owners)), " ".join(owners), entered, acted, ticketed, left, bool(is_fixed),
                n, ticket_first,
            )  # fmt: skip


def _age(at: int | None, first: int) -> int | None:
    return None if at is None else max(0, at - first) // DAY


def _ended() -> Any:  # noqa: ANN401
    """What was set aside by people here leaves the watch with their decision; a snooze does not end it."""
    aside = and_(f.beneath.is_not(None), f.state != int(State.SNOOZED))
    return case((aside, d.at), (f.beneath.is_not(None), null()), (f.closed == 1, f.fixed_at), else_=null())


def _code(period: Period) -> ColumnElement[int]:
    end, first = literal(period.end, BigInteger), f.first_detected_at
    ended, is_fixed = _ended(), _is_fixed(period)
    left = case((ended < end, ended), else_=end) - first
    entered = case((f.imported_at > first, f.imported_at - first), else_=0)
    return (
        case((entered >= (LANDMARK + 1) * DAY, _LATE), else_=0)
        + case((left >= LANDMARK * DAY, _REACHED), else_=0)
        + is_fixed * _FIXED
        + case((entered // DAY <= left // DAY, _WATCHED), else_=0)
        + case((f.tickets > 0, _TICKETS), else_=0)
        + case((f.reopened > 0, _BACK), else_=0)
    )


def _is_fixed(period: Period) -> ColumnElement[int]:
    return case((and_(f.state == int(State.FIXED), f.fixed_at < literal(period.end, BigInteger)), 1), else_=0)


def _coded(opened: Any, period: Period) -> Select[Any]:  # noqa: ANN401
    return _watched(select(_code(period).label("code")), opened)


def _rows(opened: Any, period: Period) -> Select[Any]:  # noqa: ANN401
    return _watched(
        select(
            _code(period), f.severity, f.source_id, f.holding_id, f.first_detected_at, f.imported_at,
            cast(_ended(), BigInteger), _is_fixed(period),
        ),
        opened,
    )  # fmt: skip


def _watched(found: Select[Any], opened: Any) -> Select[Any]:  # noqa: ANN401
    ended = _ended()
    return found.select_from(schema.finding.outerjoin(schema.decision, d.id == f.decision_id)).where(
        opened,
        or_(ended.is_(None), ended - f.first_detected_at >= DAY),
        or_(f.closed == 0, f.beneath.is_not(None), f.fixed_at.is_not(None)),
    )
