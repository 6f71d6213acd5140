"""How fresh and whole what is shown is."""

from __future__ import annotations

from callboard.domain.access import Visibility
from callboard.domain.health import SourceHealth
from callboard.domain.instant import Instant
from callboard.store import Store
from callboard.store.board import sources as source_store


def of_sources(store: Store, visibility: Visibility, *, now: Instant) -> tuple[SourceHealth, ...]:
    """How fresh and whole each source is."""
    with store.read() as conn:
        return source_store.health(conn, visibility, now=now)
