"""From a section to a channel that messages go out on, or to a tracker of tickets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import msgspec

from callboard.config import Config, Section
from callboard.errors import ConfigError
from callboard.ports import (
    Channel,
    Clock,
    Tracker,
)
from callboard.wiring.machine import USER_AGENT, SystemClock

if TYPE_CHECKING:
    from callboard.domain.remediation.message import Route
    from callboard.domain.remediation.ticket import Place


class OpenChannel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel that messages can be sent on, and where it leads."""

    channel: Channel
    route: Route

    def __repr__(self) -> str:
        return f"OpenChannel({self.route.channel!r})"


@asynccontextmanager
async def open_channel(section: Section, clock: Clock | None = None) -> AsyncIterator[OpenChannel]:
    """The channel of a section, its secrets read only now. Raises ConfigError."""
    from callboard import channels
    from callboard.net import Net

    settings = section.settings()
    now = (clock or SystemClock()).now
    async with Net(user_agent=USER_AGENT, allow_hosts=getattr(settings, "allow_hosts", ())) as net:
        channel = channels.open_channel(settings, net, now=now)
        try:
            yield OpenChannel(channel=channel, route=settings.route)
        finally:
            await channel.close()


@asynccontextmanager
async def open_tracker(section: Section, clock: Clock | None = None) -> AsyncIterator[Tracker]:
    """The tracker of a section, its secrets read only now. Raises ConfigError."""
    from callboard.channels import trackers
    from callboard.net import Net

    settings = section.settings()
    now = (clock or SystemClock()).now
    async with Net(user_agent=USER_AGENT, allow_hosts=settings.allow_hosts) as net:
        tracker = trackers.open_tracker(settings, net, now=now)
        try:
            yield tracker
        finally:
            await tracker.close()


def ticket_places(config: Config) -> tuple[Place, ...]:
    """The trackers as people choose them. One whose secrets cannot be read is left out."""
    found: list[Place] = []
    for section in config.trackers:
        with suppress(ConfigError):
            found.append(section.settings().place)
    return tuple(found)


def board_address(config: Config) -> str:
    """What links in messages begin with. Empty: nobody told, so that messages have no links."""
    return config.server.public_url.strip().rstrip("/")
