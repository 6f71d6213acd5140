"""An event loop that does everything in one thread and never waits, so that a life can be lived again in just the same way.

Where nothing is left to do but to wait, the time waited for has come: the clocks of the life go on, and no other ones.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_MOST = 1_000_000
"""Seconds that one piece of work may wait in all: whoever waits longer waits for ever."""


class _Unsleeping(selectors.SelectSelector):
    """Looks and does not wait."""

    def __init__(self, passes: Callable[[float], object]) -> None:
        super().__init__()
        self.passes = passes
        self.passed = 0.0
        """Seconds waited for so far."""

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now. If nothing is, as much time passes as was to be waited."""
        found = super().select(0)
        if not found and timeout != 0:
            assert timeout is not None, "It waits for something that never comes."
            assert self.passed < _MOST, "It waits for ever."
            self.passed += timeout
            self.passes(timeout)
        return found


class OneThread(asyncio.SelectorEventLoop):
    """Work for other threads is done at once, in this one. `passes` is told the seconds that would have been waited."""

    def __init__(self, passes: Callable[[float], object]) -> None:
        self._unsleeping = _Unsleeping(passes)
        super().__init__(self._unsleeping)

    def time(self) -> float:
        """The loop's own time: only waiting makes it go on."""
        return self._unsleeping.passed

    def run_in_executor(self, executor: object, func: Callable[..., T], *args: object) -> asyncio.Future[T]:  # type: ignore[override]  # noqa: ARG002
        """Done when it returns."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except BaseException as error:  # noqa: BLE001 - as a pool does
            done.set_exception(error)
        return done

    def live(self, work: Coroutine[Any, Any, T]) -> T:
        """What the work returns."""
        return self.run_until_complete(work)
