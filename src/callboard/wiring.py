"""Introduces the rooms to each other: from a configuration to a store, a clock, and sources and catalogs to read."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from callboard import __version__
from callboard.config import Config, Section
from callboard.domain.instant import HOUR, MINUTE, Instant
from callboard.errors import StoreError
from callboard.ports import Catalog, Clock, Source
from callboard.store import Store, open_store

USER_AGENT = f"callboard/{__version__}"

FULL_EVERY_HOURS = 24.0
DELTA_EVERY_MINUTES = 15.0
"""For sources whose configuration has no such keys."""


class SystemClock:
    """This machine's clock."""

    def now(self) -> Instant:
        """The present instant."""
        return Instant(time.time_ns() // 1_000)


class OpenSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source that can be read, and how often it is to be."""

    source: Source
    full_every: int
    """Microseconds between full runs."""
    delta_every: int
    """Microseconds between runs of any mode."""
    calls_per_second: float | None
    """What we hold ourselves to. None: this source does not say."""


class Services:
    """What a command or the server works with. Use it in a `with`."""

    def __init__(self, config: Config, store: Store, clock: Clock) -> None:
        self.config = config
        self.store = store
        self.clock = clock

    @classmethod
    def open(cls, config: Config, *, create: bool) -> Self:
        """Opens the database. Without `create`, one that is not there yet raises StoreError with a hint."""
        file = database_file(config.database.url)
        if not create and file is not None and not file.exists():
            raise StoreError(f"There is no board yet at {file}.", hint="`callboard sync` reads the sources and makes it.")
        return cls(config, open_store(config.database.url, create=create), SystemClock())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.store.close()

    @asynccontextmanager
    async def source(self, section: Section) -> AsyncIterator[OpenSource]:
        """The source of a section, its secrets read only now."""
        from callboard.sources import SOURCES

        settings = section.settings()
        source = SOURCES[section.kind].build(settings, USER_AGENT)
        try:
            yield OpenSource(
                source=source,
                full_every=int(getattr(settings, "full_every_hours", FULL_EVERY_HOURS) * HOUR),
                delta_every=int(getattr(settings, "delta_every_minutes", DELTA_EVERY_MINUTES) * MINUTE),
                calls_per_second=getattr(settings, "calls_per_second", None),
            )
        finally:
            await source.close()

    @asynccontextmanager
    async def catalog(self, section: Section) -> AsyncIterator[Catalog]:
        """The catalog of a section, its secrets read only now."""
        from callboard.catalog import CATALOGS

        catalog = CATALOGS[section.kind].build(section.settings(), USER_AGENT)
        try:
            yield catalog
        finally:
            await catalog.close()


def database_file(url: str) -> Path | None:
    """The file that holds the database; None for a server or a database in memory."""
    scheme, _, rest = url.partition("://")
    if scheme.partition("+")[0] != "sqlite":
        return None
    path = rest.removeprefix("/").partition("?")[0]
    return None if path in ("", ":memory:") else Path(path)
