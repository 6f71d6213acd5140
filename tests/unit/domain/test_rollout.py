"""A plan of who is given the portal when: the same for the same seed, and read back as it was kept."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation.rollout import by_lot, chosen, detail_of, drawn, from_detail
from callboard.errors import InvalidQueryError
from tests.support.rollouts import teams

NOW = Instant(1_000 * DAY + 5)
FIRST = Instant(1_001 * DAY)


@given(st.integers(2, 40), st.integers(2, 12), st.text(min_size=1, max_size=20))
def test_every_team_begins_once_and_waves_are_even(number: int, waves: int, seed: str) -> None:
    """And anybody can make the order again."""
    every = teams(number)
    if waves > number:
        with pytest.raises(InvalidQueryError):
            by_lot(every, seed=seed, waves=waves, first=FIRST, every=7, now=NOW, by="ops")
        return
    plan = by_lot(every, seed=seed, waves=waves, first=FIRST, every=7, now=NOW, by="ops")
    assert sorted(plan.teams) == sorted(every)
    sizes = [len(wave.teams) for wave in plan.waves]
    assert max(sizes) - min(sizes) <= 1
    assert [wave.starts_at for wave in plan.waves] == [FIRST + 7 * DAY * wave for wave in range(waves)]
    assert plan.is_as_drawn
    assert plan.is_in_time
    order = sorted(every, key=lambda team: hashlib.sha256(f"{seed}\n{team}".encode()).hexdigest())
    assert list(plan.teams) == order
    read = from_detail(detail_of(plan), at=NOW, by="ops", entry=0)
    assert read == plan


def test_each_team_is_as_likely_to_be_first() -> None:
    """Of 3,000 seeds each of six teams is first in about five hundred."""
    every = teams(6)
    firsts = [drawn(every, str(seed))[0] for seed in range(3_000)]
    assert all(430 < firsts.count(team) < 570 for team in every)


def test_who_chooses_keeps_the_others_waiting() -> None:
    """Without a lot, and without a day for those that wait."""
    plan = chosen(teams(2), teams(5), first=FIRST, now=NOW, by="ops")
    assert not plan.is_by_lot
    assert [wave.day for wave in plan.waves] == ["1972-09-28", None]
    assert from_detail(detail_of(plan), at=NOW, by="ops", entry=0) == plan
    with pytest.raises(InvalidQueryError):
        chosen(teams(5), teams(5), first=FIRST, now=NOW, by="ops")


def test_a_lot_after_the_first_day_is_none() -> None:
    """It is refused; and an order that was changed is seen."""
    with pytest.raises(InvalidQueryError, match="proves nothing"):
        by_lot(teams(6), seed="s", waves=3, first=NOW, every=7, now=NOW, by="ops")
    plan = by_lot(teams(6), seed="s", waves=3, first=FIRST, every=7, now=NOW, by="ops")
    detail = dict(detail_of(plan))
    first, last = plan.teams[0], plan.teams[-1]
    detail["waves"] = detail["waves"].replace(first, "x").replace(last, first).replace('"x"', f'"{last}"')
    changed = from_detail(detail, at=NOW, by="ops", entry=1)
    assert changed is not None
    assert not changed.is_as_drawn
    for broken in ({}, {"seed": "s", "waves": "{"}, {"seed": "s", "waves": '[["soon"]]'}):
        assert from_detail(broken, at=NOW, by="ops", entry=1) is None
    assert EntityRef("group:default/team-0") in plan.teams
