"""`callboard metrics …`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import rich_click as click

from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.cli.output import Cell
    from callboard.domain.remediation import Times, TimesRow

F = TypeVar("F", bound=Callable[..., Any])


@click.group(
    cls=click.RichGroup,
    epilog=examples(
        "callboard metrics times", "callboard metrics times --by team --measure investigate",
        'callboard metrics times --query "owner:payments" --svg > times.svg',
    ),
)  # fmt: skip
def metrics() -> None:
    """How soon findings are fixed, told so that what is open still counts. Plain means of what was closed are never shown."""


def narrowed(command: F) -> F:
    """Which findings, over which days."""
    command = click.option("--to", "last", metavar="DAY", help="The last day, in UTC.  [default: yesterday]")(command)
    command = click.option("--from", "first", metavar="DAY", help="The first day.  [default: a quarter before]")(
        command
    )
    return click.option(
        "-q", "--query", "text", default="", metavar="QUERY",
        help="Which findings, by what they are: severity:critical owner:payments …",
    )(command)  # fmt: skip


def files(command: F) -> F:
    """The answer as a file for other programs."""
    command = click.option("--svg", "as_svg", is_flag=True, help="Print a picture on stdout.")(command)
    command = click.option("--csv", "as_csv", is_flag=True, help="Print a table with commas on stdout.")(command)
    return answers(command)


@metrics.command(
    epilog=examples("callboard metrics times", "callboard metrics times --by rule --from 2026-01-01 --csv")
)
@narrowed
@click.option("--by", type=click.Choice(["severity", "team", "source", "rule", "kind"]), default="severity",
              show_default=True, help="What rows are told apart by.")  # fmt: skip
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
    from callboard.usecases import measure
    from callboard.web import exports, params_metrics, plots, to_wire_metrics

    asked = {"q": text, "from": first, "to": last, "by": by, "measure": waited_for}
    with door.services() as services:
        now = services.clock.now()
        question = params_metrics.times(output.pairs(asked), now=now)
        found = measure.times(services.store, AT_THE_LAPTOP, question, now=now)
    if as_json:
        output.document(to_wire_metrics.times(found))
    elif as_csv:
        output.line(exports.table(to_wire_metrics.TIMES_COLUMNS, to_wire_metrics.times_rows(found)).rstrip("\r\n"))
    elif as_svg:
        output.line(plots.alone(plots.lives(found)).rstrip("\n"))
    else:
        _show(found)


def _show(found: Times) -> None:
    from callboard.cli import output
    from callboard.domain.remediation import HORIZON
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
