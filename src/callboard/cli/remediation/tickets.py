"""`callboard tickets …`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.asking import Asking, query_words
from callboard.cli.door import NUMBER, Door, answers, examples
from callboard.cli.errors import DONE, FAILED, end

if TYPE_CHECKING:
    from callboard.domain.query import Query
    from callboard.domain.remediation.ticket import LinkedTicket
    from callboard.usecases.remediation.file_ticket import Filed
    from callboard.wiring.services import Services


@explained.group(
    epilog=examples(
        "callboard tickets create is:open bundle:package:log4j-core",
        "callboard tickets link PAY-12 id:4711",
        "callboard tickets list",
    ),
)
def tickets() -> None:
    """Tickets of findings in Jira or GitHub: one for each piece of work."""


@tickets.command("list", epilog=examples("callboard tickets list", "callboard tickets list --json"))
@answers
@click.pass_obj
def list_tickets(door: Door, /, *, as_json: bool) -> None:
    """List the newest 100 tickets that were made or linked here, with where they stand."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import file_ticket
    from callboard.web import words
    from callboard.web.to_wire import tickets as to_wire_tickets
    from callboard.wiring.messages import ticket_places

    with door.services() as services:
        now = services.clock.now()
        found = file_ticket.list_tickets(services.store, AT_THE_LAPTOP)
        places = ticket_places(services.config)
    if as_json:
        output.document(to_wire_tickets.tickets(found, places, limit=100))
        return
    if not found:
        output.say("There are no tickets. `callboard tickets create QUERY` has one made.")
        return
    rows = [
        (
            each.id, each.tracker, each.key or None, each.told, count, each.url,
            words.ago(each.read_at, now) if each.read_at is not None else None, each.error,
        )
        for each, count in found
    ]  # fmt: skip
    columns = ("No.", "Tracker", "Ticket", "Stands", "Findings", "Page", "Read", "Problem")
    output.show(output.table(columns, rows, right=("No.", "Findings")))


@tickets.command(
    cls=Asking,
    epilog=examples(
        "callboard tickets create id:4711",
        "callboard tickets create bundle:package:log4j-core owner:payments --in jira",
    ),
)
@query_words
@click.option("--in", "tracker", metavar="NAME", help="The tracker to make it in; else the first.")
@answers
@click.pass_obj
def create(door: Door, /, *, words: tuple[str, ...], tracker: str | None, as_json: bool) -> None:
    """Have a ticket made for the open findings of a query, which are one piece of work. There is never a second one for it."""
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import file_ticket
    from callboard.wiring.messages import ticket_places

    door.log()
    query = _query(words)
    with door.services() as services:
        place = file_ticket.place_for(ticket_places(services.config), tracker, ())
        filed = file_ticket.file_ticket(services.store, AT_THE_LAPTOP, query, place, clock=services.clock)
        ticket = _asked(services, filed.ticket)
    _tell(filed, ticket, as_json=as_json)


@tickets.command(cls=Asking, epilog=examples("callboard tickets link PAY-12 id:4711"))
@click.argument("ticket")
@query_words
@answers
@click.pass_obj
def link(door: Door, /, *, ticket: str, words: tuple[str, ...], as_json: bool) -> None:
    """Say that the findings of a query have a ticket that is there; name it by its key or the address of its page."""
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import file_ticket
    from callboard.wiring.messages import ticket_places

    door.log()
    query = _query(words)
    with door.services() as services:
        places = ticket_places(services.config)
        filed = file_ticket.link_ticket(services.store, AT_THE_LAPTOP, query, ticket, places, clock=services.clock)
        now = _asked(services, filed.ticket)
    _tell(filed, now, as_json=as_json)


@tickets.command(cls=Asking, epilog=examples("callboard tickets unlink 3 id:4711"))
@click.argument("number", type=NUMBER)
@query_words
@answers
@click.pass_obj
def unlink(door: Door, /, *, number: int, words: tuple[str, ...], as_json: bool) -> None:
    """Say that the findings of a query have a ticket no more; NUMBER is that of `callboard tickets list`."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import file_ticket
    from callboard.web import words as said

    query = _query(words)
    with door.services() as services:
        count = file_ticket.unlink_ticket(services.store, AT_THE_LAPTOP, number, query, clock=services.clock)
    if as_json:
        output.document({"findings": count})
    else:
        output.line(f"{said.count(count, 'finding')} without it now.")


@tickets.command(epilog=examples("callboard tickets read", "callboard tickets read --json"))
@answers
@click.pass_obj
def read(door: Door, /, *, as_json: bool) -> None:
    """Make tickets that wait and read back where the others stand, as `callboard serve` does by itself."""
    from callboard.cli import output
    from callboard.worker import sending

    door.log()
    with door.services() as services:
        report = asyncio.run(sending.keep(services))
    if as_json:
        output.document(report)
    else:
        output.line(f"{report.made} made, {report.read} read, {report.failed} failed.")
    end(FAILED if report.failed else DONE)


def _query(words: tuple[str, ...]) -> Query:
    from callboard.domain.query import parse

    if not words:
        raise click.UsageError("The query is missing.")
    return parse(" ".join(words))


def _asked(services: Services, ticket: LinkedTicket) -> LinkedTicket:
    """The ticket once its tracker was asked, if that could be."""
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import file_ticket
    from callboard.worker import sending

    asyncio.run(sending.keep(services, only=ticket.id))
    return file_ticket.one_ticket(services.store, AT_THE_LAPTOP, ticket.id)


def _tell(filed: Filed, ticket: LinkedTicket, *, as_json: bool) -> None:
    import msgspec

    from callboard.cli import output
    from callboard.web import words
    from callboard.web.to_wire import tickets as to_wire_tickets

    if as_json:
        output.document(to_wire_tickets.done(msgspec.structs.replace(filed, ticket=ticket)))
    else:
        output.line(f"{ticket.name}, {ticket.told}: for {words.count(filed.findings, 'more finding')}.")
        if ticket.url:
            output.line(ticket.url)
        if ticket.error:
            output.line(ticket.error)
    end(FAILED if ticket.error else DONE)
