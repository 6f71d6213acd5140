"""How often the tests say that two groups differ: as often as they should, where they do and where they do not."""

from __future__ import annotations

import random

from callboard.domain.survival import Lives, hazard, log_rank, table

COMPANIES = 2_000
CERTAIN = 0.05


def _group(dice: random.Random, n: int, rate: float, until: int) -> list[Lives]:
    """Findings that are fixed at a rate a day, opened evenly over the time watched."""
    found = []
    for _ in range(n):
        age = int(dice.expovariate(rate))
        watched = dice.randrange(until)
        found.append(Lives(0, min(age, watched), 1, fixed=age <= watched))
    return found


def test_companies_without_an_effect_are_told_of_one_in_one_of_twenty() -> None:
    """2,000 companies in which severity decides both the channel and the speed, and the channel does nothing."""
    dice = random.Random(20260701)  # noqa: S311 - repeats
    told = 0
    for _ in range(COMPANIES):
        strata = [
            table(_group(dice, 12, 1 / 5, 90), _group(dice, 28, 1 / 5, 90)),
            table(_group(dice, 30, 1 / 60, 180), _group(dice, 14, 1 / 60, 180)),
        ]
        told += log_rank(strata).p < CERTAIN
    assert 0.035 <= told / COMPANIES <= 0.065


def test_twice_the_speed_is_seen_four_times_in_five_with_66_fixes() -> None:
    """As the formula for the number of fixes says. Watching stops at the 66th."""
    dice = random.Random(20260702)  # noqa: S311 - repeats
    told = 0
    for _ in range(COMPANIES):
        ends = sorted(
            [(dice.expovariate(1 / 4000), 0) for _ in range(50)] + [(dice.expovariate(2 / 4000), 1) for _ in range(50)]
        )
        last = ends[65][0]
        groups: tuple[list[Lives], list[Lives]] = ([], [])
        for at, group in ends:
            groups[group].append(Lives(0, int(min(at, last)), 1, fixed=at <= last))
        found = hazard([table(*groups)])
        assert found is not None
        told += found.p < CERTAIN
    assert 0.77 <= told / COMPANIES <= 0.83


def test_teams_that_move_as_one_are_not_taken_for_many() -> None:
    """Each team fixes everything of its own on one day: forty findings of a team say no more than one of it."""
    dice = random.Random(20260703)  # noqa: S311 - repeats
    told = told_naively = 0
    companies = 150
    for _ in range(companies):
        teams = []
        for team in range(24):
            speed = dice.expovariate(1 / 30)
            theirs = [Lives(0, int(speed + dice.random() * 2), 1, fixed=True) for _ in range(40)]
            teams.append((theirs, []) if team % 2 else ([], theirs))
        whole = table([x for a, _ in teams for x in a], [x for _, b in teams for x in b])
        ages = [row.age for row in whole]
        parts = [[table(a, b, ages=ages)] for a, b in teams]
        naive, robust = hazard([whole]), hazard([whole], parts)
        assert naive is not None
        assert robust is not None
        assert naive.log == robust.log
        told_naively += naive.p < CERTAIN
        told += robust.p < CERTAIN
    assert told_naively / companies > 0.5
    assert told / companies < 0.15
