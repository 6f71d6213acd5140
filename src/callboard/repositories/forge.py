"""What every forge does alike: list what some places hold and what the catalog names beside, and say whether it works."""

from __future__ import annotations

import abc
import asyncio
from collections.abc import AsyncIterator, MutableMapping, Sequence

from callboard.domain.forge import Absent, Head, Kept, Listed, Moved, Unread
from callboard.errors import BudgetSpentError, RepositoryError, RepositoryMissingError, RepositoryRefusedError
from callboard.ports import Check
from callboard.repositories.calls import Calls
from callboard.repositories.config import GithubConfig, GitlabConfig


class Forge(abc.ABC):
    """One host of repositories, through one app or token. A subclass asks; this decides what is asked for."""

    def __init__(self, config: GithubConfig | GitlabConfig, calls: Calls, places: Sequence[str], *, noun: str) -> None:
        """`places` are the organisations or groups whose repositories are listed; `noun` is what they hold, in words."""
        self._settings = config
        self._calls = calls
        self._places = places
        self._noun = noun

    @property
    def name(self) -> str:
        """The operator's name for it."""
        return self._settings.name

    @property
    def host(self) -> str:
        """As it stands in annotations."""
        return self._settings.host

    @property
    def calls(self) -> int:
        """How many requests were made."""
        return self._calls.made

    @property
    def at_once(self) -> int:
        """How many repositories may be read side by side."""
        return self._settings.at_once

    @property
    def wants_slugs(self) -> bool:
        """Whether the catalog's slugs on this host are to be read too."""
        return self._settings.from_catalog

    async def close(self) -> None:  # noqa: B027 - what every forge does, which is nothing
        """Nothing is open: the client belongs to whoever gave it."""

    @abc.abstractmethod
    def _of_place(self, name: str, kept: MutableMapping[str, Kept]) -> AsyncIterator[Head]:
        """What one organisation or group holds. Raises RepositoryError."""

    @abc.abstractmethod
    async def _one(self, slug: str, kept: MutableMapping[str, Kept]) -> Head:
        """One repository by its slug, or the one that the slug leads to now. Raises RepositoryError."""

    async def listing(self, slugs: Sequence[str], kept: MutableMapping[str, Kept]) -> AsyncIterator[Listed]:
        """What the places hold, then those of `slugs` that were not among it."""
        seen: set[str] = set()
        for place in self._places:
            try:
                async for head in self._of_place(place, kept):
                    if head.external_id not in seen:
                        seen |= {head.external_id, head.slug.lower()}
                        yield head
            except (RepositoryMissingError, RepositoryRefusedError) as error:
                yield Unread(place, error.message)
        missing = [slug for slug in slugs if slug.lower() not in seen]
        for start in range(0, len(missing), self.at_once):
            chunk = missing[start : start + self.at_once]
            for found in await asyncio.gather(*(self._by_slug(slug, kept) for slug in chunk)):
                yield found

    async def _by_slug(self, slug: str, kept: MutableMapping[str, Kept]) -> Listed:
        try:
            head = await self._one(slug, kept)
        except RepositoryMissingError:
            return Absent(slug)
        except BudgetSpentError:
            raise
        except RepositoryError as error:
            return Unread(slug, error.message)
        return head if head.slug.lower() == slug.lower() else Moved(slug=slug, head=head)

    async def _shown(self, subject: str, hint: str) -> AsyncIterator[Check]:
        """Whether each place shows what it holds. `hint` is for one that shows nothing."""
        for place in self._places:
            where = f"{subject}: {place}"
            try:
                number = 0
                async for _ in self._of_place(place, {}):
                    number += 1
            except RepositoryError as error:
                yield Check(subject=where, ok=False, message=error.message, hint=error.hint)
            else:
                told = f"{number:,} {self._noun}."
                yield Check(subject=where, ok=number > 0, message=told, hint=None if number else hint)
