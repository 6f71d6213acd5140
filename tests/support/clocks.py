"""A clock that stands still until a test moves it."""

from __future__ import annotations

from callboard.domain.instant import SECOND, Instant, from_text

MORNING = from_text("2026-03-02T08:00:00Z")
"""When made-up worlds begin."""


class SettableClock:
    """The `Clock` of tests."""

    def __init__(self, at: Instant = MORNING) -> None:
        self.at = at

    def now(self) -> Instant:
        """The instant it was set to."""
        return self.at

    def advance(self, seconds: float) -> Instant:
        """Move on and tell the new time."""
        self.at = Instant(self.at + int(seconds * SECOND))
        return self.at


class PassingClock(SettableClock):
    """Half a second passes between two looks at it: everything takes long."""

    def now(self) -> Instant:
        """The next instant."""
        return self.advance(0.5)
