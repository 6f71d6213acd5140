"""Who was at risk when something was fixed: all that the other files here need to know. Pure.

Whatever is asked of two groups needs only two numbers for each group and each age at which something was fixed. So a
million findings become a table of as many rows as there are ages, and sums of tables are tables of the sums.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
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


class Ages(msgspec.Struct, frozen=True):
    """How many came under watch, left it, and how, by age in whole days: all that a million findings come down to."""

    entering: dict[int, int] = msgspec.field(default_factory=dict)
    leaving: dict[int, int] = msgspec.field(default_factory=dict)
    fixed: dict[int, int] = msgspec.field(default_factory=dict)
    """Of those that left."""
    aside: dict[int, int] = msgspec.field(default_factory=dict)
    """Of those that left: set aside."""

    def add(self, entered: int, left: int, n: int, *, fixed: bool = False, aside: bool = False) -> None:
        """So many more that were watched alike. Raises ValueError where they left before they entered."""
        if left < entered:
            raise ValueError(f"left at {left} days, before it entered at {entered}")
        self.entering[entered] = self.entering.get(entered, 0) + n
        self.leaving[left] = self.leaving.get(left, 0) + n
        if fixed:
            self.fixed[left] = self.fixed.get(left, 0) + n
        if aside:
            self.aside[left] = self.aside.get(left, 0) + n

    def take(self, other: Ages) -> None:
        """All that the other holds as well."""
        pairs = (
            (self.entering, other.entering), (self.leaving, other.leaving), (self.fixed, other.fixed),
            (self.aside, other.aside),
        )  # fmt: skip
        for mine, theirs in pairs:
            for age, n in theirs.items():
                mine[age] = mine.get(age, 0) + n

    @property
    def n(self) -> int:
        """Findings that were watched."""
        return sum(self.leaving.values())

    @property
    def last(self) -> int:
        """The last age at which anything was watched."""
        return max(self.leaving, default=0)

    @property
    def days(self) -> int:
        """Days that all of them together were watched: what a rate of fixes is told by."""
        return sum(age * n for age, n in self.leaving.items()) - sum(age * n for age, n in self.entering.items())


def ages_of(lives: Iterable[Lives]) -> Ages:
    """The same, of findings told one by one. Raises ValueError where one left before it entered."""
    found = Ages()
    for each in lives:
        found.add(each.entered, each.left, each.n, fixed=each.fixed, aside=each.set_aside)
    return found


def table(*groups: Iterable[Lives], ages: Collection[int] = ()) -> Table:
    """The table of one or more groups. Censored at an age counts as at risk at that age, as is the custom.

    With `ages` the table has a row at these too: a team's part of a stratum needs one at every fix of the whole.

    Raises:
        ValueError: one left before it entered.
    """
    return table_of(*(ages_of(each) for each in groups), ages=ages)


def table_of(*groups: Ages, ages: Collection[int] = ()) -> Table:
    """The same, of findings that are counted by age."""
    counted = [(_Running(each.entering), _Running(each.leaving), each.fixed) for each in groups]
    wanted = sorted({*ages, *(age for each in groups for age in each.fixed)})
    return tuple(
        AtRisk(
            age,
            tuple(entered.before(age + 1) - left.before(age) for entered, left, _ in counted),
            tuple(fixed.get(age, 0) for _, _, fixed in counted),
        )
        for age in wanted
    )


class _Running:
    """Running sums of counts by age."""

    def __init__(self, counts: Mapping[int, int]) -> None:
        self._ages: Sequence[int] = sorted(counts)
        self._sums = [0]
        for age in self._ages:
            self._sums.append(self._sums[-1] + counts[age])

    def before(self, age: int) -> int:
        return self._sums[bisect_left(self._ages, age)]
