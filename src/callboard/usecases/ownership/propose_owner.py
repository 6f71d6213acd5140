"""Propose an owner: a draft of a mapping rule. Nothing is written; `plan_mapping` shows what it would move."""

from __future__ import annotations

import msgspec

from callboard.domain.access import Everything, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.ownership import proposal
from callboard.domain.ownership.mapping import Form, RuleSet
from callboard.errors import NotFoundError
from callboard.store import Connection, Store
from callboard.store import mapping as mapping_store
from callboard.store.mapping import Revision
from callboard.store.ownership import speaking

UNSAID = "Say why."
"""The reason of a draft for which nobody gave one."""


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A draft, and what it was made from."""

    rule_set: RuleSet
    """For who may map the whole set with the new rule, for others the new rule alone."""
    revision: int
    """Of the set that it was made from. 0: a new one, or one that the viewer may not read."""
    may_apply: bool


def propose_owner(
    store: Store, viewer: Viewer, resource: str, component: EntityRef, *, reason: str = "", source: str | None = None
) -> Draft:
    """A rule that gives this resource to this component.

    Raises NotFoundError for a resource that is not in sight, and to who may map for an entity that may own nothing.
    """
    may_map = _maps(viewer)
    with store.read() as conn:
        found = speaking.find(conn, viewer.visibility, resource, source)
        former = _former(conn, viewer, component)
    drafted = proposal.for_resource(
        former.rule_set if former else None, found.external_id, found.name, component, _told(reason)
    )
    return Draft(rule_set=drafted, revision=former.n if former else 0, may_apply=may_map)


def propose_for_place(
    store: Store, viewer: Viewer, kind: str, value: str, component: EntityRef, *, reason: str = ""
) -> Draft:
    """A default that gives what lies in a project or an account to this component, where nothing better is known.

    Raises NotFoundError to who may map for an entity that may own nothing.
    """
    may_map = _maps(viewer)
    with store.read() as conn:
        former = _former(conn, viewer, component)
    drafted = proposal.for_place(former.rule_set if former else None, Form(kind), value, component, _told(reason))
    return Draft(rule_set=drafted, revision=former.n if former else 0, may_apply=may_map)


def _maps(viewer: Viewer) -> bool:
    return Right.MAP in viewer.rights and isinstance(viewer.visibility, Everything)


def _told(reason: str) -> str:
    return " ".join(reason.split())[:1_000] or UNSAID


def _former(conn: Connection, viewer: Viewer, component: EntityRef) -> Revision | None:
    """The set that drafts go to, for who may map. Raises NotFoundError to them for a component that may own nothing.

    Others may name any component, and are not told whether there is one: the plan will tell who applies it.
    """
    if not _maps(viewer):
        return None
    if speaking.entity_id(conn, viewer.visibility, component) is None:
        raise NotFoundError
    return next((each for each in mapping_store.in_force(conn) if each.name == proposal.BY_HAND), None)
