"""What an address about metrics is asked: which findings, over which days, told apart by what."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from callboard.domain.instant import Instant
from callboard.domain.query import Query, parse
from callboard.domain.remediation.question import By, Measure, Period, Question, read_day, read_period
from callboard.domain.remediation.use import USUAL_DAYS as FOUR_WEEKS
from callboard.usecases.remediation.measure_channels import EVERY, AnyDesign
from callboard.web.query_string import Values, choice, collected, only

HALF_YEAR = 182
"""Days that a flow tells of where nobody says."""

Pairs = Iterable[tuple[str, str]]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A question about what came and went, what was open, or dates."""

    query: Query
    period: Period
    by: By = By.SEVERITY
    at: Instant | None = None
    """The moment at which the day ended that is asked about. None: now."""


def times(values: Pairs, *, now: Instant) -> Question:
    """How long findings take. Raises InvalidQueryError that names the parameter."""
    found = collected(values, ("q", "measure", "by", "from", "to"))
    return Question(
        period=_period(found, now),
        query=_query(found),
        by=_by(found),
        measure=Measure(choice(found, "measure", [each.value for each in Measure]) or Measure.REMEDIATE),
    )


def flow(values: Pairs, *, now: Instant) -> Asked:
    """What came and went: half a year of it, where nobody says. Raises InvalidQueryError that names the parameter."""
    found = collected(values, ("q", "from", "to"))
    return Asked(query=_query(found), period=_period(found, now, usual=HALF_YEAR))


def channels(values: Pairs, *, now: Instant) -> tuple[Asked, tuple[AnyDesign, ...]]:
    """What the portal does: half a year of it, in all designs, where nobody says. Raises InvalidQueryError that names the parameter."""
    found = collected(values, ("q", "from", "to", "design"))
    word = choice(found, "design", [each.value for each in EVERY])
    designs = tuple(each for each in EVERY if word in (None, each.value))
    return Asked(query=_query(found), period=_period(found, now, usual=HALF_YEAR)), designs


def use(values: Pairs, *, now: Instant) -> Asked:
    """What people did: four weeks of it, where nobody says. Raises InvalidQueryError that names the parameter."""
    found = collected(values, ("q", "from", "to"))
    return Asked(query=_query(found), period=_period(found, now, usual=FOUR_WEEKS))


def opened(values: Pairs, *, now: Instant) -> Asked:
    """What was open on a day, or is now. Raises InvalidQueryError that names the parameter."""
    found = collected(values, ("q", "by", "on"))
    on = only(found, "on")
    at = None if on is None else read_day(on, now=now)
    return Asked(query=_query(found), period=_period({}, now), by=_by(found), at=at)


def due(values: Pairs, *, now: Instant) -> Asked:
    """How dates were kept. Raises InvalidQueryError that names the parameter."""
    found = collected(values, ("q", "by", "from", "to"))
    return Asked(query=_query(found), period=_period(found, now), by=_by(found))


def _query(found: Values) -> Query:
    return parse(only(found, "q") or "")


def _by(found: Values) -> By:
    return By(choice(found, "by", [each.value for each in By]) or By.SEVERITY)


def _period(found: Values, now: Instant, *, usual: int | None = None) -> Period:
    first, last = only(found, "from"), only(found, "to")
    return read_period(first, last, now=now) if usual is None else read_period(first, last, now=now, usual=usual)


def days(values: Pairs, *, now: Instant) -> Period:
    """Days alone. Raises InvalidQueryError that names the parameter."""
    return _period(collected(values, ("from", "to")), now)


def text(query: Query) -> str:
    """The terms of a query, as they are written into its field."""
    return " ".join(map(str, query.terms))
