"""What a reading of a catalog is worth, as lines for `callboard doctor`."""

from __future__ import annotations

from collections import Counter

from callboard.domain.component import CatalogReading
from callboard.domain.ownership.claims import claims_of
from callboard.domain.ownership.groups import owner_problem
from callboard.ports import Check


def reading_checks(name: str, reading: CatalogReading) -> tuple[Check, ...]:
    """Whether it was read whole, what it holds, and whether its components can get findings and act on them."""
    return (_whole(name, reading), _claims(name, reading), _owners(name, reading))


def _whole(name: str, reading: CatalogReading) -> Check:
    kinds = Counter(entity.kind for entity in reading.entities)
    held = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items())) or "no entity"
    if not reading.problems:
        return Check(subject=f"catalog {name}", ok=reading.complete, message=f"Read: {held}.")
    first = reading.problems[0]
    more = f", and {len(reading.problems) - 1:,} more" if len(reading.problems) > 1 else ""
    told = f"Read: {held}. Problems: {first.where}: {first.reason}{more}."
    hint = None if reading.complete else "Until it can be read whole, nothing is taken for deleted."
    return Check(subject=f"catalog {name}", ok=reading.complete, message=told, hint=hint)


def _claims(name: str, reading: CatalogReading) -> Check:
    components = [entity for entity in reading.entities if entity.kind == "component"]
    claiming = sum(1 for entity in components if claims_of(entity))
    return Check(
        subject=f"catalog {name}: annotations",
        ok=claiming > 0,
        message=f"{claiming:,} of {len(components):,} components carry an annotation that leads findings to them.",
        hint=None if claiming else "Add for example wiz.io/project-id to a component's annotations.",
    )


def _owners(name: str, reading: CatalogReading) -> Check:
    entities = {entity.ref: entity for entity in reading.entities}
    problems = Counter(
        problem
        for entity in reading.entities
        if entity.kind == "component" and (problem := owner_problem(entity, entities))
    )
    if not problems:
        return Check(subject=f"catalog {name}: owners", ok=True, message="Every component has an owner who can act.")
    told = ", ".join(f"{problem} ({count:,})" for problem, count in sorted(problems.items()))
    return Check(
        subject=f"catalog {name}: owners",
        ok=False,
        message=f"Components whose owner cannot act: {told}.",
        hint="`callboard components` shows which; correct spec.owner, or add the group and its members to the catalog.",
    )
