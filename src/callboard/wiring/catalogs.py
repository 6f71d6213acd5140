"""From a section to a catalog, or to repositories, that can be read."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec

from callboard.config import Config, Section
from callboard.domain.instant import MINUTE
from callboard.ports import (
    Catalog,
    Clock,
    Repositories,
)
from callboard.wiring.machine import USER_AGENT, SystemClock


class OpenRepositories(msgspec.Struct, frozen=True, kw_only=True):
    """Repositories that can be read, and how often they are to be."""

    reader: Repositories
    activity_days: int
    every: int
    """Microseconds between readings."""

    def __repr__(self) -> str:
        return f"OpenRepositories({self.reader.name!r})"


@asynccontextmanager
async def open_catalog(config: Config, section: Section, clock: Clock | None = None) -> AsyncIterator[Catalog]:
    """The catalog of a section, its secrets read only now. Raises ConfigError."""
    from callboard import catalog
    from callboard.net import Net

    settings = section.settings()
    now = (clock or SystemClock()).now
    async with Net(user_agent=USER_AGENT, allow_hosts=getattr(settings, "allow_hosts", ())) as net:
        yield catalog.open_catalog(settings, net, folder=config.folder, now=now)


@asynccontextmanager
async def open_repositories(
    config: Config, section: Section, clock: Clock | None = None
) -> AsyncIterator[OpenRepositories]:
    """What a section reads repositories from, its secrets read only now. Raises ConfigError."""
    from callboard import repositories
    from callboard.net import Net

    settings = section.settings()
    now = (clock or SystemClock()).now
    async with Net(user_agent=USER_AGENT, allow_hosts=getattr(settings, "allow_hosts", ())) as net:
        reader = repositories.open_repositories(settings, net, folder=config.folder, now=now)
        try:
            yield OpenRepositories(
                reader=reader, activity_days=settings.activity_days, every=settings.read_every_minutes * MINUTE
            )
        finally:
            await reader.close()
