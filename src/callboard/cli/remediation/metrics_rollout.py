"""`callboard metrics rollout …`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.domain.component import EntityRef
    from callboard.domain.remediation.rollout import Rollout


@explained.group(
    epilog=examples("callboard metrics rollout plan --waves 6 --every 14", "callboard metrics rollout show"),
)
def rollout() -> None:
    """Give teams the portal in an order that a lot draws, so that what it does can be told."""


@rollout.command(
    epilog=examples(
        "callboard metrics rollout plan --waves 6 --every 14 --from 2027-01-11",
        "callboard metrics rollout plan --pilot payments --pilot search --from 2027-01-11",
    )
)
@click.option("--waves", type=click.IntRange(2, 52), default=6, show_default=True, help="On how many days teams begin.")
@click.option("--every", type=click.IntRange(1, 365), default=14, show_default=True, help="Days from one to the next.")
@click.option("--from", "first", metavar="DAY", help="The first day, in UTC.  [default: tomorrow]")
@click.option("--team", "teams", multiple=True, metavar="REF", help="A team.  [default: all that own something]")
@click.option("--seed", default="", metavar="TEXT", help="What the lot is drawn from.  [default: made up, and kept]")
@click.option("--pilot", "pilots", multiple=True, metavar="REF", help="A team that begins, chosen without a lot.")
@answers
@click.pass_obj
def plan(
    door: Door, /, *, waves: int, every: int, first: str | None, teams: tuple[str, ...], seed: str,
    pilots: tuple[str, ...], as_json: bool,
) -> None:  # fmt: skip
    """Draw which teams are given the portal when, and keep it in the log of who did what.

    Callboard switches nothing on: that is done in the portal, on the days that the plan says. With --pilot somebody chooses who
    begins; then only what goes together can be told, and not what causes what.
    """
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.remediation.question import read_start
    from callboard.usecases.remediation import plan_rollout

    if pilots and (teams or seed):
        raise click.UsageError("--pilot chooses who begins; --team and --seed belong to a lot.")
    with door.services() as services:
        at = read_start(first) if first else plan_rollout.tomorrow(services.clock.now())
        made = (
            plan_rollout.choose(services.store, AT_THE_LAPTOP, _refs(pilots), first=at, clock=services.clock)
            if pilots
            else plan_rollout.draw(
                services.store, AT_THE_LAPTOP, waves=waves, first=at, every=every, clock=services.clock, seed=seed,
                teams=_refs(teams),
            )
        )  # fmt: skip
    if as_json:
        output.document(_told(made))
    else:
        _show(made)


@rollout.command(epilog=examples("callboard metrics rollout show", "callboard metrics rollout show --json"))
@answers
@click.pass_obj
def show(door: Door, /, *, as_json: bool) -> None:
    """Show the newest plan, and how many were made."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import plan_rollout

    with door.services() as services:
        plans = plan_rollout.plans(services.store, AT_THE_LAPTOP)
    if as_json:
        output.document({"plans": [_told(each) for each in plans]})
    elif not plans:
        output.say("No rollout is planned.")
    else:
        _show(plans[0])
        if len(plans) > 1:
            output.say(f"{len(plans):,} plans were made; this is the newest.")


def _refs(names: tuple[str, ...]) -> tuple[EntityRef, ...]:
    from callboard.domain.component import entity_ref

    try:
        return tuple(entity_ref(name, kind="group") for name in names)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None


def _told(made: Rollout) -> dict[str, object]:
    from callboard.domain.instant import to_text

    return {
        "planned_at": to_text(made.planned_at), "planned_by": made.planned_by, "by_lot": made.is_by_lot,
        "seed": made.seed or None, "as_drawn": made.is_as_drawn, "in_time": made.is_in_time,
        "audit_entry": made.entry, "waves": [{"first_day": wave.day, "teams": wave.teams} for wave in made.waves],
    }  # fmt: skip


def _show(made: Rollout) -> None:
    from callboard.cli import output
    from callboard.domain.component import short_name

    rows = [(wave.day or "not yet", ", ".join(map(short_name, wave.teams))) for wave in made.waves]
    output.show(output.table(("From", "Teams"), rows))
    if made.is_by_lot:
        output.say(
            f"By lot, from the seed {made.seed}: the order of SHA-256 of the seed, a line break and the reference."
        )
    else:
        output.say("Somebody chose who begins, so that no lot tells what chance does.")
    output.say(f"Entry {made.entry:,} of the log of who did what.")
    if not made.is_as_drawn:
        output.say("This order is not the one that the seed gives.")
