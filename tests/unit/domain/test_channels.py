"""The portal against tickets: no effect where there is none, the true one where severities mix, and silence where too few tell."""

from __future__ import annotations

import math
import random

import pytest

from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation import channels as module
from callboard.domain.remediation.channels import Channel, Compared, Seen, Stratum, compare
from callboard.domain.remediation.question import Period

PERIOD = Period(Instant(0), Instant(400 * DAY))
CRITICAL, MEDIUM = Stratum(6, 1, is_owned=True), Stratum(4, 1, is_owned=True)


def report(seen: list[Seen]) -> tuple[Compared, Compared]:
    """Landmark, and changing."""
    landmark, changing = compare(PERIOD, "", seen, untimed=0, came_back=0).compared
    return landmark, changing


def arm(text: str, stratum: Stratum, *, portal: bool) -> list[Seen]:
    """Ages at which findings were fixed that were in a channel from their opening; a plus says that they are open still."""
    found = []
    for each in text.split():
        age, fixed = int(each.rstrip("+")), not each.endswith("+")
        found.append(Seen(stratum, "", 0, 0 if portal else None, None if portal else 0, age, fixed))
    return found


def test_nobody_is_immortal() -> None:
    """One in thirty is fixed a day, one in ten acted on here and one in ten ticketed, all apart from each other: no effect.

    Told by what ever happened, those that were acted on live five times as long as the others.
    """
    dice = random.Random(20261130)  # noqa: S311 - repeats
    seen = []
    for _ in range(20_000):
        fixed, acted, ticketed = dice.expovariate(1 / 30), dice.expovariate(1 / 10), dice.expovariate(1 / 10)
        had = int(acted) if acted < fixed else None, int(ticketed) if ticketed < fixed else None
        team = f"team-{dice.randrange(20)}"
        seen.append(Seen(CRITICAL, team, 0, *had, int(fixed), is_fixed=True, ticket_first=ticketed < acted))
    for found in report(seen):
        assert found.refusal is None
        assert found.ratio is not None
        assert found.low is not None
        assert found.high is not None
        assert math.isclose(found.ratio, 1.0, abs_tol=0.07), found.design
        assert found.low < 1 < found.high
    used = [each.left for each in seen if each.acted is not None]
    unused = [each.left for each in seen if each.acted is None]
    assert sum(used) / len(used) > 4 * sum(unused) / len(unused)


def test_mixing_severities_reverses_the_truth_and_strata_do_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The example worked by hand: tickets look faster together, and the portal is 7.23 times as fast within severities."""
    monkeypatch.setattr(module, "FEWEST", 10)
    seen = [
        *arm("1 2 4 6", CRITICAL, portal=True),
        *arm("3 5 7 8 9 10 11 12 13 14 15 16", CRITICAL, portal=False),
        *arm("20 22 24 26 28 30 32 34 36 38 40 42+", MEDIUM, portal=True),
        *arm("33 41 46 50+", MEDIUM, portal=False),
    ]
    _, found = report(seen)
    assert found.refusal is None
    assert found.log_rank is not None
    assert found.ratio is not None
    assert (round(found.log_rank.chi_square, 4), round(found.log_rank.observed, 4)) == (11.1460, 15)
    assert round(found.ratio, 4) == 7.2308
    assert found.fixes == 30
    assert not found.by_team


def test_what_had_happened_by_a_day() -> None:
    """Which of the two was first decides, also within a day; neither is a group of its own."""
    seen = Seen(CRITICAL, "", 0, 3, 5, 30, is_fixed=True)
    assert [seen.by(age) for age in (2, 3, 5)] == [Channel.NEITHER, Channel.PORTAL, Channel.BOTH]
    first = Seen(CRITICAL, "", 0, 5, 5, 30, is_fixed=True, ticket_first=True)
    assert first.by(7) is Channel.TICKET


def test_too_few_are_refused_and_counted() -> None:
    """Nineteen fixes of an arm tell nothing; what nobody knew a week after the opening is left out of the first design."""
    few = [*arm(" ".join(["9"] * 19), CRITICAL, portal=True), *arm(" ".join(["9"] * 40), CRITICAL, portal=False)]
    for found in report(few):
        assert found.refusal is not None
        assert "19 fixes of the portal and 40 with tickets" in found.refusal
        assert (found.ratio, found.p) == (None, None)
    late = [Seen(CRITICAL, "", 8, 9, None, 20, is_fixed=True, n=5)]
    told = compare(PERIOD, "", late, untimed=2, came_back=1)
    assert (told.late, told.untimed, told.came_back) == (5, 2, 1)
    assert told.compared[0].groups[Channel.PORTAL].n == 0
    assert told.compared[1].groups[Channel.PORTAL].n == 5


def test_an_arm_alone_in_its_stratum_compares_nothing() -> None:
    """Critical ones all in the portal, medium ones all with tickets: nothing to compare with."""
    seen = [*arm(" ".join(["9"] * 50), CRITICAL, portal=True), *arm(" ".join(["30"] * 50), MEDIUM, portal=False)]
    for found in report(seen):
        assert found.refusal is not None


def test_teams_that_move_as_one_widen_the_interval() -> None:
    """Forty findings of a team that are fixed on one day say no more than one."""
    dice = random.Random(7)  # noqa: S311 - repeats
    seen = []
    for number in range(12):
        age = 10 + dice.randrange(60)
        portal = number % 2 == 0
        seen.append(
            Seen(CRITICAL, f"team-{number}", 0, 0 if portal else None, None if portal else 0, age, is_fixed=True, n=40)
        )
    landmark, _ = report(seen)
    alone, _ = report([Seen(each.stratum, "one", *_rest(each)) for each in seen])
    assert landmark.by_team
    assert not alone.by_team
    assert landmark.low is not None
    assert landmark.high is not None
    assert alone.low is not None
    assert alone.high is not None
    assert landmark.high / landmark.low > 2 * alone.high / alone.low


def _rest(each: Seen) -> tuple[object, ...]:
    return each.entered, each.acted, each.ticketed, each.left, each.is_fixed, each.n
