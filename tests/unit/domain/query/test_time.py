"""Ranges of time in a query: the stretch they name at a given time. Days are UTC days."""

from __future__ import annotations

import pytest

from callboard.domain.instant import DAY, HOUR, Instant, from_text, to_text
from callboard.domain.query import Between, parse

NOW = from_text("2026-11-23T10:30:00Z")


def span(text: str) -> tuple[str | None, str | None]:
    """Start and end of the only term's stretch, as text."""
    (term,) = parse(text).terms
    assert isinstance(term, Between)
    found = term.span(NOW)
    return tuple(None if end is None else to_text(end) for end in (found.start, found.end))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("first:2026-09-01", "2026-09-01T00:00:00Z", "2026-09-02T00:00:00Z"),
        ("first:>=2026-09-01", "2026-09-01T00:00:00Z", None),
        ("first:>2026-09-01", "2026-09-02T00:00:00Z", None),
        ("first:<2026-09-01", None, "2026-09-01T00:00:00Z"),
        ("first:<=2026-09-01", None, "2026-09-02T00:00:00Z"),
        ("first:2026-09-01..2026-09-30", "2026-09-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        ("due:today", "2026-11-23T00:00:00Z", "2026-11-24T00:00:00Z"),
        ("due:<today", None, "2026-11-23T00:00:00Z"),
        ("due:today..+7d", "2026-11-23T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("due:<+7d", None, "2026-11-30T00:00:00Z"),
        ("due:+7d", "2026-11-30T00:00:00Z", "2026-12-01T00:00:00Z"),
        ("first:>=-7d", "2026-11-16T10:30:00Z", None),
        ("first:>-7d", "2026-11-16T10:30:00.000001Z", None),
        ("last:<=-12h", None, "2026-11-22T22:30:00.000001Z"),
        ("last:2026-09-01T10:00Z", "2026-09-01T10:00:00Z", "2026-09-01T10:00:00.000001Z"),
        ("age:>30d", None, "2026-10-24T10:30:00Z"),
        ("age:>=30d", None, "2026-10-24T10:30:00.000001Z"),
        ("age:<30d", "2026-10-24T10:30:00.000001Z", None),
        ("age:<=30d", "2026-10-24T10:30:00Z", None),
        ("age:30d..60d", "2026-09-24T10:30:00Z", "2026-10-24T10:30:00.000001Z"),
        ("age:30d", "2026-10-24T00:00:00Z", "2026-10-25T00:00:00Z"),
        ("-age:>30d", None, "2026-10-24T10:30:00Z"),
    ],
)
def test_a_range_names_a_stretch_of_time(text: str, start: str | None, end: str | None) -> None:
    """From its start until just before its end."""
    assert span(text) == (start, end)


def test_young_and_old_part_the_world() -> None:
    """What is older than a month is not younger, to the microsecond."""
    old, young = (parse(text).terms[0] for text in ("age:>=30d", "age:<30d"))
    assert isinstance(old, Between)
    assert isinstance(young, Between)
    assert old.span(NOW).end == young.span(NOW).start


def test_a_saved_query_moves_with_the_clock() -> None:
    """Its values carry none."""
    (term,) = parse("first:>=-1d").terms
    assert isinstance(term, Between)
    later = Instant(NOW + 5 * HOUR)
    assert term.span(later).start == later - DAY
