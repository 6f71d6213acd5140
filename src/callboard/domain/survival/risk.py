"""Who was at risk when something was fixed: all that the other files here need to know. Pure.

Whatever is asked of two groups needs only two numbers for each group and each age at which something was fixed. So a
million findings become a table of as many rows as there are ages, and sums of tables are tables of the sums.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import TypeAlias

import msgspec

from callboard.domain.survival.watched import Lives


class AtRisk(msgspec.Struct, frozen=True):
    """One age at which something was fixed."""

    age: int
    """In whole days."""
    n: tuple[int, ...]
    """At risk at this age, group by group."""
    fixed: tuple[int, ...]
    """Of these, fixed at it."""


Table: TypeAlias = tuple[AtRisk, ...]
"""The ages at which something was fixed, rising."""


def table(*groups: Iterable[Lives], ages: Collection[int] = ()) -> Table:
    """The table of one or more groups. Censored at an age counts as at risk at that age, as is the custom.

    With `ages` the table has a row at these too: a team's part of a stratum needs one at every fix of the whole.

    Raises:
        ValueError: one left before it entered.
    """
    counted = [_Group(each) for each in groups]
    ages = sorted({*ages, *(age for each in counted for age in each.fixed)})
    return tuple(
        AtRisk(age, tuple(each.at_risk(age) for each in counted), tuple(each.fixed[age] for each in counted))
        for age in ages
    )


class _Group:
    """How many have entered and left by each age."""

    def __init__(self, lives: Iterable[Lives]) -> None:
        entering: Counter[int] = Counter()
        leaving: Counter[int] = Counter()
        self.fixed: Counter[int] = Counter()
        for each in lives:
            if each.left < each.entered:
                raise ValueError(f"left at {each.left} days, before it entered at {each.entered}")
            entering[each.entered] += each.n
            leaving[each.left] += each.n
            if each.fixed:
                self.fixed[each.left] += each.n
        self._entered = _Running(entering)
        self._left = _Running(leaving)

    def at_risk(self, age: int) -> int:
        return self._entered.before(age + 1) - self._left.before(age)


class _Running:
    """Running sums of counts by age."""

    def __init__(self, counts: Counter[int]) -> None:
        self._ages: Sequence[int] = sorted(counts)
        self._sums = [0]
        for age in self._ages:
            self._sums.append(self._sums[-1] + counts[age])

    def before(self, age: int) -> int:
        return self._sums[bisect_left(self._ages, age)]
