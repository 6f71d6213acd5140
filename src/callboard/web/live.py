"""Live updates: one look at the store's revision for everybody who listens."""

from __future__ import annotations

import asyncio
import contextlib
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec
from litestar.datastructures import State
from litestar.response.sse import ServerSentEventMessage

from callboard.errors import CallboardError
from callboard.usecases import browse
from callboard.web.services import WebServices
from callboard.web.wire.work import Revision

MOST_LISTENERS = 64
"""Pages that are open at a time. More are told to look for themselves."""
POLL_SECONDS = 2.0
"""How often the store is asked."""
LOOK_SECONDS = 0.25
"""How often a listener looks whether there is news."""
STAY_SECONDS = 1.0
"""How often it is found out whether a listener may stay."""
HEARTBEAT_SECONDS = 15.0
"""Silence after which a listener is told that the line is open."""
RETRY_MILLISECONDS = 10_000
"""How long a browser waits before it comes back."""


class Live:
    """Listeners of one app. All of it runs in the app's event loop; only the store is asked in a thread."""

    def __init__(self, services: WebServices) -> None:
        self._services = services
        self._listeners = 0
        self._revision: int | None = None
        self._poll: asyncio.Task[None] | None = None

    @property
    def is_full(self) -> bool:
        """Whether nobody else may listen."""
        return self._listeners >= MOST_LISTENERS

    async def events(self, may_stay: Callable[[], Awaitable[bool]]) -> AsyncIterator[ServerSentEventMessage]:
        """The revision at once and whenever it has changed, until the listener leaves or may not stay any longer."""
        if self.is_full:
            return
        self._listeners += 1
        try:
            self._begin()
            sent: int | None = None
            spoke_at = time.monotonic()
            looked_at = -math.inf
            while not self._services.closing.is_set():
                if time.monotonic() - looked_at >= STAY_SECONDS:
                    if not await may_stay():
                        return
                    looked_at = time.monotonic()
                if self._revision is not None and self._revision != sent:
                    sent, spoke_at = self._revision, time.monotonic()
                    yield _revision(sent)
                elif time.monotonic() - spoke_at >= HEARTBEAT_SECONDS:
                    spoke_at = time.monotonic()
                    yield ServerSentEventMessage(data=None, comment="still here")
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._listeners -= 1
            if not self._listeners:
                self._end()

    def _begin(self) -> None:
        if self._poll is None:
            self._poll = asyncio.create_task(self._watch(), name="live")

    def _end(self) -> None:
        if self._poll is not None:
            self._poll.cancel()
            self._poll = None
        self._revision = None

    async def _watch(self) -> None:
        while True:
            # A database that does not answer for a while is news to its readers when it answers again.
            with contextlib.suppress(CallboardError):
                self._revision = await asyncio.to_thread(browse.revision, self._services.store)
            await asyncio.sleep(POLL_SECONDS)


def live_of(state: State, services: WebServices) -> Live:
    """The listeners of this app."""
    if "live" not in state:
        state.live = Live(services)
    live: Live = state.live
    return live


def _revision(number: int) -> ServerSentEventMessage:
    data = msgspec.json.encode(Revision(revision=number))
    return ServerSentEventMessage(event="revision", id=number, data=data, retry=RETRY_MILLISECONDS)
