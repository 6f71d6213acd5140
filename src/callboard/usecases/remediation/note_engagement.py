"""Somebody opens a finding, follows its link, or acts on it. It is counted; who it was is not kept."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable

from callboard.domain.access import Viewer, Visibility
from callboard.domain.finding import Kind
from callboard.domain.instant import Instant
from callboard.domain.remediation.engagement import Door, Engagement, hour_of, seen_as
from callboard.errors import NotFoundError
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


def note_arrived(store: Store, visibility: Visibility, finding_ids: Iterable[int], door: Door, *, now: Instant) -> None:
    """Count that somebody came to these by a link in a message; what is not in sight is left out."""
    with store.write() as conn:
        for finding_id in finding_ids:
            with contextlib.suppress(NotFoundError):
                engagement_store.note(conn, visibility, finding_id, Engagement.ARRIVED, door, hour=hour_of(now))


def note_seen(store: Store, viewer: Viewer, finding_ids: Collection[int], door: Door, *, now: Instant) -> int:
    """Count what somebody saw, and return how many findings that was new for in this hour.

    What the viewer may not see counts nothing, like what there is not; what a program reads is seen by nobody.
    """
    hour, sight = hour_of(now), viewer.visibility
    asked = {each for each in finding_ids if 0 < each < 2**63}
    # Mostly all of it is kept already: then nobody has to wait for whoever writes.
    with store.read() as conn:
        owners = engagement_store.owners_of(conn, sight, asked)
        looks = {id_: kind for id_, each in owners.items() if (kind := seen_as(viewer, each)) is not None}
        looks = engagement_store.news(conn, looks, door, hour=hour)
    if not looks:
        return 0
    counted = 0
    with store.write() as conn:
        for finding_id, kind in looks.items():
            with contextlib.suppress(NotFoundError):  # it went in the meantime
                counted += engagement_store.note(conn, sight, finding_id, kind, door, hour=hour) is not None
    return counted
