"""Companies that give their teams the portal one after the other, made up so that its effect is known."""

from __future__ import annotations

import math
import random
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Sequence

from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation.channels import Stratum
from callboard.domain.remediation.cohorts import Cohort, Exposed
from callboard.domain.remediation.question import Period
from callboard.domain.remediation.rolled import Rolled, by_differences, by_lot
from callboard.domain.remediation.rollout import Rollout, chosen
from callboard.domain.remediation.rollout import by_lot as plan_by_lot
from callboard.domain.remediation.rollout_days import Windows, windows

FIRST = 1_000
"""The day on which the first teams begin."""
STRATA = Stratum(6, 1, is_owned=True), Stratum(4, 1, is_owned=True)
RATES = 1 / 15, 1 / 50
"""Fixes a day."""
BEFORE = 100
"""Days before, in which findings are opened as after."""


def teams(number: int) -> tuple[EntityRef, ...]:
    """So many."""
    return tuple(EntityRef(f"group:default/team-{each}") for each in range(number))


def drawn(seed: int, *, number: int = 12, waves: int = 6, every: int = 21) -> Rollout:
    """A plan by lot, made the day before it begins."""
    before = Instant((FIRST - 1) * DAY)
    return plan_by_lot(
        teams(number), seed=f"lot {seed}", waves=waves, first=Instant(FIRST * DAY), every=every, now=before, by="ops"
    )


def piloted(number: int = 14, pilots: int = 7) -> Rollout:
    """A plan in which somebody chose."""
    every = teams(number)
    return chosen(every[:pilots], every, first=Instant(FIRST * DAY), now=Instant((FIRST - 1) * DAY), by="ops")


def company(
    plan: Rollout, seed: int, *, ratio: float = 1.0, each: int = 40, spread: float = 0.7, lasting: int = 105
) -> tuple[Exposed, Windows]:  # fmt: skip
    """What its teams fix. They differ in speed and size; the portal makes a team so many times as fast, from its day on.

    Everybody becomes half as fast again on the first day: what changes for all of them is no effect.
    """
    dice = random.Random(seed)  # noqa: S311 - repeats
    days = windows(plan, Period(Instant((FIRST - 60) * DAY), Instant((FIRST + lasting + 10) * DAY)))
    bounds = [at // DAY for at in days.bounds]
    found: defaultdict[tuple[Stratum, EntityRef], Cohort] = defaultdict(Cohort)
    for team, start in plan.starts.items():
        speed = math.exp(dice.gauss(0, spread))
        begins = math.inf if start is None else start / DAY
        for _ in range(int(each * math.exp(dice.gauss(0, 0.5)))):
            which = dice.randrange(2)
            opened = FIRST - BEFORE + dice.random() * (BEFORE + lasting)
            changes = [(FIRST, 1.5), (begins, 1.5 * ratio)]
            closed = _closed(opened, dice.expovariate(1), RATES[which] * speed, changes)
            _watch(found[STRATA[which], team], opened, closed, bounds)
    at = tuple(bound - bounds[0] for bound in bounds)
    return Exposed(at=at, cohorts=found), days


def _closed(at: float, work: float, rate: float, changes: Sequence[tuple[float, float]]) -> float:
    """When so much work is done at a rate that changes."""
    speed = rate
    for day, times in changes:
        if day > at:
            if work <= (day - at) * speed:
                break
            work -= (day - at) * speed
            at = day
        speed = rate * times
    return at + work / speed


def _watch(cohort: Cohort, opened: float, closed: float, bounds: Sequence[int]) -> None:
    if opened >= bounds[-1] or closed < bounds[0]:
        return
    old = math.floor(bounds[0] - opened)
    cohort.opened[old] = cohort.opened.get(old, 0) + 1
    if closed < bounds[-1]:
        cohort.end(bisect_right(bounds, closed) - 1, old, int(closed - opened), fixed=True)


CERTAIN = 0.05


def by_all_lots(number: int, ratio: float, **more: float) -> list[Rolled]:
    """As many companies, each told by its own lot."""
    found = []
    for seed in range(number):
        plan = drawn(seed)
        found.append(by_lot(plan, *company(plan, seed, ratio=ratio, **more)))  # type: ignore[arg-type]
    return found


def by_all_pilots(number: int, ratio: float, **more: float) -> list[Rolled]:
    """As many companies, each told by how its pilots changed."""
    plan = piloted()
    return [by_differences(plan, *company(plan, seed, ratio=ratio, **more)) for seed in range(number)]  # type: ignore[arg-type]


def told(found: list[Rolled]) -> float:
    """The share of companies in which a difference is told of."""
    assert all(each.refusal is None for each in found)
    return sum(each.p is not None and each.p <= CERTAIN for each in found) / len(found)


def middle(found: list[Rolled]) -> float:
    """The mean ratio, by its logarithm."""
    return math.exp(sum(math.log(each.ratio or 1) for each in found) / len(found))


Told = Callable[..., list[Rolled]]
