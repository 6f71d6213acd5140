"""`callboard ownership suggest`."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples


@explained.command(
    "suggest",
    epilog=examples(
        "callboard ownership suggest",
        "callboard ownership suggest 5f0c9a2e-0000-5000-8000-000000000001 --json",
    ),
)
@click.argument("resource", required=False)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="Resources to list.")
@answers
@click.pass_obj
def suggest(door: Door, /, *, resource: str | None, limit: int, as_json: bool) -> None:
    """Suggest owners for what nobody owns; nothing is applied. RESOURCE is its id at the source."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.component import short_name
    from callboard.usecases.ownership.suggest_owners import suggest_owners
    from callboard.web import words

    with door.services() as services:
        now = services.clock.now()
        report = suggest_owners(services.store, AT_THE_LAPTOP, now=now, resource=resource, limit=limit)
    if as_json:
        output.document(report)
        return
    rows = [
        (
            each.name,
            each.type,
            each.open,
            short_name(likely.component) if likely else None,
            ("look at it: " if likely.is_clerical else "") + likely.sentence
            if likely
            else "nothing speaks for anybody",
        )
        for each in report.resources
        for likely in each.suggestions or (None,)
    ]
    if rows:
        output.show(output.table(("Resource", "Type", "Open", "Component", "Why"), rows, right=("Open",)))
    output.say(
        f"{words.count(report.unmapped, 'unmapped resource')}: {words.number(report.suggested)} with a suggestion "
        f"({words.count(report.findings, 'open finding')}), {words.number(report.clerical)} to look at. "
        "Nothing is applied by itself."
    )
