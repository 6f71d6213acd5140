"""Findings of the teams of a rollout, counted by how old they were when the days that are looked at began. Pure.

Whoever watches a finding over ten blocks of days sees it ten times. It is counted once instead: by its age on the first day, below
nought where it was opened later, and by the block and the age at which it ended. What was watched in a block follows from that.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TypeAlias, TypeVar

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.remediation.channels import Stratum
from callboard.domain.survival import Ages

K = TypeVar("K", bound=Hashable)

Counts: TypeAlias = dict[int, int]
"""By age in whole days."""


class Cohort(msgspec.Struct, frozen=True):
    """Findings of one stratum, of one team or of some."""

    opened: Counts = msgspec.field(default_factory=dict)
    """By age on the first day: all of them."""
    closed: dict[int, Counts] = msgspec.field(default_factory=dict)
    """By block, and by age on the first day: those that ended in it."""
    fixed: dict[int, Counts] = msgspec.field(default_factory=dict)
    """By block, and by the age at which they were fixed."""
    aside: dict[int, Counts] = msgspec.field(default_factory=dict)
    """By block, and by the age at which they ended otherwise."""

    def end(self, block: int, old: int, left: int, *, fixed: bool) -> None:
        """One of them ended in a block, at an age."""
        for counts, age in ((self.closed, old), (self.fixed if fixed else self.aside, left)):
            mine = counts.setdefault(block, {})
            mine[age] = mine.get(age, 0) + 1

    def take(self, other: Cohort) -> None:
        """All that the other holds as well."""
        _add(self.opened, other.opened)
        for mine, theirs in ((self.closed, other.closed), (self.fixed, other.fixed), (self.aside, other.aside)):
            for block, counts in theirs.items():
                _add(mine.setdefault(block, {}), counts)

    def watched(self, at: Sequence[int], blocks: range) -> Iterable[tuple[int, Ages]]:
        """What was watched in each of these blocks. `at`: days from the first bound to each."""
        there = dict(self.opened)
        for block in range(blocks.stop):
            closing = self.closed.get(block, {})
            if block in blocks:
                yield block, self._in(block, (at[block], at[block + 1]), there, closing)
            for old, n in closing.items():
                there[old] -= n

    def _in(self, block: int, days: tuple[int, int], there: Counts, closing: Counts) -> Ages:
        begins, ends = days
        found = Ages()
        for old, n in there.items():
            # Its age when the block began and when it ended; below nought it was not opened yet.
            if not n or old + ends < 0:
                continue
            entered = max(0, old + begins)
            found.entering[entered] = found.entering.get(entered, 0) + n
            still = n - closing.get(old, 0)
            if still:
                found.leaving[old + ends] = found.leaving.get(old + ends, 0) + still
        for mine, theirs in ((found.fixed, self.fixed), (found.aside, self.aside)):
            _add(mine, theirs.get(block, {}))
            _add(found.leaving, theirs.get(block, {}))
        return found


class Tally(msgspec.Struct):
    """What was watched of one team in a block, of all strata."""

    n: int = 0
    fixed: int = 0
    aside: int = 0
    days: int = 0


class Exposed(msgspec.Struct, frozen=True, kw_only=True):
    """All of them."""

    at: tuple[int, ...] = (0,)
    """Days from the first bound of the blocks to each of them."""
    cohorts: Mapping[tuple[Stratum, EntityRef], Cohort] = msgspec.field(default_factory=dict)
    begins: Mapping[int, int] = msgspec.field(default_factory=dict)
    """By source, the first block that counts, where that is not the first of all: before, it did not tell what was closed."""

    def of(self, stratum: Stratum, blocks: range) -> range:
        """Those of these blocks that count for a stratum."""
        return range(max(blocks.start, self.begins.get(stratum.source_id, 0)), blocks.stop)

    def cells(self, blocks: range, of: Callable[[EntityRef], K | None]) -> Cells[K]:
        """What was watched, of teams that are told as one. None: a team that is left out."""
        groups: defaultdict[tuple[Stratum, K], Cohort] = defaultdict(Cohort)
        for (stratum, team), cohort in self.cohorts.items():
            key = of(team)
            if key is not None:
                groups[stratum, key].take(cohort)
        found: defaultdict[tuple[int, Stratum], dict[K, Ages]] = defaultdict(dict)
        for (stratum, key), cohort in groups.items():
            for block, ages in cohort.watched(self.at, self.of(stratum, blocks)):
                if ages.leaving:
                    found[block, stratum][key] = ages
        return found

    def tallies(self) -> Mapping[EntityRef, Mapping[int, Tally]]:
        """By team and block, where anything was watched."""
        blocks = range(len(self.at) - 1)
        found: defaultdict[EntityRef, defaultdict[int, Tally]] = defaultdict(lambda: defaultdict(Tally))
        for (stratum, team), cohort in self.cohorts.items():
            for block, each in _tallied(cohort, self.at, self.of(stratum, blocks)):
                mine = found[team][block]
                mine.n += each.n
                mine.fixed += each.fixed
                mine.aside += each.aside
                mine.days += each.days
        return found


Cells: TypeAlias = Mapping[tuple[int, Stratum], Mapping[K, Ages]]
"""By block and stratum: what was watched in it, by what teams are told as."""


def _tallied(cohort: Cohort, at: Sequence[int], blocks: range) -> Iterable[tuple[int, Tally]]:
    """How many were watched and for how many days follows from how many came and went, and from the sums of their ages."""
    came, came_old = [0] * len(at), [0] * len(at)
    n = ages = 0
    for old, count in cohort.opened.items():
        if old >= 0:
            n += count
            ages += count * old
        else:
            # In the first block that ends no sooner than it was opened.
            block = bisect_left(at, -old) - 1
            came[block] += count
            came_old[block] += count * old
    for block in range(blocks.stop):
        before = n * at[block] + ages
        n += came[block]
        ages += came_old[block]
        fixed, aside = cohort.fixed.get(block, {}), cohort.aside.get(block, {})
        ended = sum(fixed.values()) + sum(aside.values())
        watched = n
        n -= ended
        ages -= sum(old * count for old, count in cohort.closed.get(block, {}).items())
        if watched and block in blocks:
            left = sum(age * count for counts in (fixed, aside) for age, count in counts.items())
            days = n * at[block + 1] + ages + left - before
            yield block, Tally(watched, sum(fixed.values()), sum(aside.values()), days)


def _add(mine: Counts, theirs: Counts) -> None:
    for age, n in theirs.items():
        mine[age] = mine.get(age, 0) + n
