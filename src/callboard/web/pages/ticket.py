"""A ticket for a piece of work: have one made, or link one that is there. Opens as a page, and in place where a script runs."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.params import RawBody
from litestar.response import Response

from callboard.domain.board import FindingRow
from callboard.domain.query import Query
from callboard.domain.remediation.ticket import LinkedTicket, Place
from callboard.usecases import ask, browse
from callboard.usecases.remediation import file_ticket
from callboard.web import forms, links, render, words
from callboard.web.api import tickets as api
from callboard.web.params import board as params
from callboard.web.view import View, Viewing
from callboard.web.wire.tickets import TicketDraft

SHOWN = 5
_FIELDS = ("id", "q", "bundle", "tracker", "ticket", "unlink")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a ticket would be about."""

    about: str
    rows: tuple[FindingRow, ...]
    total: int
    url: str
    hidden: tuple[tuple[str, str], ...]
    """Fields that every form sends."""
    places: tuple[Place, ...]
    first: str
    """The tracker that is chosen at first."""
    filed: tuple[LinkedTicket, ...]
    """Those that one of the rows has."""
    finding: int | None
    back: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What was done just now."""

    told: str
    ticket: LinkedTicket | None
    back: str


def show(view: Viewing) -> Response[str]:
    """The forms, for the finding `id`, the bundle `bundle` or the query `q`."""
    asked = params.deciding(view.query)
    if asked.finding is not None:
        title = browse.finding(view.store, view.visibility, asked.finding, now=view.now).row.title
        query, hidden = api.work_of(view, asked.finding), (("id", str(asked.finding)),)
        back = links.finding(asked.finding)
    else:
        query = api.asked(None, asked.bundle, asked.q)
        hidden = (("bundle", asked.bundle),) if asked.bundle is not None else (("q", query.canonical),)
        title, back = "", links.query(query)
    return render.answer(
        "ticket.html", title="Ticket", here="findings", now=view.now, t=_asked(view, query, hidden, title, back)
    )


def _asked(view: View, query: Query, hidden: tuple[tuple[str, str], ...], title: str, back: str) -> Asked:
    page = ask.list_findings(view.store, view.viewer, query, now=view.now, limit=SHOWN)
    places = view.services.trackers
    first = file_ticket.place_for(places, None, view.viewer.owners or ()).name if places else ""
    filed = {each.id: each for row in page.rows for each in row.filed}
    number = next((int(value) for name, value in hidden if name == "id"), None)
    return Asked(
        about=title or (page.rows[0].title if page.rows else "Nothing"), rows=page.rows, total=page.total,
        url=links.query(query), hidden=hidden, places=places, first=first, filed=tuple(filed.values()), finding=number,
        back=back,
    )  # fmt: skip


def file(view: Viewing, body: RawBody) -> Response[str]:
    """Have one made, link one, or say that there is none any more."""
    params.nothing(view.query)
    fields = forms.read(body, _FIELDS)
    finding = params.finding_id(fields["id"]) if fields["id"] else None
    back = links.finding(finding) if finding is not None else "/findings"
    ticket: LinkedTicket | None = None
    if fields["unlink"]:
        query = api.asked(finding, None, fields["q"] or None)
        number = params.finding_id(fields["unlink"])
        count = file_ticket.unlink_ticket(view.store, view.viewer, number, query, clock=view.services.clock)
        told = f"{words.count(count, 'finding')} without this ticket now."
    else:
        draft = TicketDraft(
            finding=finding, bundle=fields["bundle"] or None, q=fields["q"] or None, tracker=fields["tracker"] or None,
            ticket=fields["ticket"] or None,
        )  # fmt: skip
        done = api.filed(view, draft)
        ticket = done.ticket
        verb = "has" if done.findings == 1 else "have"
        what = f"the ticket {ticket.key}" if ticket.key else f"a ticket, which is being made in {ticket.tracker}"
        told = f"{words.count(done.findings, 'more finding' if not done.is_new else 'finding')} {verb} {what}."
    return render.answer(
        "filed.html", title="Ticket", here="findings", now=view.now, s=Outcome(told=told, ticket=ticket, back=back)
    )
