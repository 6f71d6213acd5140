"""Findings that were watched alike, and the age by which half of them are fixed. Pure.

A finding that was open before the time looked at enters at the age it had then, so that its earlier days count for nothing.
Ages are whole days, cut off: one that enters on a day is at risk on it, since it was seen to be open before it was fixed.
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
    set_aside: bool = False
    """People dismissed it, or it went with its resource: an outcome that ends watching, and no fix."""


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
