"""List what waits for an owner, by what one action would map, and what is suggested for it."""

from __future__ import annotations

import msgspec

from callboard.domain import waiting
from callboard.domain.access import Viewer
from callboard.domain.instant import Instant
from callboard.domain.ownership.likeness import DEFAULT, Model
from callboard.domain.ownership.suggesting import Likely
from callboard.domain.waiting import Heap, Waiter
from callboard.store import Store, contested, evidence
from callboard.store.ownership import suggesting


class Queue(msgspec.Struct, frozen=True, kw_only=True):
    """What nobody owns, in sight."""

    resources: int
    findings: int
    """Open ones."""
    suggested: int
    """Resources with a suggestion."""
    said: int
    """Resources of which somebody said that they are not theirs."""
    heaps: tuple[Heap, ...]
    """By what one action would map, the most findings first. One resource may be in several."""
    heap_count: int
    single: tuple[Waiter, ...]
    """Resources one by one: those that were given back first, then those with a suggestion and with most open findings."""


def queue_unmapped(
    store: Store, viewer: Viewer, *, now: Instant, most_heaps: int = 12, most_single: int = 12, model: Model = DEFAULT
) -> Queue:
    """The queue of what the viewer may see. Nothing is applied."""
    with store.read() as conn:
        waits = suggesting.waiting(conn, store.dialect, viewer.visibility, now=now)
        titles = contested.titles(conn) if waits else {}
        likely = Likely(
            evidence.load_entities(conn).values() if waits else (), model,
            around=suggesting.around(conn, viewer.visibility) if waits else {},
        )  # fmt: skip
    for each in waits:
        titles |= {place: each.account for place in each.unowned.places if place[0] == "account" and each.account}
    waiters = [
        Waiter(
            source=each.source, external_id=each.external_id, name=each.name, type=each.type, open=each.open,
            places=each.unowned.places, suggestions=likely.suggest(each.unowned), said=each.said,
        )
        for each in waits
    ]  # fmt: skip
    found = waiting.heaps(waiters, titles)
    shown = found[:most_heaps]
    single = sorted(waiters, key=waiting.turn)
    return Queue(
        resources=len(waiters),
        findings=sum(each.open for each in waiters),
        suggested=sum(each.is_suggested for each in waiters),
        said=sum(bool(each.said) for each in waiters),
        heaps=shown,
        heap_count=len(found),
        single=tuple(single[:most_single]),
    )
