"""Instants: whole microseconds, exact both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.instant import DAY, Instant, from_datetime, from_text, to_datetime, to_text


@given(st.datetimes(timezones=st.just(UTC)))
def test_every_date_survives_as_instant_and_as_text(value: datetime) -> None:
    """To the microsecond, before 1970 and after 2038 alike."""
    instant = from_datetime(value)
    assert to_datetime(instant) == value
    assert from_text(to_text(instant)) == instant


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)))
def test_instants_sort_like_their_dates(one: datetime, other: datetime) -> None:
    """So that the database may compare numbers."""
    assert (from_datetime(one) < from_datetime(other)) == (one < other)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"),
        ("2026-03-25T05:46:26.681576Z", "2026-03-25T05:46:26.681576Z"),
        ("2026-03-25T05:46:26.6Z", "2026-03-25T05:46:26.600000Z"),
        ("2026-03-25T07:46:26+02:00", "2026-03-25T05:46:26Z"),
        ("2038-01-19T03:14:08Z", "2038-01-19T03:14:08Z"),
        ("2024-02-29T23:59:59.999999Z", "2024-02-29T23:59:59.999999Z"),
    ],
)
def test_dates_are_read_and_written_as_rfc_3339(text: str, wanted: str) -> None:
    """Any offset comes in, UTC goes out."""
    assert to_text(from_text(text)) == wanted


@pytest.mark.parametrize(
    "text", ["", "today", "2026-03-25T05:46:26", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-03-25"]
)
def test_what_is_no_date_with_a_zone_is_refused(text: str) -> None:
    """A date without a zone may mean any hour."""
    with pytest.raises(ValueError, match=r".+"):
        from_text(text)


def test_a_zone_is_taken_into_account() -> None:
    """Noon in Auckland is midnight in Greenwich."""
    noon = datetime(2026, 7, 1, 12, tzinfo=timezone(timedelta(hours=12)))
    assert from_datetime(noon) % DAY == 0
    assert from_datetime(datetime(1970, 1, 2, tzinfo=UTC)) == Instant(DAY)
