"""Look-alikes of GitHub's and Jira's issues on loopback: as much of them as tickets need, as strict as they are."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import re
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

TOKEN = "a-token-for-tests-of-trackers"
EMAIL = "callboard@example.com"


class LookAlike(ABC):
    """Issues, faults, and what was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.asked: list[tuple[str, str, int]] = []
        """Methods, paths and statuses, in order."""
        self.faults: list[tuple[int, dict[str, str], str]] = []
        """What the next requests are answered with instead."""
        self.loses_answers = 0
        """How many of the next creations are answered with 502 though they were done."""
        self.at = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
        self.issues: dict[str, dict[str, Any]] = {}

    @abstractmethod
    def routes(self) -> list[web.RouteDef]:
        """Every address."""

    @abstractmethod
    def is_let_in(self, request: web.Request) -> bool:
        """Whether the caller shows the right token."""

    @web.middleware
    async def edge(self, request: web.Request, handler: Callable[[web.Request], Any]) -> web.StreamResponse:
        """Faults, tokens, and the record of what was asked."""
        answer: web.StreamResponse
        if self.faults:
            status, headers, text = self.faults.pop(0)
            answer = web.Response(status=status, headers=headers, text=text)
        elif not self.is_let_in(request):
            answer = web.json_response({"message": "Bad credentials"}, status=401)
        else:
            try:
                answer = await handler(request)
            except web.HTTPException as error:
                answer = web.json_response({"message": error.reason}, status=error.status)
        if request.method == "POST" and answer.status == 201 and self.loses_answers:
            self.loses_answers -= 1
            answer = web.Response(status=502)
        self.asked.append((request.method, request.path_qs, answer.status))
        return answer

    def later(self) -> datetime:
        """Time passes."""
        self.at += timedelta(minutes=1)
        return self.at


class Github(LookAlike):
    """One private repository, `acme/security`."""

    def routes(self) -> list[web.RouteDef]:
        """Repository, issues, one issue."""
        return [
            web.get("/api/v3/repos/acme/security", self._repository),
            web.get("/api/v3/repos/acme/security/issues", self._list),
            web.post("/api/v3/repos/acme/security/issues", self._create),
            web.get(r"/api/v3/repos/acme/security/issues/{number:\d+}", self._read),
        ]

    def is_let_in(self, request: web.Request) -> bool:
        """A bearer token."""
        return request.headers.get("Authorization") == f"Bearer {TOKEN}"

    def close(self, number: int, reason: str = "completed") -> None:
        """Somebody closes an issue."""
        at = self.later().strftime("%Y-%m-%dT%H:%M:%SZ")
        self.issues[str(number)] |= {"state": "closed", "state_reason": reason, "closed_at": at, "updated_at": at}

    async def _repository(self, _: web.Request) -> web.Response:
        return web.json_response({"full_name": "acme/security", "private": True})

    async def _list(self, request: web.Request) -> web.Response:
        asked = request.query
        assert asked["state"] == "all"
        since = datetime.fromisoformat(asked.get("since", "1970-01-01T00:00:00Z"))
        found = [issue for issue in self.issues.values() if datetime.fromisoformat(issue["updated_at"]) >= since]
        found.sort(key=lambda issue: issue["number"], reverse=True)
        size, page = int(asked["per_page"]), int(asked["page"])
        return web.json_response(found[(page - 1) * size : page * size])

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        if set(body) - {"title", "body", "labels"} or not body.get("title") or len(body["title"]) > 256:
            return web.json_response({"message": "Validation Failed", "errors": []}, status=422)
        number, at = len(self.issues) + 1, self.later().strftime("%Y-%m-%dT%H:%M:%SZ")
        issue = {
            "number": number, "html_url": f"{self.url}/acme/security/issues/{number}", "state": "open", "state_reason": None,
            "created_at": at, "updated_at": at, "closed_at": None, "title": body["title"], "body": body.get("body"),
            "labels": [{"name": name} for name in body.get("labels", [])],
        }  # fmt: skip
        self.issues[str(number)] = issue
        return web.json_response(issue, status=201, headers={"ETag": _etag(issue)})

    async def _read(self, request: web.Request) -> web.Response:
        issue = self.issues.get(request.match_info["number"])
        if issue is None:
            return web.json_response({"message": "Not Found"}, status=404)
        etag = _etag(issue)
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304, headers={"ETag": etag})
        return web.json_response(issue, headers={"ETag": etag})


