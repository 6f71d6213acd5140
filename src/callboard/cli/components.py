"""`callboard components` and `callboard component`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callboard.cli import explained, missing
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callboard.cli.output import Cell
    from callboard.domain.board import ComponentPage, ComponentRow
    from callboard.domain.instant import Instant


@explained.command(
    epilog=examples(
        "callboard components", "callboard components --owner payments", "callboard components --system shop --json"
    )
)
@click.option("--owner", multiple=True, help="A group or user by reference. Several times, or a list with commas.")
@click.option("--system", multiple=True, help="By reference. Several times, or a list with commas.")
@click.option(
    "--severity", multiple=True, help="Those with an open finding of it. Several times, or a list with commas."
)
@click.option(
    "--sort", type=click.Choice(["worst", "name", "oldest"]), help="Worst first (default), by name, oldest first."
)
@click.option("--limit", type=int, help="Rows on one page, up to 500.  [default: 200]")
@click.option("--cursor", help="Where the last page ended, as it said.")
@answers
@click.pass_obj
def components(door: Door, /, *, as_json: bool, **asked: object) -> None:
    """List components with their open findings, the worst first, and what no component answers for."""
    import msgspec

    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.finding import Severity
    from callboard.usecases import first_pages
    from callboard.web import component_list, words
    from callboard.web.params import board as params

    wanted = params.components(output.pairs(asked))
    with door.services() as services:
        now = services.clock.now()
        board = first_pages.board(services.store, AT_THE_LAPTOP, now=now)
        page = component_list.cut(board.components, wanted)
        rows = first_pages.enriched(services.store, AT_THE_LAPTOP, page.rows, now=now)
    page = msgspec.structs.replace(page, rows=rows)
    if as_json:
        from callboard.web.to_wire import board as to_wire

        output.document(to_wire.components(page))
        return
    if page.rows:
        letters = [words.SEVERITY_LETTER[severity] for severity in sorted(Severity, reverse=True)]
        columns = ("Component", "Owner", "System", "Open", *letters, "Overdue", "Oldest")
        output.show(output.table(columns, (_row(row, now) for row in page.rows), right=columns[3:]))
    totals = board.totals
    output.say(
        f"{words.number(len(page.rows))} of {words.count(page.total, 'component')}{_others(page.rows)}. "
        f"{words.count(totals.open.total, 'open finding')}, {words.number(totals.mapped.total)} of them with a component."
        + (f" Next page: --cursor {page.cursor}" if page.cursor else "")
    )
    for reason, number in sorted(totals.unmapped.items(), key=lambda item: -item[1]):
        output.say(f"  {words.number(number)} without a component: {words.reason(reason)}")
    if board.catalog_read_at is None:
        output.say("The catalog has never been read completely: `callboard sync --catalog-only` reads it.")
    output.banners(board.sources, now)


def _others(rows: Sequence[ComponentRow]) -> str:
    """How many are no components to the catalog, though findings belong to them in the same way."""
    from callboard.domain.component import kind_of

    others = [row for row in rows if kind_of(row.ref) != "component"]
    if not others:
        return ""
    what = {kind_of(row.ref) for row in others}
    name = what.pop() if len(what) == 1 else "thing of another kind"
    plural = f"{name}s" if name != "thing of another kind" else "things of other kinds"
    return f", {len(others):,} of them {f'a {name}' if len(others) == 1 else plural} of the catalog"


def _row(row: ComponentRow, now: Instant) -> tuple[Cell, ...]:
    from callboard.domain.component import short_name
    from callboard.web import words

    name = row.name + (" (gone from the catalog)" if row.gone_at else "")
    owner = short_name(row.owner) if row.owner else "none"
    known = bool(row.claims) or row.open.total > 0
    numbers = [getattr(row.open, word) for word in ("critical", "high", "medium", "unknown", "low", "info")]
    return (
        name,
        owner + (f" ({row.owner_problem})" if row.owner_problem else ""),
        short_name(row.system) if row.system else None,
        # Without a claim nobody can tell which findings belong here, and unknown is not zero.
        row.open.total if known else "unknown",
        *((number or "·") if known else None for number in numbers),
        row.overdue if known else None,
        None if row.oldest_open_at is None else words.since(row.oldest_open_at, now),
    )


@explained.command(
    epilog=examples("callboard component checkout-api", "callboard component component:default/checkout-api --json")
)
@click.argument("ref")
@answers
@click.pass_obj
def component(door: Door, /, *, ref: str, as_json: bool) -> None:
    """Everything about one component. REF is its entity reference; `component:default/` may be left out."""
    import msgspec

    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
    from callboard.domain.component import entity_ref
    from callboard.usecases import ask, browse, first_pages

    try:
        full = entity_ref(ref, kind="component")
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None
    with door.services() as services:
        now = services.clock.now()
        with missing.entity(services, full, "`callboard components` lists them."):
            page = browse.component(services.store, LAPTOP, full, now=now)
        (row,) = first_pages.enriched(services.store, AT_THE_LAPTOP, (page.row,), now=now)
        first = ask.first_work(services.store, AT_THE_LAPTOP, full, now=now)
    page = msgspec.structs.replace(page, row=row)
    if as_json:
        from callboard.web.to_wire import work as to_wire_work

        output.document(to_wire_work.component_page(page, first))
        return
    _show(page, now)


def _show(page: ComponentPage, now: Instant) -> None:
    from callboard.cli import output
    from callboard.web import words

    row = page.row
    output.show(
        output.facts(
            [
                ("Component", f"{row.title or row.name} ({row.ref})"),
                ("Description", page.description),
                ("Owner", f"{row.owner or 'none'}" + (f": {row.owner_problem}" if row.owner_problem else "")),
                ("System", row.system),
                ("Type", ", ".join(filter(None, (row.type, row.lifecycle)))),
                ("Open", output.counts(row.open) if row.claims or row.open.total else None),
                ("Oldest", None if row.oldest_open_at is None else words.ago(row.oldest_open_at, now)),
                ("Closed", f"{words.number(page.closed_30d)} in the last 30 days"),
                (
                    "Shared",
                    f"{words.count(page.shared, 'open finding')} with other components" if page.shared else None,
                ),
                *(("Inherited", f"{words.count(each.open, 'open finding')} {each.words}") for each in page.inherited),
                ("Gone", None if row.gone_at is None else f"from the catalog, noticed {words.ago(row.gone_at, now)}"),
                ("Read from", page.location),
            ]
        )
    )
    if not row.claims:
        output.line(
            "\nWe cannot tell which findings belong here. Add an annotation such as `wiz.io/project-id` to the component."
        )
    for name, value in page.dangling:
        output.line(f"\nThe annotation {name}: {value} matches nothing at any source.")
    if page.groups:
        output.line("")
        rows = [
            (
                output.severity(group.severity),
                group.count,
                group.rule_name,
                group.fix,
                words.since(group.oldest_at, now),
                str(group.example_id),
            )
            for group in page.groups
        ]
        columns = ("Severity", "Open", "Rule", "Fix", "Oldest", "Example")
        output.show(output.table(columns, rows, right=("Open", "Oldest", "Example")))
