"""A portal on loopback that answers like Backstage's catalog, and can be told to misbehave."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from callboard.catalog.backstage import BackstageCatalog
from callboard.catalog.config import BackstageConfig
from callboard.domain.instant import SECOND, Instant
from callboard.net import Net

FIXTURES = Path(__file__).parents[2] / "fixtures" / "catalog"
TOKEN = "a-static-token"
NOW = Instant(1_795_311_700 * SECOND)

Said = tuple[int, Any]
"""A status and a JSON body, or text."""


def error(status: int, name: str, message: str) -> Said:
    """An error as Backstage says it."""
    return status, {"error": {"name": name, "message": message}, "response": {"statusCode": status}}


def company() -> list[dict[str, Any]]:
    """The entities of the small company, as a portal hands them out."""
    found: list[dict[str, Any]] = json.loads((FIXTURES / "portal.json").read_text())
    return found


class Portal:
    """What the portal holds and how it behaves."""

    def __init__(self, entities: list[Any]) -> None:
        self.entities = entities
        self.total: int | None = None
        self.script: list[Said | None] = []
        """What the next requests get instead. None: the usual answer."""
        self.headers: dict[str, str] = {}
        self.cursor: Callable[[int], str] = lambda start: f"from-{start}"
        self.accepts: Callable[[str], bool] = lambda bearer: bearer == TOKEN
        self.asked: list[web.Request] = []
        self.waits: list[float] = []

    async def answer(self, request: web.Request) -> web.Response:
        """GET /api/catalog/entities/by-query."""
        self.asked.append(request)
        said = self.script.pop(0) if self.script else None
        if said is not None:
            status, body = said
            if isinstance(body, str):
                return web.Response(status=status, text=body, content_type="text/html", headers=self.headers)
            return web.json_response(body, status=status, headers=self.headers)
        if not self.accepts(request.headers.get("Authorization", "").removeprefix("Bearer ")):
            status, body = error(401, "AuthenticationError", "Illegal token")
            return web.json_response(body, status=status)
        return web.json_response(self._page(request))

    def _page(self, request: web.Request) -> dict[str, Any]:
        cursor, limit = request.query.get("cursor"), int(request.query["limit"])
        starts = {self.cursor(start): start for start in range(len(self.entities), -1, -1)}
        start = starts[cursor] if cursor else 0
        end = start + limit
        return {
            "items": self.entities[start:end],
            "totalItems": len(self.entities) if self.total is None else self.total,
            "pageInfo": {"nextCursor": self.cursor(end)} if end < len(self.entities) else {},
        }


@asynccontextmanager
async def catalog_of(portal: Portal, **settings: object) -> AsyncIterator[BackstageCatalog]:
    """A catalog that reads this portal over a real connection, and never really waits."""
    app = web.Application()
    app.router.add_get("/api/catalog/entities/by-query", portal.answer)

    async def sleep(seconds: float) -> None:
        portal.waits.append(seconds)

    async with TestServer(app, host="127.0.0.1") as server:
        given: dict[str, Any] = {"token": TOKEN, "url": str(server.make_url("/")), "allow_private": True, **settings}
        config = BackstageConfig(**given)
        async with Net(user_agent="callboard-test", allow_hosts=config.allow_hosts) as net:
            yield BackstageCatalog(config, net, now=lambda: NOW, sleep=sleep, chance=lambda: 1.0)
