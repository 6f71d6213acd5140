"""How much of a long job is written in one transaction, so that people who write need not wait. Pure."""

from __future__ import annotations

LOCKED_AT_MOST = 60_000
"""Microseconds that a job may hold the database for itself at a time. A person's write waits for two of these at most,
since it may find the lock taken again."""

PARTS_AT_MOST = 16
"""Parts written together at most, however fast it goes."""


class Pace:
    """So many parts at once as kept to `LOCKED_AT_MOST` the last time; one at first, and one at least."""

    def __init__(self) -> None:
        self.at_once = 1

    def note(self, parts: int, locked: int) -> None:
        """So many parts held the database for `locked` microseconds."""
        fitting = parts * LOCKED_AT_MOST // max(locked, 1)
        self.at_once = max(1, min(fitting, 2 * self.at_once, PARTS_AT_MOST))
