"""How often what the portal does is told of where it does nothing, and how often intervals hold what it does."""

from __future__ import annotations

import math

import pytest

from tests.support.rollouts import Told, by_all_lots, by_all_pilots, middle, told

DESIGNS = pytest.mark.parametrize("design", [by_all_lots, by_all_pilots], ids=["lots", "pilots"])


@pytest.mark.slow
@pytest.mark.timeout(1200)
@DESIGNS
def test_companies_without_an_effect_are_told_of_one_in_one_of_twenty(design: Told) -> None:
    """1,000 companies whose teams differ in speed and size: 3.5 to 6.5 % is what so many can tell from 5 %."""
    found = design(1_000, 1.0)
    rate = told(found)
    print(f"{rate:.4f} of companies told of an effect that is none")  # noqa: T201 - figures for who runs it
    assert 0.035 <= rate <= 0.065


@pytest.mark.slow
@pytest.mark.timeout(1200)
@DESIGNS
def test_intervals_hold_the_true_ratio(design: Told) -> None:
    """Where teams are alike in speed, so that the ratio of all is the ratio of each: about nineteen of twenty do, or more."""
    found = design(300, 2.0, spread=0.0)
    held = sum((each.low or 0) <= 2.0 <= (each.high or math.inf) for each in found) / len(found)
    print(f"{held:.4f} of intervals hold the ratio; mean {middle(found):.3f}")  # noqa: T201
    assert held >= 0.92
