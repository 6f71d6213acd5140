"""Waking another process, so that it need not wait for its next look."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Protocol

from callboard.store.database import Store


class Waker(Protocol):
    """Calls other processes. What is due stands in rows, so a call that is lost loses nothing."""

    def call(self, names: Collection[str]) -> None:
        """Have somebody do these jobs now. Blocking; never raises."""

    async def answer(self, do: Callable[[str], Awaitable[None]]) -> None:
        """Do what others call for, until cancelled."""

    def close(self) -> None:
        """Let go of connections."""


class Nobody:
    """Implements `Waker` where one process does all the work, or each looks by itself."""

    def call(self, names: Collection[str]) -> None:
        """Nobody listens."""

    async def answer(self, do: Callable[[str], Awaitable[None]]) -> None:  # noqa: ARG002 - the port's
        """Nobody calls."""
        import asyncio

        await asyncio.Event().wait()

    def close(self) -> None:
        """There is nothing to let go of."""


def waker_of(store: Store) -> Waker:
    """What wakes the other processes on this database."""
    if not store.dialect.has_many_hosts:
        return Nobody()
    try:
        from callboard.store.dialect.queue import Queue
    except ModuleNotFoundError as error:
        import structlog

        structlog.get_logger("callboard.queue").warning("each process looks by itself", missing=error.name)
        return Nobody()
    return Queue(store.engine)
