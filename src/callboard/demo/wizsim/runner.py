"""Starts and stops a look-alike: inside an event loop, or in a thread of its own with its own loop."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from callboard.demo.company.world import World
from callboard.demo.wizsim.options import Options
from callboard.demo.wizsim.tenant import Tenant

if TYPE_CHECKING:
    from aiohttp import web

    from callboard.demo.wizsim.engine import Engine
    from callboard.demo.wizsim.server import State

_START_SECONDS: Final = 30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class SimAddress:
    """Where a running look-alike is, and how to sign in."""

    base_url: str
    api_url: str
    token_url: str
    client_id: str
    client_secret: str
    admin_token: str


class WizSim:
    """One look-alike of one world.

    Use `start`/`stop` or `async with` inside an event loop, `running(sim)` from synchronous code.
    """

    def __init__(
        self,
        world: World,
        *,
        options: Options | None = None,
        faults: dict[str, Any] | None = None,
        admin_token: str | None = None,
    ) -> None:
        from callboard.demo.wizsim.engine import Engine
        from callboard.demo.wizsim.server import State
        from callboard.demo.wizsim.tokens import Tokens

        self.world = world
        self.tenant = Tenant(world, options or Options())
        self.engine: Engine = Engine(self.tenant)
        self.state: State = State(
            tenant=self.tenant,
            engine=self.engine,
            tokens=Tokens(tenant=self.tenant),
            admin_token=admin_token or secrets.token_urlsafe(24),
        )
        self.state.set_faults(faults or {})
        self.address: SimAddress | None = None
        self._runner: web.AppRunner | None = None

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> SimAddress:
        """Listen; port 0 takes a free one. Raises OSError when the port is taken."""
        from aiohttp import web

        from callboard.demo.wizsim.server import make_app

        runner = web.AppRunner(make_app(self.state), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        self._runner = runner
        await web.TCPSite(runner, host, port).start()
        name = f"[{host}]" if ":" in host else host
        base = f"http://{name}:{runner.addresses[0][1]}"
        self.tenant.base_url = base
        account = self.tenant.account
        self.address = SimAddress(
            base_url=base,
            api_url=f"{base}/graphql",
            token_url=f"{base}/oauth/token",
            client_id=account.client_id,
            client_secret=account.client_secret,
            admin_token=self.state.admin_token,
        )
        return self.address

    async def stop(self) -> None:
        """Stop listening and drop what is under way."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop()


class SimThread:
    """A look-alike in a background thread with its own event loop."""

    def __init__(self, sim: WizSim) -> None:
        self.sim = sim
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="wizsim", daemon=True)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def start(self, host: str = "127.0.0.1", port: int = 0) -> SimAddress:
        """Start the thread and wait until the server listens."""
        self._thread.start()
        try:
            future = asyncio.run_coroutine_threadsafe(self.sim.start(host, port), self._loop)
            return future.result(_START_SECONDS)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop the server, then the thread."""
        asyncio.run_coroutine_threadsafe(self.sim.stop(), self._loop).result(_START_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(_START_SECONDS)
        self._loop.close()


@contextmanager
def running(sim: WizSim, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[SimAddress]:
    """Run a look-alike in a thread for the time of a `with` block."""
    thread = SimThread(sim)
    address = thread.start(host, port)
    try:
        yield address
    finally:
        thread.stop()
