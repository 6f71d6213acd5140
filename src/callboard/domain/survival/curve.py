"""The share still open at each age: Kaplan and Meier, with Greenwood's variance and a log-log band. Pure.

Formulas as in Klein and Moeschberger, Survival Analysis (2nd ed.), chapters 4 and 3.4 (late entry); the band is the one
that stays between 0 and 1. `tests/unit/domain/test_survival_known.py` compares with printed results.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from itertools import pairwise
from statistics import NormalDist

import msgspec

from callboard.domain.survival.risk import Table, table
from callboard.domain.survival.watched import Lives

Z95 = NormalDist().inv_cdf(0.975)
"""How many standard errors an interval of 95 % reaches."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """The curve from one age to the next."""

    age: int
    """In whole days; the curve falls here."""
    at_risk: int
    fixed: int
    open: float
    """Share still open after this age, 0 to 1."""
    error: float
    """Its standard error."""
    low: float
    high: float
    """Its band of 95 %. Where nothing is open any more, or all is, the band is the share itself."""


class Curve(msgspec.Struct, frozen=True, kw_only=True):
    """The share still open, by age."""

    n: int
    """Findings that were watched."""
    fixed: int
    steps: tuple[Step, ...]
    last: int
    """The last age at which something was watched, in whole days: nothing is known after it."""

    def open_at(self, age: int) -> float:
        """The share still open after this age."""
        return next((step.open for step in reversed(self.steps) if step.age <= age), 1.0)

    @property
    def median(self) -> int | None:
        """The age by which half are fixed; None: not reached."""
        return self._below(lambda step: step.open)

    @property
    def median_band(self) -> tuple[int | None, int | None]:
        """The ages at which the band's lower and upper edge fall to a half; None: not reached."""
        return self._below(lambda step: step.low), self._below(lambda step: step.high)

    def _below(self, share: Callable[[Step], float]) -> int | None:
        # Halves that floats miss by a hair are halves.
        return next((step.age for step in self.steps if share(step) <= 0.5 + 1e-12), None)

    def mean(self, until: int) -> Mean:
        """The mean number of days that a finding is open within its first so many: the area under the curve.

        It is known also where less than half are fixed, and it is what "the average" means everywhere in the product.
        """
        until = min(until, self.last)
        edges = [step for step in self.steps if step.age < until]
        ages = [0, *(step.age for step in edges), until]
        shares = [1.0, *(step.open for step in edges)]
        areas = [share * (right - left) for share, (left, right) in zip(shares, pairwise(ages), strict=True)]
        # What is right of each fall, for the variance (Klein and Moeschberger 4.5.2).
        variance = 0.0
        right = 0.0
        for step, area in zip(reversed(edges), reversed(areas[1:]), strict=True):
            right += area
            if step.at_risk > step.fixed:
                variance += right**2 * step.fixed / (step.at_risk * (step.at_risk - step.fixed))
        return Mean(sum(areas), math.sqrt(variance), until)


class Mean(msgspec.Struct, frozen=True):
    """A restricted mean."""

    days: float
    error: float
    """Its standard error, in days."""
    until: int
    """How far it reaches: as far as was asked, or as far as anything was watched."""

    @property
    def band(self) -> tuple[float, float]:
        """Its interval of 95 %, in days."""
        return max(0.0, self.days - Z95 * self.error), min(float(self.until), self.days + Z95 * self.error)


def curve(lives: Iterable[Lives]) -> Curve:
    """The curve of these findings; with nothing watched it has no steps and says that all is open."""
    watched = tuple(lives)
    n = sum(each.n for each in watched)
    last = max((each.left for each in watched), default=0)
    return curve_of(table(watched), n=n, last=last)


def curve_of(risks: Table, *, n: int, last: int) -> Curve:
    """The curve of a table of one group, or of all its groups together."""
    share, terms, total = 1.0, 0.0, 0
    steps: list[Step] = []
    for row in risks:
        at_risk, fixed = sum(row.n), sum(row.fixed)
        total += fixed
        share *= 1 - fixed / at_risk
        terms += fixed / (at_risk * (at_risk - fixed)) if at_risk > fixed else math.inf
        error = share * math.sqrt(terms) if share else 0.0
        low, high = _band(share, terms)
        steps.append(Step(age=row.age, at_risk=at_risk, fixed=fixed, open=share, error=error, low=low, high=high))
    return Curve(n=n, fixed=total, steps=tuple(steps), last=last)


def _band(share: float, terms: float) -> tuple[float, float]:
    if not 0 < share < 1:
        return share, share
    reach = math.exp(Z95 * math.sqrt(terms) / -math.log(share))
    return share**reach, share ** (1 / reach)
