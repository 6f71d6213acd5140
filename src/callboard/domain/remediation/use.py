"""Whether the board is of use: how many teams act, and through which doors. Pure. Never a person."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.question import Period
from callboard.domain.remediation.times import FEW

USUAL_DAYS = 28
"""Four weeks: what is looked at where nobody says."""


class Use(msgspec.Struct, frozen=True, kw_only=True):
    """What people did with findings in a period."""

    period: Period
    query: str
    teams_open: int
    """Teams with findings that are open now."""
    teams_acting: int
    """Of these, teams of whose findings at least one was acted on, or followed to its source."""
    findings: Mapping[tuple[Engagement, Door], int]
    """Different findings, by what was done and through which door; one that was opened through two doors is in both."""
    acted: int
    """Different findings on which somebody acted, through whichever door."""

    @property
    def share(self) -> float | None:
        """Teams that act, of those that could. None: under five, too few to tell."""
        return self.teams_acting / self.teams_open if self.teams_open >= FEW else None

    def told(self, what: Engagement, door: Door) -> int | None:
        """How many findings. None: few."""
        n = self.findings.get((what, door), 0)
        return n if n == 0 or n >= FEW else None
