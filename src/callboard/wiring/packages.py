"""What is known about packages: the index at hand, and registries that may be asked."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from callboard import __version__
from callboard.config import Config, Section
from callboard.errors import ConfigError
from callboard.ports import (
    Judge,
    Registry,
)
from callboard.wiring.machine import USER_AGENT, SystemClock

if TYPE_CHECKING:
    from callboard.domain.packages.signals import WellKnown


@asynccontextmanager
async def open_registries(config: Config) -> AsyncIterator[tuple[list[Registry], list[str]]]:
    """The registries that may be asked; and why others cannot, such as a secret that cannot be read."""
    found: list[Registry] = []
    problems: list[str] = []
    async with AsyncExitStack() as stack:
        for section in config.registries:
            try:
                found.append(await stack.enter_async_context(open_registry(section)))
            except ConfigError as error:
                problems.append(f"What the {section.kind} registry says: {error.message}")
        yield found, problems


@asynccontextmanager
async def open_registry(section: Section) -> AsyncIterator[Registry]:
    """One registry of the configuration. Raises ConfigError for a secret that cannot be read."""
    from callboard import registries
    from callboard.net import Net

    settings = section.settings()
    async with Net(user_agent=USER_AGENT, allow_hosts=settings.allow_hosts) as net:
        yield registries.open_registry(section.kind, settings, net)


def open_judge(config: Config) -> Judge:
    """What is known about vulnerable and malicious packages: the index at hand, else what came with Callboard.

    Raises AdvisoryIndexError for an index that cannot be read.
    """
    from callboard.advisories.index import Index
    from callboard.advisories.judging import IndexJudge
    from callboard.advisories.place import FILE_NAME

    named = config.named_index
    path = named or config.folder / (config.advisories.index or FILE_NAME)
    known = tuple(
        (ecosystem, _well_known(ecosystem, config.folder / name, _changed_at(config.folder / name)))
        for ecosystem, name in config.advisories.well_known
    )
    # Whoever names a file means that one.
    if named is None and not path.exists():
        return own_judge(known)
    index = Index.open(path)
    return IndexJudge(index, f"{index.facts.made_at}", dict(known))


@functools.lru_cache(maxsize=16)
def _well_known(ecosystem: str, path: Path, changed_at: int) -> WellKnown:  # noqa: ARG001 - another moment is another file
    from callboard.advisories.well_known import read_well_known

    return read_well_known(ecosystem, path)


def _changed_at(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@functools.cache
def own_judge(known: tuple[tuple[str, WellKnown], ...] = ()) -> Judge:
    """What came with Callboard about vulnerable and malicious packages, and nothing else."""
    from callboard.advisories.judging import IndexJudge
    from callboard.advisories.updating import own_index

    return IndexJudge(own_index(SystemClock().now()), f"callboard {__version__}", dict(known))
