"""The formula of a risk: likelihood × exposure × blast radius, each from 1 to 5.

A factor that is not known, or not whole, is a span. The number of a risk is the geometric middle of what it may be at least
and at most, so that what is unknown is neither nothing nor the worst, and stands between what is known to be less and what
is known to be more. Both ends are shown.
"""

from __future__ import annotations

import enum
import math
from collections.abc import Iterable

import msgspec

from callboard.domain.finding import Severity

FORMULA = 2
"""Grows with every change of what a number means."""
LEAST, MOST = 1, 5
"""Of a factor."""


class Factor(msgspec.Struct, frozen=True):
    """One of the three, from 1 to 5, with the reasons in words."""

    low: int
    """At least."""
    high: int
    """At most; the same as `low` where it is known."""
    because: str

    @property
    def is_known(self) -> bool:
        """Whether one level is meant."""
        return self.low == self.high

    @property
    def words(self) -> str:
        """`4`, or `2 to 5`."""
        return str(self.low) if self.is_known else f"{self.low} to {self.high}"


def known(level: int, because: str) -> Factor:
    """A factor that is known. Raises ValueError outside of 1 to 5."""
    return between(level, level, because)


def between(low: int, high: int, because: str) -> Factor:
    """A factor that is known in part. Raises ValueError unless 1 ≤ low ≤ high ≤ 5."""
    if not LEAST <= low <= high <= MOST:
        raise ValueError(f"expected levels between {LEAST} and {MOST}, the smaller first, not {low} and {high}")
    return Factor(low, high, because)


@enum.unique
class Band(enum.IntEnum):
    """How soon a risk needs somebody. The larger, the sooner."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """In lower case."""
        return self.name.lower()


BANDS = ((80, Band.CRITICAL), (45, Band.HIGH), (25, Band.MEDIUM), (0, Band.LOW))
"""The smallest number of each band. 80 is 4 × 4 × 5: likely, open to everybody who may sign in, and all falls with it."""


class Score(msgspec.Struct, frozen=True):
    """The product of three factors: whole numbers from 1 to 125."""

    low: int
    high: int

    @property
    def number(self) -> int:
        """What it is ranked by in words: the middle, rounded up."""
        return math.isqrt(self.low * self.high - 1) + 1

    @property
    def band(self) -> Band:
        """The band that its number is in."""
        return next(band for least, band in BANDS if self.number >= least)


def score(likelihood: Factor, exposure: Factor, blast: Factor) -> Score:
    """The product, at least and at most."""
    return Score(likelihood.low * exposure.low * blast.low, likelihood.high * exposure.high * blast.high)


_BY_SEVERITY = {Severity.CRITICAL: 4, Severity.HIGH: 3, Severity.MEDIUM: 2, Severity.LOW: 1, Severity.INFO: 1}
LIKELY_AT, POSSIBLE_AT = 0.1, 0.01
"""EPSS: at one in ten within 30 days something counts as likely; below one in a hundred it is less likely than it is bad."""


def likelihood_of(
    severity: Severity, *, malicious: bool = False, exploited: str | None = None, epss: float | None = None
) -> Factor:
    """How likely something is used.

    Args:
        severity: how bad, which stands in for how likely where nothing else is known.
        malicious: it was made to harm.
        exploited: the day on which it was listed as exploited.
        epss: the probability of exploitation within 30 days, 0 to 1.
    """
    if malicious:
        return known(MOST, "made to harm")
    if exploited is not None:
        return known(MOST, f"exploited, listed on {exploited}")
    base = _BY_SEVERITY.get(severity)
    if epss is None:
        if base is None:
            return between(LEAST, 4, "severity unknown, and nothing known of exploitation")
        return known(base, f"{severity.word} severity, nothing known of exploitation")
    told = f"EPSS {epss:.3f}"
    if base is None:
        low = 4 if epss >= LIKELY_AT else 3 if epss >= POSSIBLE_AT else LEAST
        return between(low, 4, f"{told}, severity unknown")
    if epss >= LIKELY_AT:
        return known(max(base, 4), f"{told}, {severity.word} severity")
    if epss >= POSSIBLE_AT:
        return known(max(base, 3), f"{told}, {severity.word} severity")
    return known(max(LEAST, base - 1), f"{told}, so less likely than its {severity.word} severity")


def worst(factors: Iterable[Factor]) -> Factor:
    """The largest of several: what may be most, then what is at least most. Raises ValueError for none."""
    return max(factors, key=lambda factor: (factor.low * factor.high, factor.high))
