"""A made-up catalog."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.domain.component import CatalogProblem, CatalogReading, Entity, EntityRef
from callboard.errors import CatalogError
from callboard.ports import Check


def component(
    name: str,
    owner: str | None = None,
    *,
    projects: Iterable[str] = (),
    assets: Iterable[str] = (),
    system: str | None = None,
) -> Entity:
    """A component whose annotations claim projects and resources."""
    claimed = {"wiz.io/project-id": ",".join(projects), "wiz.io/asset-id": ",".join(assets)}
    return Entity(
        ref=EntityRef(f"component:default/{name}"),
        kind="component",
        name=name,
        owner=EntityRef(f"group:default/{owner}") if owner else None,
        system=EntityRef(f"system:default/{system}") if system else None,
        annotations=tuple((annotation, value) for annotation, value in claimed.items() if value),
    )


def group(name: str, *, parent: str | None = None, members: Iterable[str] = ()) -> Entity:
    """A team."""
    return Entity(
        ref=EntityRef(f"group:default/{name}"),
        kind="group",
        name=name,
        parent=EntityRef(f"group:default/{parent}") if parent else None,
        members=tuple(EntityRef(f"user:default/{member}") for member in members),
    )


class MadeUpCatalog:
    """The `Catalog` of tests: it hands out what it was given."""

    def __init__(self, name: str = "catalog") -> None:
        self.name = name
        self.entities: dict[EntityRef, Entity] = {}
        self.problems: tuple[CatalogProblem, ...] = ()
        self.error: CatalogError | None = None

    def put(self, *entities: Entity) -> None:
        """Add entities, or change them."""
        self.entities.update({entity.ref: entity for entity in entities})

    def drop(self, *names: str) -> None:
        """Take components out."""
        for name in names:
            del self.entities[EntityRef(f"component:default/{name}")]

    async def read(self) -> CatalogReading:
        """All of it; not complete when there are problems."""
        if self.error is not None:
            raise self.error
        return CatalogReading(
            entities=tuple(self.entities.values()), problems=self.problems, complete=not self.problems
        )

    async def check(self) -> tuple[Check, ...]:
        """Nothing to say."""
        return ()
