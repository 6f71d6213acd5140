"""Survival against printed results: AML, Freireich, ovarian cancer, and examples in which naive figures mislead.

The data are in many textbooks; the results are those that R's `survival` prints (documentation of its tests), and for the
made-up examples they were worked by hand.
"""

from __future__ import annotations

import math

import pytest

from callboard.domain.survival import (
    Curve,
    Lives,
    Ties,
    ages_of,
    curve,
    fixes_needed,
    hazard,
    incidence,
    log_rank,
    smallest_ratio_seen,
    table,
)  # fmt: skip


def lives(text: str) -> list[Lives]:
    """Ages; a plus says that it was still open."""
    return [Lives(0, int(each.rstrip("+")), 1, fixed=not each.endswith("+")) for each in text.split()]


MAINTAINED = lives("9 13 13+ 18 23 28+ 31 34 45+ 48 161+")
NOT_MAINTAINED = lives("5 5 8 8 12 16+ 23 27 30 33 43 45")
DRUG = lives("6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+")
PLACEBO = lives("1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23")
RX1 = lives("59 115 156 268 329 431 448+ 477+ 638 803+ 855+ 1040+ 1106+")
RX2 = lives("353 365 377+ 421+ 464 475 563 744+ 769+ 770+ 1129+ 1206+ 1227+")
CRITICAL = lives("1 2 4 6"), lives("3 5 7 8 9 10 11 12 13 14 15 16")
MEDIUM = lives("20 22 24 26 28 30 32 34 36 38 40 42+"), lives("33 41 46 50+")


def edges(found: Curve) -> tuple[int | None, int | None]:
    """The median's interval by the plain logarithm, which is what R prints; ours is by log-log, which covers better."""

    def first(sign: int) -> int | None:
        shares = (
            (step.age, min(1.0, step.open * math.exp(sign * 1.959964 * step.error / step.open)) if step.open else 0.0)
            for step in found.steps
        )
        return next((age for age, share in shares if share <= 0.5), None)

    # At the last fix R has no upper edge.
    high = first(1)
    return first(-1), None if high == found.last else high


def test_acute_myelogenous_leukaemia_curves() -> None:
    """Shares, errors, medians and restricted means of both groups."""
    kept = curve(MAINTAINED)
    found = {step.age: round(step.open, 3) for step in kept.steps}
    assert found == {9: 0.909, 13: 0.818, 18: 0.716, 23: 0.614, 31: 0.491, 34: 0.368, 48: 0.184}
    assert round(kept.steps[0].error, 4) == 0.0867
    assert round(kept.steps[-1].error, 4) == 0.1535
    assert kept.median == 31
    other = curve(NOT_MAINTAINED)
    assert [round(step.open, 4) for step in other.steps] == [
        0.8333, 0.6667, 0.5833, 0.4861, 0.3889, 0.2917, 0.1944, 0.0972, 0.0,
    ]  # fmt: skip
    assert [step.age for step in other.steps] == [5, 8, 12, 23, 27, 30, 33, 43, 45]
    assert other.median == 23
    assert (edges(kept), edges(other)) == ((18, None), (8, None))
    assert (kept.median_band, other.median_band) == ((13, None), (5, 33))
    assert (round(kept.mean(24).days, 4), round(other.mean(24).days, 4)) == (20.9205, 17.0694)


def test_acute_myelogenous_leukaemia_compared() -> None:
    """Log-rank, and Cox with ties by Efron and by Breslow."""
    rank = log_rank([table(MAINTAINED, NOT_MAINTAINED)])
    assert (rank.observed, round(rank.expected, 2)) == (7, 10.69)
    other = log_rank([table(NOT_MAINTAINED, MAINTAINED)])
    assert (other.observed, round(other.expected, 2), round(other.chi_square, 1)) == (11, 7.31, 3.4)
    assert (round(rank.chi_square, 4), round(rank.p, 3)) == (3.3964, 0.065)
    found = hazard([table(MAINTAINED, NOT_MAINTAINED)])
    assert found is not None
    assert (round(found.log, 4), round(found.ratio, 3), round(found.error, 4)) == (0.9155, 2.498, 0.5119)
    found = hazard([table(MAINTAINED, NOT_MAINTAINED)], ties=Ties.BRESLOW)
    assert found is not None
    assert (round(found.log, 4), round(found.ratio, 3), round(found.error, 4)) == (0.9042, 2.470, 0.5122)
    assert round(found.likelihood, 2) == 3.30


def test_a_group_censored_before_the_first_fix_changes_nothing() -> None:
    """As in the tests of R's survdiff: who left before anything was fixed is never at risk."""
    early = [Lives(0, age, 1) for age in (1, 2, 3)]
    rank = log_rank([table(MAINTAINED + early, NOT_MAINTAINED + early)])
    assert round(rank.chi_square, 4) == 3.3964


