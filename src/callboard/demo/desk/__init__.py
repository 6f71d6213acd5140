"""What stands around the made-up company's board: a tracker that takes its tickets, and a receiver that takes its messages.

The tracker speaks as much of GitHub's REST API (as of 2026-11) as tickets need, of one repository. All of it is on loopback,
forgets everything when it ends, and its issues are for who shows its token.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from aiohttp import web

REPOSITORY: Final = "acme/security"
MOST_ISSUES: Final = 10_000
MOST_MESSAGES: Final = 1_000
MOST_BYTES: Final = 1_000_000
"""Of one request."""
START_SECONDS: Final = 30.0


@dataclass(kw_only=True)
class Desk:
    """Issues by number, and messages in order."""

    url: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    """What messages are signed with."""
    issues: dict[int, dict[str, Any]] = field(default_factory=dict)
    messages: list[bytes] = field(default_factory=list)

    def configuration(self, teams: Iterable[str]) -> str:
        """The sections of a board's configuration that lead here, messages those of these teams. TOML."""
        told = ", ".join(f'"group:default/{team}"' for team in teams)
        return f"""\
[[tracker]]
kind = "github"
name = "security"
url = "{self.url}"
repository = "{REPOSITORY}"
token = "{self.token}"
allow_private = true

[[channel]]
kind = "webhook"
name = "room"
url = "{self.url}/messages"
secret = "{self.secret}"
teams = [{told}]
allow_private = true
"""

    def app(self) -> web.Application:
        """Every address."""
        repository = f"/api/v3/repos/{REPOSITORY}"
        app = web.Application(client_max_size=MOST_BYTES)
        app.add_routes(
            [
                web.get(repository, self._repository),
                web.get(f"{repository}/issues", self._list),
                web.post(f"{repository}/issues", self._create),
                web.get(rf"{repository}/issues/{{number:\d{{1,9}}}}", self._read),
                web.get(rf"/{REPOSITORY}/issues/{{number:\d{{1,9}}}}", self._page),
                web.post("/messages", self._take),
            ]
        )
        return app

    def _let_in(self, request: web.Request) -> None:
        if not secrets.compare_digest(request.headers.get("Authorization", ""), f"Bearer {self.token}"):
            raise web.HTTPUnauthorized(text='{"message": "Bad credentials"}', content_type="application/json")

    async def _repository(self, request: web.Request) -> web.Response:
        self._let_in(request)
        return web.json_response({"full_name": REPOSITORY, "private": True})

    async def _list(self, request: web.Request) -> web.Response:
        self._let_in(request)
        size, page = int(request.query.get("per_page", "30")), int(request.query.get("page", "1"))
        newest = list(reversed(self.issues.values()))
        return web.json_response(newest[(page - 1) * size : page * size])

    async def _create(self, request: web.Request) -> web.Response:
        self._let_in(request)
        body = await request.json()
        if len(self.issues) >= MOST_ISSUES or not body.get("title"):
            return web.json_response({"message": "Validation Failed"}, status=422)
        number, at = len(self.issues) + 1, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        self.issues[number] = {
            "number": number, "html_url": f"{self.url}/{REPOSITORY}/issues/{number}", "state": "open", "state_reason": None,
            "created_at": at, "updated_at": at, "closed_at": None, "title": str(body["title"]), "body": str(body.get("body") or ""),
        }  # fmt: skip
        return web.json_response(self.issues[number], status=201)

    async def _read(self, request: web.Request) -> web.Response:
        self._let_in(request)
        return web.json_response(self._issue(request))

    async def _page(self, request: web.Request) -> web.Response:
        """An issue as people open it: its text, and nothing that a browser would run."""
        issue = self._issue(request)
        return web.Response(text=f"{issue['title']} ({issue['state']})\n\n{issue['body']}")

    def _issue(self, request: web.Request) -> dict[str, Any]:
        found = self.issues.get(int(request.match_info["number"]))
        if found is None:
            raise web.HTTPNotFound(text='{"message": "Not Found"}', content_type="application/json")
        return found

    async def _take(self, request: web.Request) -> web.Response:
        """Any message; whose signature it bears is the receiver's to check, and this one has nothing to protect."""
        if len(self.messages) < MOST_MESSAGES:
            self.messages.append(await request.read())
        return web.Response(status=204)


@contextmanager
def running(desk: Desk) -> Iterator[Desk]:
    """It listens on loopback for the time of a `with` block, in a thread of its own. Raises TimeoutError."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="desk", daemon=True)
    thread.start()
    runner = web.AppRunner(desk.app(), access_log=None, shutdown_timeout=0.5)

    async def start() -> None:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        desk.url = f"http://127.0.0.1:{runner.addresses[0][1]}"

    try:
        asyncio.run_coroutine_threadsafe(start(), loop).result(START_SECONDS)
        yield desk
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(START_SECONDS)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(START_SECONDS)
        loop.close()
