"""The days that evidence is about."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from callboard.domain.instant import DAY, Instant, to_datetime, to_text
from callboard.domain.ownership.coverage import end_of_day
from callboard.errors import InvalidQueryError

USUAL_DAYS = 91
"""Thirteen weeks, where nobody says otherwise."""
MOST_DAYS = 1_830
"""Five years."""


class Period(msgspec.Struct, frozen=True):
    """From the first moment of a day to the last of another; of a day that is not over, to the moment of asking."""

    start: Instant
    until: Instant
    is_over: bool
    """Nothing that happens from now on can be part of it."""

    def holds(self, at: Instant | None) -> bool:
        """Whether something happened in it."""
        return at is not None and self.start <= at <= self.until

    @property
    def first_day(self) -> str:
        """As 2026-01-31."""
        return to_text(self.start)[:10]

    @property
    def last_day(self) -> str:
        """As 2026-01-31; it is part of the period."""
        return to_text(self.until)[:10]


def period_of(first: str | None, last: str | None, *, now: Instant) -> Period:
    """The period of these days, written as 2026-01-31. Raises InvalidQueryError.

    Left out, the last day is today, and the first one such that there are `USUAL_DAYS`.
    """
    end = end_of_day(to_text(now)[:10]) if last is None else _day(last, "to")
    start = Instant(end + 1 - USUAL_DAYS * DAY) if first is None else Instant(_day(first, "from") + 1 - DAY)
    if start > end:
        raise InvalidQueryError("The period ends before it begins.", field="to")
    if start > now:
        raise InvalidQueryError("The period has not begun.", field="from", hint="Days are days of UTC.")
    if to_datetime(end) - to_datetime(start) > timedelta(days=MOST_DAYS):
        raise InvalidQueryError(f"A period has at most {MOST_DAYS:,} days.", field="from")
    return Period(start=start, until=min(end, now), is_over=end < now)


def _day(text: str, field: str) -> Instant:
    try:
        return end_of_day(text)
    except ValueError as error:
        raise InvalidQueryError(f"{text!r} is no day.", field=field, hint="Write it as 2026-06-30.") from error
