"""A process that syncs, tells and delivers until it ends at a chosen moment: see `lives`.

A moment is a statement, a commit, or either side of a message's way to the receiver. What it is told is the database, the
receiver, and how many seconds later than its world it begins.
"""

from __future__ import annotations

import asyncio

from sqlalchemy import event

from callboard.channels import WebhookConfig, open_channel
from callboard.domain.component import EntityRef
from callboard.domain.remediation.message import Message, Route
from callboard.net import Net
from callboard.ports import Channel, Check
from callboard.store import open_store
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.remediation.deliver import deliver
from callboard.usecases.remediation.tell import tell
from callboard.usecases.sync import sync
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.clocks import MORNING, SettableClock
from tests.support.lives import Passed, serve
from tests.support.worlds import World

SECRET = "a-secret-for-tests-of-messages"
TEAMS = (EntityRef("group:default/red"), EntityRef("group:default/blue"))


class Watched:
    """A channel with a moment on either side of sending."""

    def __init__(self, inner: Channel, passed: Passed) -> None:
        self.name = inner.name
        self._inner = inner
        self._passed = passed

    async def send(self, message: Message, address: str, /) -> None:
        """Send it."""
        self._passed.one()
        await self._inner.send(message, address)
        self._passed.one()

    def preview(self, message: Message, address: str, /) -> str:
        """As the real one."""
        return self._inner.preview(message, address)

    async def check(self) -> tuple[Check, ...]:
        """As the real one."""
        return await self._inner.check()

    async def close(self) -> None:
        """As the real one."""
        await self._inner.close()


async def begin(url: str) -> None:
    """The board before anything is worth a word."""
    store = open_store(url)
    clock = SettableClock(MORNING)
    world = World(clock, page_size=7)
    world.fill(12, projects=("p1",))
    world.fill(8, start=20, projects=("p2",))
    catalog = MadeUpCatalog()
    catalog.put(group("red"), group("blue"))
    catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    await read_catalog(store, catalog, clock=clock)
    await sync(store, world, clock=clock)
    store.close()


async def run(url: str, receiver: str, seconds: int, passed: Passed) -> None:
    """Sync what has happened, and tell it."""
    clock = SettableClock(MORNING)
    world = World(clock, page_size=7)
    world.fill(12, projects=("p1",))
    world.fill(8, start=20, projects=("p2",))
    clock.advance(3_600)
    world.fill(3, start=40, projects=("p1",), severity="critical")
    world.fill(2, start=50, projects=("p2",), severity="critical")
    world.change("f0001", severity="critical")
    clock.advance(60 + seconds)
    store = open_store(url)
    store.announces = True
    event.listen(store.engine, "before_cursor_execute", passed.one)
    event.listen(store.engine, "commit", passed.one)
    route = Route(channel="webhook", teams=TEAMS, at_once=True, weekday=None, hour=7)
    config = WebhookConfig(url=receiver, secret=SECRET, allow_private=True)
    try:
        await sync(store, world, clock=clock)
        tell(store, [route], clock=clock)
        async with Net(user_agent="test", allow_hosts=config.allow_hosts) as net:
            channel = Watched(open_channel(config, net, now=clock.now), passed)
            await deliver(store, {"webhook": channel}, board="https://board.example", clock=clock)
    finally:
        store.close()


def live(arguments: list[str], passed: Passed) -> None:
    """Once."""
    url, receiver, seconds = arguments
    asyncio.run(run(url, receiver, int(seconds), passed))


if __name__ == "__main__":
    serve(live)
