"""Sending messages, for `callboard serve` and `callboard channels send` alike."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager

import structlog

from callboard.config import Section
from callboard.errors import ConfigError
from callboard.ports import Tracker
from callboard.usecases.remediation.deliver import Delivered, deliver
from callboard.usecases.remediation.keep_tickets import Asked, keep_tickets
from callboard.usecases.remediation.tell import tell
from callboard.wiring.messages import OpenChannel, board_address, open_channel, open_tracker
from callboard.wiring.services import Services

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
    async with AsyncExitStack() as stack:
        trackers: dict[str, Tracker] = {}
        for section in wanted:
            try:
                trackers[section.name] = await stack.enter_async_context(open_tracker(section, services.clock))
            except ConfigError as error:
                _log.error("a tracker cannot be used", tracker=section.name, reason=error.message, hint=error.hint)
        return await keep_tickets(
            services.store, trackers, board=board_address(services.config), clock=services.clock, only=only
        )


@asynccontextmanager
async def opened(services: Services, sections: Sequence[Section]) -> AsyncIterator[dict[str, OpenChannel]]:
    """Channels by their names. One whose secret cannot be read is told in the log, and left out."""
    async with AsyncExitStack() as stack:
        ways: dict[str, OpenChannel] = {}
        for section in sections:
            try:
                ways[section.name] = await stack.enter_async_context(open_channel(section, services.clock))
            except ConfigError as error:
                _log.error("a channel cannot be used", channel=section.name, reason=error.message, hint=error.hint)
        yield ways
