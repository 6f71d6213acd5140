"""What being given the portal does: nothing where it does nothing, the true ratio where it does, silence where nobody can tell."""

from __future__ import annotations

import msgspec
import pytest

from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation.cohorts import Exposed
from callboard.domain.remediation.question import Period
from callboard.domain.remediation.rolled import by_differences, by_lot
from callboard.domain.remediation.rollout_days import windows
from tests.support.rollouts import FIRST, Told, by_all_lots, by_all_pilots, company, drawn, middle, piloted, told

DESIGNS = pytest.mark.parametrize("design", [by_all_lots, by_all_pilots], ids=["lots", "pilots"])


@DESIGNS
def test_a_true_effect_is_found_and_a_change_for_all_is_none(design: Told) -> None:
    """Everybody gets half as fast again when the rollout begins. With sixteen companies each way it is plain which is which."""
    without, with_ = design(16, 1.0), design(16, 3.0)
    assert told(without) <= 0.2
    assert 0.85 < middle(without) < 1.18
    assert told(with_) >= 0.8
    assert 2.0 < middle(with_) < 3.6


def test_the_same_plan_and_findings_are_told_alike() -> None:
    """Lots that are drawn anew are drawn from the plan's own seed."""
    plan = drawn(1)
    assert by_lot(plan, *company(plan, 1)) == by_lot(plan, *company(plan, 1))


def test_sides_add_up() -> None:
    """Of twelve teams, two begin on the first day; until the last wave all have been on both sides but the first and the last."""
    plan = drawn(2)
    found = by_lot(plan, *company(plan, 2))
    given, waiting = found.arms
    assert (given.teams, waiting.teams) == (10, 10)
    assert found.period == Period(Instant(FIRST * DAY), Instant((FIRST + 105) * DAY))
    assert given.fixed <= given.findings
    assert found.lots == 2_000


def test_days_that_are_compared() -> None:
    """Until everybody has it; differences look at as many days before as after, with four teams that have it and four that wait."""
    plan = drawn(3)
    period = Period(Instant((FIRST - 90) * DAY), Instant((FIRST + 300) * DAY))
    days = windows(plan, period)
    assert days.steps == Period(Instant(FIRST * DAY), Instant((FIRST + 105) * DAY))
    assert days.after == Period(Instant((FIRST + 21) * DAY), Instant((FIRST + 84) * DAY))
    assert days.before == Period(Instant((FIRST - 63) * DAY), Instant(FIRST * DAY))
    waiting = windows(piloted(), period)
    assert waiting.after == Period(Instant(FIRST * DAY), Instant((FIRST + 91) * DAY))
    assert waiting.steps == Period(Instant(FIRST * DAY), Instant((FIRST + 300) * DAY))
    sooner = windows(plan, Period(Instant(0), Instant((FIRST - 5) * DAY)))
    assert (sooner.bounds, sooner.steps, sooner.after) == ((), None, None)


def test_what_is_refused() -> None:
    """No lot, an order that is not the seed's, a lot drawn afterwards, too few teams, too few fixes, days without two sides."""
    pilot = piloted()
    refused = by_lot(pilot, *company(pilot, 4))
    assert refused.refusal is not None
    assert "chose" in refused.refusal
    plan = drawn(4)
    found, days = company(plan, 4)
    other = msgspec.structs.replace(plan, seed="another")
    late = msgspec.structs.replace(plan, planned_at=Instant((FIRST + 1) * DAY))
    for each in (other, late):
        assert "seed" in (by_lot(each, found, days).refusal or "")
    few = drawn(4, number=4, waves=2)
    assert "Too few teams" in (by_lot(few, *company(few, 4)).refusal or "")
    assert "4 teams" in (by_differences(few, *company(few, 4)).refusal or "")
    assert "fixes" in (by_lot(plan, *company(plan, 4, each=2)).refusal or "")
    assert "fixes" in (by_differences(pilot, *company(pilot, 4, each=6)).refusal or "")
    over = windows(plan, Period(Instant((FIRST + 200) * DAY), Instant((FIRST + 300) * DAY)))
    assert "all teams" in (by_lot(plan, Exposed(), over).refusal or "")


def test_figures_are_those_that_they_were() -> None:
    """However they are counted: the ratio, its interval and p of sixty teams, by both designs."""
    plan = drawn(5, number=60, waves=5)
    found, days = company(plan, 5, each=30)
    lot, change = by_lot(plan, found, days), by_differences(plan, found, days)
    known = (0.863344147707833, 0.6607658432102103, 1.128029127171819, 0.3165)
    assert (lot.ratio, lot.low, lot.high, lot.p) == pytest.approx(known, rel=1e-9)
    assert [(arm.teams, arm.findings, arm.fixed, arm.days) for arm in lot.arms] == [
        (47, 586, 413, 9719), (48, 546, 376, 7903),
    ]  # fmt: skip
    known = (0.8821953700145471, 0.6137349234322166, 1.3498935514450805, 0.565)
    assert (change.ratio, change.low, change.high, change.p) == pytest.approx(known, rel=1e-9)
    assert [(arm.teams, arm.findings, arm.fixed, arm.days) for arm in change.arms] == [
        (12, 220, 183, 3764), (12, 179, 122, 3161), (12, 155, 131, 1974), (12, 130, 103, 1769),
    ]  # fmt: skip
