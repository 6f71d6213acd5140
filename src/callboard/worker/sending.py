"""Sending messages, for `callboard serve` and `callboard channels send` alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from typing import TypeVar

import structlog

from callboard.config import Section
from callboard.errors import ConfigError
from callboard.usecases.remediation.deliver import Delivered, deliver
from callboard.usecases.remediation.keep_tickets import Asked, keep_tickets
from callboard.usecases.remediation.tell import tell
from callboard.wiring.messages import OpenChannel, board_address, open_channel, open_tracker
from callboard.wiring.services import Services

T = TypeVar("T")

_log = structlog.get_logger("callboard.channels")


async def send(services: Services, sections: Sequence[Section] | None = None, *, only: int | None = None) -> Delivered:
    """Tell teams what there is to tell and send what is due, on all channels or these."""
    wanted = services.config.channels if sections is None else sections
    async with opened(services, services.config.channels) as ways:
        store, clock = services.store, services.clock
        await asyncio.to_thread(tell, store, [way.route for way in ways.values()], clock=clock)
        names = {section.name for section in wanted}
        channels = {name: way.channel for name, way in ways.items() if name in names}
        return await deliver(store, channels, board=board_address(services.config), clock=clock, only=only)


async def keep(services: Services, sections: Sequence[Section] | None = None, *, only: int | None = None) -> Asked:
    """Make tickets that wait, and read back where the others stand."""
    wanted = services.config.trackers if sections is None else sections
    async with _usable("tracker", wanted, lambda section: open_tracker(section, services.clock)) as trackers:
        return await keep_tickets(
            services.store, trackers, board=board_address(services.config), clock=services.clock, only=only
        )


def opened(services: Services, sections: Sequence[Section]) -> AbstractAsyncContextManager[dict[str, OpenChannel]]:
    """Channels by their names, as `_usable` has them."""
    return _usable("channel", sections, lambda section: open_channel(section, services.clock))


@asynccontextmanager
async def _usable(
    what: str, sections: Sequence[Section], open_one: Callable[[Section], AbstractAsyncContextManager[T]]
) -> AsyncIterator[dict[str, T]]:
    """What can be opened, by name. One whose secret cannot be read is told in the log, and left out."""
    async with AsyncExitStack() as stack:
        found: dict[str, T] = {}
        for section in sections:
            try:
                found[section.name] = await stack.enter_async_context(open_one(section))
            except ConfigError as error:
                told = {what: section.name}
                _log.error(f"a {what} cannot be used", **told, reason=error.message, hint=error.hint)
        yield found
