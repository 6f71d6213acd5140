"""`callboard who-uses`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.cli.output import Cell
    from callboard.domain.instant import Instant
    from callboard.domain.packages.who_uses import UseRow, WhoUses

MOST = 500


@explained.command(
    "who-uses",
    epilog=examples(
        "callboard who-uses lodash",
        'callboard who-uses "lodash@<4.17.21"',
        "callboard who-uses pkg:npm/%40ctrl/tinycolor@4.1.1 --at 2025-09-16",
        "callboard who-uses axios@1.14.1 --between 2026-03-30 2026-04-02 --json",
    ),
)
@click.argument("package")
@click.option("--ecosystem", help="Only this one, as OSV names it: npm, PyPI, Go, Maven and so on.")
@click.option("--at", metavar="DATE", help="Who used it then. A day is the whole of it.  [default: now]")
@click.option("--between", nargs=2, metavar="DATE DATE", help="Who used it at any time between these two.")
@click.option("--limit", type=click.IntRange(1, MOST), default=MOST, show_default=True, help="Rows that are told.")
@click.option("--cursor", help="Where the page before ended.")
@answers
@click.pass_obj
def who_uses(
    door: Door,
    /,
    *,
    package: str,
    ecosystem: str | None,
    at: str | None,
    between: tuple[str, str] | None,
    limit: int,
    cursor: str | None,
    as_json: bool,
) -> None:
    """Say which components use a package, or used it: since when, and by which way.

    PACKAGE is a name, a name with a range of versions behind an @, or a package URL.
    """
    from callboard.cli import output
    from callboard.domain.access import LAPTOP
    from callboard.domain.packages.who_uses import read_period, read_wanted
    from callboard.usecases.packages import manifests
    from callboard.web import words
    from callboard.web.to_wire import packages as to_wire_packages

    wanted, period = read_wanted(package, ecosystem=ecosystem), read_period(at, between)
    with door.services() as services:
        found = manifests.who_uses(services.store, LAPTOP, wanted, period, limit=limit, cursor=cursor)
        now = services.clock.now()
    if as_json:
        output.document(to_wire_packages.who_uses(found))
        return
    if found.rows:
        columns = ("Component", "Team", "Version", "How", "Way", "Where", "Since", "Until")
        output.show(output.table(columns, (_row(row, now) for row in found.rows)))
    output.say(_summary(found))
    for each in found.not_compared[:20]:
        output.say(f"Not compared: {each.named} is in use, and its version has no order here.")
    if found.next:
        output.say(f"{words.number(found.total)} in all. Next page: --cursor {found.next}")


def _row(row: UseRow, now: Instant) -> tuple[Cell, ...]:
    from callboard.domain.component import short_name
    from callboard.domain.packages.who_uses import Dated
    from callboard.web import words

    return (
        short_name(row.component),
        short_name(row.owner) if row.owner else "nobody",
        row.package.version,
        how(row),
        " → ".join(f"{step.name} {step.version}" for step in row.path[:-1]),
        row.place,
        words.ago(row.since, now) + (", by its bill" if row.since_by is Dated.BILL else ""),
        "" if row.until is None else words.ago(row.until, now),
    )


def how(row: UseRow) -> str:
    """Direct or deep, and for what."""
    reach = "" if row.direct is None else "direct" if row.direct else "deep"
    return ", ".join(each for each in (reach, row.need.word if row.need is not None else "") if each) or "not told"


def _summary(found: WhoUses) -> str:
    from callboard.web import words

    searched = f"{words.count(found.manifests, 'manifest')} searched"
    when = "" if found.period.start is None else " at that time"
    if not found.total:
        known = (
            "" if found.manifests else " Nothing is known yet of what components consist of: `callboard sbom coverage`."
        )
        return f"No component uses {found.wanted.text}{when}; {searched}.{known}"
    return (
        f"{words.count(found.components, 'component')} of {words.count(found.owners, 'team')}: "
        f"{', '.join(found.versions[:10])}{' and more' if len(found.versions) > 10 else ''}; {searched}."
    )
