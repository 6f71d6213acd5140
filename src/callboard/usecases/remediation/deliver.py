"""Deliver what waits to be sent. Each message leaves at least once, with the same key and the same words every time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping

import msgspec
import structlog

from callboard.domain.access import SENDING
from callboard.domain.instant import MINUTE, Instant
from callboard.domain.remediation.engagement import Door, Engagement, hour_of
from callboard.domain.remediation.message import Message, again_after
from callboard.errors import CallboardError, ChannelRefusedError, ChannelUnreachableError, NotFoundError
from callboard.ports import Channel, Clock
from callboard.store import Store
from callboard.store.remediation import engagement, outbox
from callboard.store.remediation.outbox import Waiting
from callboard.usecases.remediation import tell

LEASE = 5 * MINUTE
"""A sender that was cut off is waited for so long; longer than sending one message may take (microseconds)."""
AT_ONCE = 200
"""Messages that one channel sends in a row before others have their turn."""
LONGEST_ERROR = 300

_log = structlog.get_logger("callboard.channels")


class Delivered(msgspec.Struct, kw_only=True):
    """What became of the messages that were due."""

    sent: int = 0
    failed: int = 0
    """They are tried again."""
    dead: int = 0


async def deliver(
    store: Store, channels: Mapping[str, Channel], *, board: str, clock: Clock, only: int | None = None
) -> Delivered:
    """Send what is due, channel beside channel; `only` this message."""
    report = Delivered()
    await asyncio.gather(
        *(_one(store, each, report, board=board, clock=clock, only=only) for each in channels.values())
    )
    return report


async def _one(
    store: Store, channel: Channel, report: Delivered, *, board: str, clock: Clock, only: int | None
) -> None:
    for _ in range(AT_ONCE):
        taken = await asyncio.to_thread(
            tell.take, store, channel.name, board=board, clock=clock, lease=LEASE, only=only
        )  # fmt: skip
        if taken is None:
            return
        waiting, message = taken
        try:
            await channel.send(message, waiting.address)
        except CallboardError as error:
            await asyncio.to_thread(_failed, store, waiting, error, clock, report)
            if not isinstance(error, ChannelRefusedError):
                return  # the others would most likely fail as well
        else:
            await asyncio.to_thread(_sent, store, waiting, message, clock)
            report.sent += 1
        if only is not None:
            return


def _sent(store: Store, waiting: Waiting, message: Message, clock: Clock) -> None:
    """It has arrived, and the findings that it names were told of."""
    with store.write() as conn:
        now = clock.now()
        outbox.sent(conn, waiting, now=now)
        for finding_id in message.named:
            # One that went in the meantime was told of, and has no row to say so of.
            with contextlib.suppress(NotFoundError):
                engagement.note(
                    conn, SENDING, finding_id, Engagement.NOTIFIED, Door.MESSAGE, hour=hour_of(now)
                )  # fmt: skip


def _failed(store: Store, waiting: Waiting, error: CallboardError, clock: Clock, report: Delivered) -> None:
    asked = error.seconds if isinstance(error, ChannelUnreachableError) else None
    wait = None if isinstance(error, ChannelRefusedError) else again_after(waiting.attempts, asked)
    with store.write() as conn:
        now = clock.now()
        again_at = None if wait is None else Instant(now + wait)
        outbox.failed(conn, waiting, error.message[:LONGEST_ERROR], now=now, again_at=again_at)
    if wait is None:
        report.dead += 1
        _log.error("a message cannot be delivered", channel=waiting.channel, reason=error.message)
    else:
        report.failed += 1
        _log.warning(
            "a message was not delivered", channel=waiting.channel, reason=error.message, attempt=waiting.attempts
        )
