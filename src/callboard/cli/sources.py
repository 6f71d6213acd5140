"""`callboard sources`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from callboard.cli import explained
from callboard.cli.door import Door, answers, examples

if TYPE_CHECKING:
    from callboard.cli.output import Cell
    from callboard.domain.health import SourceHealth
    from callboard.domain.instant import Instant


@explained.command(epilog=examples("callboard sources", "callboard sources --json"))
@answers
@click.pass_obj
def sources(door: Door, /, *, as_json: bool) -> None:
    """How fresh and how whole each source is: last runs, held or partial ones, records that could not be read."""
    from callboard.cli import output
    from callboard.domain.access import LAPTOP
    from callboard.usecases import browse, source_health

    with door.services() as services:
        now = services.clock.now()
        health = source_health.of_sources(services.store, LAPTOP, now=now)
        checks = browse.link_checks(services.store, LAPTOP)
        broken = browse.broken_links(services.store, LAPTOP, now=now)
        waiting = [section for section in services.config.sources if section.name not in {each.name for each in health}]
    if as_json:
        from callboard.web.to_wire import board as to_wire

        output.document(to_wire.sources(health, checks, broken))
        return
    columns = ("Source", "Kind", "Fresh", "Last full", "Last run", "State", "Findings", "Unreadable", "Out of scope")
    if health:
        output.show(output.table(columns, (_row(each, now) for each in health), right=columns[6:]))
    for each in health:
        if each.reason:
            output.line(f"{each.name}: {each.reason}")
        if each.held_run is not None:
            output.line(
                f"{each.name}: run {each.held_run} waits for you: "
                f"`callboard sync --accept-held {each.held_run}` or `--discard-held {each.held_run}`."
            )
    for section in waiting:
        output.say(
            f"{section.name} ({section.kind}) is configured and has never been read: `callboard sync {section.name}`."
        )
    if not health and not waiting:
        output.say("No source is configured: `callboard init` sets one up.")


def _row(health: SourceHealth, now: Instant) -> tuple[Cell, ...]:
    from callboard.web import words

    return (
        health.name,
        health.kind,
        "never whole" if health.last_full_at is None else "stale" if health.stale else "yes",
        "never" if health.last_full_at is None else words.ago(health.last_full_at, now),
        "never" if health.last_run_at is None else words.ago(health.last_run_at, now),
        "syncing" if health.syncing else health.last_run_state,
        health.findings,
        health.rejected,
        health.out_of_scope,
    )
