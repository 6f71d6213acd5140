"""`callboard metrics noise`."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples


@explained.command(
    epilog=examples("callboard metrics noise", "callboard metrics noise --from 2026-01-01 --to 2026-03-31 --csv")
)
@click.option("--from", "first", metavar="DAY", help="The first day.  [default: a quarter before]")
@click.option("--to", "last", metavar="DAY", help="The last day, in UTC.  [default: yesterday]")
@click.option("--csv", "as_csv", is_flag=True, help="Print a table with commas on stdout.")
@answers
@click.pass_obj
def noise(door: Door, /, *, first: str | None, last: str | None, as_csv: bool, as_json: bool) -> None:
    """Which rules people who act on them call not useful, before and now, and what to do about the noisiest."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.remediation.question import read_period
    from callboard.usecases.remediation.find_noise import find_noise
    from callboard.web import exports, words
    from callboard.web.to_wire import noise as to_wire_noise

    with door.services() as services:
        now = services.clock.now()
        report = find_noise(services.store, AT_THE_LAPTOP, read_period(first, last, now=now), now=now)
    told = to_wire_noise.noise(report)
    if as_json:
        output.document(told)
        return
    if as_csv:
        output.line(exports.table(to_wire_noise.COLUMNS, to_wire_noise.rows(report)).rstrip("\r\n"))
        return
    rows = [
        (
            each.name, each.source, _share(each.share, each.useless, each.acted),
            _share(each.former_share, each.former_useless, each.former_acted),
            "few" if each.people is None else f"{each.people_useless} of {each.people}", each.open,
        )
        for each in told.rules
    ]  # fmt: skip
    columns = ("Rule", "Source", "Not useful", "Before", "People", "Open")
    output.show(output.table(columns, rows, right=columns[2:]))
    if told.noisiest is not None and told.noisiest.proposal is not None:
        proposal = told.noisiest.proposal
        output.line(f"{told.noisiest.name}: {proposal.words}")
        output.line(f"{words.count(proposal.findings, 'open finding')}: {proposal.query}")
    elif not rows:
        output.say("Nothing was called not useful.")
    output.say(f"From {told.first} to {told.last}, in UTC.")


def _share(share: float | None, hits: int | None, of: int | None) -> str:
    if share is None:
        return "–" if of == 0 else "few"
    return f"{share:.0%} ({hits} of {of})"
