"""Somebody follows the link of a finding to its source. It is counted; who it was is not kept."""

from __future__ import annotations

from callboard.domain.access import Visibility
from callboard.domain.engagement import Door, Engagement, hour_of
from callboard.domain.finding import Kind
from callboard.domain.instant import Instant
from callboard.store import Store
from callboard.store import engagement as engagement_store


def note_engagement(
    store: Store, visibility: Visibility, finding_id: int, kind: Engagement, door: Door, *, now: Instant
) -> Kind | None:
    """Count it, and return the finding's kind. None: it was counted within this hour already.

    Raises NotFoundError as `browse.finding` does.
    """
    with store.write() as conn:
        return engagement_store.note(conn, visibility, finding_id, kind, door, hour=hour_of(now))
