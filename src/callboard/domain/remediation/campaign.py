"""Campaigns: findings that are to be gone by a day, frozen when the campaign begins, and how many of them are left."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.finding import State
from callboard.domain.instant import DAY, Instant

LONGEST_NAME = 80
LONGEST_AIM = 2_000
"""Characters of what a campaign says about itself."""
LONGEST_DAYS = 1_098
"""Days from the first to the day that it is due at most: three years."""


@enum.unique
class Lot(enum.StrEnum):
    """What has become of a finding of a campaign."""

    OPEN = "open"
    FIXED = "fixed"
    GONE = "gone"
    """Its resource was removed, which is no fix."""
    ASIDE = "suppressed"
    """Set aside by a person, here or at its source."""


def lot(state: State) -> Lot:
    """What a state counts as."""
    if state.is_open:
        return Lot.OPEN
    return {State.FIXED: Lot.FIXED, State.GONE: Lot.GONE}.get(state, Lot.ASIDE)


_LOTS = {state.word: lot(state) for state in State}


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many findings of a campaign are in which lot."""

    open: int = 0
    fixed: int = 0
    gone: int = 0
    aside: int = 0

    @property
    def findings(self) -> int:
        """All of them."""
        return self.open + self.fixed + self.gone + self.aside

    @property
    def done(self) -> int:
        """Those that are no work any more."""
        return self.findings - self.open


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """How a campaign stood at the end of a day, or stands now."""

    day: Instant
    """The beginning of that day."""
    tally: Tally


class Campaign(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done, by whom and by when."""

    id: int
    name: str
    aim: str
    """What it is for; plain text."""
    query: str
    """What was asked when its findings were frozen; what the query finds by now does not matter."""
    owner: EntityRef | None
    """Who sees to it: a group or a user."""
    due_at: Instant | None
    """The end of its last day."""
    made_at: Instant
    made_by: str
    ended_at: Instant | None
    ended_by: str | None
    first_event: int
    """The number of the first event after its findings were frozen."""

    @property
    def last_day(self) -> Instant | None:
        """The beginning of the day that it is due at the end of."""
        return None if self.due_at is None else Instant(self.due_at - DAY)

    def is_late(self, tally: Tally, now: Instant) -> bool:
        """Whether its day has passed with work left."""
        return self.ended_at is None and self.due_at is not None and self.due_at <= now and tally.open > 0


class Move(msgspec.Struct, frozen=True):
    """Findings that changed their state in one way on one day."""

    day: int
    """Days since 1970."""
    old: str | None
    """The word of a state."""
    new: str | None
    findings: int


def tally(states: Mapping[int, int]) -> Tally:
    """From how many findings are in which state."""
    counts = dict.fromkeys(Lot, 0)
    for state, n in states.items():
        counts[lot(State(state))] += n
    return _tally(counts)


def _tally(counts: Mapping[Lot, int]) -> Tally:
    return Tally(open=counts[Lot.OPEN], fixed=counts[Lot.FIXED], gone=counts[Lot.GONE], aside=counts[Lot.ASIDE])


def burndown(present: Tally, moves: Iterable[Move], *, since: Instant, until: Instant) -> tuple[Point, ...]:
    """How it stood at the end of each day from the first to the last, which may not be over.

    What happened is taken back from how it stands now, so that the last point is what lists count.
    """
    changes: dict[int, list[Move]] = {}
    for move in moves:
        changes.setdefault(move.day, []).append(move)
    counts = {Lot.OPEN: present.open, Lot.FIXED: present.fixed, Lot.GONE: present.gone, Lot.ASIDE: present.aside}
    found = []
    first = since // DAY
    for day in range(max(until // DAY, first), first - 1, -1):
        found.append(Point(day=Instant(day * DAY), tally=_tally(counts)))
        for move in changes.get(day, ()):
            before, after = _LOTS.get(move.old or ""), _LOTS.get(move.new or "")
            if before is not None and after is not None:
                counts[before] += move.findings
                counts[after] -= move.findings
    return tuple(reversed(found))
