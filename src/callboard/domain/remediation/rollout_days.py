"""The days that a rollout lets compare. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation.question import Period
from callboard.domain.remediation.rollout import Rollout

FEWEST_EACH = 4
"""Teams of each side: four and four make seventy choices, three and three twenty."""
LONGEST = 91
SHORTEST = 14
"""Days before and after the beginning that differences look at."""


class Windows(msgspec.Struct, frozen=True, kw_only=True):
    """The days that are looked at."""

    bounds: tuple[Instant, ...]
    """Where one block of days ends and the next begins, rising."""
    steps: Period | None
    """Days on which some teams had been given the portal and others not."""
    before: Period | None
    after: Period | None

    def blocks(self, period: Period) -> range:
        """The blocks that a period is made of."""
        return range(bisect_left(self.bounds, period.start), bisect_left(self.bounds, period.end))


def windows(rollout: Rollout, period: Period) -> Windows:
    """The days that a rollout lets compare, of those up to the end of a period."""
    first = rollout.first
    later = sorted({wave.starts_at for wave in rollout.waves if wave.starts_at is not None and wave.starts_at > first})
    waits = any(wave.starts_at is None for wave in rollout.waves)
    end = period.end if waits or not later else min(period.end, later[-1])
    start = max(first, period.start)
    steps = Period(start, end) if start < end and (waits or later) else None
    before, after = _spans(rollout, later, period.end)
    bounds = {each for one in (steps, before, after) if one for each in (one.start, one.end)}
    if bounds:
        bounds |= {at for at in later if min(bounds) < at < max(bounds)}
    return Windows(bounds=tuple(sorted(bounds)), steps=steps, before=before, after=after)


def _spans(rollout: Rollout, later: Sequence[Instant], end: Instant) -> tuple[Period, Period] | tuple[None, None]:
    """As many days before anybody began as after enough teams had, in which enough others had still to wait."""
    starts = list(rollout.starts.values())
    begun = next((at for at in (rollout.first, *later) if _begun(starts, at) >= FEWEST_EACH), None)
    if begun is None:
        return None, None
    until = min(end, Instant(begun + LONGEST * DAY))
    ends = [at for at in (*later, until) if at <= until and _waiting(starts, at) >= FEWEST_EACH]
    length = max(ends, default=begun) - begun
    if length < SHORTEST * DAY:
        return None, None
    return Period(Instant(rollout.first - length), rollout.first), Period(begun, Instant(begun + length))


def _begun(starts: Iterable[Instant | None], at: Instant) -> int:
    return sum(start is not None and start <= at for start in starts)


def _waiting(starts: Iterable[Instant | None], at: Instant) -> int:
    return sum(start is None or start >= at for start in starts)
