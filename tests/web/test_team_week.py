"""A team's week: one screen of its own numbers, each with the list or the report behind it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callboard.domain.instant import DAY
from callboard.usecases.sync import sync
from tests.support.named import NamedDoor, apart, named_door
from tests.support.worlds import World


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door on a board of which the red team fixed twelve findings within the quarter."""
    with named_door(tmp_path_factory.mktemp("week") / "callboard.db") as found:
        world = World(found.clock, name="patients")
        today = found.clock.now() // DAY * DAY
        for number in range(12):
            opened = today - (40 + number) * DAY
            fixed = opened + (number + 2) * DAY
            world.add(
                f"life-{number}",
                first=opened,
                changed=fixed,
                state="fixed",
                fixed=fixed,
                projects=("p-red",),
                resource="life",
            )
        apart(sync(found.store, world, clock=found.clock))
        yield found


def test_the_week_of_a_team(door: NamedDoor) -> None:
    """Its numbers are those of the reports that they lead to; other teams have none of it."""
    with door.as_user("bo") as client:
        page = client.get("/teams/group/default/red/week").raise_for_status().text
        times = client.get("/api/v1/metrics/times?q=owner:red").json()["all"]
        due = client.get("/api/v1/metrics/due?q=owner:red").json()["all"]
        team = client.get("/teams/group/default/red").raise_for_status().text
    assert f"{times['median_days']} days</a>" in page
    assert f"<small>of {due['on_time'] + due['late'] + due['overdue']}</small>" in page
    assert "Opened and closed, by week" in page
    assert "red: the week" in page.replace("<bdi>", "").replace("</bdi>", "")
    assert "/teams/group/default/red/week" in team
    with door.as_user("ida") as client:
        assert client.get("/teams/group/default/red/week").status_code == 404
        assert client.get("/teams/component/default/bank/week").status_code == 404
