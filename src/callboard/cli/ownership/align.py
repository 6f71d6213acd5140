"""`callboard ownership align`."""

from __future__ import annotations

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

KINDS = ("no-project", "no-such-project", "project-unclaimed", "service-unknown", "owners", "folder", "unit")


@explained.command(
    "align",
    epilog=examples(
        "callboard ownership align",
        "callboard ownership align --kind owners --patches",
        "callboard ownership align --json",
    ),
)
@click.option(
    "--kind", "kinds", multiple=True, type=click.Choice(KINDS), help="Only these differences; may be repeated."
)
@click.option("--patches", is_flag=True, help="Print what to change on either side, one after the other.")
@answers
@click.pass_obj
def align(door: Door, /, *, kinds: tuple[str, ...], patches: bool, as_json: bool) -> None:
    """Say where the catalog and Wiz's projects and services differ. Nothing is changed on either side."""
    import msgspec

    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.ownership.align import align as compare
    from callboard.web import words

    with door.services() as services:
        found = compare(services.store, AT_THE_LAPTOP)
    if kinds:
        found = msgspec.structs.replace(
            found, differences=tuple(each for each in found.differences if each.kind in kinds)
        )
    if as_json:
        output.document(found)
        return
    if patches:
        for each in found.differences:
            output.line(f"# {each.sentence}")
            if each.catalog is not None:
                output.line(f"# in the catalog{f': {each.file}' if each.file else ''}\n{each.catalog.rstrip()}")
            if each.wiz is not None:
                output.line(f"# in Wiz: {each.wiz}")
            if each.mutation is not None:
                output.line(f"# updateProject: {each.mutation}")
            output.line("")
    elif found.differences:
        rows = [(each.kind, each.sentence) for each in found.differences]
        output.show(output.table(("What", "Difference"), rows))
    for kind, checked in found.checked.items():
        output.say(
            f"{kind}: {words.number(checked.asked)} looked at, {words.number(checked.differ)} differ, "
            f"{words.number(checked.unknown)} cannot be told."
        )
