"""Receivers of messages on loopback, which keep what they were given and fail when they are told to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web


class Receiver:
    """An HTTP server that takes any POST."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        """Headers in lower case, and bodies, of what was taken."""
        self.tried = 0
        self.answers: list[tuple[int, dict[str, str], bytes]] = []
        """What the next requests are answered with; afterwards 200."""
        self.takes_first = False
        """Even what is answered with a failure was taken: the answer got lost on its way."""
        self.url = ""

    async def _take(self, request: web.Request) -> web.Response:
        self.tried += 1
        body = await request.read()
        status, headers, text = self.answers.pop(0) if self.answers else (200, {}, b"ok")
        if status < 300 or self.takes_first:
            self.got.append(({name.lower(): value for name, value in request.headers.items()}, body))
        return web.Response(status=status, headers=headers, body=text)


@asynccontextmanager
async def receiving(path: str = "/hook") -> AsyncIterator[Receiver]:
    """A receiver that listens for as long as this lasts."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{tail:.*}", receiver._take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    receiver.url = f"http://127.0.0.1:{port}{path}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
