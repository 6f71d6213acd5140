"""What the demo sends: what its teams were told since they have the board, and before it opens a digest, tickets, and two writes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from callboard.demo.company.world import World
    from callboard.domain.component import EntityRef
    from callboard.domain.instant import Instant
    from callboard.wiring.services import Services

SCOPE_LEFT_OUT = "write:issue_comments"
"""What the demo's service account may not do, so that there is something that Wiz refused."""
DAYS_BEFORE = 8
"""A digest is sent once its turn has come, which is a week and a day after a channel was set up at the latest."""


def have_told(services: Services, world: World) -> None:
    """What was sent to the teams of the company's receiver since each of them has the board."""
    from callboard.demo.company.messages import send_the_past
    from callboard.worker import sending

    now = services.clock.now()

    async def send() -> None:
        async with sending.opened(services, services.config.channels) as ways:
            for way in ways.values():
                await send_the_past(
                    services.store, way.channel, world.organisation, _since(world, way.route.teams), now=now
                )  # fmt: skip

    asyncio.run(send())


def _since(world: World, teams: tuple[EntityRef, ...]) -> dict[EntityRef, Instant]:
    """When each was given the board. Nobody knows: it was always there."""
    from callboard.domain.instant import Instant

    starts = {} if world.rollout is None else world.rollout.starts
    return {team: starts.get(team) or Instant(0) for team in teams}


def send_all(services: Services) -> None:
    """Have it asked for and sent by the roads of every board."""
    _ask_for_tickets(services)
    _say_two_things(services)
    _set_the_turn(services)
    asyncio.run(_send(services))


def _ask_for_tickets(services: Services) -> None:
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.query import OPEN, OneOf, Query, parse
    from callboard.usecases import ask
    from callboard.usecases.remediation import file_ticket
    from callboard.wiring.messages import ticket_places

    store, clock = services.store, services.clock
    place = file_ticket.place_for(ticket_places(services.config), None, ())
    planted = ask.list_findings(
        store, AT_THE_LAPTOP, parse("is:open kind:malicious-package"), now=clock.now(), limit=200
    )
    for bundle in dict.fromkeys(row.bundle for row in planted.rows):
        file_ticket.file_ticket(store, AT_THE_LAPTOP, Query((OPEN, OneOf("bundle", (bundle,)))), place, clock=clock)


def _say_two_things(services: Services) -> None:
    """About the first issue that nobody has said anything about: taken, which Wiz takes, and a comment, which it refuses."""
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.decision import DecisionKind, Draft
    from callboard.domain.query import parse
    from callboard.usecases import ask
    from callboard.usecases.remediation.decide import Target, decide

    store, clock = services.store, services.clock
    rows = ask.list_findings(store, AT_THE_LAPTOP, parse("is:open kind:issue"), now=clock.now(), limit=200).rows
    row = next((each for each in rows if each.taken_by is None), None)
    if row is None:
        return
    for draft in (Draft(kind=DecisionKind.TAKE), Draft(kind=DecisionKind.COMMENT, note="Asked the vendor.")):
        decide(store, AT_THE_LAPTOP, draft, Target(findings=(row.id,)), clock=clock)


def _set_the_turn(services: Services) -> None:
    """The channel was set up a while ago, so that its first digest is due."""
    from callboard.demo.company.decisions import Moment
    from callboard.domain.instant import DAY, Instant
    from callboard.usecases.remediation.tell import tell

    routes = [section.settings().route for section in services.config.channels]
    tell(services.store, routes, clock=Moment(Instant(services.clock.now() - DAYS_BEFORE * DAY)))


async def _send(services: Services) -> None:
    from callboard.usecases.remediation.write_back import write_back
    from callboard.wiring.sources import open_source
    from callboard.worker import sending

    await sending.keep(services)
    await sending.send(services)
    for section in services.config.sources:
        async with open_source(section) as opened:
            if opened.writer is not None:
                await write_back(services.store, section.name, opened.writer, clock=services.clock)
