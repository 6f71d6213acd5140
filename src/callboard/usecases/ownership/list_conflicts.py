"""List what components of different owners claim at once."""

from __future__ import annotations

import msgspec

from callboard.domain.access import Viewer
from callboard.store import Store, contested
from callboard.store.contested import Contested


class Conflicts(msgspec.Struct, frozen=True, kw_only=True):
    """Resources in conflict, in sight."""

    total: int
    resources: tuple[Contested, ...]
    """Those with most open findings first, up to the limit that was asked for."""


def list_conflicts(store: Store, viewer: Viewer, *, limit: int = 50) -> Conflicts:
    """What the viewer may see of them. Components that the viewer may not know of are left out of each."""
    with store.read() as conn:
        total, found = contested.contested(conn, viewer.visibility, limit=limit)
    return Conflicts(total=total, resources=found)
