"""Who works, whether it lives, and saying again and again that we do."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from callboard.domain.instant import SECOND
from callboard.errors import StoreError

_PROCESS = secrets.token_hex(8)
"""Tells this process from an earlier one with its number, as after the restart of a container."""

BEATS = 4
"""How often in the time of a lease a worker says that it lives: it may fail a few times and lose nothing."""


def worker_name() -> str:
    """The name of our process, which another one on the same machine can check."""
    return f"{socket.gethostname()}/{os.getpid()}/{_PROCESS}"


def is_dead(worker: str | None) -> bool:
    """True when `worker` was a process of this machine that is not running any more."""
    if worker is None:
        return False
    host, _, rest = worker.partition("/")
    pid, _, process = rest.partition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return process != _PROCESS
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


@asynccontextmanager
async def beating(beat: Callable[[], object], *, lease: int) -> AsyncIterator[None]:
    """Call `beat` a few times in each `lease` (microseconds), in a thread beside everything else, while the block lasts.

    One that fails is not told: whatever the worker commits next shows whether it still may.
    """

    async def go_on() -> None:
        while True:
            await asyncio.sleep(lease / BEATS / SECOND)
            with contextlib.suppress(StoreError):
                await asyncio.to_thread(beat)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
