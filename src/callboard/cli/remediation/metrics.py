"""`callboard metrics …`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples
from callboard.cli.remediation.metrics_channels import channels
from callboard.cli.remediation.metrics_noise import noise
from callboard.cli.remediation.metrics_options import as_file, files, narrowed
from callboard.cli.remediation.metrics_rollout import rollout

if TYPE_CHECKING:
    from callboard.cli.output import Cell
    from callboard.domain.remediation.times import Times, TimesRow

F = TypeVar("F", bound=Callable[..., Any])


@explained.group(
    epilog=examples(
        "callboard metrics times", "callboard metrics times --by team --measure investigate",
        'callboard metrics times --query "owner:payments" --svg > times.svg',
    ),
)  # fmt: skip
def metrics() -> None:
    """How soon findings are fixed, told so that what is open still counts. Plain means of what was closed are never shown."""


metrics.add_command(channels)
metrics.add_command(noise)
metrics.add_command(rollout)


def cut(command: F) -> F:
    """What rows are told apart by."""
    words = click.Choice(["severity", "team", "source", "rule", "kind"])
    return click.option("--by", type=words, default="severity", show_default=True, help="What rows are told apart by.")(
        command
    )


@metrics.command(
    epilog=examples("callboard metrics times", "callboard metrics times --by rule --from 2026-01-01 --csv")
)
@narrowed
@cut
@click.option("--measure", "waited_for", type=click.Choice(["remediate", "investigate"]), default="remediate",
              show_default=True, help="Until it is fixed, or until somebody acts on it.")  # fmt: skip
@files
@click.pass_obj
def times(
    door: Door, /, *, text: str, first: str | None, last: str | None, by: str, waited_for: str, as_json: bool,
    as_csv: bool, as_svg: bool,
) -> None:  # fmt: skip
    """How long it takes until findings are fixed, or until somebody acts on them.

    The average is the restricted mean: how many of their first ninety days findings are open. Half within is the median; where
    less than half are fixed it is not reached.
    """
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import measure
    from callboard.web import plots
    from callboard.web.params import metrics as params_metrics
    from callboard.web.to_wire import metrics as to_wire_metrics

    asked = {"q": text, "from": first, "to": last, "by": by, "measure": waited_for}
    with door.services() as services:
        now = services.clock.now()
        question = params_metrics.times(output.pairs(asked), now=now)
        found = measure.times(services.store, AT_THE_LAPTOP, question, now=now)
    if not as_file(
        to_wire_metrics.times(found) if as_json else None,
        (to_wire_metrics.TIMES_COLUMNS, to_wire_metrics.times_rows(found)) if as_csv else None,
        plots.lives(found) if as_svg else None,
    ):
        _show(found)


@metrics.command(epilog=examples("callboard metrics flow", 'callboard metrics flow -q "owner:payments" --csv'))
@narrowed
@files
@click.pass_obj
def flow(
    door: Door, /, *, text: str, first: str | None, last: str | None, as_json: bool, as_csv: bool, as_svg: bool
) -> None:
    """What came and went by week and month: net flow, capacity, and how many fixes held. Half a year of it, unless you say."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import measure_flow
    from callboard.web import plots_flow
    from callboard.web.params import metrics as params_metrics
    from callboard.web.to_wire import flow as to_wire_flow

    with door.services() as services:
        now = services.clock.now()
        asked = params_metrics.flow(output.pairs({"q": text, "from": first, "to": last}), now=now)
        found = measure_flow.flow(services.store, AT_THE_LAPTOP, asked.query, asked.period, now=now)
    if as_file(
        to_wire_flow.flow(found) if as_json else None,
        (to_wire_flow.FLOW_COLUMNS, to_wire_flow.flow_rows(found)) if as_csv else None,
        plots_flow.flow(found) if as_svg else None,
    ):
        return
    columns = ("From", "To", "Open before", "Opened", "Fixed", "Otherwise", "Net", "Open after", "Capacity")
    for part in (found.months, found.weeks):
        rows = [
            (
                each.first, each.last, each.open_before, each.opened, each.fixed, each.otherwise, f"{each.net:+,}",
                each.open_after, None if each.capacity is None else f"{each.capacity:.0%}",
            )
            for each in reversed(part)
        ]  # fmt: skip
        output.show(output.table(columns, rows, right=columns[2:]))
        output.line("")
    held = found.reopened
    output.say(f"Of {held.fixes:,} fixes that are thirty days ago {held.back:,} were found again within thirty days.")


