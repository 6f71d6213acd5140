"""An event loop that does everything in one thread and never waits, so that a life can be lived again in just the same way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class OneThread(asyncio.SelectorEventLoop):
    """Work for other threads is done at once, in this one. Whoever would wait for a time to come fails."""

    def run_in_executor(self, executor: object, func: Callable[..., T], *args: object) -> asyncio.Future[T]:  # type: ignore[override]  # noqa: ARG002
        """Done when it returns."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except BaseException as error:  # noqa: BLE001 - as a pool does
            done.set_exception(error)
        return done

    def call_at(self, when: float, callback: Callable[..., object], *_: Any, **__: Any) -> asyncio.TimerHandle:
        """Nothing here may depend on how fast the machine is."""
        raise AssertionError(f"{callback} would wait until {when}")

    def live(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work returns."""
        return self.run_until_complete(work)
