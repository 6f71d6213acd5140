"""A plain file server that answers a recorded tenant: `python -m benchmarks.replay FOLDER [LATENCY_MS]`.

It runs as a process of its own, so that its cost is in no figure. It prints its address and serves until it is ended.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from aiohttp import web

from benchmarks.pages import key_of


async def serve(folder: Path, latency_seconds: float) -> None:
    """Answer until the process is ended."""

    async def token(_request: web.Request) -> web.Response:
        return web.json_response({"access_token": "recorded", "token_type": "Bearer", "expires_in": 86400})

    async def page(request: web.Request) -> web.Response:
        file = folder / key_of(await request.read())
        if latency_seconds:
            await asyncio.sleep(latency_seconds)
        if not file.exists():
            return web.Response(status=404, text="not recorded")
        return web.Response(body=file.read_bytes(), content_type="application/json")

    app = web.Application()
    app.router.add_post("/oauth/token", token)
    app.router.add_post("/graphql", page)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1]), float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0))
