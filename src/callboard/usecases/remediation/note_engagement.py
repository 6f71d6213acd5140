"""Somebody opens a finding, follows its link, or acts on it. It is counted; who it was is not kept."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.domain.access import Visibility
from callboard.domain.finding import Kind
from callboard.domain.instant import Instant
from callboard.domain.remediation.engagement import Door, Engagement, hour_of
from callboard.store import Store
from callboard.store.remediation import engagement as engagement_store


def note_engagement(
    store: Store, visibility: Visibility, finding_id: int, kind: Engagement, door: Door, *, now: Instant
) -> Kind | None:
    """Count it, and return the finding's kind. None: it was counted within this hour already.

    Raises NotFoundError as `browse.finding` does.
    """
    with store.write() as conn:
        return engagement_store.note(conn, visibility, finding_id, kind, door, hour=hour_of(now))


def note_acts(
    store: Store, visibility: Visibility, finding_ids: Iterable[int], door: Door, *, now: Instant
) -> None:  # fmt: skip
    """Count that somebody acted on findings, which the caller has just done."""
    with store.write() as conn:
        for finding_id in finding_ids:
            engagement_store.note(conn, visibility, finding_id, Engagement.ACTED, door, hour=hour_of(now))
