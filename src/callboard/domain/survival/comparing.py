"""Two groups compared inside strata, never across them: log-rank and Cox. Pure.

A stratum is what must not be mixed: severity, source, who had an owner. Each brings its own table of two groups; what is
summed is what each of them says by itself. Who changes groups (nothing seen yet, then seen in the portal) is in the first
until then and enters the second at that age: `Lives` with a late entry say it, and no time is immortal.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeAlias

import msgspec

from callboard.domain.survival.curve import Z95
from callboard.domain.survival.risk import AtRisk, Table

_TURNS = 50
"""Newton's method takes five or six; more means that it runs away."""
_ENOUGH = 1e-10
_FARTHEST = 20.0
"""A logarithm of a ratio beyond this says that one group has no fixes while the other has."""


class LogRank(msgspec.Struct, frozen=True):
    """Whether two groups fix alike."""

    observed: float
    """Fixes in the first group."""
    expected: float
    """Fixes it would have, were both alike."""
    variance: float

    @property
    def chi_square(self) -> float:
        """With one degree of freedom; 0 where nothing can be told."""
        return (self.observed - self.expected) ** 2 / self.variance if self.variance > 0 else 0.0

    @property
    def p(self) -> float:
        """The chance of a difference at least as large, were both alike."""
        return math.erfc(math.sqrt(self.chi_square / 2))


def log_rank(strata: Sequence[Table]) -> LogRank:
    """The test of two groups, summed over strata before it is squared."""
    observed = expected = variance = 0.0
    for row in (row for each in strata for row in each):
        (n1, n2), (d1, d2) = _two(row)
        n, d = n1 + n2, d1 + d2
        observed += d1
        expected += d * n1 / n
        if n > 1:
            variance += d * n1 * n2 * (n - d) / (n * n * (n - 1))
    return LogRank(observed, expected, variance)


class Hazard(msgspec.Struct, frozen=True, kw_only=True):
    """How many times as fast the second group fixes as the first."""

    log: float
    """The natural logarithm of the ratio; infinite where one group has no fixes and the other has."""
    error: float
    """Its standard error; infinite where the data do not bound it."""
    likelihood: float
    """Twice the gain in log likelihood over no difference (the likelihood ratio test)."""

    @property
    def ratio(self) -> float:
        """Above 1: the second group fixes faster."""
        return math.exp(self.log) if self.log < _FARTHEST else math.inf

    @property
    def band(self) -> tuple[float, float]:
        """The ratio's interval of 95 %."""
        if not math.isfinite(self.error):
            return 0.0, math.inf
        return math.exp(self.log - Z95 * self.error), math.exp(self.log + Z95 * self.error)

    @property
    def p(self) -> float:
        """Wald's test: the chance of a ratio at least as far from 1, were both alike."""
        if not math.isfinite(self.error) or self.error == 0:
            return 1.0
        return 2 * (1 - NormalDist().cdf(abs(self.log) / self.error))


@enum.unique
class Ties(enum.Enum):
    """What is made of those that are fixed on one day."""

    EFRON = enum.auto()
    """They leave one after the other, nobody knows in which order. It is what reports tell."""
    BRESLOW = enum.auto()
    """All of them are at risk until the last has left: simpler, and too small a ratio where many share a day."""


def hazard(
    strata: Sequence[Table], clusters: Sequence[Sequence[Table]] | None = None, *, ties: Ties = Ties.EFRON
) -> Hazard | None:
    """The ratio of the second group's rate to the first's; None where no stratum has both groups at risk at a fix.

    Args:
        strata: a table of two groups for each stratum.
        clusters: the same strata for each team, when findings of one team are not taken for independent. They make the
            error only (Lin and Wei 1989). Each needs a row at every age of its stratum.
        ties: what is made of those that are fixed on one day.
    """
    rows = [[_two(row) for row in each] for each in strata]
    if not any(n1 and n2 for each in rows for (n1, n2), _ in each):
        return None
    beta = 0.0
    for _ in range(_TURNS):
        _, score, information = _at(rows, beta, ties)
        if information <= 0:
            break
        # Steps are kept short, so that a far start does not overshoot.
        step = max(-2.0, min(2.0, score / information))
        beta += step
        if abs(step) < _ENOUGH or abs(beta) > _FARTHEST:
            break
    none, _, _ = _at(rows, 0.0, ties)
    best, _, information = _at(rows, beta, ties)
    if abs(beta) > _FARTHEST or information <= 0:
        return Hazard(log=math.copysign(math.inf, beta), error=math.inf, likelihood=2 * (best - none))
    error = 1 / math.sqrt(information)
    if clusters is not None:
        error = _robust(rows, clusters, strata, beta, information)
    return Hazard(log=beta, error=error, likelihood=2 * (best - none))


_Row: TypeAlias = tuple[tuple[int, int], tuple[int, int]]
"""At risk and fixed, of two groups."""


def _two(row: AtRisk) -> _Row:
    (n1, n2), (d1, d2) = row.n, row.fixed
    return (n1, n2), (d1, d2)


def _at(rows: Sequence[Sequence[_Row]], beta: float, ties: Ties) -> tuple[float, float, float]:
    """Log likelihood, its slope and its curvature."""
    times = math.exp(beta)
    likelihood = score = information = 0.0
    for (n1, n2), (d1, d2) in (row for each in rows for row in each):
        d = d1 + d2
        likelihood += beta * d2
        score += d2
        for gone in range(d):
            left = gone / d if ties is Ties.EFRON else 0.0
            second = times * (n2 - left * d2)
            total = n1 - left * d1 + second
            share = second / total
            likelihood -= math.log(total)
            score -= share
            information += share * (1 - share)
    return likelihood, score, information


def _robust(
    rows: Sequence[Sequence[_Row]],
    clusters: Sequence[Sequence[Table]],
    strata: Sequence[Table],
    beta: float,
    known: float,
) -> float:
    """The error when teams and not findings are independent: what each team pulls, squared and summed."""
    times = math.exp(beta)
    shares: list[dict[int, tuple[float, float]]] = []
    for each, stratum in zip(rows, strata, strict=True):
        at: dict[int, tuple[float, float]] = {}
        for ((n1, n2), (d1, d2)), row in zip(each, stratum, strict=True):
            total = n1 + times * n2
            at[row.age] = times * n2 / total, (d1 + d2) / total
        shares.append(at)
    pulls = 0.0
    for team in clusters:
        pull = 0.0
        for at, its in zip(shares, team, strict=True):
            for row in its:
                (n1, n2), (d1, d2) = _two(row)
                share, rate = at.get(row.age, (0.0, 0.0))
                pull += d2 - share * (d1 + d2) - rate * (times * n2 * (1 - share) - n1 * share)
        pulls += pull * pull
    return math.sqrt(pulls) / known
