"""Tickets as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.domain.instant import Instant, to_text
from callboard.domain.query import OneOf, Query
from callboard.domain.remediation.ticket import LinkedTicket, Place
from callboard.usecases.remediation.file_ticket import Filed
from callboard.web import links
from callboard.web.wire import tickets as wire_tickets


def ticket(value: LinkedTicket) -> wire_tickets.FiledTicket:
    """One ticket."""
    return wire_tickets.FiledTicket(
        id=value.id, tracker=value.tracker, key=value.key or None, url=links.safe_link(value.url), state=value.state.word,
        status=value.status or None, opened_at=_date(value.opened_at), closed_at=_date(value.closed_at),
        read_at=_date(value.read_at), problem=value.error,
    )  # fmt: skip


def done(value: Filed) -> wire_tickets.TicketDone:
    """What came of asking for one."""
    return wire_tickets.TicketDone(ticket=ticket(value.ticket), findings=value.findings, is_new=value.is_new)


def tickets(
    found: Sequence[tuple[LinkedTicket, int]], places: Sequence[Place], *, limit: int
) -> wire_tickets.Tickets:  # fmt: skip
    """A list of them."""
    return wire_tickets.Tickets(
        tickets=[
            wire_tickets.TicketOfFindings(ticket=ticket(each), findings=count, query=query(each))
            for each, count in found
        ],
        trackers=[wire_tickets.TrackerName(name=each.name, kind=each.kind, project=each.project) for each in places],
        before=found[-1][0].id if len(found) == limit else None,
    )


def query(value: LinkedTicket) -> str:
    """What lists the findings of a ticket: by its number here, since two trackers may have the same key."""
    return Query((OneOf("ticket", (str(value.id),)),)).canonical


def _date(at: Instant | None) -> str | None:
    return None if at is None else to_text(at)
