"""Look at what repositories told."""

from __future__ import annotations

import msgspec

from callboard.domain.forge import Reading, RepositoryLine, RepositoryPage
from callboard.store import Store
from callboard.store.ownership import repositories as shelf


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """A name in the catalog that leads elsewhere."""

    slug: str
    moved_to: str
    components: int
    """Catalog entities that still say the old name."""


def listed(store: Store) -> list[RepositoryLine]:
    """All repositories that are known, by host and slug."""
    with store.read() as conn:
        return shelf.lines(conn)


def shown(store: Store, name: str) -> RepositoryPage:
    """One repository, by `<host>/<slug>` or by slug alone. Raises NotFoundError."""
    with store.read() as conn:
        return shelf.page(conn, name)


def readings(store: Store) -> dict[str, Reading]:
    """How the last reading of each section ended."""
    with store.read() as conn:
        return shelf.readings(conn)


def renamed(store: Store) -> list[Renamed]:
    """Names that catalog entities still say and that lead elsewhere."""
    with store.read() as conn:
        return [
            Renamed(slug=each.repository.slug, moved_to=each.repository.moved_to, components=each.components)
            for each in shelf.lines(conn)
            if each.repository.moved_to is not None and each.components
        ]
