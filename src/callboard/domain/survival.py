"""How long findings live: Kaplan-Meier over days, with late entry. Pure.

A plain mean of closed ones would leave out those that are still open, which are the slow ones (`metrics` says more). A
finding that was open before the time looked at enters at the age it had then, so that its earlier days count for nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec


class Lives(msgspec.Struct, frozen=True):
    """Findings that were watched alike."""

    entered: int
    """Age in whole days when watching began."""
    left: int
    """Age in whole days when it was fixed, or when watching ended."""
    n: int
    fixed: bool = False
    """False: still open, gone or set aside when watching ended."""


def median(lives: Iterable[Lives]) -> int | None:
    """The age in days by which half are fixed; None when less than half are, or nothing was watched."""
    entering: Counter[int] = Counter()
    leaving: Counter[int] = Counter()
    fixed: Counter[int] = Counter()
    for each in lives:
        entering[each.entered] += each.n
        leaving[each.left] += each.n
        if each.fixed:
            fixed[each.left] += each.n
    return median_of(entering, leaving, fixed)


def median_of(entering: Mapping[int, int], leaving: Mapping[int, int], fixed: Mapping[int, int]) -> int | None:
    """The same from how many come under watch, leave it, and are fixed, by age in whole days."""
    at_risk = 0
    alive = 1.0
    for age in range(max(leaving, default=-1) + 1):
        # Who enters at an age is at risk at it: a day is the smallest step.
        at_risk += entering.get(age, 0)
        if fixed.get(age) and at_risk:
            alive *= 1 - fixed[age] / at_risk
            if alive <= 0.5:
                return age
        at_risk -= leaving.get(age, 0)
    return None
