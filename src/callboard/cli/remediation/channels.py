"""`callboard channels …`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.errors import DONE, FAILED, end

if TYPE_CHECKING:
    from callboard.config import Config, Section
    from callboard.domain.component import EntityRef
    from callboard.usecases.remediation.deliver import Delivered
    from callboard.wiring.services import Services


@explained.group(
    epilog=examples("callboard channels list", "callboard channels preview slack", "callboard channels test slack"),
)
def channels() -> None:
    """Messages that go out to teams: weekly digests, and what cannot wait."""


@channels.command("list", epilog=examples("callboard channels list", "callboard channels list --json"))
@answers
@click.pass_obj
def list_channels(door: Door, /, *, as_json: bool) -> None:
    """List the channels, whose messages go there, and how they fare."""
    from callboard.cli import output
    from callboard.usecases.remediation import tell
    from callboard.web import words

    with door.services() as services:
        now = services.clock.now()
        standing = {each.channel: each for each in tell.standing(services.store)}
        rows = [(section, _words_of(section), standing.get(section.name)) for section in services.config.channels]
    if as_json:
        output.document({"channels": [_told(section, teams, kept) for section, teams, kept in rows]})
        return
    if not rows:
        output.say("There are no channels. Each is a [[channel]] in callboard.toml.")
        return
    table = [
        (
            section.name, section.kind, teams, *((kept.waiting, kept.sent, kept.dead) if kept else (0, 0, 0)),
            words.ago(kept.last_sent_at, now) if kept and kept.last_sent_at else None, kept.error if kept else None,
        )
        for section, teams, kept in rows
    ]  # fmt: skip
    columns = ("Name", "Kind", "Teams", "Waiting", "Sent", "Failed", "Last sent", "Last error")
    output.show(output.table(columns, table, right=("Waiting", "Sent", "Failed")))


@channels.command(
    epilog=examples("callboard channels preview slack", "callboard channels preview email --team payments --days 14")
)
@click.argument("name")
@click.option("--team", metavar="REF", help="Whose message; else of the channel's first team.")
@click.option("--at-once", is_flag=True, help="What would be told at once, instead of the digest.")
@click.option("--days", type=click.IntRange(1, 90), default=7, show_default=True, help="How far back a digest looks.")
@answers
@click.pass_obj
def preview(door: Door, /, *, name: str, team: str | None, at_once: bool, days: int, as_json: bool) -> None:
    """Show what a message would say now. Nothing is sent."""
    from callboard.cli import output

    with door.services() as services:
        section = _section(services.config, name)
        ref, text = asyncio.run(_preview(services, section, team, at_once=at_once, days=days))
    if as_json:
        output.document({"channel": name, "team": ref, "message": text})
    elif text is None:
        output.say(f"There is nothing to tell {ref}, so that nothing would be sent.")
    else:
        output.line(text)


@channels.command(epilog=examples("callboard channels test slack", "callboard channels test email --team payments"))
@click.argument("name")
@click.option("--team", metavar="REF", help="In whose name; else of the channel's first team.")
@answers
@click.pass_obj
def test(door: Door, /, *, name: str, team: str | None, as_json: bool) -> None:
    """Send a test message to every address of a channel, and say whether it arrived."""
    from callboard.cli import output

    door.log()
    with door.services() as services:
        section = _section(services.config, name)
        report = asyncio.run(_test(services, section, team))
    if as_json:
        output.document(report)
    else:
        output.line(f"{report.sent} sent, {report.failed + report.dead} not delivered.")
    end(DONE if not report.failed + report.dead else FAILED)


@channels.command(epilog=examples("callboard channels send", "callboard channels send slack --again"))
@click.argument("names", nargs=-1)
@click.option("--again", is_flag=True, help="Try anew what could not be delivered.")
@answers
@click.pass_obj
def send(door: Door, /, *, names: tuple[str, ...], again: bool, as_json: bool) -> None:
    """Send what is due, as `callboard serve` does by itself."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import tell
    from callboard.worker import sending

    door.log()
    with door.services() as services:
        sections = [_section(services.config, name) for name in names] or list(services.config.channels)
        if again:
            wanted = [section.name for section in sections]
            tell.send_again(services.store, AT_THE_LAPTOP, wanted, clock=services.clock)
        report = asyncio.run(sending.send(services, sections))
    if as_json:
        output.document(report)
    else:
        output.line(f"{report.sent} sent, {report.failed} to be tried again, {report.dead} not delivered.")
    end(DONE if not report.failed + report.dead else FAILED)


