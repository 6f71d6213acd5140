"""Tickets as issues in Jira, Cloud or Data Center.

Read 2026-11: https://developer.atlassian.com/cloud/jira/platform/rest/v2/ (search moved to `/search/jql` there in 2025)
and https://developer.atlassian.com/server/jira/platform/rest/.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

import msgspec

from callboard.channels import words
from callboard.channels.calling import Caller, checked, read
from callboard.channels.tracker_config import JiraTrackerConfig
from callboard.domain.instant import Instant, from_datetime, to_datetime
from callboard.domain.remediation.ticket import TicketDraft, Told, url_of
from callboard.net import Answer
from callboard.ports import Check

WHO = "Jira"
FIELDS = "status,created,resolutiondate"
LONGEST_TITLE = 250


class _Category(msgspec.Struct):
    key: str = ""


class _Status(msgspec.Struct, rename={"category": "statusCategory"}):
    name: str
    category: _Category = msgspec.field(default_factory=_Category)


class _Fields(msgspec.Struct):
    status: _Status
    created: str
    resolutiondate: str | None = None


class _Issue(msgspec.Struct):
    key: str
    fields: _Fields


class _Made(msgspec.Struct):
    key: str


class _Search(msgspec.Struct):
    issues: list[_Issue]


class JiraTracker:
    """One project that issues are made in; issues of others are read as far as the token may."""

    def __init__(self, config: JiraTrackerConfig, caller: Caller) -> None:
        self.name = config.name
        self._config = config
        self._caller = caller

    async def find(self, marker: str, since: Instant, /) -> Told | None:  # noqa: ARG002 - the label names one alone
        """Ask for its label."""
        jql = quote(f'project = "{self._config.project}" AND labels = "{label(marker)}"', safe="")
        path = "/search/jql" if self._config.email else "/search"
        answer = await self._ask("GET", f"{path}?jql={jql}&maxResults=1&fields={FIELDS}")
        found = read(_Search, answer.body, WHO).issues
        return self._told(found[0], None) if found else None

    async def create(self, draft: TicketDraft, /) -> Told:
        """Make an issue, and read what the tracker made of it."""
        fields: dict[str, object] = {
            "project": {"key": self._config.project},
            "issuetype": {"name": self._config.issue_type},
            "summary": " ".join(draft.title.split())[:LONGEST_TITLE],
            "description": "\n".join(_body(draft)),
            "labels": [*self._config.labels, label(draft.marker)],
        }
        answer = await self._ask("POST", "/issue", json={"fields": fields}, good=(201,))
        key = read(_Made, answer.body, WHO).key
        told = await self.read(key, None)
        assert told is not None  # noqa: S101 - nothing was known to be unchanged
        return told

    async def read(self, key: str, etag: str | None, /) -> Told | None:
        """What is said of it now. Some servers and the proxies before them know what has not changed."""
        more = {"If-None-Match": etag} if etag else {}
        answer = await self._ask("GET", f"/issue/{quote(key, safe='')}?fields={FIELDS}", headers=more, good=(200, 304))
        if answer.status == 304:
            return None
        return self._told(read(_Issue, answer.body, WHO), answer.headers.get("ETag"))

    async def check(self) -> tuple[Check, ...]:
        """Whether the project is there for us."""
        return await checked(
            self._ask("GET", f"/project/{self._config.project}"),
            f"tracker {self.name}",
            good=f"The project {self._config.project} can be read.",
        )

    async def close(self) -> None:
        """Let go of connections."""
        await self._caller.close()

    async def _ask(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, json: object = None,
        good: tuple[int, ...] = (200,),
    ) -> Answer:  # fmt: skip
        config, token = self._config, self._config.token.strip()
        basic = base64.b64encode(f"{config.email}:{token}".encode()).decode()
        proof = f"Basic {basic}" if config.email else f"Bearer {token}"
        sent = {"Accept": "application/json", "Authorization": proof, **(headers or {})}
        return await self._caller.ask(method, f"{config.api}{path}", sent, who=WHO, json=json, good=good)

    def _told(self, issue: _Issue, etag: str | None) -> Told:
        fields = issue.fields
        return Told(
            key=issue.key, url=url_of(issue.key, self._config.place), status=fields.status.name,
            done=fields.status.category.key == "done", opened_at=_instant(fields.created),
            closed_at=_instant(fields.resolutiondate), etag=etag,
        )  # fmt: skip


def label(marker: str) -> str:
    """The label that names one ticket."""
    return f"callboard-{marker}"


def _instant(text: str | None) -> Instant | None:
    """Jira writes `2026-03-02T08:00:00.000+0100`. None: nothing, or nothing that is a date."""
    try:
        return None if text is None else from_datetime(datetime.fromisoformat(text))
    except ValueError:
        return None


def _body(draft: TicketDraft) -> Iterator[str]:
    """Jira's wiki markup."""
    if draft.what:
        yield f"*What to do:* {_plain(draft.what)}"
        yield ""
    link = draft.link(draft.path)
    count = words.count(draft.count, "finding")
    yield f"[{count}|{link}] on the callboard." if link else f"{count} on the callboard."
    if draft.due_at is not None:
        yield f"The earliest is {words.due(draft.due_at, draft.at)} ({to_datetime(draft.due_at):%Y-%m-%d})."
    if draft.components:
        yield f"Components: {', '.join(_plain(words.short_name_of(each)) for each in draft.components[:20])}"
    yield ""
    for line in draft.lines:
        page = draft.link(line.path)
        told = f"{line.severity} {_plain(line.title)} ({words.due(line.due_at, draft.at)})"
        yield f"* {told} [on the board|{page}]" if page else f"* {told}"
    if draft.count > len(draft.lines):
        yield f"* and {draft.count - len(draft.lines):,} more"


_MARKS = re.compile(r"([\\{}\[\]|*_?\-+^~@!#:;()<>])")


def _plain(text: str) -> str:
    """What a source said, in which nothing is a mark: no macro, no picture, no link, and nobody is called."""
    return _MARKS.sub(r"\\\1", " ".join(text.split())[:300])
