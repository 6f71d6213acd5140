"""`callboard ownership report` and `signals`: how much has an owner, and what drifts."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.door import NUMBER, Door, answers, examples


@explained.command(
    epilog=examples(
        "callboard ownership report",
        "callboard ownership report --by account",
        "callboard ownership report --on 2026-06-30",
    ),
)
@click.option("--on", metavar="DATE", help="As it was at the end of this day (UTC).")
@click.option(
    "--by", type=click.Choice(["source", "account", "project", "type", "severity"]), help="Cut it by this property."
)
@answers
@click.pass_obj
def report(door: Door, /, *, on: str | None, by: str | None, as_json: bool) -> None:
    """Say how much of what is open has an owner, by which evidence, and what would map most."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.ownership.coverage import Cut, end_of_day
    from callboard.usecases.ownership import report_ownership
    from callboard.web import words
    from callboard.web.to_wire import ownership as to_wire_ownership

    try:
        day = None if on is None else end_of_day(on)
    except ValueError:
        raise click.UsageError(f"{on!r} is no day. Write it as 2026-06-30.") from None
    with door.services() as services:
        found = report_ownership.report(
            services.store, AT_THE_LAPTOP, clock=services.clock, on=day, by=None if by is None else Cut(by)
        )
    if as_json:
        output.document(to_wire_ownership.report(found))
        return
    output.line(found.sentence)
    rows = [
        (
            each.label or "all", each.findings.all, _share(each.findings.coverage), _share(each.resources.coverage),
            _share(each.urgent.coverage), *each.findings.by_tier, each.findings.conflict, each.findings.unmapped,
            each.unmapped_age_p50,
        )
        for each in (found.whole, *found.rows)
    ]  # fmt: skip
    columns = (
        (found.cut or "").capitalize(), "Findings", "Mapped", "Resources", "Urgent", *(f"T{tier}" for tier in range(1, 7)),
        "Conflict", "Unmapped", "Age p50 d",
    )  # fmt: skip
    output.show(output.table(columns, rows, right=columns[1:]))
    output.line(
        f"{words.number(found.components_with_identifier)} of {words.count(found.components, 'component')} can be found by an "
        f"annotation; {words.count(found.changed_in_period, 'resource')} changed hands in the 30 days before."
    )
    if found.waits is not None:
        output.line(found.waits.words)
    for title, refs in (
        ("Without an owner who can act", found.without_owner),
        ("Groups without members", found.empty_groups),
    ):
        if refs:
            output.line(f"{title}: {', '.join(refs[:10])}{' …' if len(refs) > 10 else ''}")
    if found.dangling:
        output.line(f"{words.count(len(found.dangling), 'annotation')} name nothing at any source.")
    for action in found.best[:1]:
        output.line(
            f"\nWhat would map most: adding `{action.annotation}: {action.value}` (project {action.project}) to "
            f"{action.component or 'the component that it belongs to'} maps {words.count(action.findings, 'finding')}: "
            f"{action.why}.\n{action.patch}".rstrip()
        )


def _share(share: float | None) -> str | None:
    return None if share is None else f"{share:.0%}"


@explained.command(
    epilog=examples(
        "callboard ownership signals",
        "callboard ownership signals --close 4",
        "callboard ownership signals --let-go 5",
        "callboard ownership signals --all",
    ),
)
@click.option("--all", "closed", is_flag=True, help="Those that are closed as well.")
@click.option("--close", "number", type=NUMBER, help="Say that somebody has looked at this one.")
@click.option("--let-go", "freed", type=NUMBER, help="Let go what this one holds back: you have looked at it.")
@answers
@click.pass_obj
def signals(door: Door, /, *, closed: bool, number: int | None, freed: int | None, as_json: bool) -> None:
    """List what changed about ownership, or deserves a look."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.ownership import watch_ownership
    from callboard.web import words
    from callboard.web.to_wire import ownership as to_wire_ownership

    with door.services() as services:
        now = services.clock.now()
        if number is not None:
            watch_ownership.close(services.store, AT_THE_LAPTOP, number, clock=services.clock)
        if freed is not None:
            moved = watch_ownership.let_go(services.store, AT_THE_LAPTOP, freed, clock=services.clock)
            output.say(f"{moved:,} findings changed hands.")
        found = watch_ownership.listed(services.store, AT_THE_LAPTOP, closed=closed)
    if as_json:
        output.document(to_wire_ownership.signals(found))
        return
    if not found:
        output.say("Nothing to look at.")
        return
    rows = [
        (str(each.id), each.kind.value, each.about, each.n, words.ago(each.at, now), each.kind.words) for each in found
    ]
    output.show(output.table(("No", "Signal", "About", "How many", "When", "What it means"), rows, right=("How many",)))
