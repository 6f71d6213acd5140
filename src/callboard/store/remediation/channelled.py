"""What was done about findings here and in tickets, with the ages at which it was, for `domain.remediation.channels`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Connection, Select, and_, case, cast, func, literal, null, or_, select

from callboard.domain.access import Visibility
from callboard.domain.finding import State
from callboard.domain.instant import DAY
from callboard.domain.query import Query
from callboard.domain.remediation import Period
from callboard.domain.remediation.channels import Seen, Stratum
from callboard.store import schema
from callboard.store.board.shelf import read
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.remediation.acting import acts

f, d = schema.finding.c, schema.decision.c


class Channelled(msgspec.Struct, frozen=True):
    """Findings that were opened in a period."""

    seen: tuple[Seen, ...]
    untimed: int
    came_back: int


def channelled(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, period: Period
) -> Channelled:  # fmt: skip
    """All of them in sight that a query asks for. Of a ticket the tracker's own date counts, else when it was linked here."""
    within = scopes.of_query(conn, visibility, query, asking, many=True)
    opened = and_(f.first_detected_at + 0 >= period.start, f.first_detected_at + 0 < period.end, within)
    homes = scopes.homes(conn, visibility)
    counts: Counter[tuple[Any, ...]] = Counter()
    untimed = came_back = 0
    rows: Any = read(conn, _rows(opened, period), {})
    for (
        severity,
        source,
        holding,
        first,
        stored,
        ended,
        is_fixed,
        acted_at,
        linked_at,
        made_at,
        tickets,
        reopened,
    ) in rows:
        # A ticket that is older than the finding has it since it was added to it.
        ticket_at = made_at if made_at is not None and made_at >= first else linked_at
        if reopened:
            came_back += 1
        elif tickets and ticket_at is None:
            untimed += 1
        else:
            key = (
                severity, source, holding, max(0, stored - first) // DAY, _age(acted_at, first), _age(ticket_at, first),
                (min(period.end, ended or period.end) - first) // DAY, is_fixed,
                ticket_at is not None and acted_at is not None and ticket_at < acted_at,
            )  # fmt: skip
            counts[key] += 1
    return Channelled(tuple(_seen(counts, homes)), untimed, came_back)


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


def _rows(opened: Any, period: Period) -> Select[Any]:  # noqa: ANN401
    every = acts().subquery("acts")
    first = select(every.c.finding_id, func.min(every.c.at).label("at")).group_by(every.c.finding_id).subquery("first")
    link, ticket = schema.ticket_finding.c, schema.ticket.c
    linked = (
        select(link.finding_id, func.min(link.at).label("at"), func.min(ticket.opened_at).label("made"))
        .join_from(schema.ticket_finding, schema.ticket, ticket.id == link.ticket_id)
        .group_by(link.finding_id)
        .subquery("linked")
    )
    end = literal(period.end, BigInteger)
    # What was set aside by people here leaves the watch with their decision; a snooze does not end it.
    aside = and_(f.beneath.is_not(None), f.state != int(State.SNOOZED))
    ended = case((aside, d.at), (f.beneath.is_not(None), null()), (f.closed == 1, f.fixed_at), else_=null())
    is_fixed = case((and_(f.state == int(State.FIXED), f.fixed_at < end), 1), else_=0)
    return (
        select(
            f.severity, f.source_id, f.holding_id, f.first_detected_at, f.imported_at, cast(ended, BigInteger), is_fixed,
            first.c.at, linked.c.at, linked.c.made, f.tickets, f.reopened,
        )
        .select_from(
            schema.finding.outerjoin(first, first.c.finding_id == f.id)
            .outerjoin(linked, linked.c.finding_id == f.id)
            .outerjoin(schema.decision, d.id == f.decision_id)
        )
        .where(
            opened,
            or_(ended.is_(None), ended - f.first_detected_at >= DAY),
            or_(f.closed == 0, f.beneath.is_not(None), f.fixed_at.is_not(None)),
        )
    )  # fmt: skip
