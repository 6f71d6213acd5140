"""How long findings live, against known answers and a plain model."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.survival import Lives, median


def test_a_textbook_example() -> None:
    """Leukaemia remission times (Freireich 1963, as in R's documentation of survfit): the 6-MP group's median is 23."""
    fixed = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    lives = [Lives(0, age, 1, fixed=True) for age in fixed] + [Lives(0, age, 1) for age in censored]
    assert median(lives) == 23
    # The placebo group has no censoring.
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    assert median(Lives(0, age, 1, fixed=True) for age in placebo) == 8


def test_nothing_watched_says_nothing() -> None:
    """No findings, or fewer than half fixed, give no number."""
    assert median([]) is None
    assert median([Lives(0, 5, 10), Lives(0, 3, 1, fixed=True)]) is None


def test_days_before_watching_count_for_nothing() -> None:
    """One that was a year old when watching began is not at risk at the age of ten days."""
    young = [Lives(0, 10, 2, fixed=True), Lives(0, 20, 1)]
    assert median([*young, Lives(365, 400, 50)]) == median(young) == 10


def test_late_entry_counts_who_is_there() -> None:
    """Worked by hand: 3 of 4 are left after day 4, half after day 6."""
    lives = [
        Lives(0, 4, 1, fixed=True), Lives(2, 6, 1, fixed=True), Lives(3, 5, 1), Lives(5, 9, 1, fixed=True), Lives(0, 8, 1),
    ]  # fmt: skip
    assert median(lives) == 6


lives = st.builds(
    lambda entered, lived, n, fixed: Lives(entered, entered + lived, n, fixed=fixed),
    st.integers(0, 20), st.integers(0, 20), st.integers(1, 4), st.booleans(),
)  # fmt: skip


@given(st.lists(lives, max_size=12))
def test_it_equals_the_definition(watched: list[Lives]) -> None:
    """The product over ages of the share that outlives each, in exact fractions."""
    alive = Fraction(1)
    expected = None
    for age in sorted({each.left for each in watched if each.fixed}):
        risk = sum(each.n for each in watched if each.entered <= age <= each.left)
        alive *= 1 - Fraction(sum(each.n for each in watched if each.fixed and each.left == age), risk)
        if alive <= Fraction(1, 2):
            expected = age
            break
    found = median(watched)
    # Halves that floats miss by a hair may be seen one step later; nothing else may differ.
    assert found == expected or alive == Fraction(1, 2)
