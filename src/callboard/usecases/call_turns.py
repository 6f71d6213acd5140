"""One pace of calls for an account, kept by all processes of one database together."""

from __future__ import annotations

import asyncio
import hashlib
import time

from callboard.domain.instant import SECOND
from callboard.errors import StoreError
from callboard.store import Store
from callboard.store import call_turns as turn_store

AT_ONCE = 0.1
"""Seconds' worth of turns that a process takes together: below it the database would be asked for every call of a fast
account, and above it a process would sit on turns that others could use."""

LONGEST = 900.0
"""Seconds that an account may be held back. Whoever is told to wait longer gives up, and the next run asks again."""


class SharedTurns:
    """Implements `ports.Turns` on a row of the database."""

    def __init__(self, store: Store, account: str, calls_per_second: float) -> None:
        """`account` may be any text that is the same wherever the account is the same; only its digest is stored."""
        self._store = store
        self._account = hashlib.sha256(account.encode()).hexdigest()[:32]
        self._step = 1 / calls_per_second
        self._count = max(1, int(calls_per_second * AT_ONCE))
        self._turns: list[float] = []
        """When the turns that this process has may be used, the next one last, by its own clock of seconds."""
        self._lock = asyncio.Lock()

    async def take(self) -> None:
        """Wait until one more call may be made."""
        async with self._lock:
            if not self._turns:
                begins = time.monotonic() + await asyncio.to_thread(self._reserve) / SECOND
                self._turns = [begins + self._step * number for number in reversed(range(self._count))]
            at = self._turns.pop()
        # A turn that was not used in its time is no reason for a burst: the next ones have their own times.
        await asyncio.sleep(max(at - time.monotonic(), 0))

    async def hold(self, seconds: float) -> None:
        """The account was told to wait for so long: nobody takes a turn until then."""
        self._turns.clear()
        try:
            await asyncio.to_thread(self._hold, min(seconds, LONGEST))
        except StoreError:
            return  # whoever is told so waits by itself, and the others are told as well

    def _reserve(self) -> int:
        span = round(self._step * self._count * SECOND)
        with self._store.jot() as conn:
            return turn_store.reserve(conn, self._account, span, longest=round(LONGEST * SECOND))

    def _hold(self, seconds: float) -> None:
        with self._store.jot() as conn:
            turn_store.hold(conn, self._account, round(seconds * SECOND))