def test_remission_curves_and_their_bands() -> None:
    """At risk, share, error and log-log band at each step."""
    found = curve(DRUG)
    rows = [
        (step.age, step.at_risk, round(step.open, 4), round(step.error, 4), round(step.low, 3), round(step.high, 3))
        for step in found.steps
    ]
    assert rows == [
        (6, 21, 0.8571, 0.0764, 0.620, 0.952),
        (7, 17, 0.8067, 0.0869, 0.563, 0.923),
        (10, 15, 0.7529, 0.0963, 0.503, 0.889),
        (13, 12, 0.6902, 0.1068, 0.432, 0.849),
        (16, 11, 0.6275, 0.1141, 0.368, 0.805),
        (22, 7, 0.5378, 0.1282, 0.268, 0.747),
        (23, 6, 0.4482, 0.1346, 0.188, 0.680),
    ]
    placebo = curve(PLACEBO)
    assert {step.age: round(step.open, 4) for step in placebo.steps} == {
        1: 0.9048, 2: 0.8095, 3: 0.7619, 4: 0.6667, 5: 0.5714, 8: 0.3810, 11: 0.2857, 12: 0.1905, 15: 0.1429,
        17: 0.0952, 22: 0.0476, 23: 0.0,
    }  # fmt: skip
    assert (found.median, placebo.median) == (23, 8)
    # The mean of the nine that relapsed would be 12.1, and the truth is about twice as long.
    assert (round(found.mean(23).days, 3), round(placebo.mean(23).days, 3)) == (17.909, 8.667)
    assert round(found.mean(35).days, 3) == 23.287


def test_remission_compared() -> None:
    """The standard printed value is 16.79."""
    rank = log_rank([table(DRUG, PLACEBO)])
    assert (rank.observed, round(rank.expected, 4), round(rank.variance, 4)) == (9, 19.2505, 6.2570)
    assert (round(rank.chi_square, 4), f"{rank.p:.2e}") == (16.7929, "4.17e-05")
    found = hazard([table(PLACEBO, DRUG)])
    assert found is not None
    assert (round(found.log, 4), round(found.ratio, 4), round(found.error, 4)) == (-1.5721, 0.2076, 0.4124)
    assert round(found.likelihood, 2) == 16.35
    found = hazard([table(PLACEBO, DRUG)], ties=Ties.BRESLOW)
    assert found is not None
    assert (round(found.log, 4), round(found.ratio, 4), round(found.error, 4)) == (-1.5092, 0.2211, 0.4096)
    assert round(found.likelihood, 2) == 15.21


def test_remission_rates() -> None:
    """Nine fixes in 359 weeks of watching, and 21 in 182."""
    drug, placebo = ages_of(DRUG), ages_of(PLACEBO)
    assert (sum(drug.fixed.values()), drug.days) == (9, 359)
    assert (sum(placebo.fixed.values()), placebo.days) == (21, 182)
    late = ages_of([Lives(100, 107, 2), Lives(3, 3, 5, fixed=True)])
    assert late.days == 14


def test_ovarian_cancer() -> None:
    """A group whose median is not reached has none."""
    rank = log_rank([table(RX1, RX2)])
    assert (rank.observed, round(rank.expected, 2), round(rank.chi_square, 4)) == (7, 5.23, 1.0627)
    assert round(rank.p, 3) == 0.303
    other = log_rank([table(RX2, RX1)])
    assert (other.observed, round(other.expected, 2), round(other.chi_square, 2)) == (5, 6.77, 1.06)
    found = hazard([table(RX1, RX2)])
    assert found is not None
    assert (round(found.log, 4), round(found.ratio, 4), round(found.error, 4)) == (-0.5964, 0.5508, 0.5870)
    pooled = curve(RX1 + RX2)
    assert [round(pooled.open_at(age), 3) for age in (59, 329, 431, 638)] == [0.962, 0.808, 0.688, 0.497]
    assert pooled.median == 638
    assert curve(RX2).median is None


def test_mixing_severities_reverses_the_truth_and_strata_do_not() -> None:
    """Tickets look faster together, and are slower in each severity."""
    portal, tickets = CRITICAL[0] + MEDIUM[0], CRITICAL[1] + MEDIUM[1]
    assert (curve(portal).median, curve(tickets).median) == (26, 12)
    pooled = log_rank([table(portal, tickets)])
    assert (pooled.observed, round(pooled.expected, 4), round(pooled.chi_square, 4)) == (15, 16.2583, 0.2333)
    assert round(pooled.p, 3) == 0.629
    mixed = hazard([table(tickets, portal)])
    assert mixed is not None
    assert round(mixed.ratio, 3) == 0.832
    strata = [table(*CRITICAL), table(*MEDIUM)]
    assert [curve(each).median for each in (*CRITICAL, *MEDIUM)] == [2, 10, 30, 41]
    assert [round(log_rank([each]).chi_square, 3) for each in strata] == [12.488, 3.770]
    inside = log_rank(strata)
    assert (inside.observed, round(inside.expected, 4), round(inside.variance, 4)) == (15, 8.6159, 3.6566)
    assert (round(inside.chi_square, 4), f"{inside.p:.2g}") == (11.1460, "0.00084")
    found = hazard([table(CRITICAL[1], CRITICAL[0]), table(MEDIUM[1], MEDIUM[0])])
    assert found is not None
    assert (round(found.ratio, 4), round(found.log, 5), round(found.error, 5)) == (7.2308, 1.97834, 0.63093)


