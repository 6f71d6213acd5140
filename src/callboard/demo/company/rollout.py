"""The company gave its teams the portal one after the other, in an order that a lot decided, and with it they fix sooner.

How much sooner is put into their lives; what a report tells of it, it finds out by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, SECOND, Instant
from callboard.domain.remediation.rollout import Rollout, by_lot

WAVES: Final = 4
EVERY: Final = 35
"""Days from one to the next."""
BEGAN: Final = 150
"""Days before now on which the first began."""
PLANNED: Final = 160
FASTER: Final = 2.5
"""Times as fast a team does what is left of its work, once it has the portal."""


def planned(teams: Iterable[str], *, seed: int, now: int) -> Rollout:
    """The plan: by team's name, `now` in epoch seconds. The lot is drawn from the company's seed."""
    midnight = now * SECOND // DAY * DAY
    return by_lot(
        [EntityRef(f"group:default/{name}") for name in teams], seed=f"brightwater {seed}", waves=WAVES,
        first=Instant(midnight - BEGAN * DAY), every=EVERY, now=Instant(midnight - PLANNED * DAY), by="laptop",
    )  # fmt: skip


def begins(rollout: Rollout) -> dict[str, int]:
    """When each team was given it, by its name, in epoch seconds."""
    return {str(team).rpartition("/")[2]: at // SECOND for team, at in rollout.starts.items() if at is not None}


def sooner(born: int, end: int, since: int) -> int:
    """When a finding ends of a team that has the portal since then; 0: it never had it. Epoch seconds."""
    at = max(born, since)
    return end if not since or end <= at else at + int((end - at) / FASTER)
