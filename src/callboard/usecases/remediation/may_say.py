"""What the viewer of a finding's page may say about it."""

from __future__ import annotations

from callboard.domain.access import Viewer
from callboard.domain.board import FindingPage
from callboard.domain.remediation.sayable import Sayable, about_one
from callboard.store import Store, deciders


def may_say(store: Store, viewer: Viewer, page: FindingPage) -> Sayable:
    """Nothing about what the viewer only sees."""
    row = page.row
    if viewer.acting != viewer.visibility:
        with store.read() as conn:
            if not deciders.in_sight(conn, store.dialect, viewer.acting, [row.id]):
                return Sayable()
    is_open = row.state.is_open or row.state.is_set_aside
    return about_one(page.standing, actor=viewer.named, rights=viewer.rights, is_open=is_open)
