"""How often somebody may ask: so many times in a window, counted in this process."""

from __future__ import annotations

import threading
from collections import OrderedDict

from callboard.domain.instant import Instant
from callboard.errors import TooManyError
from callboard.ports import Clock

MOST_COUNTED = 20_000
"""Names that are counted at a time; the one that was quiet longest is forgotten."""


class Pace:
    """At most `most` times in every `window` microseconds, for each name. Safe to use from several threads."""

    def __init__(self, clock: Clock, *, most: int, window: int) -> None:
        self._clock = clock
        self._most = most
        self._window = window
        self._counts: OrderedDict[str, tuple[Instant, int]] = OrderedDict()
        self._lock = threading.Lock()

    def is_within(self, name: str) -> bool:
        """Count one more, and tell whether it is still within bounds."""
        now = self._clock.now()
        with self._lock:
            begun, n = self._counts.pop(name, (now, 0))
            if not 0 <= now - begun < self._window:
                begun, n = now, 0
            self._counts[name] = (begun, n + 1)
            while len(self._counts) > MOST_COUNTED:
                self._counts.popitem(last=False)
        return n < self._most

    def require(self, name: str, told: str) -> None:
        """Count one more. Raises TooManyError with these words when it is out of bounds."""
        if not self.is_within(name):
            raise TooManyError(told, hint="Wait a little, or ask for less at a time.")
