"""Records that tell different words about one rule or resource: which count does not depend on the order they come in."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from callboard.domain.instant import DAY
from callboard.store import Store
from tests.support.stages import Stage
from tests.support.stores import clear


def tell(stage: Stage, order: int, ages: list[int]) -> tuple[str, str]:
    """Sync records of these ages in days, each with words of its own; returns what the board says then."""
    stage.world.order = order
    for number, age in enumerate(ages):
        stage.world.add(
            f"f{number}",
            rule="shared",
            rule_name=f"Words {number}",
            resource="machine",
            resource_name=f"Name {number}",
            updated=stage.clock.now() - age * DAY,
        )
    stage.sync()
    row = stage.row("f0")
    return row.rule_name, row.resource_name


@pytest.fixture(params=[1, 3, 50])
def size(request: pytest.FixtureRequest) -> int:
    """Records on a page: in transactions of their own, a few together, all together."""
    return int(request.param)


@pytest.fixture
def anew(store: Store, size: int) -> Callable[[], Stage]:
    """Makes the same empty stage again."""

    def make() -> Stage:
        stage = Stage(clear(store))
        stage.world.page_size = size
        return stage

    return make


def test_the_words_of_the_newest_record_win(anew: Callable[[], Stage]) -> None:
    """Whichever comes first."""
    for order in range(4):
        assert tell(anew(), order, [3, 1, 5, 2, 4, 6, 7]) == ("Words 1", "Name 1")


def test_words_of_one_date_are_decided_alike_in_any_order(anew: Callable[[], Stage]) -> None:
    """By their content, since there is nothing else to decide by."""
    assert len({tell(anew(), order, [1] * 7) for order in range(4)}) == 1


def test_words_of_a_later_run_count(anew: Callable[[], Stage]) -> None:
    """A record that came again tells of now, even where its date did not move and the stored words were another's."""
    stage = anew()
    tell(stage, 0, [1, 1, 1])
    for id_ in ("f0", "f1", "f2"):
        stage.world.change_quietly(id_, rule_name="Renamed", resource_name="Renamed")
    stage.sync()
    row = stage.row("f0")
    assert (row.rule_name, row.resource_name) == ("Renamed", "Renamed")
    assert stage.sync().changes == 0
