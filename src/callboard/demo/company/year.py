"""What the company's people did in the past half year: links they followed, and tickets they made, some of them first.

Picked by the seed. Somewhat more of what was fixed soon had been followed from the portal, so that the comparison with tickets
has something to find; how much, it says itself.
"""

from __future__ import annotations

from random import Random
from typing import Final

from callboard.demo.company.decisions import Moment
from callboard.demo.company.rollout import EVERY, WAVES
from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.board import FindingRow
from callboard.domain.instant import DAY, HOUR, Instant
from callboard.domain.query import parse
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.rollout import Rollout
from callboard.domain.remediation.ticket import Place
from callboard.store import Store
from callboard.usecases import ask
from callboard.usecases.remediation import plan_rollout
from callboard.usecases.remediation.file_ticket import link_ticket, of_finding
from callboard.usecases.remediation.make_past import have_been_here
from callboard.usecases.remediation.note_engagement import note_engagement

HALF_YEAR: Final = 182
"""Days since which the company has a board."""
MOST: Final = 700
"""Findings of which it is picked."""
SOON: Final = 30
"""Days within which a fix is a soon one."""
TRACKER: Final = Place(name="jira", kind="jira", base="https://jira.demo.example", project="SEC")


def live_through(store: Store, *, seed: int, now: Instant, rollout: Rollout | None = None) -> None:
    """Let it have happened. `rollout`: in which order teams were given the portal."""
    have_been_here(store, Instant(now - HALF_YEAR * DAY))
    if rollout is not None:
        plan_rollout.draw(
            store, AT_THE_LAPTOP, waves=WAVES, first=rollout.first, every=EVERY, seed=rollout.seed, teams=rollout.teams,
            clock=Moment(rollout.planned_at),
        )  # fmt: skip
    random = Random(f"{seed}:year")
    tickets = 0
    for row in sorted(_opened_since(store, now), key=lambda each: each.external_id):
        life = (row.fixed_at or now) - row.first_detected_at
        chance, wait = random.random(), Instant(int(random.uniform(0.2, 6.5) * DAY))
        if life < max(wait, DAY):
            continue
        at = Instant(row.first_detected_at + wait)
        is_soon = row.fixed_at is not None and life < SOON * DAY
        if chance < (0.4 if is_soon else 0.22):
            _follow(store, row.id, random, at)
        elif chance < (0.62 if is_soon else 0.42):
            tickets += 1
            link_ticket(
                store, AT_THE_LAPTOP, of_finding(row.id), f"SEC-{1000 + tickets}", (TRACKER,), clock=Moment(at)
            )  # fmt: skip


def _opened_since(store: Store, now: Instant) -> list[FindingRow]:
    query = parse(f"severity:critical,high age:<{HALF_YEAR - 2}d -is:transient -is:reopened sort:newest")
    found: list[FindingRow] = []
    cursor = None
    while len(found) < MOST:
        page = ask.list_findings(store, AT_THE_LAPTOP, query, now=now, cursor=cursor, limit=500)
        found += page.rows
        cursor = page.cursor
        if cursor is None:
            break
    return found[:MOST]


def _follow(store: Store, finding_id: int, random: Random, at: Instant) -> None:
    """Somebody opens it in the portal, or here, and goes on to the source."""
    door = random.choice((Door.PLUGIN, Door.PLUGIN, Door.PAGE))
    for what in (Engagement.SEEN, Engagement.OPENED):
        note_engagement(store, LAPTOP, finding_id, what, door, now=Instant(at - HOUR))
    note_engagement(store, LAPTOP, finding_id, Engagement.FOLLOWED, door, now=at)