@metrics.command("open", epilog=examples("callboard metrics open", "callboard metrics open --on 2026-03-31 --by team"))
@click.option("-q", "--query", "text", default="", metavar="QUERY", help="Which findings, by what they are.")
@click.option("--on", metavar="DAY", help="At the end of this day, in UTC.  [default: now]")
@cut
@files
@click.pass_obj
def open_on(
    door: Door, /, *, text: str, on: str | None, by: str, as_json: bool, as_csv: bool, as_svg: bool
) -> None:  # fmt: skip
    """What is open now, or was open at the end of any past day: how many, how old, how late."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import measure_flow
    from callboard.web import plots_flow
    from callboard.web.params import metrics as params_metrics
    from callboard.web.to_wire import flow as to_wire_flow

    with door.services() as services:
        now = services.clock.now()
        asked = params_metrics.opened(output.pairs({"q": text, "on": on, "by": by}), now=now)
        found = measure_flow.open_at(services.store, AT_THE_LAPTOP, asked.query, by=asked.by, at=asked.at, now=now)
    if as_file(
        to_wire_flow.opened(found) if as_json else None,
        (to_wire_flow.OPEN_COLUMNS, to_wire_flow.open_rows(found)) if as_csv else None,
        plots_flow.opened(found) if as_svg else None,
    ):
        return
    columns = (by.capitalize(), "Open", "Past their date", "Days past", "Age, half", "Age, nine of ten")
    rows = [
        (row.title, row.n, row.overdue, row.overdue_days, _days(row.median_age), _days(row.ninth_age))
        for row in (found.whole, *found.rows)
    ]
    output.show(output.table(columns, rows, right=columns[1:]))
    output.say(f"When {found.on} ended, in UTC, by the severities of then." if found.on else "Now.")


@metrics.command(epilog=examples("callboard metrics due", "callboard metrics due --by team --from 2026-01-01"))
@narrowed
@cut
@files
@click.pass_obj
def due(
    door: Door, /, *, text: str, first: str | None, last: str | None, by: str, as_json: bool, as_csv: bool, as_svg: bool
) -> None:
    """How dates were kept of what fell due: fixed on time, late, or open past the date."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import measure_flow
    from callboard.web import plots_flow
    from callboard.web.params import metrics as params_metrics
    from callboard.web.to_wire import flow as to_wire_flow

    with door.services() as services:
        now = services.clock.now()
        asked = params_metrics.due(output.pairs({"q": text, "from": first, "to": last, "by": by}), now=now)
        found = measure_flow.due(services.store, AT_THE_LAPTOP, asked.query, asked.period, by=asked.by, now=now)
    if as_file(
        to_wire_flow.due(found) if as_json else None,
        (to_wire_flow.DUE_COLUMNS, to_wire_flow.due_rows(found)) if as_csv else None,
        plots_flow.due(found) if as_svg else None,
    ):
        return
    columns = (by.capitalize(), "On time", "Late", "Open past it", "Share on time", "Otherwise", "Not due yet")
    rows = [
        (
            row.title, row.kept.on_time, row.kept.late, row.kept.overdue,
            "few" if row.kept.attainment is None else f"{row.kept.attainment:.0%}",
            row.kept.aside_on_time + row.kept.aside_late, row.not_yet,
        )
        for row in (found.whole, *found.rows)
    ]  # fmt: skip
    output.show(output.table(columns, rows, right=columns[1:]))
    output.say(f"Of what fell due from {asked.period.first} to {asked.period.last}, in UTC, by the severities of then.")


@metrics.command(epilog=examples("callboard metrics use", "callboard metrics use --from 2026-01-01 --json"))
@narrowed
@click.option("--csv", "as_csv", is_flag=True, help="Print a table with commas on stdout.")
@answers
@click.pass_obj
def use(door: Door, /, *, text: str, first: str | None, last: str | None, as_json: bool, as_csv: bool) -> None:
    """Whether the board is of use: how many teams act, and what was opened, followed and acted on through which door.

    Four weeks of it, unless you say. Who it was is not kept.
    """
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.remediation import measure_flow
    from callboard.web.params import metrics as params_metrics
    from callboard.web.to_wire import flow as to_wire_flow

    with door.services() as services:
        now = services.clock.now()
        asked = params_metrics.use(output.pairs({"q": text, "from": first, "to": last}), now=now)
        found = measure_flow.use(services.store, AT_THE_LAPTOP, asked.query, asked.period, now=now)
    told = to_wire_flow.use(found)
    if as_file(
        told if as_json else None, (to_wire_flow.USE_COLUMNS, to_wire_flow.use_rows(found)) if as_csv else None, None
    ):
        return
    rows = [(row.what, row.door, "few" if row.findings is None else row.findings) for row in told.rows]
    output.show(output.table(("What", "Door", "Findings"), rows, right=("Findings",)))
    output.say(f"{found.teams_acting:,} of {found.teams_open:,} teams with something open act.")


def _days(value: int | None) -> str:
    return "few" if value is None else f"{value:,} d"


def _show(found: Times) -> None:
    from callboard.cli import output
    from callboard.domain.remediation.times import HORIZON
    from callboard.web import plots, words

    asked = found.question
    verb = plots.VERB[asked.measure]
    columns = (
        asked.by.value.capitalize(), "Watched", verb.capitalize(), "Otherwise", "Waiting", f"Average, first {HORIZON} d", "Half within",
        "In 30 d", "In 90 d", "Open now",
    )  # fmt: skip
    output.show(output.table(columns, [_cells(row) for row in (found.whole, *found.rows)], right=columns[1:]))
    if found.more:
        output.say(f"{words.count(found.more, 'more row')} with fewer findings.")
    out = found.left_out
    if out.total:
        output.say(
            f"Left out: {out.transient:,} closed within a day of the opening, {out.undated:,} closed nobody tells when, "
            f"{out.backwards:,} closed before the opening."
        )
    output.say(f"From {asked.period.first} to {asked.period.last}, in UTC.")


def _cells(row: TimesRow) -> tuple[Cell, ...]:
    if row.is_few:
        return (row.title, "few", *(None,) * 7, row.open_now)
    counts = (row.title, row.n, row.done, row.aside, row.waiting)
    if row.mean is None:
        return (*counts, "too few", *(None,) * 3, row.open_now)
    low, high = row.mean.band
    share = [None if each is None else f"{each:.0%}" for each in (row.within_30, row.within_90)]
    half = "not reached" if row.median is None else f"{row.median} d"
    return (*counts, f"{row.mean.days:.1f} d ({low:.1f} to {high:.1f})", half, *share, row.open_now)
