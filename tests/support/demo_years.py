"""The made-up company's year on a board of a test, read from the look-alike. Its clock stands still.

What people did with it is told here and not by the demo, which may have them do other things one day.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from callboard.catalog.config import FileCatalogConfig
from callboard.catalog.file import FileCatalog
from callboard.demo.company import write_catalog
from callboard.demo.company.decisions import Moment
from callboard.demo.company.mapping import REASON, rule_set
from callboard.demo.company.world import World, make_world
from callboard.demo.wizsim import SimAddress, WizSim, running
from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.instant import DAY, HOUR, SECOND, Instant
from callboard.domain.query import parse
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.ticket import Place
from callboard.domain.run import Mode
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.source import WizSource
from callboard.store import Store
from callboard.usecases import ask
from callboard.usecases.ownership.plan_mapping import apply_mapping
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.remediation.decide import Target, decide
from callboard.usecases.remediation.file_ticket import link_ticket, of_finding
from callboard.usecases.remediation.make_past import have_been_here
from callboard.usecases.remediation.note_engagement import note_engagement
from callboard.usecases.sync import sync

MADE_AT = 1_780_012_800
"""A midnight, epoch seconds."""
NOW = Instant(MADE_AT * SECOND + 9 * HOUR)
SEED = 3
TRACKER = Place(name="jira", kind="jira", base="https://jira.demo.example", project="SEC")
DISMISS = Draft(kind=DecisionKind.DISMISS, reason=Reason.FALSE_POSITIVE)
LOOKS = ((Engagement.OPENED, Door.PAGE), (Engagement.FOLLOWED, Door.PLUGIN), (Engagement.FOLLOWED, Door.PAGE))


def live(store: Store, folder: Path, *, findings: int) -> None:
    """Let it have happened."""
    board(store, folder, make_world(seed=SEED, findings=findings, now=MADE_AT))
    have_been_here(store, Instant(NOW - 182 * DAY))
    _act(store)


def board(store: Store, folder: Path, world: World) -> None:
    """Read a company, and lay down whose things are."""
    write_catalog(folder / "catalog", world)
    with running(WizSim(world)) as address:
        asyncio.run(_read(store, address, folder))
    apply_mapping(store, AT_THE_LAPTOP, rule_set(NOW), reason=REASON, clock=Moment(NOW), agreed=True)


async def _read(store: Store, address: SimAddress, folder: Path) -> None:
    clock = Moment(NOW)
    config = WizConfig(
        client_id=address.client_id, client_secret=address.client_secret, api_url=address.api_url,
        token_url=address.token_url, allow_private=True, calls_per_second=1000.0,
    )  # fmt: skip
    source = WizSource(config, user_agent="callboard-tests/1", now=clock.now)
    try:
        await sync(store, source, clock=clock, mode=Mode.FULL)
    finally:
        await source.close()
    catalog = FileCatalog(FileCatalogConfig(paths=("catalog",)), folder=folder)
    await read_catalog(store, catalog, clock=clock)


def _act(store: Store) -> None:
    """Links that were followed, tickets, and what was set aside, of every fourth finding that is severe."""
    query = parse("severity:critical,high age:<180d -is:transient -is:reopened sort:newest")
    rows = ask.list_findings(store, AT_THE_LAPTOP, query, now=NOW, limit=400).rows
    for number, row in enumerate(sorted(rows, key=lambda each: each.external_id)):
        at = Instant(row.first_detected_at + (1 + number % 7) * DAY)
        if at >= (row.fixed_at or NOW):
            continue
        if number % 4 == 0:
            link_ticket(
                store, AT_THE_LAPTOP, of_finding(row.id), f"SEC-{1000 + number}", (TRACKER,), clock=Moment(at)
            )  # fmt: skip
        elif number % 4 == 1:
            for what, door in LOOKS[: 1 + number % 3]:
                note_engagement(store, LAPTOP, row.id, what, door, now=at)
        elif number % 24 == 2 and row.state.is_open:
            decide(store, AT_THE_LAPTOP, DISMISS, Target(findings=(row.id,)), clock=Moment(at))
