"""Look after what is stored: counters against their rows, and dates after the policy changed."""

from __future__ import annotations

from callboard.ports import Clock
from callboard.store import Store, canonical
from callboard.store.canonical import Digest
from callboard.store.intake import recount
from callboard.store.intake.recount import Check
from callboard.store.ownership import policies


def check_counters(store: Store) -> Check:
    """Count everything anew and compare."""
    with store.read() as conn:
        return recount.check(conn)


def digests(store: Store) -> dict[str, Digest]:
    """What the board holds, table by table, in short and so that two boards can be compared. Reads everything."""
    with store.read() as conn:
        return canonical.digests(conn)


def follow_policy(store: Store, clock: Clock) -> int:
    """Give open findings the dates of the policy in force, if another one gave theirs. Returns how many moved.

    Killed in the middle, it starts again the next time.
    """
    moved = 0
    after: int | None = 0
    while after is not None:
        with store.write() as conn:
            step = policies.follow(conn, store, after=after, now=clock.now())
        moved += step.moved
        after = step.next
    return moved
