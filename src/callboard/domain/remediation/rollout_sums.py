"""What teams of a rollout fixed, and what was to be expected of them by what all of them together fixed. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import accumulate
from operator import mul
from typing import TypeAlias, TypeVar

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.remediation.channels import Stratum
from callboard.domain.remediation.cohorts import Cohort, Exposed, Tally
from callboard.domain.survival import Ages, table_of

K = TypeVar("K", bound=Hashable)

Tallies: TypeAlias = Mapping[EntityRef, Mapping[int, Tally]]
"""What was watched of each team in each block."""


class RolledArm(msgspec.Struct, frozen=True, kw_only=True):
    """One side of a comparison."""

    arm: str
    """`given`, `not-yet`; of differences also `given-before` and `not-yet-before`."""
    teams: int
    findings: int
    """Watched; one that was watched before and after its team was given the portal is in both."""
    fixed: int
    days: int
    """Days that all of them together were watched."""


class Sum(msgspec.Struct):
    """What a team did in some blocks, and what was to be expected of it."""

    fixed: int = 0
    expected: float = 0.0
    days: int = 0
    findings: int = 0
    still: int = 0
    """Open when the last block ended that was counted."""

    def count(self, watched: Tally) -> None:
        """The next block. What was open when the former ended is in it again."""
        self.fixed += watched.fixed
        self.days += watched.days
        self.findings += watched.n - self.still
        self.still = watched.n - watched.fixed - watched.aside


Pulls: TypeAlias = Mapping[tuple[EntityRef, int], float]
"""By team and block, fixes less those that the rates of all teams together let expect."""


def sums_of(
    tallies: Tallies, pulls: Pulls, blocks: range, of: Callable[[EntityRef, int], bool]
) -> dict[EntityRef, Sum]:  # fmt: skip
    """What each team did in those of the blocks that are of one side, where it was watched in any. `pulls`: of the same blocks."""
    found: dict[EntityRef, Sum] = {}
    for team, watched in tallies.items():
        mine = [block for block in sorted(watched) if block in blocks and of(team, block)]
        if mine:
            one = found[team] = Sum()
            for block in mine:
                one.count(watched[block])
            one.expected = max(0.0, one.fixed - sum(pulls.get((team, block), 0.0) for block in mine))
    return found


def pulls_of(found: Exposed, blocks: range, whole: Mapping[tuple[int, Stratum], Ages]) -> Pulls:
    """Told of every team; `whole`: what was watched of all that are compared."""
    pulls: defaultdict[tuple[EntityRef, int], float] = defaultdict(float)
    strata: defaultdict[Stratum, list[tuple[EntityRef, Cohort]]] = defaultdict(list)
    for (stratum, team), cohort in found.cohorts.items():
        strata[stratum].append((team, cohort))
    for stratum, teams in strata.items():
        every = [age for _, cohort in teams for age in cohort.opened]
        span = range(min(every, default=0), max(every, default=-1) + 1)
        rates = {
            block: _Rates(whole[block, stratum], span, (found.at[block], found.at[block + 1]))
            for block in found.of(stratum, blocks)
            if (block, stratum) in whole
        }
        for team, cohort in teams:
            for block, pull in _pulled(cohort, span, rates, blocks.stop):
                pulls[team, block] += pull
    return pulls


class _Rates:
    """What the rates of a block let expect, by age on the first day."""

    def __init__(self, whole: Ages, span: range, days: tuple[int, int]) -> None:
        begins, ends = days
        fixes = {row.age: row.fixed[0] / row.n[0] for row in table_of(whole)}
        # Who enters at an age or leaves at it is at risk at it.
        self.until = list(accumulate((fixes.get(age, 0.0) for age in range(span.stop + ends + 1)), initial=0.0))
        self.leaving = [self.until[old + ends + 1] if old + ends >= 0 else 0.0 for old in span]
        """Of those that are open when it ends."""
        self.passing = [
            there - self.until[max(0, old + begins)] if old + ends >= 0 else 0.0
            for old, there in zip(span, self.leaving, strict=True)
        ]
        """Of the same, from when it began."""


def _pulled(
    cohort: Cohort, span: range, rates: Mapping[int, _Rates], stop: int
) -> Iterator[tuple[int, float]]:  # fmt: skip
    there = [cohort.opened.get(old, 0) for old in span]
    for block in range(stop):
        closing = cohort.closed.get(block, {})
        mine = rates.get(block)
        if mine is not None:
            expected = sum(map(mul, there, mine.passing))
            fixed = cohort.fixed.get(block, {})
            if closing:
                expected -= sum(n * mine.leaving[old - span.start] for old, n in closing.items())
                expected += sum(
                    n * mine.until[age + 1]
                    for counts in (fixed, cohort.aside.get(block, {}))
                    for age, n in counts.items()
                )
            yield block, sum(fixed.values()) - expected
        for old, n in closing.items():
            there[old - span.start] -= n


def split(groups: Mapping[K, Ages], has: Callable[[K], bool]) -> tuple[Ages, Ages]:
    """Not yet, and given."""
    return (
        together(ages for key, ages in groups.items() if not has(key)),
        together(ages for key, ages in groups.items() if has(key)),
    )


def together(every: Iterable[Ages]) -> Ages:
    """All of them as one."""
    whole = Ages()
    for each in every:
        whole.take(each)
    return whole


def arm_of(word: str, sums: Mapping[EntityRef, Sum]) -> RolledArm:
    """One side of a comparison, of the teams that are on it."""
    return RolledArm(
        arm=word, teams=len(sums), findings=sum(each.findings for each in sums.values()),
        fixed=sum(each.fixed for each in sums.values()), days=sum(each.days for each in sums.values()),
    )  # fmt: skip