def test_outcomes_that_compete() -> None:
    """Taking the dismissed for still open would end at 1."""
    watched = [
        Lives(0, 1, 1, fixed=True), Lives(0, 2, 1, set_aside=True), Lives(0, 3, 1, fixed=True), Lives(0, 4, 1),
        Lives(0, 5, 1, fixed=True),
    ]  # fmt: skip
    found = incidence(watched)
    assert [(each.age, round(each.fixed, 9), round(each.set_aside, 9)) for each in found] == [
        (1, 0.2, 0.0), (2, 0.2, 0.2), (3, 0.4, 0.2), (5, 0.8, 0.2),
    ]  # fmt: skip
    assert 1 - curve(watched).open_at(5) == 1.0


def test_late_entry() -> None:
    """Who came under watch at an age counts from it on."""
    watched = [
        Lives(0, 4, 1, fixed=True), Lives(2, 6, 1, fixed=True), Lives(3, 5, 1), Lives(5, 9, 1, fixed=True),
        Lives(0, 8, 1),
    ]  # fmt: skip
    steps = curve(watched).steps
    assert [(step.age, step.at_risk, step.open) for step in steps] == [(4, 4, 0.75), (6, 3, 0.5), (9, 1, 0.0)]


@pytest.mark.parametrize(
    ("ratio", "power", "share", "fixes"),
    [
        (1.25, 0.8, 0.5, 631), (1.25, 0.9, 0.5, 845), (1.25, 0.8, 0.2, 986), (1.5, 0.8, 0.5, 191),
        (1.5, 0.9, 0.5, 256), (1.5, 0.8, 0.2, 299), (2.0, 0.8, 0.5, 66), (2.0, 0.9, 0.5, 88), (2.0, 0.8, 0.2, 103),
        (3.0, 0.8, 0.5, 27), (3.0, 0.9, 0.5, 35),
    ],
)  # fmt: skip
def test_how_many_fixes_it_takes(ratio: float, power: float, share: float, fixes: int) -> None:
    """The two formulas are the inverse of each other."""
    assert fixes_needed(ratio, power=power, share=share) == fixes
    assert math.isclose(smallest_ratio_seen(fixes, power=power, share=share), ratio, rel_tol=0.03)


def test_what_cannot_be_told() -> None:
    """Nothing watched, nothing fixed, all fixed at once, one group alone."""
    with pytest.raises(ValueError, match="nothing differs"):
        fixes_needed(1)
    assert smallest_ratio_seen(0) == math.inf
    nothing = curve([])
    assert (nothing.n, nothing.median, nothing.open_at(100), nothing.mean(90).days) == (0, None, 1.0, 0.0)
    all_open = curve([Lives(0, 50, 20)])
    assert (all_open.median, all_open.mean(30).days, all_open.mean(90).until) == (None, 30.0, 50)
    at_once = curve([Lives(0, 7, 4, fixed=True)])
    assert (at_once.median, at_once.open_at(6), at_once.open_at(7)) == (7, 1.0, 0.0)
    assert hazard([table(DRUG, [])]) is None
    assert log_rank([table(DRUG, [])]).chi_square == 0.0
    assert log_rank([table(DRUG, [])]).p == 1.0
    with pytest.raises(ValueError, match="before it entered"):
        table([Lives(5, 3, 1)])


def test_a_group_that_never_fixes_has_no_bounded_ratio() -> None:
    """It is said, and no number is made up."""
    found = hazard([table(PLACEBO, [Lives(0, 30, 20)])])
    assert found is not None
    assert (found.log, found.ratio, found.band) == (-math.inf, 0.0, (0.0, math.inf))


def test_a_stratum_with_one_group_alone_says_nothing() -> None:
    """It has nobody to compare with."""
    strata = [table(CRITICAL[1], CRITICAL[0]), table(MEDIUM[1], MEDIUM[0]), table(DRUG, [])]
    assert hazard(strata) == hazard(strata[:2])
    assert log_rank(strata).chi_square == log_rank(strata[:2]).chi_square


