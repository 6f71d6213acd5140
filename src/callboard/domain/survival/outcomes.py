"""Outcomes that compete: the share fixed by an age, where others were set aside instead. Pure.

Taking those set aside for still open would promise that they will be fixed one day (Aalen and Johansen 1978).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from callboard.domain.survival.risk import Ages, ages_of, table_of
from callboard.domain.survival.watched import Lives


class Incidence(msgspec.Struct, frozen=True):
    """What has become of them by an age. The three shares are 1 together."""

    age: int
    """In whole days."""
    fixed: float
    set_aside: float

    @property
    def open(self) -> float:
        """The share that is still open."""
        return 1 - self.fixed - self.set_aside


def incidence(lives: Iterable[Lives]) -> tuple[Incidence, ...]:
    """The shares after each age at which something ended."""
    return incidence_of(ages_of(lives))


def incidence_of(ages: Ages) -> tuple[Incidence, ...]:
    """The same, of findings that are counted by age."""
    ended = dict(ages.fixed)
    for age, n in ages.aside.items():
        ended[age] = ended.get(age, 0) + n
    fixed = aside = 0.0
    found: list[Incidence] = []
    for row in table_of(Ages(ages.entering, ages.leaving, ended)):
        (at_risk,), (ends,) = row.n, row.fixed
        still = 1 - fixed - aside
        here = ages.fixed.get(row.age, 0)
        fixed += still * here / at_risk
        aside += still * (ends - here) / at_risk
        found.append(Incidence(row.age, fixed, aside))
    return tuple(found)