@channels.command("subscribe", epilog=examples("callboard channels subscribe email ana@example.com"))
@click.argument("name")
@click.argument("address")
@answers
@click.pass_obj
def subscribe(door: Door, /, *, name: str, address: str, as_json: bool) -> None:
    """Send messages again to somebody who wanted none."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import tell

    with door.services() as services:
        _section(services.config, name)
        changed = tell.come_back(services.store, AT_THE_LAPTOP, name, address, clock=services.clock)
    if as_json:
        output.document({"channel": name, "changed": changed})
    else:
        output.line("Messages go there again." if changed else "Messages went there all the time.")


def _section(config: Config, name: str) -> Section:
    from callboard.config.reader import words
    from callboard.errors import ConfigError

    for section in config.channels:
        if section.name == name:
            return section
    there = words([section.name for section in config.channels])
    raise ConfigError(f"No channel is called {name!r}.", hint=f"There is {there}." if there else None)


def _words_of(section: Section) -> str:
    from callboard.domain.component import short_name
    from callboard.errors import CallboardError

    try:
        route = section.settings().route
    except CallboardError as error:
        return error.message
    return ", ".join(map(short_name, route.teams)) or "every group that owns something"


def _told(section: Section, teams: str, kept: object) -> dict[str, object]:
    return {"name": section.name, "kind": section.kind, "teams": teams, "messages": kept}


def _team(services: Services, section: Section, given: str | None) -> EntityRef:
    """The team meant, which has to be one of the channel's."""
    from callboard.domain.component import entity_ref
    from callboard.usecases.remediation import tell

    there = section.settings().route.teams or tell.teams(services.store)
    if given is None:
        if not there:
            raise click.UsageError("No group owns anything yet; read the catalog first.")
        return there[0]
    try:
        ref = entity_ref(given, kind="group")
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    if ref not in there:
        raise click.UsageError(f"Messages of {ref} do not go to {section.name}.")
    return ref


async def _preview(
    services: Services, section: Section, team: str | None, *, at_once: bool, days: int
) -> tuple[EntityRef, str | None]:
    from callboard.domain.instant import DAY, Instant
    from callboard.domain.remediation.message import Sort
    from callboard.usecases.remediation import tell
    from callboard.wiring.messages import board_address, open_channel

    ref = _team(services, section, team)
    async with open_channel(section, services.clock) as way:
        message = tell.preview(
            services.store, way.route, ref, sort=Sort.AT_ONCE if at_once else Sort.DIGEST,
            since=Instant(services.clock.now() - days * DAY), board=board_address(services.config), clock=services.clock,
        )  # fmt: skip
        return ref, None if message is None else way.channel.preview(message, way.route.addresses[0])


async def _test(services: Services, section: Section, team: str | None) -> Delivered:
    from callboard.usecases.remediation import deliver, tell
    from callboard.wiring.messages import board_address, open_channel

    ref, total = _team(services, section, team), deliver.Delivered()
    async with open_channel(section, services.clock) as way:
        for number in tell.add_tests(services.store, way.route, ref, clock=services.clock):
            done = await deliver.deliver(
                services.store, {section.name: way.channel}, board=board_address(services.config),
                clock=services.clock, only=number,
            )  # fmt: skip
            total = deliver.Delivered(
                sent=total.sent + done.sent, failed=total.failed + done.failed, dead=total.dead + done.dead
            )
    return total
