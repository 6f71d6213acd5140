"""What GitLab tells about repositories, over its REST API.

Read 2026-11: https://docs.gitlab.com/api/groups, /api/projects, /api/repositories, /api/commits, /api/branches. Lists are
walked by their Link headers; the tree by keyset, as GitLab asks. `last_activity_at` moves at most once an hour.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, MutableMapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from callboard.domain.activity import Commit, count, handle_of
from callboard.domain.forge import (
    MAX_FILES,
    Activity,
    Contribution,
    File,
    Head,
    Kept,
    Tree,
    is_safe_path,
)
from callboard.domain.instant import MINUTE, Instant, from_text, to_text
from callboard.domain.ownership.codeowners import Dialect
from callboard.errors import (
    RepositoryError,
    RepositoryUnreachableError,
)
from callboard.net import Net
from callboard.ports import Check
from callboard.repositories.calls import Calls, decode, next_link
from callboard.repositories.config import GitlabConfig
from callboard.repositories.forge import Forge

PER_PAGE = 100
MAX_PAGES = 1_000
"""Pages of one listing: 100,000 projects."""

MAX_TREE_PAGES = 500
"""Pages of one tree: 50,000 entries, of which GitLab gives a hundred at a time."""

QUIET = 75 * MINUTE
"""From this long after its last activity on, a project that changes shows a new time."""

_FILE_MODES = frozenset({"100644", "100755", "100664"})


class _Project(msgspec.Struct):
    id: int
    path_with_namespace: str
    default_branch: str | None = None
    last_activity_at: str = ""
    archived: bool = False
    empty_repo: bool = False


class _Page(msgspec.Struct):
    """What is kept of a page of a listing."""

    heads: list[Head]
    following: str | None


class _Entry(msgspec.Struct):
    id: str
    path: str
    type: str
    mode: str = ""


class _CommitId(msgspec.Struct):
    id: str


class _Branch(msgspec.Struct):
    commit: _CommitId


class _Commit(msgspec.Struct):
    committed_date: str
    author_email: str | None = None
    parent_ids: list[str] = []


class _TokenSelf(msgspec.Struct):
    scopes: list[str] = []
    expires_at: str | None = None


class GitlabRepositories(Forge):
    """One GitLab, through one token."""

    def __init__(self, config: GitlabConfig, net: Net, *, now: Callable[[], Instant], **waiting: Any) -> None:
        """`waiting` goes to `Calls`."""
        self._config = config
        self._now = now
        self._ignored = frozenset(each.lower() for each in config.ignored_authors)
        token = config.token.strip()

        async def headers() -> dict[str, str]:
            return {"Authorization": f"Bearer {token}"}

        async def renew() -> bool:
            return False

        calls = Calls(
            net, who=config.host, budget=config.calls_per_reading, headers=headers, renew=renew, now=now, **waiting
        )
        super().__init__(config, calls, config.groups, noun="projects")

    async def _of_place(self, name: str, kept: MutableMapping[str, Kept]) -> AsyncIterator[Head]:
        asked = {"include_subgroups": "true", "order_by": "id", "sort": "asc", "per_page": str(PER_PAGE)}
        url: str | None = f"{self._config.api}/groups/{quote(name, safe='')}/projects?{urlencode(asked)}"
        walked: set[str] = set()
        while url is not None:
            if url in walked or len(walked) >= MAX_PAGES:
                raise RepositoryUnreachableError(f"The pages of {name} do not end.")
            walked.add(url)
            page = await self._page(url, kept)
            for head in page.heads:
                yield head
            url = page.following

    async def _page(self, url: str, kept: MutableMapping[str, Kept]) -> _Page:
        known = kept.get(url)
        answer = await self._calls.get(url, etag=known.etag if known else None)
        if answer.status == 304 and known is not None:
            return msgspec.msgpack.decode(known.body, type=_Page)
        projects = decode(answer.body, list[_Project])
        page = _Page([self._head(project) for project in projects], next_link(answer.headers, url))
        self._keep(kept, url, answer.headers.get("ETag"), page, page.heads)
        return page

    async def _one(self, slug: str, kept: MutableMapping[str, Kept]) -> Head:
        url = f"{self._config.api}/projects/{quote(slug, safe='')}"
        known = kept.get(url)
        answer = await self._calls.get(url, etag=known.etag if known else None)
        if answer.status == 304 and known is not None:
            return msgspec.msgpack.decode(known.body, type=Head)
        head = self._head(decode(answer.body, _Project))
        self._keep(kept, url, answer.headers.get("ETag"), head, [head])
        return head

    def _keep(
        self, kept: MutableMapping[str, Kept], url: str, etag: str | None, what: object, heads: Iterable[Head]
    ) -> None:
        """Keeps an answer that will still be true as long as it is the same."""
        if etag and all("@" not in head.marker for head in heads):
            kept[url] = Kept(etag, msgspec.msgpack.encode(what))
        else:
            kept.pop(url, None)

    def _head(self, project: _Project) -> Head:
        marker = project.last_activity_at
        try:
            is_quiet = self._now() - from_text(marker) > QUIET
        except ValueError:
            is_quiet = False
        return Head(
            host=self.host,
            slug=project.path_with_namespace,
            dialect=Dialect.GITLAB,
            external_id=str(project.id),
            branch="" if project.empty_repo else project.default_branch or "",
            # Another push within the hour would not move the time, so a young one proves nothing the next time.
            marker=marker if is_quiet else f"{marker}@{self._now()}",
            archived=project.archived,
        )

    def _project(self, head: Head) -> str:
        return f"{self._config.api}/projects/{quote(head.external_id, safe='')}/repository"

    async def tree(self, head: Head, etag: str | None) -> Tree | None:
        """The files on the default branch. Here `etag` is the commit that was read."""
        base = self._project(head)
        branch = decode((await self._calls.get(f"{base}/branches/{quote(head.branch, safe='')}")).body, _Branch)
        commit = branch.commit.id
        if commit == etag:
            return None
        asked = {"ref": commit, "recursive": "true", "per_page": str(PER_PAGE), "pagination": "keyset"}
        url: str | None = f"{base}/tree?{urlencode(asked)}"
        files: list[File] = []
        skipped = pages = 0
        reason = None
        while url is not None and reason is None:
            if pages >= MAX_TREE_PAGES or len(files) >= MAX_FILES:
                reason = f"it holds more than {pages * PER_PAGE:,} entries; the others are left out"
                break
            answer = await self._calls.get(url)
            pages += 1
            entries = decode(answer.body, list[_Entry])
            for entry in entries:
                if entry.type == "blob" and entry.mode in _FILE_MODES and is_safe_path(entry.path):
                    files.append(File(entry.path, entry.id))
                else:
                    skipped += entry.type != "tree"
            following = next_link(answer.headers, url)
            if following == url or (following and not entries):
                reason = "the pages of its tree do not end"
            url = following
        return Tree(
            commit=commit, etag=commit, files=tuple(files), complete=reason is None, reason=reason, skipped=skipped
        )

    async def file(self, head: Head, file: File, *, max_bytes: int) -> bytes:
        """One file's content."""
        url = f"{self._project(head)}/blobs/{quote(file.blob, safe='')}/raw"
        return (await self._calls.get(url, accept="*/*", max_bytes=max_bytes)).body

    async def activity(self, head: Head, folders: Sequence[str], since: Instant) -> Activity:
        """Who committed, folder by folder: the newest hundred commits of each."""
        found: list[Contribution] = []
        complete = True
        for folder in folders:
            asked = {"ref_name": head.branch, "since": to_text(since), "per_page": str(PER_PAGE)}
            url = f"{self._project(head)}/commits?{urlencode(asked | ({'path': folder} if folder else {}))}"
            answer = await self._calls.get(url)
            complete = complete and next_link(answer.headers, url) is None
            commits = decode(answer.body, list[_Commit])
            found += count(folder, _counted(commits), since=since, excluded=self._ignored)
            if not commits and not folder:
                break  # nothing happened anywhere
        return Activity(contributions=tuple(found), complete=complete)

    async def check(self) -> tuple[Check, ...]:
        """Whether the token works, what it may do, and whether each group shows its projects."""
        subject = f"repositories {self.name}"
        try:
            answer = await self._calls.get(f"{self._config.api}/personal_access_tokens/self", also=(404,))
        except RepositoryError as error:
            return (Check(subject=subject, ok=False, message=error.message, hint=error.hint),)
        checks = [Check(subject=subject, ok=True, message=f"{self.host} accepts the token.")]
        if answer.status == 200:
            told = decode(answer.body, _TokenSelf)
            if writing := sorted(set(told.scopes) & {"api", "write_repository", "sudo", "admin_mode"}):
                checks.append(
                    Check(
                        subject=f"{subject}: rights",
                        ok=None,
                        message=f"The token may also write ({', '.join(writing)}).",
                        hint="Use a token with the scope read_api alone.",
                    )
                )
        checks += [each async for each in self._shown(subject, "The token may not be allowed to see its projects.")]
        return tuple(checks)


def _counted(commits: Iterable[_Commit]) -> Iterable[Commit]:
    for commit in commits:
        who = handle_of(None, commit.author_email)
        try:
            at = from_text(commit.committed_date)
        except ValueError:
            continue
        # A merge says who pressed the button, not who wrote the change.
        if who is not None and len(commit.parent_ids) < 2:
            yield Commit(who, at)
