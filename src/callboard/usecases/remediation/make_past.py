"""Give a board a past: for one that is made up, and would otherwise have known its findings since a minute ago."""

from __future__ import annotations

from callboard.domain.instant import Instant
from callboard.store import Store
from callboard.store.remediation import past


def have_been_here(store: Store, since: Instant) -> int:
    """Say that the board has been here since then: it stored each finding when its source detected it, or then. Returns how many."""
    with store.write() as conn:
        return past.store_sooner(conn, since)
