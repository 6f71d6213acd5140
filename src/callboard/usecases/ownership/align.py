"""Compare the catalog with Wiz's projects and services, both ways. Offers changes, applies none."""

from __future__ import annotations

from callboard.domain.access import Everything, Viewer
from callboard.domain.ownership import alignment
from callboard.domain.ownership.alignment import Alignment
from callboard.store import Store, evidence
from callboard.store import projects as project_store


def align(store: Store, viewer: Viewer) -> Alignment:
    """Where both differ. Who does not see everything is told about components of their own, and of no other."""
    with store.read() as conn:
        projects = project_store.listed(conn, viewer.visibility)
        if isinstance(viewer.visibility, Everything):
            return alignment.align(evidence.load_entities(conn), projects)
        mine = project_store.owned_components(conn, viewer.visibility)
        return alignment.align(evidence.load_entities(conn), projects, only=mine)
