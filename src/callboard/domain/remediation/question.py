"""What a report is about: which findings, over which days, told apart by what. Pure."""

from __future__ import annotations

import enum
from datetime import UTC, date, datetime, time

import msgspec

from callboard.domain.instant import DAY, Instant, from_datetime, to_datetime
from callboard.domain.query import Between, OneOf, Query, Term
from callboard.errors import InvalidQueryError

USUAL_DAYS = 91
"""A quarter: what is asked about where nobody says."""
LONGEST_DAYS = 3_660
"""Ten years."""


@enum.unique
class Measure(enum.StrEnum):
    """What is waited for. Both begin when the source first says that the finding is there."""

    REMEDIATE = "remediate"
    """Until it is fixed."""
    INVESTIGATE = "investigate"
    """Until somebody acts on it: takes it, says something about it, or follows its link to the source. A look is no act."""


@enum.unique
class By(enum.StrEnum):
    """What the rows of a report are told apart by."""

    SEVERITY = "severity"
    TEAM = "team"
    """Who owns its component now. One that several teams own is in the row of each."""
    SOURCE = "source"
    RULE = "rule"
    KIND = "kind"


class Period(msgspec.Struct, frozen=True):
    """Whole days in UTC: from the first moment on, up to the second, which is no part of it."""

    start: Instant
    end: Instant

    @property
    def days(self) -> int:
        """How many."""
        return (self.end - self.start) // DAY

    @property
    def first(self) -> str:
        """The first day, as 2026-01-31."""
        return f"{to_datetime(self.start):%Y-%m-%d}"

    @property
    def last(self) -> str:
        """The last day that is part of it."""
        return f"{to_datetime(Instant(self.end - 1)):%Y-%m-%d}"


def read_period(first: str | None, last: str | None, *, now: Instant, usual: int = USUAL_DAYS) -> Period:
    """The days that are asked about, both included. Raises InvalidQueryError.

    Without a last day it is yesterday, since today is not over; without a first day there are as many as usual.
    """
    today = Instant(now // DAY * DAY)
    end = today if not last else Instant(_day(last, "to") + DAY)
    start = Instant(end - usual * DAY) if not first else _day(first, "from")
    if end > today:
        raise InvalidQueryError("Only days that are over can be told of.", field="to", hint="Yesterday is the last.")
    if start >= end:
        raise InvalidQueryError("The first day comes after the last.", field="from")
    if end - start > LONGEST_DAYS * DAY:
        raise InvalidQueryError(f"At most {LONGEST_DAYS:,} days can be told of at once.", field="from")
    return Period(start, end)


def read_day(text: str, *, now: Instant) -> Instant:
    """The moment at which a day ended, which has to be over. Raises InvalidQueryError."""
    end = Instant(_day(text, "on") + DAY)
    if end > now:
        raise InvalidQueryError("Only days that are over can be told of.", field="on", hint="Yesterday is the last.")
    return end


def read_start(text: str) -> Instant:
    """The first moment of a day, in UTC, whenever that is. Raises InvalidQueryError."""
    return _day(text, "from")


def _day(text: str, field: str) -> Instant:
    try:
        return from_datetime(datetime.combine(date.fromisoformat(text), time(), UTC))
    except ValueError:
        raise InvalidQueryError(f"{text[:40]!r} is no day.", field=field, hint="Write it as 2026-06-30.") from None


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to know."""

    period: Period
    query: Query = Query()
    by: By = By.SEVERITY
    measure: Measure = Measure.REMEDIATE


_KEYS = frozenset({
    "severity", "owner", "component", "system", "domain", "reason", "rule", "resource", "cve", "package", "ecosystem", "source",
    "kind", "cvss", "epss", "env", "region", "cloud", "account", "project", "tag", "bundle", "id", "runs",
})  # fmt: skip
"""Keys that tell what a finding is, and nothing of what became of it."""
_WORDS = frozenset({
    "exposed", "kev", "mine", "unmapped", "conflict", "shared", "co-owned", "inherited", "in-scope",
    "fix", "deeplink", "owner", "cve", "component", "due",
})  # fmt: skip
"""The same of what stands behind `is:`, `has:` and `no:`."""


def judged(query: Query) -> Query:
    """The terms of a query, where a report can be about them. Raises InvalidQueryError.

    Who chooses findings by what became of them gets the answer that was put in: the fixed ones were all fixed.
    """
    for term in query.terms:
        if not _tells_what_it_is(term):
            raise InvalidQueryError(
                f'A report cannot be narrowed by "{term}": it would choose findings by what became of them.',
                field="q",
                hint="Use what a finding is, for example severity, owner, source, rule or kind.",
            )
    return Query(query.terms)


def _tells_what_it_is(term: Term) -> bool:
    match term:
        case OneOf(key=key, values=values) if key in ("is", "has", "no"):
            return set(values) <= _WORDS
        case OneOf(key=key) | Between(key=key):
            return key in _KEYS
    return True
