"""`callboard metrics channels`."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.door import Door, examples
from callboard.cli.remediation.metrics_options import as_file, files, narrowed


@explained.command(
    epilog=examples(
        "callboard metrics channels", "callboard metrics channels --design rollout",
        "callboard metrics channels --from 2026-01-01 --json",
    )
)  # fmt: skip
@narrowed
@click.option(
    "--design", type=click.Choice(["rollout", "did", "landmark", "time-dependent"]),
    help="One design alone.  [default: all, the best first]",
)  # fmt: skip
@files
@click.pass_obj
def channels(
    door: Door, /, *, text: str, first: str | None, last: str | None, design: str | None, as_json: bool, as_csv: bool,
    as_svg: bool,
) -> None:  # fmt: skip
    """What the portal does, in designs that hold, with interval and caveats; or why nothing can be told.

    rollout: teams that had been given it against teams that had not, in an order that a lot drew. did: how teams changed that began
    first, against those that waited. landmark and time-dependent: acted on here against a ticket, of what was opened in the period.
    Half a year of it, unless you say.
    """
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import measure_channels
    from callboard.web.params import metrics as params_metrics
    from callboard.web.to_wire import channels as to_wire_channels
    from callboard.web.to_wire import effect as to_wire_effect
    from callboard.web.to_wire import rollout as to_wire_rollout

    with door.services() as services:
        now = services.clock.now()
        pairs = output.pairs({"q": text, "from": first, "to": last, "design": design})
        asked, designs = params_metrics.channels(pairs, now=now)
        found = measure_channels.effect(
            services.store, AT_THE_LAPTOP, asked.query, asked.period, now=now, designs=designs
        )  # fmt: skip
        names = measure_channels.source_names(services.store)
    if as_file(
        to_wire_effect.effect(found, names) if as_json else None,
        (to_wire_effect.COLUMNS, to_wire_effect.rows(found, names)) if as_csv else None,
        to_wire_effect.drawn(found) if as_svg else None,
    ):
        return
    for one in found.rolled:
        output.line(f"{to_wire_rollout.TITLES[one.design]}: {to_wire_rollout.sentence(one)}")
        sides = [
            (to_wire_rollout.ARMS[arm.arm], arm.teams, _few(arm.findings), _few(arm.fixed), arm.days)
            for arm in one.arms
        ]
        if sides:
            columns = ("Given the portal", "Teams", "Findings", "Fixed", "Days watched")
            output.show(output.table(columns, sides, right=columns[1:]))
        output.line("")
    told = found.channels
    for each in told.compared if told else ():
        output.line(f"{to_wire_channels.TITLES[each.design]}: {to_wire_channels.sentence(each)}")
        rows = [(channel.value, arm.n, arm.fixed) for channel, arm in each.groups.items()]
        output.show(output.table(("What had happened", "Findings", "Fixed"), rows, right=("Findings", "Fixed")))
        output.line("")
    said = dict.fromkeys(
        caveat for one in found.rolled if one.refusal is None for caveat in to_wire_rollout.caveats(one, found)
    )
    for line in (*said, *((*to_wire_channels.ASSUMPTIONS, to_wire_channels.left_out(told)) if told else ())):
        if line:
            output.say(line)


def _few(n: int) -> str | int:
    return "few" if 0 < n < 5 else n
