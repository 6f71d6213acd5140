"""Somebody says that the link of a finding is broken. It is counted; who it was is not kept."""

from __future__ import annotations

from callboard.domain.access import Everything, Visibility
from callboard.domain.instant import Instant
from callboard.store import Store
from callboard.store import links as link_store

READER = "reader"
"""The class of everybody whose sight has bounds."""


def report_broken_link(store: Store, visibility: Visibility, finding_id: int, *, now: Instant) -> bool:
    """Count it. False: it was counted within the last day already. Raises NotFoundError as `browse.finding` does.

    The next check of links looks at this one first.
    """
    who = visibility.reason if isinstance(visibility, Everything) else READER
    with store.write() as conn:
        return link_store.report(conn, visibility, finding_id, who=who, now=now)
