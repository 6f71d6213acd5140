"""What people do with findings, as far as that is counted: never who, and no finer than the hour.

It says whether the board is of use (`docs/explanation/security.md`), so it holds no more than that question needs.
"""

from __future__ import annotations

import enum

from callboard.domain.instant import DAY, HOUR, Instant

KEPT = 396 * DAY
"""Thirteen months, in microseconds: long enough to compare a month with the same one a year before."""


@enum.unique
class Engagement(enum.IntEnum):
    """What somebody did."""

    FOLLOWED = 1
    """Followed the link of a finding to its source."""
    OPENED = 2
    """Opened a finding: its page, or all of it through the API."""
    ACTED = 3
    """Took a finding, or said something about it. What was said is a decision; this tells the door alone."""
    NOTIFIED = 4
    """A message that names the finding was delivered to the team, or to somebody of it. Nobody did anything yet."""

    @property
    def word(self) -> str:
        """In lower case."""
        return self.name.lower()


@enum.unique
class Door(enum.IntEnum):
    """Through which door."""

    PAGE = 1
    """A page of ours, in a browser that is signed in."""
    API = 2
    """The API with a program's token."""
    PLUGIN = 3
    """The API with a portal's word for a person: the plugin in the portal."""
    MESSAGE = 4
    """A message of a channel."""

    @property
    def word(self) -> str:
        """In lower case."""
        return self.name.lower()


def hour_of(now: Instant) -> Instant:
    """The beginning of the hour: all that is kept of the time."""
    return Instant(now // HOUR * HOUR)


def forgotten_before(now: Instant) -> Instant:
    """What is older is forgotten."""
    return hour_of(Instant(now - KEPT))
