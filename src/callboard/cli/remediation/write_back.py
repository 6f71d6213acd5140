"""`callboard write-back …`: what is written where findings came from, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import NUMBER, Door, answers, examples

if TYPE_CHECKING:
    from callboard.usecases.remediation.write_back import Written
    from callboard.wiring.services import Services


@explained.group(
    name="write-back",
    epilog=examples("callboard write-back list", "callboard write-back send", "callboard write-back again 12"),
)
def write_back() -> None:
    """What people say here, written where the finding came from. `callboard serve` does it by itself.

    It is off until `write_back` under a source says which roles may have what written.
    """


@write_back.command("list", epilog=examples("callboard write-back list", "callboard write-back list --every --json"))
@click.option("--every", is_flag=True, help="Also what is done.")
@answers
@click.pass_obj
def list_writes(door: Door, /, *, every: bool, as_json: bool) -> None:
    """List what waits and what ended badly, the newest first, with what the source said."""
    import msgspec

    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import write_back as use
    from callboard.web import words
    from callboard.web.to_wire import write_back as to_wire_write_back

    with door.services() as services:
        found = use.listed(services.store, AT_THE_LAPTOP, every=every)
        now = services.clock.now()
    if as_json:
        rows = [
            {
                "source": each.source,
                "finding": each.finding_id,
                **msgspec.to_builtins(to_wire_write_back.write_back(each.shown)),
            }
            for each in found
        ]
        output.document({"writes": rows})
    elif found:
        columns = ("Number", "Finding", "What", "State", "Source says", "Asked for")
        output.show(
            output.table(
                columns,
                (
                    (
                        each.shown.id,
                        each.finding_id,
                        each.shown.words,
                        each.shown.state.word,
                        each.shown.said,
                        words.ago(each.shown.made_at, now),
                    )
                    for each in found
                ),
            )
        )
    else:
        output.say("Nothing waits to be written, and nothing ended badly.")


@write_back.command(epilog=examples("callboard write-back send"))
@answers
@click.pass_obj
def send(door: Door, /, *, as_json: bool) -> None:
    """Write what waits, at every source. 1: something was refused, in conflict or given up; 3: a source was not reached."""
    import asyncio

    import msgspec

    from callboard.cli import output
    from callboard.cli.errors import FAILED, INCOMPLETE, end

    door.log()
    with door.services() as services:
        reports = asyncio.run(_send(services))
    if as_json:
        output.document({name: msgspec.structs.asdict(each) for name, each in reports.items()})
    for name, each in reports.items():
        output.say(
            f"{name}: {each.done} written, {each.conflicts} in conflict, {each.refused} refused, "
            f"{each.given_up} given up, {each.postponed} not reached."
        )
    if any(each.conflicts or each.refused or each.given_up for each in reports.values()):
        end(FAILED)
    if any(each.postponed for each in reports.values()):
        end(INCOMPLETE)


async def _send(services: Services) -> dict[str, Written]:
    from callboard.usecases.remediation import write_back as use
    from callboard.wiring.sources import open_source

    reports: dict[str, Written] = {}
    for section in services.config.sources:
        async with open_source(section, services.store) as opened:
            if opened.writer is not None:
                reports[section.name] = await use.write_back(
                    services.store, section.name, opened.writer, clock=services.clock
                )  # fmt: skip
    return reports


@write_back.command(epilog=examples("callboard write-back again 12 13"))
@click.argument("numbers", type=NUMBER, nargs=-1, required=True)
@answers
@click.pass_obj
def again(door: Door, /, *, numbers: tuple[int, ...], as_json: bool) -> None:
    """Have what ended badly tried anew, by its numbers."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import write_back as use

    with door.services() as services:
        count = use.again(services.store, AT_THE_LAPTOP, numbers, clock=services.clock)
    if as_json:
        output.document({"again": count})
    else:
        output.line(f"{count} will be tried again.")
