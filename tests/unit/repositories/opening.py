"""Readers of a made-up forge, that wait for nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from callboard.domain.forge import Head, Kept, Listed
from callboard.domain.instant import Instant, from_text
from callboard.net import Net
from callboard.ports import Repositories
from callboard.repositories.config import GithubConfig, GitlabConfig
from callboard.repositories.github import GithubRepositories
from callboard.repositories.gitlab import GitlabRepositories
from tests.support.forges import Forge

NOW = from_text("2026-03-02T08:00:00Z")
TOKEN = "a-token-of-the-tests"


class Waiting:
    """A clock that moves only when somebody sleeps."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    async def sleep(self, seconds: float) -> None:
        """Notes the wait."""
        self.waits.append(seconds)

    def monotonic(self) -> float:
        """What was slept in all."""
        return sum(self.waits)

    def now(self) -> Instant:
        """The instant, moved by what was slept."""
        return Instant(NOW + int(sum(self.waits) * 1_000_000))

    @property
    def arguments(self) -> dict[str, Any]:
        """What `Calls` takes."""
        return {"sleep": self.sleep, "monotonic": self.monotonic, "chance": lambda: 0.5}


@asynccontextmanager
async def github(forge: Forge, waiting: Waiting | None = None, **fields: Any) -> AsyncIterator[Repositories]:
    """A reader of the forge as GitHub."""
    waiting = waiting or Waiting()
    config = GithubConfig(**{"url": forge.url, "token": TOKEN, "allow_private": True, **fields})
    async with Net(user_agent="test", allow_hosts=config.allow_hosts) as net:
        yield GithubRepositories(config, net, now=waiting.now, **waiting.arguments)


@asynccontextmanager
async def gitlab(forge: Forge, waiting: Waiting | None = None, **fields: Any) -> AsyncIterator[Repositories]:
    """A reader of the forge as GitLab."""
    waiting = waiting or Waiting()
    config = GitlabConfig(**{"url": forge.url, "token": TOKEN, "allow_private": True, **fields})
    async with Net(user_agent="test", allow_hosts=config.allow_hosts) as net:
        yield GitlabRepositories(config, net, now=waiting.now, **waiting.arguments)


async def listed(reader: Repositories, *slugs: str, kept: dict[str, Kept] | None = None) -> list[Listed]:
    """Everything that a listing tells."""
    return [each async for each in reader.listing(slugs, {} if kept is None else kept)]


async def head(reader: Repositories, slug: str) -> Head:
    """One repository."""
    found = await listed(reader, slug)
    return next(each for each in found if isinstance(each, Head) and each.slug == slug)
