"""`callboard bundles`, and the table of bundles that other commands show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from callboard.cli import explained, missing
from callboard.cli.asking import Asking, query_of, query_words
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.cli.output import Cell
    from callboard.domain.board import BundleRow
    from callboard.domain.instant import Instant


@explained.command(
    cls=Asking,
    epilog=examples(
        "callboard bundles",
        "callboard bundles is:open owner:payments",
        "callboard bundles is:open severity:critical group:rule --json",
    ),
)
@query_words
@click.option("--limit", type=click.IntRange(1, 500), help="Rows on one page.  [default: 50]")
@click.option("--cursor", help="Where the last page ended, as it said.")
@answers
@click.pass_obj
def bundles(door: Door, /, *, words: tuple[str, ...], limit: int | None, cursor: str | None, as_json: bool) -> None:
    """List findings put together by what closes them: what to do first comes first.

    QUERY is in the query language, as for `callboard findings`; group:rule, resource, cve, component or owner puts them
    together by something else. Without a query: is:open sort:do-now.
    """
    import msgspec

    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.domain.query import DEFAULT_LIMIT, FOR_ANYBODY
    from callboard.usecases import ask, browse, source_health
    from callboard.web.to_wire import work as to_wire_work
    from callboard.wiring.sources import link_hosts, link_rules

    query = query_of(words, FOR_ANYBODY)
    with door.services() as services:
        now = services.clock.now()
        page = ask.list_bundles(
            services.store, AT_THE_LAPTOP, query, now=now, cursor=cursor,
            limit=DEFAULT_LIMIT if limit is None else limit,
        )  # fmt: skip
        hosts, rules = link_hosts(services.config), link_rules(services.config)
        rows = browse.linked(services.store, AT_THE_LAPTOP.visibility, page.rows, link_hosts=hosts, link_rules=rules)
        health = source_health.of_sources(services.store, AT_THE_LAPTOP.visibility, now=now)
        unknown = [] if as_json else missing.said_of(services, query)
    if as_json:
        output.document(to_wire_work.bundles(msgspec.structs.replace(page, rows=rows), query))
        return
    show(page.rows, now)
    output.say(output.shown(page, "bundle", query.canonical))
    for remark in unknown:
        output.say(remark)
    output.banners(health, now)


def show(rows: Sequence[BundleRow], now: Instant) -> None:
    """The table of bundles."""
    from callboard.cli import output

    if rows:
        columns = ("Severity", "Findings", "What", "Do", "Component", "Due", "Oldest", "Example")
        table = output.table(columns, (_row(row, now) for row in rows), right=("Findings", "Due", "Oldest", "Example"))
        output.show(table)


def _row(row: BundleRow, now: Instant) -> tuple[Cell, ...]:
    from callboard.cli import output
    from callboard.domain.component import short_name
    from callboard.web import words

    whose = ", ".join(short_name(ref) for ref in row.components)
    more = row.component_count - len(row.components)
    if more:
        whose += f" and {words.number(more)} more"
    if row.unmapped:
        whose += " and unmapped" if whose else "unmapped"
    return (
        output.severity(row.severity),
        row.findings,
        row.title,
        row.fix,
        whose,
        None if row.due_at is None else words.ago(row.due_at, now),
        words.since(row.oldest_at, now),
        str(row.finding_id),
    )
