"""How much of a long job is written in one transaction."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from callboard.usecases.pace import LOCKED_AT_MOST, PARTS_AT_MOST, Pace

TIMES = some.lists(some.integers(0, 10 * LOCKED_AT_MOST))
"""Microseconds that a part takes, transaction after transaction."""


@pytest.mark.fault("F25")
@given(TIMES)
def test_it_fits_into_the_time_by_what_the_last_transaction_told(times: list[int]) -> None:
    """Or is one part, since less cannot be written; and it never grows to more than twice at once."""
    pace = Pace()
    for each in times:
        before = pace.at_once
        pace.note(before, before * each)
        assert pace.at_once == 1 or pace.at_once * each <= LOCKED_AT_MOST
        assert 1 <= pace.at_once <= min(2 * before, PARTS_AT_MOST)


def test_a_fast_machine_comes_to_the_most_and_a_slow_moment_back_to_one() -> None:
    """Nothing it has learnt keeps it from the one or the other."""
    pace = Pace()
    for _ in range(10):
        pace.note(pace.at_once, 0)
    assert pace.at_once == PARTS_AT_MOST
    pace.note(pace.at_once, 100 * LOCKED_AT_MOST)
    assert pace.at_once == 1
