"""Propose an owner: a draft of a mapping rule. Nothing is written; `plan_mapping` shows what it would move."""

from __future__ import annotations

import msgspec

from callboard.domain.access import Everything, Right, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.mapping import RuleSet
from callboard.domain.proposal import BY_HAND, proposal
from callboard.errors import NotFoundError
from callboard.store import Store, speaking
from callboard.store import mapping as mapping_store

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

    Raises NotFoundError for a resource that is not in sight and for an entity that may own nothing.
    """
    may_map = Right.MAP in viewer.rights and isinstance(viewer.visibility, Everything)
    with store.read() as conn:
        found = speaking.find(conn, viewer.visibility, resource, source)
        if speaking.entity_id(conn, component) is None:
            raise NotFoundError(f"No component {component!r} may own findings.", hint="Correct the reference.")
        sets = mapping_store.in_force(conn) if may_map else ()
    former = next((each for each in sets if each.name == BY_HAND), None)
    told = " ".join(reason.split())[:1_000] or UNSAID
    return Draft(
        rule_set=proposal(former.rule_set if former else None, found.external_id, found.name, component, told),
        revision=former.n if former else 0,
        may_apply=may_map,
    )