def test_nobody_is_immortal() -> None:
    """The portal does nothing here: one in thirty is fixed a day, one in ten is seen a day, apart from each other.

    Told by who was seen, the seen live 37.5 days and the others 7.5. Who is seen changes groups at that day, and both fix alike.
    """
    unseen: list[Lives] = []
    seen: list[Lives] = []
    fix, view = 1 / 30, 1 / 10
    n = 1_000_000.0
    late = 0.0
    for day in range(60):
        gone, went = n * fix, n * (1 - fix) * view
        unseen += [Lives(0, day, round(gone), fixed=True), Lives(0, day, round(went))]
        seen += [Lives(day + 1, day + 1 + late_day, round(went * fix * (1 - fix) ** late_day), fixed=True)
                 for late_day in range(250)]  # fmt: skip
        n -= gone + went
        late += went
    found = hazard([table(unseen, seen)])
    assert found is not None
    assert math.isclose(found.ratio, 1.0, abs_tol=0.01)
    naive_seen = sum(each.left * each.n for each in seen) / sum(each.n for each in seen)
    fixed_unseen = [each for each in unseen if each.fixed]
    naive_unseen = sum(each.left * each.n for each in fixed_unseen) / sum(each.n for each in fixed_unseen)
    assert naive_seen > 4 * naive_unseen


PARTS = 20
"""Parts of a day in the two examples below, each counted from its middle."""
MANY = 10**9


def _mean_days(every: list[Lives]) -> float:
    return sum(each.left * each.n for each in every) / sum(each.n for each in every) / PARTS


def test_who_was_seen_lives_five_times_as_long_and_from_a_landmark_all_live_alike() -> None:
    """Fixed at 1 in 30 a day, seen at 1 in 10, apart from each other. Worked by hand: 75 % seen, 37.5 d, 7.5 d, and 30.0 d."""
    fix, view = math.exp(-1 / 30 / PARTS), math.exp(-1 / 10 / PARTS)
    seen, unseen, from_view = [], [], []
    for part in range(400 * PARTS):
        gone, left = MANY * fix**part * (1 - fix), view ** (part + 0.5)
        unseen.append(Lives(0, part, round(gone * left), fixed=True))
        seen.append(Lives(0, part, round(gone * (1 - left)), fixed=True))
        from_view.append(Lives(0, part, round(gone * 0.75), fixed=True))
    assert round(sum(each.n for each in seen) / MANY, 2) == 0.75
    assert [round(_mean_days(each) + 0.5 / PARTS, 1) for each in (seen, unseen, from_view)] == [37.5, 7.5, 30.0]
    # Of those open after a week: those seen by then, and those that were not.
    week = 7 * PARTS
    for share in (1 - view**week, view**week):
        later = ages_of(
            Lives(week, part, round(MANY * fix**part * (1 - fix) * share), fixed=True)
            for part in range(week, 400 * PARTS)
        )
        assert round((later.days / sum(later.fixed.values()) + 0.5) / PARTS, 1) == 30.0


def test_who_leaves_out_what_is_open_makes_a_slow_team_look_fast() -> None:
    """Findings come evenly for 90 days and live 60 on average. Of the closed 48 %: mean 23.3 d, median 18.7 d. The truth: 60.0."""
    live = math.exp(-1 / 60 / PARTS)
    closed, open_ = [], []
    for part in range(90 * PARTS):
        came = MANY * (1 - (part + 0.5) / (90 * PARTS))
        closed.append(Lives(0, 2 * part + 1, round(came * live**part * (1 - live)), fixed=True))
        open_.append(Lives(0, 2 * part + 1, round(MANY * live ** (part + 0.5) / (90 * PARTS))))
    fixes = sum(each.n for each in closed)
    assert round(fixes / MANY, 2) == 0.48
    assert round(_mean_days(closed) / 2, 1) == 23.3
    median_of_closed = curve(closed).median
    assert median_of_closed is not None
    assert round(median_of_closed / 2 / PARTS, 1) == 18.7
    watched = ages_of(closed + open_)
    assert round(watched.days / 2 / PARTS / fixes, 1) == 60.0
    median = curve(closed + open_).median
    assert median is not None
    assert round(median / 2 / PARTS, 1) == 41.6


def test_who_leaves_the_watch_on_the_day_of_a_fix_was_at_risk_then() -> None:
    """And the last one alone at risk adds nothing to the variance."""
    found = curve(lives("5 5+ 9"))
    assert [(step.age, step.at_risk, round(step.open, 4)) for step in found.steps] == [(5, 3, 0.6667), (9, 1, 0.0)]
    rank = log_rank([table(lives("5 9"), lives("5+"))])
    assert (rank.observed, round(rank.expected, 4), round(rank.variance, 4)) == (2, 1.6667, 0.2222)
    assert log_rank([table(lives("9"), [])]).variance == 0.0
