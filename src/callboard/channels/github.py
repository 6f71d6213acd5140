"""Tickets as issues on GitHub.

Read 2026-11: https://docs.github.com/en/rest/issues/issues
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

import msgspec

from callboard.channels import words
from callboard.channels.calling import Caller, checked, read
from callboard.channels.tracker_config import GithubTrackerConfig
from callboard.domain.instant import SECOND, Instant, from_datetime, to_datetime
from callboard.domain.remediation.ticket import TicketDraft, Told
from callboard.errors import ChannelRefusedError, NotFoundError
from callboard.net import Answer
from callboard.ports import Check

WHO = "GitHub"
PAGES = 5
"""Pages of a hundred issues that are looked through for one whose answer got lost."""
EARLIER = 300 * SECOND
"""By how much the clocks of both may differ."""
LONGEST_TITLE = 250
_HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class _Issue(msgspec.Struct):
    number: int
    html_url: str
    state: str
    created_at: datetime
    repository_url: str = ""
    closed_at: datetime | None = None
    state_reason: str | None = None
    body: str | None = None


class GithubTracker:
    """One repository that issues are made in; issues of others are read as far as the token may."""

    def __init__(self, config: GithubTrackerConfig, caller: Caller) -> None:
        self.name = config.name
        self._config = config
        self._repository = config.place.project
        self._caller = caller

    async def find(self, marker: str, since: Instant, /) -> Told | None:
        """Look through what was made or changed since then: a list, which is up to date, where the search is not always."""
        start = to_datetime(Instant(since - EARLIER)).strftime("%Y-%m-%dT%H:%M:%SZ")
        for page in range(1, PAGES + 1):
            asked = f"state=all&sort=created&direction=desc&per_page=100&page={page}&since={quote(start, safe='')}"
            answer = await self._ask("GET", f"/repos/{self._repository}/issues?{asked}")
            issues = read(list[_Issue], answer.body, WHO)
            for issue in issues:
                if marker in (issue.body or ""):
                    return _told(issue, self._repository, None)
            if len(issues) < 100:
                return None
        return None

    async def create(self, draft: TicketDraft, /) -> Told:
        """Make an issue."""
        body = {
            "title": draft.title[:LONGEST_TITLE], "body": "\n".join(_body(draft)), "labels": list(self._config.labels)
        }  # fmt: skip
        path = f"/repos/{self._repository}/issues"
        try:
            answer = await self._ask("POST", path, json=body, good=(201,))
        except NotFoundError as error:
            raise ChannelRefusedError(f"There is no repository {self._repository}, or not for us.") from error
        return _told(read(_Issue, answer.body, WHO), self._repository, answer.headers.get("ETag"))

    async def read(self, key: str, etag: str | None, /) -> Told | None:
        """What is said of it now."""
        repository, _, number = key.partition("#")
        more = {"If-None-Match": etag} if etag else {}
        answer = await self._ask("GET", f"/repos/{repository}/issues/{number}", headers=more, good=(200, 304))
        if answer.status == 304:
            return None
        return _told(read(_Issue, answer.body, WHO), repository, answer.headers.get("ETag"))

    async def check(self) -> tuple[Check, ...]:
        """Whether the repository is there for us."""
        return await checked(
            self._ask("GET", f"/repos/{self._repository}"),
            f"tracker {self.name}",
            good=f"{self._repository} can be read.",
        )

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    async def _ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, json: object = None,
        good: tuple[int, ...] = (200,),
    ) -> Answer:  # fmt: skip
        sent = {**_HEADERS, "Authorization": f"Bearer {self._config.token.strip()}", **(headers or {})}
        return await self._caller.ask(method, f"{self._config.api}{path}", sent, who=WHO, json=json, good=good)


def _told(issue: _Issue, repository: str, etag: str | None) -> Told:
    done = issue.state == "closed"
    status = "closed as not planned" if done and issue.state_reason == "not_planned" else issue.state
    return Told(
        key=f"{repository.lower()}#{issue.number}", url=issue.html_url, status=status, done=done,
        opened_at=from_datetime(issue.created_at),
        closed_at=None if issue.closed_at is None else from_datetime(issue.closed_at), etag=etag,
    )  # fmt: skip


def _body(draft: TicketDraft) -> Iterator[str]:
    """Markdown. What a source said stands as code, in which no name is called and nothing is a link."""
    if draft.what:
        yield f"**What to do:** {_code(draft.what)}"
        yield ""
    link = draft.link(draft.path)
    count = words.count(draft.count, "finding")
    yield f"[{count}]({link}) on the callboard." if link else f"{count} on the callboard."
    if draft.due_at is not None:
        yield f"The earliest is {words.due(draft.due_at, draft.at)}."
    if draft.components:
        yield ""
        yield f"Components: {', '.join(_code(words.short_name_of(each)) for each in draft.components[:20])}"
    yield ""
    for line in draft.lines:
        page = draft.link(line.path)
        told = f"{line.severity} {_code(line.title)} ({words.due(line.due_at, draft.at)})"
        yield f"- {told} [on the board]({page})" if page else f"- {told}"
    if draft.count > len(draft.lines):
        yield f"- and {draft.count - len(draft.lines):,} more"
    yield ""
    yield f"<!-- callboard {draft.marker} -->"


def _code(text: str) -> str:
    plain = " ".join(text.split())[:300].replace("`", "'")
    return f"`{plain or '–'}`"
