"""A registry on loopback that speaks npm's and Python's documents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web
from aiohttp.test_utils import TestServer
from yarl import URL


class MadeUpRegistry:
    """What is published, and what was asked."""

    def __init__(self) -> None:
        self.documents: dict[str, object] = {}
        """By the path as it is asked, without the first slash."""
        self.raw: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.status = 200
        self.url = ""

    def npm(self, name: str, releases: dict[str, str], *maintainers: str) -> None:
        """A package with its dates."""
        first = min(releases.values(), default="2020-01-01T00:00:00.000Z")
        times: dict[str, str] = {"created": first, "modified": first, **releases}
        self.documents[name] = {
            "name": name,
            "dist-tags": {"latest": max(releases, default="")},
            "versions": {version: {"name": name, "version": version} for version in releases},
            "time": times,
            "maintainers": [{"name": each, "email": f"{each}@mail.example"} for each in maintainers],
        }

    def pypi(self, name: str, releases: dict[str, list[str]], *owners: str) -> None:
        """A project, each release with the moments of its files."""
        self.documents[f"{name}/json"] = {
            "info": {"name": name, "author": "Acme"},
            "releases": {
                version: [{"filename": "x.whl", "upload_time_iso_8601": at, "yanked": False} for at in moments]
                for version, moments in releases.items()
            },
            "ownership": {"organization": None, "roles": [{"role": "Owner", "user": each} for each in owners]},
        }

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A document, or that nothing has changed, or that there is none."""
        path = (
            str(URL(request.raw_path, encoded=True).raw_path).removeprefix("/").replace("%2F", "/").replace("%40", "@")
        )
        self.asked.append(path)
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if self.status != 200:
            return web.Response(status=self.status)
        if path in self.raw:
            return web.Response(body=self.raw[path])
        if path not in self.documents:
            return web.Response(status=404, text="Not found")
        body = msgspec.json.encode(self.documents[path])
        mark = f'"{hash(body)}"'
        if request.headers.get("If-None-Match") == mark:
            return web.Response(status=304)
        return web.Response(body=body, headers={"ETag": mark}, content_type="application/json")


@asynccontextmanager
async def serving() -> AsyncIterator[MadeUpRegistry]:
    """A registry that listens for as long as this lasts."""
    registry = MadeUpRegistry()
    app = web.Application()
    app.router.add_get("/{tail:.*}", registry.answer)
    async with TestServer(app) as server:
        registry.url = str(server.make_url("")).rstrip("/")
        yield registry
