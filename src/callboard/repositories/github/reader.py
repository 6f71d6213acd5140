"""What GitHub tells about repositories, over its REST API, and over GraphQL where that saves many calls.

Read 2026-11: https://docs.github.com/en/rest/repos/repos and https://docs.github.com/en/rest/git/blobs. A conditional
request that is answered 304 costs nothing of the rate limit.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from callboard.domain.forge import (
    Activity,
    File,
    Head,
    Kept,
    Tree,
)
from callboard.domain.instant import Instant
from callboard.domain.ownership.codeowners import Dialect
from callboard.errors import (
    RepositoryError,
    RepositoryMissingError,
    RepositoryUnreachableError,
)
from callboard.net import Net
from callboard.ports import Check
from callboard.repositories.calls import Calls, decode, next_link
from callboard.repositories.config import GithubConfig
from callboard.repositories.forge import Forge
from callboard.repositories.github.history import read_activity
from callboard.repositories.github.tokens import tokens_of
from callboard.repositories.github.trees import read_tree

PER_PAGE = 100
MAX_PAGES = 1_000
"""Pages of one listing: 100,000 repositories."""

MAX_WALK = 200
"""Calls that one truncated tree may cost."""

COMMITS = 100
"""Commits of one folder that are counted."""

_RAW = "application/vnd.github.raw+json"
_JSON = "application/vnd.github+json"
_FILE_MODES = frozenset({"100644", "100755", "100664"})


class _Repo(msgspec.Struct):
    id: int
    full_name: str
    default_branch: str | None = None
    pushed_at: str | None = None
    archived: bool = False


class _Page(msgspec.Struct):
    """What is kept of a page of a listing."""

    heads: list[Head]
    following: str | None


class GithubRepositories(Forge):
    """One GitHub, through one app or token."""

    def __init__(self, config: GithubConfig, net: Net, *, now: Callable[[], Instant], **waiting: Any) -> None:
        """`waiting` goes to `Calls`. Raises ConfigError when the app's key is none."""
        self._config = config
        self._ignored = frozenset(each.lower() for each in config.ignored_authors)
        tokens = tokens_of(config, net, now=now)

        async def headers() -> dict[str, str]:
            return {"Authorization": f"Bearer {await tokens.current()}", "X-GitHub-Api-Version": "2022-11-28"}

        calls = Calls(
            net,
            who=config.host,
            budget=config.calls_per_reading,
            headers=headers,
            renew=tokens.renew,
            now=now,
            **waiting,
        )
        super().__init__(config, calls, config.organisations, noun="repositories")

    async def _of_place(self, name: str, kept: MutableMapping[str, Kept]) -> AsyncIterator[Head]:
        account = quote(name, safe="")
        url: str | None = f"{self._config.api}/orgs/{account}/repos?per_page={PER_PAGE}&sort=full_name"
        try:
            page = await self._page(str(url), kept)
        except RepositoryMissingError:
            # A person's account has no page of organisations.
            url = f"{self._config.api}/users/{account}/repos?per_page={PER_PAGE}&sort=full_name"
            page = await self._page(url, kept)
        walked = {url}
        while True:
            for head in page.heads:
                yield head
            url = page.following
            if url is None:
                return
            if url in walked or len(walked) >= MAX_PAGES:
                raise RepositoryUnreachableError(f"The pages of {name} do not end.")
            walked.add(url)
            page = await self._page(url, kept)

    async def _page(self, url: str, kept: MutableMapping[str, Kept]) -> _Page:
        known = kept.get(url)
        answer = await self._calls.get(url, etag=known.etag if known else None, accept=_JSON)
        if answer.status == 304 and known is not None:
            return msgspec.msgpack.decode(known.body, type=_Page)
        page = _Page([self._head(repo) for repo in decode(answer.body, list[_Repo])], next_link(answer.headers, url))
        _keep(kept, url, answer.headers.get("ETag"), page)
        return page

    async def _one(self, slug: str, kept: MutableMapping[str, Kept]) -> Head:
        url = f"{self._config.api}/repos/{quote(slug)}"
        known = kept.get(url)
        answer = await self._calls.get(url, etag=known.etag if known else None, accept=_JSON)
        if answer.status == 304 and known is not None:
            return msgspec.msgpack.decode(known.body, type=Head)
        head = self._head(decode(answer.body, _Repo))
        _keep(kept, url, answer.headers.get("ETag"), head)
        return head

    def _head(self, repo: _Repo) -> Head:
        return Head(
            host=self.host,
            slug=repo.full_name,
            dialect=Dialect.GITHUB,
            external_id=str(repo.id),
            branch=repo.default_branch or "",
            marker=repo.pushed_at or "",
            archived=repo.archived,
        )

    async def tree(self, head: Head, etag: str | None) -> Tree | None:
        """The files on the default branch."""
        return await read_tree(self._calls, self._config.api, head, etag)

    async def file(self, head: Head, file: File, *, max_bytes: int) -> bytes:
        """One file's content."""
        url = f"{self._config.api}/repos/{quote(head.slug)}/git/blobs/{quote(file.blob, safe='')}"
        return (await self._calls.get(url, accept=_RAW, max_bytes=max_bytes)).body

    async def activity(self, head: Head, folders: Sequence[str], since: Instant) -> Activity:
        """Who committed, without programs."""
        return await read_activity(self._calls, self._config.graphql, head, folders, since=since, ignored=self._ignored)

    async def check(self) -> tuple[Check, ...]:
        """Whether the token works, what it may do, and whether each organisation shows its repositories."""
        subject = f"repositories {self.name}"
        try:
            answer = await self._calls.get(f"{self._config.api}/rate_limit", accept=_JSON, also=(404,))
        except RepositoryError as error:
            return (Check(subject=subject, ok=False, message=error.message, hint=error.hint),)
        left = answer.headers.get("x-ratelimit-remaining", "")
        told = f"{self.host} accepts the token" + (f"; {left} calls are left this hour." if left.isdigit() else ".")
        checks = [Check(subject=subject, ok=True, message=told)]
        scopes = {each.strip() for each in answer.headers.get("x-oauth-scopes", "").split(",")} - {""}
        if scopes & {"repo", "public_repo", "admin:org", "delete_repo", "workflow"}:
            checks.append(
                Check(
                    subject=f"{subject}: rights",
                    ok=None,
                    message=f"The token may also write ({', '.join(sorted(scopes))}).",
                    hint="Use a GitHub App or a fine-grained token with read-only rights to contents and metadata.",
                )
            )
        checks += [
            each async for each in self._shown(subject, "The app or token may not be allowed to see its repositories.")
        ]
        return tuple(checks)


def _keep(kept: MutableMapping[str, Kept], url: str, etag: str | None, what: object) -> None:
    if etag:
        kept[url] = Kept(etag, msgspec.msgpack.encode(what))
