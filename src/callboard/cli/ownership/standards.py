"""`callboard ownership standards`."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples


@explained.command(
    "standards",
    epilog=examples(
        "callboard ownership standards",
        "callboard ownership standards --team payments --breaches",
        "callboard ownership standards --check --json",
    ),
)
@click.option("--team", metavar="REF", help="Only what this group or user owns.")
@click.option("--breaches", is_flag=True, help="List what is not as asked, thing by thing.")
@click.option("--check", "is_gate", is_flag=True, help="End with exit code 1 when anything is not as asked.")
@answers
@click.pass_obj
def standards(door: Door, /, *, team: str | None, breaches: bool, is_gate: bool, as_json: bool) -> None:
    """Say how projects, components and resources keep to the names and tags of `[standards]`, by team."""
    import msgspec

    from callboard.cli import output
    from callboard.cli.errors import FAILED, end
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.component import entity_ref
    from callboard.errors import ConfigError
    from callboard.usecases.ownership.check_standards import check_standards
    from callboard.web import words

    if not door.config.standards.enabled:
        raise ConfigError(
            "No standards are set up.", hint="Write what you ask for under [standards], with enabled = true."
        )
    with door.services() as services:
        report = check_standards(services.store, AT_THE_LAPTOP, services.config.standards.as_standards())
    if team is not None:
        try:
            ref = entity_ref(team, kind="group")
        except ValueError as error:
            raise click.UsageError(f"{error}.") from None
        scores = tuple(each for each in report.scores if each.team == ref)
        report = msgspec.structs.replace(
            report,
            scores=scores,
            breaches=tuple(each for each in report.breaches if ref in each.teams),
            asked=sum(each.asked for each in scores),
            kept=sum(each.kept for each in scores),
        )
    if as_json:
        output.document(report)
    else:
        rows = [(each.team or "no team", each.check, each.kept, each.asked) for each in report.scores]
        if rows:
            output.show(output.table(("Team", "Check", "Kept", "Of"), rows, right=("Kept", "Of")))
        for each in report.breaches if breaches else ():
            output.line(f"{each.check}: {each.sentence}")
        output.say(f"{words.number(report.kept)} of {words.count(report.asked, 'check')} kept.")
    if is_gate and report.breaches:
        end(FAILED)
