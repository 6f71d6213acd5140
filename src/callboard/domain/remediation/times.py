"""How long it takes until findings are fixed, or until somebody acts on them. Pure.

"The average" is the restricted mean: how many of their first ninety days findings are open. It counts those that are open still,
and it is known where less than half are fixed and no median is.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from callboard.domain.remediation.question import Question
from callboard.domain.survival import Ages, Incidence, Mean, Step, curve_of, incidence_of, table_of

HORIZON = 90
"""Days up to which the mean looks."""
FEW = 5
"""Fewer findings than this are "few", and nothing more is told of them."""
YOUNG = 7
"""Days of age up to which a finding counts as watched from its beginning."""
ENOUGH = 10
ENOUGH_DONE = 5
"""No mean, median or share is told of fewer findings than the first, of fewer fixes than the second, or of old ones alone."""
SHOWN = 180
"""Days that the curve is told for."""


class TimesRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of a report."""

    key: str
    """What it is about: a severity, a reference, a name, an id. Empty: nobody, or all together."""
    title: str
    n: int
    """Findings that were watched on some day of the period."""
    done: int
    """Of these, fixed (or acted on) within the period."""
    aside: int
    """Ended otherwise: set aside or gone; of those that wait for somebody to act, closed before anybody did."""
    mean: Mean | None = None
    """How many of its first ninety days a finding waits. None: too few to tell."""
    median: int | None = None
    """Days by which half are done. None: not reached, or too few to tell."""
    median_band: tuple[int | None, int | None] = (None, None)
    within_30: float | None = None
    """Share that is done within 30 days of the opening, where others end otherwise. None: too few to tell."""
    within_90: float | None = None
    steps: tuple[Step, ...] = ()
    """The share that still waits, by age."""
    young: int = FEW
    """Findings that were watched from their first week on. Without any, nothing is known of how they began."""
    watched_until: int = 0
    """The last age in days at which anything was watched: the curve tells nothing beyond."""
    open_now: int | None = None
    """Findings that are open now, as `query` lists them. None: not asked for."""
    query: str | None = None

    @property
    def waiting(self) -> int:
        """Open still when the period, or the watching, ended."""
        return self.n - self.done - self.aside

    @property
    def is_few(self) -> bool:
        """So few that only "few" is told."""
        return self.n < FEW

    @property
    def is_enough(self) -> bool:
        """Enough to tell a mean, a median and shares."""
        return self.n >= ENOUGH and self.done >= ENOUGH_DONE and self.young >= FEW


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be watched, so that nothing is left out in silence."""

    transient: int = 0
    """Closed within a day of their opening: noise, not work."""
    undated: int = 0
    """Closed, and nobody tells when."""
    backwards: int = 0
    """Closed before they were opened, by their source's dates."""

    @property
    def total(self) -> int:
        """All of it."""
        return self.transient + self.undated + self.backwards


class Times(msgspec.Struct, frozen=True, kw_only=True):
    """The report."""

    question: Question
    whole: TimesRow
    """All findings together, each once."""
    rows: tuple[TimesRow, ...]
    left_out: LeftOut
    more: int = 0
    """Rows that are not told, since there are too many."""


def row_of(key: str, title: str, ages: Ages) -> TimesRow:
    """What is told of findings that were watched."""
    row = TimesRow(
        key=key, title=title, n=ages.n, done=sum(ages.fixed.values()), aside=sum(ages.aside.values()),
        young=sum(n for age, n in ages.entering.items() if age <= YOUNG),
    )  # fmt: skip
    if not row.is_enough:
        return row
    found = curve_of(table_of(ages), n=ages.n, last=ages.last)
    shares = incidence_of(ages)
    return msgspec.structs.replace(
        row,
        mean=found.mean(HORIZON),
        median=found.median,
        median_band=found.median_band,
        within_30=_by(shares, 30, found.last),
        within_90=_by(shares, 90, found.last),
        steps=tuple(step for step in found.steps if step.age <= SHOWN),
        watched_until=found.last,
    )


def _by(shares: Sequence[Incidence], age: int, last: int) -> float | None:
    """The share done by an age. None: nothing was watched that long."""
    if last < age:
        return None
    return next((each.fixed for each in reversed(shares) if each.age <= age), 0.0)
