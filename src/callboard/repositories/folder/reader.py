"""What a folder of checkouts tells about repositories, read from git's own files without starting git."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, MutableMapping, Sequence
from pathlib import Path

from callboard.domain.forge import Activity, File, Head, Kept, Listed, Tree, Unread
from callboard.domain.instant import Instant
from callboard.domain.ownership.codeowners import Dialect
from callboard.errors import RepositoryError, RepositoryMissingError, RepositoryUnreachableError
from callboard.ports import Check
from callboard.repositories.config import FolderConfig
from callboard.repositories.folder.checkout import Checkout, checkouts


class FolderRepositories:
    """One folder."""

    def __init__(self, config: FolderConfig, *, folder: Path, now: Callable[[], Instant]) -> None:
        """`folder` is what a relative root is relative to."""
        self._config = config
        self._root = folder / config.root.expanduser()
        self._now = now
        self._ignored = frozenset(each.lower() for each in config.ignored_authors)
        self._git: dict[str, Path] = {}
        self.calls = 0
        """Nobody is asked anything over a network."""

    @property
    def name(self) -> str:
        """The operator's name for it."""
        return self._config.name

    @property
    def host(self) -> str:
        """The host of checkouts without a remote."""
        return self._config.host

    @property
    def at_once(self) -> int:
        """How many repositories may be read side by side."""
        return self._config.at_once

    @property
    def wants_slugs(self) -> bool:
        """What is not in the folder cannot be read."""
        return False

    async def close(self) -> None:
        """Nothing stays open."""

    async def listing(
        self,
        slugs: Sequence[str],  # noqa: ARG002 - what is not in the folder cannot be read
        kept: MutableMapping[str, Kept],  # noqa: ARG002 - files need no answers kept
    ) -> AsyncIterator[Listed]:
        """Every checkout, by the name of its remote."""
        for found in await asyncio.to_thread(self._list):
            yield found

    def _list(self) -> list[Listed]:
        if not self._root.is_dir():
            raise RepositoryUnreachableError(f"There is no folder {self._root}.", hint="Correct `root`.")
        found: list[Listed] = []
        taken: dict[tuple[str, str], str] = {}
        for folder, git in checkouts(self._root.resolve()):
            where = folder.relative_to(self._root.resolve()).as_posix()
            try:
                head = self._head(where, git)
            except RepositoryError as error:
                found.append(Unread(where, error.message))
                continue
            key = (head.host, head.slug.lower())
            if key in taken:
                found.append(Unread(where, f"{taken[key]} is a checkout of {head.slug} as well; that one is read."))
                continue
            taken[key] = where
            self._git[head.external_id] = git
            found.append(head)
        return found

    def _head(self, where: str, git: Path) -> Head:
        with Checkout(git) as checkout:
            branch, commit = checkout.head()
            place = checkout.place()
        host = place.host if place else self._config.host
        return Head(
            host=host,
            slug=place.slug if place else (where if "/" in where else f"{self.name}/{where}"),
            dialect=Dialect.GITLAB if "gitlab" in host else Dialect.GITHUB,
            external_id=where,
            branch=branch if commit else "",
            marker=commit,
        )

    async def tree(self, head: Head, etag: str | None) -> Tree | None:
        """The files of what is checked out. Here `etag` is the commit that was read."""
        return None if head.marker == etag else await asyncio.to_thread(self._tree, head)

    def _tree(self, head: Head) -> Tree:
        with Checkout(self._place(head)) as checkout:
            return checkout.tree(head.marker)

    async def file(self, head: Head, file: File, *, max_bytes: int) -> bytes:
        """One file's content as it was committed."""
        return await asyncio.to_thread(self._file, head, file, max_bytes)

    def _file(self, head: Head, file: File, max_bytes: int) -> bytes:
        with Checkout(self._place(head)) as checkout:
            return checkout.file(file.blob, max_bytes)

    async def activity(self, head: Head, folders: Sequence[str], since: Instant) -> Activity:
        """Who committed, without programs."""
        return await asyncio.to_thread(self._activity, head, folders, since)

    def _activity(self, head: Head, folders: Sequence[str], since: Instant) -> Activity:
        with Checkout(self._place(head)) as checkout:
            return checkout.activity(head.marker, folders, since, self._ignored)

    def _place(self, head: Head) -> Path:
        if head.external_id not in self._git:
            raise RepositoryMissingError(f"There is no checkout at {head.external_id}.")
        return self._git[head.external_id]

    async def check(self) -> tuple[Check, ...]:
        """How many checkouts there are, and which cannot be read."""
        subject = f"repositories {self.name}"
        try:
            found = await asyncio.to_thread(self._list)
        except RepositoryError as error:
            return (Check(subject=subject, ok=False, message=error.message, hint=error.hint),)
        heads = [each for each in found if isinstance(each, Head)]
        hint = None if heads else "Clone repositories into it, up to three folders deep."
        told = Check(subject=subject, ok=bool(heads), message=f"{len(heads):,} checkouts in {self._root}.", hint=hint)
        unread = [each for each in found if isinstance(each, Unread)]
        return (
            told,
            *(Check(subject=f"{subject}: {each.where}", ok=None, message=each.reason) for each in unread[:10]),
        )
