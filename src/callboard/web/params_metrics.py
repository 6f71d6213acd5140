"""What an address about metrics is asked: which findings, over which days, told apart by what."""

from __future__ import annotations

from collections.abc import Iterable

from callboard.domain.instant import Instant
from callboard.domain.query import parse
from callboard.domain.remediation import By, Measure, Question, read_period
from callboard.web.params import choice, collected, only

TIMES = ("q", "measure", "by", "from", "to")


def times(values: Iterable[tuple[str, str]], *, now: Instant) -> Question:
    """The question in a query string. Raises InvalidQueryError that names the parameter."""
    found = collected(values, TIMES)
    return Question(
        period=read_period(only(found, "from"), only(found, "to"), now=now),
        query=parse(only(found, "q") or ""),
        by=By(choice(found, "by", [each.value for each in By]) or By.SEVERITY),
        measure=Measure(choice(found, "measure", [each.value for each in Measure]) or Measure.REMEDIATE),
    )
