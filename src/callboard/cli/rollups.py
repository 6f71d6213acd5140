"""`callboard team`, `callboard system` and `callboard domain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callboard.cli import explained, missing
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.domain.board import Numbers, Progress, RollupPage
    from callboard.domain.instant import Instant


@explained.command(
    epilog=examples(
        "callboard team payments",
        "callboard team user:default/ana --json",
        'callboard team payments --leave-out "-env:test"',
    )
)
@click.argument("ref")
@click.option("--leave-out", "terms", metavar="TERMS",
              help="Leave these out of the team's own list from now on; an empty text shows everything again.")  # fmt: skip
@answers
@click.pass_obj
def team(door: Door, /, *, ref: str, terms: str | None, as_json: bool) -> None:
    """What a team or a person owns, and what to do there first. REF is a group's name, or a full reference."""
    if terms is not None:
        _leave_out(door, ref, terms)
    _answer(door, ref, kinds=("group", "user"), as_json=as_json)


@explained.command(epilog=examples("callboard system shop", "callboard system system:default/shop --json"))
@click.argument("ref")
@answers
@click.pass_obj
def system(door: Door, /, *, ref: str, as_json: bool) -> None:
    """What is open in a system, and what to do there first. REF is its name, or its full reference."""
    _answer(door, ref, kinds=("system",), as_json=as_json)


@explained.command(epilog=examples("callboard domain commerce", "callboard domain domain:default/commerce --json"))
@click.argument("ref")
@answers
@click.pass_obj
def domain(door: Door, /, *, ref: str, as_json: bool) -> None:
    """What is open in a domain, and what to do there first. REF is its name, or its full reference."""
    _answer(door, ref, kinds=("domain",), as_json=as_json)


def _leave_out(door: Door, ref: str, terms: str) -> None:
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.component import entity_ref
    from callboard.usecases.leave_out import leave_out

    try:
        team = entity_ref(ref, kind="group")
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    with door.services() as services:
        leave_out(services.store, AT_THE_LAPTOP, team, terms, now=services.clock.now())


def _answer(door: Door, ref: str, *, kinds: tuple[str, ...], as_json: bool) -> None:
    import msgspec

    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.component import entity_ref, kind_of
    from callboard.usecases import browse, first_pages
    from callboard.wiring.sources import link_hosts, link_rules

    try:
        full = entity_ref(ref, kind=kinds[0])
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    if kind_of(full) not in kinds:
        raise click.UsageError(f"{full} is no {' and no '.join(kinds)}.")
    with door.services() as services:
        now = services.clock.now()
        with missing.entity(services, full, "`callboard ownership tree` shows them."):
            page = first_pages.rollup(services.store, AT_THE_LAPTOP, full, now=now)
        hosts, rules = link_hosts(services.config), link_rules(services.config)
        rows = browse.linked(services.store, AT_THE_LAPTOP.visibility, page.bundles, link_hosts=hosts, link_rules=rules)
    page = msgspec.structs.replace(page, bundles=rows)
    if as_json:
        from callboard.web.to_wire import work as to_wire_work

        output.document(to_wire_work.rollup(page, now))
        return
    _show(page, now)
    output.banners(page.sources, now)


def _show(page: RollupPage, now: Instant) -> None:
    from callboard.cli import bundles, output
    from callboard.web import words

    head = "Team" if page.kind == "group" else page.kind.capitalize()
    output.show(
        output.facts(
            [
                (head, f"{page.title} ({page.ref})"),
                ("Description", page.description),
                ("Part of", page.above),
                ("Below", ", ".join(page.below)),
                ("Members", None if page.members is None else words.number(page.members)),
                ("Open", _numbers(page.numbers)),
                ("Apart", _apart(page.numbers)),
                ("Eight weeks", _weeks(page.progress)),
                ("Half closed", _half_life(page.progress)),
            ]
        )
    )
    if page.bundles:
        output.line("")
        bundles.show(page.bundles, now)
        output.say(f"{words.number(len(page.bundles))} of {words.count(page.bundle_count, 'bundle')} for: {page.query}")
    for part in page.left_out.parts if page.left_out else ():
        output.say(f"Left out: {part.term} ({words.count(part.findings, 'finding')}): {part.query}")
    if page.components:
        output.line("")
        rows = [
            (
                row.name,
                row.open.total if row.claims or row.open.total else "unknown",
                row.overdue,
                ", ".join(map(str, row.weeks)) or None,
            )
            for row in page.components
        ]
        columns = ("Component", "Open", "Overdue", "Eight weeks")
        output.show(output.table(columns, rows, right=("Open", "Overdue")))


def _numbers(numbers: Numbers) -> str:
    from callboard.web import words

    parts = [
        f"{words.number(numbers.open)} open",
        f"{words.number(numbers.overdue)} overdue",
        f"{words.number(numbers.due_soon)} due within seven days",
    ]
    return ", ".join(parts if numbers.new is None else [*parts, f"{words.number(numbers.new)} new"])


def _apart(numbers: Numbers) -> str | None:
    from callboard.web import words

    told = [
        f"{words.number(n)} {word}"
        for n, word in (
            (numbers.flapping, "flapping"),
            (numbers.transient, "closed within a day in four weeks"),
            (numbers.suppressed, "suppressed"),
        )
        if n
    ]
    return ", ".join(told) or None


def _weeks(progress: Progress) -> str:
    opened, closed = (sum(getattr(week, name) for week in progress.weeks) for name in ("opened", "closed"))
    return f"{opened:,} opened, {closed:,} closed; open at the end of each: " + ", ".join(
        f"{week.open:,}" for week in progress.weeks
    )


def _half_life(progress: Progress) -> str | None:
    if not progress.half_life_n:
        return None
    if progress.half_life_days is None:
        return f"less than half of the critical and high ones (n = {progress.half_life_n:,})"
    before = (
        "" if progress.former_half_life_days is None else f"; {progress.former_half_life_days} d the quarter before"
    )
    return f"within {progress.half_life_days} d, critical and high (n = {progress.half_life_n:,}){before}"
