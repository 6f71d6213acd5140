"""`callboard ownership queue`: what waits for an owner, and who gave it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.domain.instant import Instant
    from callboard.domain.ownership.explanation import Spoken
    from callboard.domain.waiting import Heap, Waiter


@explained.command(epilog=examples("callboard ownership queue", "callboard ownership queue --limit 500 --json"))
@click.option("--limit", type=click.IntRange(1, 100_000), default=12, show_default=True, help="Lines of each list.")
@answers
@click.pass_obj
def queue(door: Door, /, *, limit: int, as_json: bool) -> None:
    """List what nobody owns: what people said is not theirs first, then what one action would map."""
    from callboard.cli import output
    from callboard.domain.access import AT_THE_LAPTOP
    from callboard.usecases.ownership.queue_unmapped import queue_unmapped
    from callboard.web import words
    from callboard.web.to_wire import queues as to_wire_queues

    with door.services() as services:
        now = services.clock.now()
        found = queue_unmapped(services.store, AT_THE_LAPTOP, now=now, most_heaps=limit, most_single=limit)
    if as_json:
        output.document(to_wire_queues.queue(found))
        return
    if found.single:
        rows = [_resource(each, now) for each in found.single]
        output.show(output.table(("Resource", "Id", "Open", "Given back", "Suggested"), rows, right=("Open",)))
    if found.heaps:
        output.line("\nBy what one action would map:")
        rows = [_heap(each) for each in found.heaps]
        columns = ("What", "Kind", "Open", "Resources", "Suggested", "Lists it")
        output.show(output.table(columns, rows, right=("Open", "Resources")))
    output.say(
        f"{words.count(found.resources, 'resource')} without an owner, with {words.count(found.findings, 'open finding')}: "
        f"{words.number(found.said)} given back, {words.number(found.suggested)} with a suggestion. "
        "`callboard ownership confirm RESOURCE COMPONENT` gives one to somebody."
    )


def _resource(each: Waiter, now: Instant) -> tuple[str | int | None, ...]:
    from callboard.domain.component import short_name

    said = "\n".join(_said(one, now) for one in each.said)
    likely = next((short_name(one.component) for one in each.suggestions if not one.is_clerical), None)
    return each.name, each.external_id, each.open, said or None, likely


def _said(one: Spoken, now: Instant) -> str:
    from callboard.domain.component import short_name
    from callboard.web import words

    reason = f": {one.reason}" if one.reason else ""
    return f"not {short_name(one.component)}'s, says {one.actor} {words.ago(one.at, now)}{reason}"


def _heap(each: Heap) -> tuple[str | int | None, ...]:
    from callboard.domain.component import short_name

    likely = next((short_name(one.component) for one in each.proposed if not one.is_clerical), None)
    return each.title, each.kind, each.findings, each.resources, likely, each.query
