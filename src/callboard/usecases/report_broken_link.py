"""Somebody says that the link of a finding is broken. It is counted; who it was stands in the log of who did what alone."""

from __future__ import annotations

from callboard.domain.access import Everything, Right, Viewer
from callboard.domain.instant import Instant
from callboard.errors import NotAllowedError, NotFoundError
from callboard.store import Connection, Store
from callboard.store.board import links as link_store
from callboard.store.people import audit

READER = "reader"
"""The class of everybody whose sight has bounds."""


def report_broken_link(store: Store, viewer: Viewer, finding_id: int, *, now: Instant) -> bool:
    """Count it. False: it was counted within the last day already.

    Raises NotAllowedError for who may decide nothing, or sees the finding without owning it, and NotFoundError as
    `browse.finding` does. The next check of links looks at this one first.
    """
    viewer.require(Right.DECIDE)
    who = viewer.visibility.reason if isinstance(viewer.visibility, Everything) else READER
    with store.write() as conn:
        counted = _report(conn, viewer, finding_id, who, now)
        if counted:
            subject = f"finding:{finding_id}"
            audit.note(conn, at=now, actor=viewer.named, action="finding.link-broken", subject=subject)
        return counted


def _report(conn: Connection, viewer: Viewer, finding_id: int, who: str, now: Instant) -> bool:
    try:
        return link_store.report(conn, viewer.acting, finding_id, who=who, now=now)
    except NotFoundError:
        # A number that no database holds is nobody's.
        if (
            viewer.acting != viewer.visibility
            and 0 < finding_id < 2**63
            and link_store.leads(conn, viewer.visibility, [finding_id])
        ):
            raise NotAllowedError("You see this finding and do not own it, so it is not yours to decide.") from None
        raise
