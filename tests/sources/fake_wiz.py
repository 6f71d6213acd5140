"""A Wiz of a few lines on loopback: real HTTP, answers given one by one by the test."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from callboard.sources.wiz.config import WizConfig

Handler = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse] | web.StreamResponse]


def page(nodes: list[Any] | None, *, cursor: str | None = None, more: bool = False, **fields: object) -> dict[str, Any]:
    """The body of a good answer."""
    return {"data": {"page": {"nodes": nodes, "pageInfo": {"hasNextPage": more, "endCursor": cursor}, **fields}}}


def refusal(code: str | None, message: str = "no", data: object = None) -> dict[str, Any]:
    """The body of an answer with HTTP 200 and an error."""
    extensions = {} if code is None else {"code": code}
    return {"errors": [{"message": message, "extensions": extensions}], "data": data}


class FakeWiz:
    """Serves `/oauth/token` and `/graphql`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Any] = []
        """Taken in order: a dict (200), a (status, body) or (status, body, headers), or a handler. The last one stays."""
        self.token_answers: list[Any] = []
        """Likewise, for the token endpoint. Empty: tokens are given."""
        self.asked: list[dict[str, Any]] = []
        self.forms: list[dict[str, str]] = []
        self.authorizations: list[str] = []
        self.tokens = 0
        self.lifetime_seconds: float = 3600
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def start(self) -> None:
        """Listen on a free port of loopback."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_post("/oauth/token", self._token)
        app.router.add_post("/graphql", self._graphql)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    def config(self, **fields: object) -> WizConfig:
        """A configuration that leads here, as fast as it goes."""
        return WizConfig(
            **{
                "client_id": f"client-{self.url}",
                "client_secret": "s3cret-of-the-tests",
                "api_url": self.url,
                "token_url": f"{self.url}/oauth/token",
                "calls_per_second": 1000.0,
                "allow_private": True,
                **fields,
            }
        )

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self.forms.append({key: str(value) for key, value in (await request.post()).items()})
        if self.token_answers:
            return await self._answered(self.token_answers, request, {})
        self.tokens += 1
        return web.json_response({"access_token": f"token-{self.tokens}", "expires_in": self.lifetime_seconds})

    async def _graphql(self, request: web.Request) -> web.StreamResponse:
        body = json.loads(await request.read())
        self.asked.append(body)
        self.authorizations.append(request.headers.get("Authorization", ""))
        return await self._answered(self.answers, request, body)

    async def _answered(self, answers: list[Any], request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if callable(answer):
            made = answer(request, body)
            return made if isinstance(made, web.StreamResponse) else await made
        if isinstance(answer, dict):
            return web.json_response(answer)
        status, content, *headers = answer
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        return web.Response(status=status, body=data, headers=headers[0] if headers else None)
