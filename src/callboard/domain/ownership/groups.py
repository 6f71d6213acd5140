"""Groups: which stand above which, and whether an owner can act. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from callboard.domain.component import Entity, EntityRef, kind_of


def group_closure(entities: Iterable[Entity]) -> tuple[tuple[EntityRef, EntityRef], ...]:
    """Every pair (above, below) of groups, each group also with itself, sorted.

    Reading reaches down along these pairs, so a circle gives nothing: groups that are said to stand above each other
    stand above nobody by that, and neither do they stand above what hangs below the circle.
    """
    parents = {entity.ref: entity.parent for entity in entities if entity.kind == "group"}
    pairs: set[tuple[EntityRef, EntityRef]] = set()
    for below, parent in parents.items():
        line = [below]
        seen = {below}
        above = parent
        while above is not None and above in parents and above not in seen:
            line.append(above)
            seen.add(above)
            above = parents[above]
        if above in seen:
            del line[max(1, line.index(above)) :]
        pairs.update((each, below) for each in line)
    return tuple(sorted(pairs))


def empty_groups(entities: Iterable[Entity]) -> tuple[EntityRef, ...]:
    """Groups in which nobody is, nor in any group below them, sorted. A group that only holds teams is not empty."""
    groups = {entity.ref: entity for entity in entities if entity.kind == "group"}
    peopled = {above for above, below in group_closure(groups.values()) if groups[below].members}
    return tuple(sorted(groups.keys() - peopled))


def owner_problem(component: Entity, entities: Mapping[EntityRef, Entity]) -> str | None:
    """Why the owner of a component cannot act, in words. None: it can."""
    if component.owner is None:
        return "no owner in catalog"
    owner = entities.get(component.owner)
    if owner is None:
        return "owner does not exist"
    if owner.kind == "user":
        return None
    if kind_of(owner.ref) != "group":
        return "owner is no group and no user"
    return None if owner.members else "group has no members"
