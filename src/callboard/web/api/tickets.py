"""`/api/v1/tickets`: tickets of findings; have one made, or say that there is one."""

from __future__ import annotations

import asyncio

from litestar.params import FromPath, RawBody
from litestar.response import Response

from callboard.domain.query import OPEN, OneOf, Query, parse
from callboard.errors import InvalidQueryError
from callboard.usecases import browse
from callboard.usecases.remediation import file_ticket
from callboard.web import answers
from callboard.web.api.ownership import read_body
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.to_wire import tickets as to_wire_tickets
from callboard.web.view import View, Viewing
from callboard.web.wire import tickets as wire_tickets

LISTED = 100


async def list_some(view: Viewing) -> Response[bytes]:
    """Tickets about something in sight, newest first."""
    before = params.one(view.query, "before")
    after = 0 if before is None else params.finding_id(before)
    # Two handlers of one address cannot both be put into a thread by the framework.
    listed = await asyncio.to_thread(file_ticket.list_tickets, view.store, view.viewer, after=after, limit=LISTED)
    return answers.json(to_wire_tickets.tickets(listed, view.services.trackers, limit=LISTED))


def file(view: Viewing, request: WebRequest, body: RawBody) -> Response[bytes]:
    """Have one made, or link one that is there."""
    params.nothing(view.query)
    params.is_json(request.headers.get("content-type"))
    return answers.json(to_wire_tickets.done(filed(view, read_body(body, wire_tickets.TicketDraft))))


def unlink(view: Viewing, request: WebRequest, ticket_id: FromPath[str], body: RawBody) -> Response[bytes]:
    """Say that findings have it no more."""
    params.nothing(view.query)
    params.is_json(request.headers.get("content-type"))
    draft = read_body(body, wire_tickets.UnlinkDraft)
    query = asked(draft.finding, None, draft.q)
    count = file_ticket.unlink_ticket(
        view.store, view.viewer, params.finding_id(ticket_id), query, clock=view.services.clock
    )  # fmt: skip
    return answers.json(wire_tickets.Unlinked(findings=count))


def filed(view: View, draft: wire_tickets.TicketDraft) -> file_ticket.Filed:
    """The one way from a door to the use cases. What is to be done at the tracker is done soon after."""
    query, clock, places = asked(draft.finding, draft.bundle, draft.q), view.services.clock, view.services.trackers
    if draft.ticket is not None:
        done = file_ticket.link_ticket(view.store, view.viewer, query, draft.ticket, places, clock=clock)
    else:
        if draft.finding is not None:
            query = work_of(view, draft.finding)
        place = file_ticket.place_for(places, draft.tracker, view.viewer.owners or ())
        done = file_ticket.file_ticket(view.store, view.viewer, query, place, clock=clock)
    view.services.wake()
    return done


def asked(finding: int | None, bundle: str | None, q: str | None) -> Query:
    """The query that lists what is meant. Raises InvalidQueryError unless it is said in just one way."""
    if [finding, bundle, q].count(None) != 2:
        raise InvalidQueryError("Name a finding, a bundle or a query: one of these.", field="q")
    if finding is not None:
        return file_ticket.of_finding(finding)
    return Query((OPEN, OneOf("bundle", (bundle,)))) if bundle is not None else parse(q or "")


def work_of(view: View, finding: int) -> Query:
    """The whole piece of work that a finding belongs to. Raises NotFoundError."""
    page = browse.finding(view.store, view.visibility, finding, now=view.now)
    return Query((OPEN, OneOf("bundle", (page.row.bundle,))))
