"""What is worth a word, when digests are due, and when a message is tried again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, HOUR, Instant, from_text, to_datetime
from callboard.domain.remediation.message import (
    FIRST_WAIT,
    LAST_WAIT,
    MOST_ATTEMPTS,
    WEEK,
    Sort,
    again_after,
    headline,
    list_path,
    next_digest,
)


def test_a_digest_is_due_at_its_hour_of_its_day() -> None:
    """2026-03-02 was a Monday."""
    monday = from_text("2026-03-02T07:00:00Z")
    assert next_digest(Instant(monday - 1), weekday=0, hour=7) == monday
    assert next_digest(monday, weekday=0, hour=7) == monday + WEEK
    assert next_digest(Instant(monday + 1), weekday=0, hour=7) == monday + WEEK
    assert next_digest(monday, weekday=6, hour=0) == from_text("2026-03-08T00:00:00Z")


@given(now=st.integers(0, 4_000_000_000_000_000), weekday=st.integers(0, 6), hour=st.integers(0, 23))
def test_the_next_digest_is_within_a_week(now: int, weekday: int, hour: int) -> None:
    """After now, at most a week later, on that day and hour."""
    at = next_digest(Instant(now), weekday=weekday, hour=hour)
    assert now < at <= now + WEEK
    moment = to_datetime(at)
    assert (moment.weekday(), moment.hour, at % HOUR) == (weekday, hour, 0)


def test_waits_double_and_end() -> None:
    """From a minute to six hours, for about three days; a receiver may ask for more patience, not for less."""
    waits = [again_after(attempt, None) for attempt in range(1, MOST_ATTEMPTS)]
    assert waits[0] == FIRST_WAIT
    assert waits[-1] == LAST_WAIT
    assert again_after(MOST_ATTEMPTS, None) is None
    assert 2 * DAY < sum(wait for wait in waits if wait is not None) < 4 * DAY
    assert again_after(1, 300.0) == 300_000_000
    assert again_after(1, 0.0) == FIRST_WAIT


def test_titles_count() -> None:
    """One finding needs, two need."""
    team = EntityRef("group:default/payments")
    assert headline(Sort.AT_ONCE, team, 1) == "payments: 1 finding needs a look"
    assert headline(Sort.AT_ONCE, team, 1_200) == "payments: 1,200 findings need a look"
    assert "week" in headline(Sort.DIGEST, team, 0)


def test_a_query_is_quoted_in_an_address() -> None:
    """Nothing in it ends the address."""
    assert (
        list_path("is:open owner:group:default/a&b #")
        == "/findings?q=is%3Aopen%20owner%3Agroup%3Adefault%2Fa%26b%20%23"
    )