class Jira(LookAlike):
    """Jira Cloud with one project, SEC, and one type of issues."""

    def routes(self) -> list[web.RouteDef]:
        """Project, search, creation, one issue."""
        return [
            web.get("/rest/api/2/project/SEC", self._project),
            web.get("/rest/api/2/search/jql", self._search),
            web.post("/rest/api/2/issue", self._create),
            web.get("/rest/api/2/issue/{key}", self._read),
        ]

    def is_let_in(self, request: web.Request) -> bool:
        """E-mail address and token, as Basic."""
        wanted = base64.b64encode(f"{EMAIL}:{TOKEN}".encode()).decode()
        return request.headers.get("Authorization") == f"Basic {wanted}"

    def move(self, key: str, name: str, category: str) -> None:
        """Somebody moves an issue over the board."""
        at = self._date() if category == "done" else None
        fields = self.issues[key]["fields"]
        fields |= {"status": {"name": name, "statusCategory": {"key": category}}, "resolutiondate": at}

    def _date(self) -> str:
        return self.later().strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    async def _project(self, _: web.Request) -> web.Response:
        return web.json_response({"key": "SEC"})

    async def _search(self, request: web.Request) -> web.Response:
        found = re.fullmatch(r'project = "SEC" AND labels = "([\w-]+)"', request.query["jql"])
        if found is None:
            return web.json_response({"errorMessages": ["Error in the JQL Query"]}, status=400)
        issues = [issue for issue in self.issues.values() if found[1] in issue["labels"]]
        return web.json_response({"issues": [_shown(issue) for issue in issues], "isLast": True})

    async def _create(self, request: web.Request) -> web.Response:
        fields = (await request.json())["fields"]
        errors = {}
        if fields.get("project") != {"key": "SEC"}:
            errors["project"] = "valid project is required"
        if fields.get("issuetype") != {"name": "Task"}:
            errors["issuetype"] = "The issue type selected is invalid."
        if not fields.get("summary") or "\n" in fields["summary"] or len(fields["summary"]) > 255:
            errors["summary"] = "The summary is invalid."
        if any(" " in label for label in fields.get("labels", ())):
            errors["labels"] = "The label can't contain spaces."
        if errors:
            return web.json_response({"errorMessages": [], "errors": errors}, status=400)
        key = f"SEC-{len(self.issues) + 1}"
        status = {"name": "To Do", "statusCategory": {"key": "new"}}
        self.issues[key] = {
            "key": key, "labels": fields["labels"], "summary": fields["summary"], "description": fields["description"],
            "fields": {"status": status, "created": self._date(), "resolutiondate": None},
        }  # fmt: skip
        return web.json_response({"id": "10000", "key": key, "self": f"{self.url}/rest/api/2/issue/10000"}, status=201)

    async def _read(self, request: web.Request) -> web.Response:
        issue = self.issues.get(request.match_info["key"])
        if issue is None:
            told = ["Issue does not exist or you do not have permission to see it."]
            return web.json_response({"errorMessages": told, "errors": {}}, status=404)
        return web.json_response(_shown(issue))


def _shown(issue: dict[str, Any]) -> dict[str, Any]:
    return {"key": issue["key"], "fields": issue["fields"]}


def _etag(issue: dict[str, Any]) -> str:
    return f'W/"{hashlib.sha256(json.dumps(issue, sort_keys=True).encode()).hexdigest()[:32]}"'


@contextmanager
def looking_alike(tracker: LookAlike) -> Iterator[None]:
    """The look-alike listens for as long as this lasts, in a thread of its own."""
    loop, ready, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        app = web.Application(middlewares=[tracker.edge])
        app.add_routes(tracker.routes())
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        tracker.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        ready.set()
        await stop.wait()
        await runner.cleanup()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()))
    thread.start()
    try:
        assert ready.wait(10)
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
