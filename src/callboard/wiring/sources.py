"""From a section to a source that can be read, and what pages and people may do with it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import cast

import msgspec

from callboard import __version__
from callboard.config import Config, Section
from callboard.domain.instant import HOUR, MINUTE
from callboard.domain.link import LinkRules
from callboard.domain.remediation.write_back import WritePolicy
from callboard.domain.run import Part, Scope
from callboard.errors import ConfigError
from callboard.ports import (
    RawPage,
    Source,
    SourceSpec,
    Split,
    TurnsOf,
    Writer,
)
from callboard.store import Store
from callboard.usecases.call_turns import SharedTurns
from callboard.wiring.machine import USER_AGENT

FULL_EVERY_HOURS = 24.0


DELTA_EVERY_MINUTES = 15.0
"""For sources whose configuration has no such keys."""


class OpenSource(msgspec.Struct, frozen=True, kw_only=True):
    """A source that can be read, and how often it is to be."""

    source: Source
    full_every: int
    """Microseconds between full runs."""
    delta_every: int
    """Microseconds between runs of any mode."""
    calls_per_second: float | None
    """What we hold ourselves to. None: this source does not say."""
    writes: WritePolicy
    """What may be written to it."""
    webhook_token: str | None
    """What its webhooks have to bring. None: there are none."""

    def __repr__(self) -> str:
        return f"OpenSource({self.source.name!r})"

    @property
    def writer(self) -> Writer | None:
        """What writes to it. None: nothing may be written, or it takes nothing."""
        return getattr(self.source, "writer", None) if self.writes.is_on else None

    def timed(self, observe: Callable[[float], object]) -> Source:
        """The source, telling `observe` how many seconds each page took."""
        return cast("Source", _Timed(self.source, observe))


class _Timed:
    """A source with a stopwatch on its pages; everything else is the source's own."""

    def __init__(self, source: Source, observe: Callable[[float], object]) -> None:
        self._source = source
        self._observe = observe

    def __getattr__(self, name: str) -> object:
        return getattr(self._source, name)

    async def pages(self, part: Part, cursor: str | None) -> AsyncIterator[RawPage | Split]:
        began = time.monotonic()
        async for page in self._source.pages(part, cursor):
            self._observe(time.monotonic() - began)
            yield page
            began = time.monotonic()


def turns_on(store: Store) -> TurnsOf | None:
    """Where accounts take turns that several machines call. None: only this machine does."""
    return partial(SharedTurns, store) if store.dialect.has_many_hosts else None


@asynccontextmanager
async def open_source(section: Section, store: Store | None = None) -> AsyncIterator[OpenSource]:
    """The source of a section, its secrets read only now. Opening asks nothing yet. Raises ConfigError.

    `store` is where its account takes turns with other machines; without one nobody else is thought of.
    """
    from callboard.sources import SOURCES

    settings = section.settings()
    source = SOURCES[section.kind].build(settings, USER_AGENT, None if store is None else turns_on(store))
    try:
        yield OpenSource(
            source=source,
            full_every=int(getattr(settings, "full_every_hours", FULL_EVERY_HOURS) * HOUR),
            delta_every=int(getattr(settings, "delta_every_minutes", DELTA_EVERY_MINUTES) * MINUTE),
            calls_per_second=getattr(settings, "calls_per_second", None),
            webhook_token=getattr(settings, "webhook_token", None),
            writes=_writes(settings),
        )
    finally:
        await source.close()


def link_hosts(config: Config) -> frozenset[str]:
    """The hosts that pages may link to. A source whose secrets cannot be read gives none."""
    hosts: set[str] = set()
    for section in config.sources:
        with suppress(ConfigError):
            hosts |= set(getattr(section.settings(), "allowed_link_hosts", ()))
    return frozenset(hosts)


def write_policies(config: Config) -> dict[str, WritePolicy]:
    """By source, what may be written to it. To a source whose secrets cannot be read nothing is."""
    found: dict[str, WritePolicy] = {}
    for section in config.sources:
        with suppress(ConfigError):
            found[section.name] = _writes(section.settings())
    return {name: policy for name, policy in found.items() if policy.is_on}


def _writes(settings: object) -> WritePolicy:
    given = getattr(settings, "write_back", None)
    return WritePolicy() if given is None else cast("WritePolicy", given.policy())


def link_rules(config: Config) -> dict[str, LinkRules]:
    """By source, what is known about its own pages. A source whose secrets cannot be read has none."""
    found: dict[str, LinkRules] = {}
    for section in config.sources:
        with suppress(ConfigError):
            found[section.name] = rules_of(section)
    return found


def rules_of(section: Section) -> LinkRules:
    """What is known about the pages of one source. Raises ConfigError when its secrets cannot be read."""
    rules = getattr(section.settings(), "link_rules", None)
    return rules if isinstance(rules, LinkRules) else LinkRules()


@asynccontextmanager
async def open_for_files(section: Section | None, spec: SourceSpec, name: str) -> AsyncIterator[Source]:
    """What a file's findings belong to: the configured source, or one that exists only through its files."""
    if section is None:
        yield cast("Source", _FilesOnly(spec, name))
        return
    async with open_source(section) as opened:
        yield opened.source


class _FilesOnly:
    """As much of a source as an import needs: it is never asked anything."""

    def __init__(self, spec: SourceSpec, name: str) -> None:
        self.name = name
        self.kind = spec.kind
        self.scope = Scope()

    def promise(self, part_kind: str, door: str) -> str:
        return f"{self.kind}/{part_kind}/{door}/{__version__}"
