"""What being given the portal does: nothing where it does nothing, the true ratio where it does, silence where nobody can tell."""

from __future__ import annotations

import math
from collections.abc import Callable

import msgspec
import pytest

from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation import Period
from callboard.domain.remediation.rolled import Rolled, by_differences, by_lot
from callboard.domain.remediation.rollout_days import windows
from tests.support.rollouts import FIRST, company, drawn, piloted

CERTAIN = 0.05


def lots(number: int, ratio: float, **more: float) -> list[Rolled]:
    """As many companies, each told by its own lot."""
    found = []
    for seed in range(number):
        plan = drawn(seed)
        found.append(by_lot(plan, *company(plan, seed, ratio=ratio, **more)))  # type: ignore[arg-type]
    return found


def pilots(number: int, ratio: float, **more: float) -> list[Rolled]:
    """As many companies, each told by how its pilots changed."""
    plan = piloted()
    return [by_differences(plan, *company(plan, seed, ratio=ratio, **more)) for seed in range(number)]  # type: ignore[arg-type]


def told(found: list[Rolled]) -> float:
    """The share of companies in which a difference is told of."""
    assert all(each.refusal is None for each in found)
    return sum(each.p is not None and each.p <= CERTAIN for each in found) / len(found)


def middle(found: list[Rolled]) -> float:
    """The mean ratio, by its logarithm."""
    return math.exp(sum(math.log(each.ratio or 1) for each in found) / len(found))


Design = Callable[..., list[Rolled]]
DESIGNS = pytest.mark.parametrize("design", [lots, pilots], ids=["lots", "pilots"])


@DESIGNS
def test_a_true_effect_is_found_and_a_change_for_all_is_none(design: Design) -> None:
    """Everybody gets half as fast again when the rollout begins. With sixteen companies each way it is plain which is which."""
    without, with_ = design(16, 1.0), design(16, 3.0)
    assert told(without) <= 0.2
    assert 0.85 < middle(without) < 1.18
    assert told(with_) >= 0.8
    assert 2.0 < middle(with_) < 3.6


@pytest.mark.slow
@DESIGNS
def test_companies_without_an_effect_are_told_of_one_in_one_of_twenty(design: Design) -> None:
    """1,000 companies whose teams differ in speed and size: 3.5 to 6.5 % is what so many can tell from 5 %."""
    found = design(1_000, 1.0, each=15)
    rate = told(found)
    print(f"{rate:.4f} of companies told of an effect that is none")  # noqa: T201 - figures for who runs it
    assert 0.035 <= rate <= 0.065


@pytest.mark.slow
@DESIGNS
def test_intervals_hold_the_true_ratio(design: Design) -> None:
    """Where teams are alike in speed, so that the ratio of all is the ratio of each: about nineteen of twenty do."""
    found = design(300, 2.0, spread=0.0)
    held = sum((each.low or 0) <= 2.0 <= (each.high or math.inf) for each in found) / len(found)
    print(f"{held:.4f} of intervals hold the ratio; mean {middle(found):.3f}")  # noqa: T201
    assert 0.92 <= held <= 0.99


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
    assert "all teams" in (by_lot(plan, {}, over).refusal or "")
