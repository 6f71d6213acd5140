"""Look how projects, components and resources are named, tagged and owned, by team."""

from __future__ import annotations

from callboard.domain.access import Everything, Viewer
from callboard.domain.ownership.standards import Report, Standards, component_thing, examine
from callboard.store import Store, evidence
from callboard.store import projects as project_store
from callboard.store.ownership import standards as standards_store


def check_standards(store: Store, viewer: Viewer, standards: Standards) -> Report:
    """Everything in the viewer's sight, by every check that is asked for."""
    visibility = viewer.visibility
    with store.read() as conn:
        entities = evidence.load_entities(conn)
        mine = None if isinstance(visibility, Everything) else project_store.owned_components(conn, visibility)
        things = [
            *standards_store.projects(conn, visibility, project_store.listed(conn, visibility)),
            *(
                component_thing(each, entities)
                for ref, each in sorted(entities.items())
                if each.kind == "component" and (mine is None or ref in mine)
            ),
        ]
        if standards.resource_names or standards.resource_tags:
            things += standards_store.resources(conn, visibility)
    return examine(things, standards)
