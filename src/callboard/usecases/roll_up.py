"""Roll open findings up: by domain, system and component; by business unit; by geography; by account."""

from __future__ import annotations

import enum
from typing import assert_never

from callboard.domain import tree
from callboard.domain.access import Viewer
from callboard.domain.term import ACCOUNT, REGION
from callboard.domain.tree import Node
from callboard.store import Store
from callboard.store.board import trees as tree_store


@enum.unique
class View(enum.StrEnum):
    """What findings are rolled up by."""

    DOMAIN = "domain"
    """Vertically: domains, the systems in them, their components."""
    UNIT = "unit"
    """Horizontally: business units, and the projects in them."""
    REGION = "region"
    ACCOUNT = "account"


def roll_up(store: Store, viewer: Viewer, view: View) -> Node:
    """The tree of everything open that the viewer may see. A finding that several share counts once in every node."""
    visibility = viewer.visibility
    with store.read() as conn:
        match view:
            case View.DOMAIN:
                heaps = tree_store.of_holdings(conn, visibility)
                routes = tree_store.routes(conn, visibility)
                unmapped = heaps.keys() - tree_store.routed(conn, heaps)
                branch = tree.by_domain(tree_store.known(conn, visibility), routes, unmapped)
            case View.UNIT:
                heaps, of_project = tree_store.of_project_sets(conn, visibility)
                projects = tree_store.project_nodes(conn, of_project)
                branch = tree.by_unit(projects, of_project, heaps)
            case View.REGION | View.ACCOUNT:
                form = REGION if view is View.REGION else ACCOUNT
                found = tree_store.of_terms(conn, visibility, form)
                heaps = found.heaps
                branch = tree.by_value(form, found.titles, found.of_value, found.outside)
            case _:
                assert_never(view)
    return tree.counted(branch, heaps)
