"""What teams of a rollout fixed, and what was to be expected of them by what all of them together fixed. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate

import msgspec

from callboard.domain.component import EntityRef
from callboard.domain.remediation.channels import Stratum
from callboard.domain.survival import Ages, table_of

Exposed = Mapping[tuple[int, Stratum], Mapping[EntityRef, Ages]]
"""By block and stratum: the findings of each team that were watched in it."""


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

    def count(self, ages: Iterable[Ages]) -> None:
        """The next block, of all strata. What was open when the former ended is in it again."""
        n = fixed = aside = 0
        for each in ages:
            n += each.n
            fixed += sum(each.fixed.values())
            aside += sum(each.aside.values())
            self.days += each.days
        self.fixed += fixed
        self.findings += n - self.still
        self.still = n - fixed - aside


def sums_of(
    cells: Exposed, pulls: Mapping[tuple[EntityRef, int], float], of: Callable[[EntityRef, int], bool]
) -> dict[EntityRef, Sum]:
    """What each team did in the blocks of one side, in which it was watched at all. `pulls`: those of the same cells."""
    there: defaultdict[EntityRef, defaultdict[int, list[Ages]]] = defaultdict(lambda: defaultdict(list))
    expected: defaultdict[EntityRef, float] = defaultdict(float)
    for (block, _), teams in cells.items():
        for team, ages in teams.items():
            if of(team, block):
                there[team][block].append(ages)
                expected[team] += sum(ages.fixed.values())
    for (team, block), pull in pulls.items():
        if of(team, block):
            expected[team] -= pull
    found: dict[EntityRef, Sum] = {}
    for team, each in there.items():
        one = found[team] = Sum(expected=max(0.0, expected[team]))
        for block in sorted(each):
            one.count(each[block])
    return found


def pulls_of(cells: Exposed) -> Mapping[tuple[EntityRef, int], float]:
    """By team and block, fixes less those that the rates of all teams together let expect."""
    found: defaultdict[tuple[EntityRef, int], float] = defaultdict(float)
    for (block, _), teams in cells.items():
        whole = table_of(together(teams.values()))
        ages = [row.age for row in whole]
        sums = list(accumulate((row.fixed[0] / row.n[0] for row in whole), initial=0.0))

        def until(age: int, ages: list[int] = ages, sums: list[float] = sums) -> float:
            return sums[bisect_left(ages, age)]

        for team, each in teams.items():
            # Who enters at an age or leaves at it is at risk at it.
            expected = sum(n * until(age + 1) for age, n in each.leaving.items())
            expected -= sum(n * until(age) for age, n in each.entering.items())
            found[team, block] += sum(each.fixed.values()) - expected
    return found


def split(teams: Mapping[EntityRef, Ages], has: Callable[[EntityRef], bool]) -> tuple[Ages, Ages]:
    """Not yet, and given."""
    return (
        together(ages for team, ages in teams.items() if not has(team)),
        together(ages for team, ages in teams.items() if has(team)),
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
