"""How long and how often Callboard asks again.

One place and one layer, so that retries do not multiply: capped exponential back-off with full jitter, the server's own
Retry-After where it gives one, a budget of extra calls, and a budget of waiting. Written out rather than taken from a
library, because no library measured takes Retry-After, a shared budget and an injected sleep together.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from callboard.errors import CallboardError, SourceUnreachableError

T = TypeVar("T")

ATTEMPTS = 6
"""Tries of one call, the first included."""

FIRST_WAIT_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 30.0
"""The bound of a wait that we choose ourselves doubles from the first to the longest."""

WAIT_BUDGET_SECONDS = 900.0
"""What one call may wait in all, whoever asked for it. Then the run stops and the next one tries."""

EXTRA_CALLS = 10.0
"""Extra calls that are free at the start; ten good calls earn one more."""

_EARNED_PER_CALL = 0.1


class TransientError(CallboardError):
    """Wiz could not answer just now."""

    def __init__(
        self, message: str, *, wait_seconds: float | None = None, told: bool = False, hint: str | None = None
    ) -> None:
        super().__init__(message, hint=hint)
        self.wait_seconds = wait_seconds
        """What the server asks for. None: it does not say."""
        self.told = told
        """True for a rate limit: asking again is what the server expects, so it costs nothing of the budget."""


class Patience:
    """Retries for all the calls of one service account."""

    def __init__(self, *, sleep: Callable[[float], Awaitable[object]], random: Callable[[], float]) -> None:
        """`random` gives 0 to 1. Both are passed in, so that tests neither wait nor wonder."""
        self._sleep = sleep
        self._random = random
        self._extra = EXTRA_CALLS
        self._gave_up = False

    async def call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """What `attempt` returns, asked again while it raises TransientError. Raises SourceUnreachableError in the end.

        After a call that was given up the next ones are tried once only, until one succeeds: a server that is down is
        probed, not hammered.
        """
        waited = 0.0
        attempts = 1 if self._gave_up else ATTEMPTS
        for number in range(1, attempts + 1):
            try:
                result = await attempt()
            except TransientError as error:
                wait = self._wait(number, error)
                if number == attempts or waited + wait > WAIT_BUDGET_SECONDS or not self._afford(error):
                    self._gave_up = True
                    raise SourceUnreachableError(
                        f"{error.message.rstrip('.')}, after {_times(number)}.", hint=error.hint
                    ) from error
                waited += wait
                await self._sleep(wait)
            else:
                self._gave_up = False
                self._extra = min(self._extra + _EARNED_PER_CALL, EXTRA_CALLS)
                return result
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _wait(self, number: int, error: TransientError) -> float:
        own: float = self._random() * min(FIRST_WAIT_SECONDS * 2.0 ** (number - 1), LONGEST_WAIT_SECONDS)
        # A little jitter on top of what was asked for, or everybody who was told the same comes back together.
        return own if error.wait_seconds is None else error.wait_seconds + min(own, 1.0)

    def _afford(self, error: TransientError) -> bool:
        if error.told:
            return True
        if self._extra < 1:
            return False
        self._extra -= 1
        return True


def _times(number: int) -> str:
    return "1 try" if number == 1 else f"{number} tries"
