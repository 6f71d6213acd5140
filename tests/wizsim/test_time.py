"""The world moves on: what a second sync sees, and which dates tell of it."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.demo.company.evolve import Evolution, evolve
from callboard.demo.company.world import World, make_world
from callboard.demo.wizsim import moments
from callboard.demo.wizsim.admin import seconds
from tests.support.companies import mixed
from tests.wizsim.conftest import NOW, Start

STILL = dict.fromkeys(("new", "resolved", "deleted", "reopened", "flapping", "redetected", "changed", "moved"), 0.0)


def _columns(world: World) -> dict[str, list[tuple[Any, ...]]]:
    names = ("status", "severity", "reason", "created", "updated", "changed", "resolved", "reopened", "seen")
    return {
        kind: list(zip(*(getattr(ledger, name) for name in names), strict=True))
        for kind, ledger in world.ledgers.items()
    }


def _world() -> World:
    return make_world(seed=6, sizes=mixed(900), now=NOW)


def test_the_same_steps_give_the_same_world() -> None:
    """Deterministic for the seed and the sequence of calls."""
    one, two = _world(), _world()
    for world in (one, two):
        world.now += 86_400
        evolve(world, Evolution())
        evolve(world, Evolution(new=0.1))
    assert _columns(one) == _columns(two)


def test_nothing_happens_when_nothing_is_asked() -> None:
    """A still world answers as before."""
    world = _world()
    before = _columns(world)
    evolve(world, Evolution.of(STILL))
    assert _columns(world) == before


def test_being_seen_again_moves_the_last_detection_alone() -> None:
    """The usual day of a quiet tenant (wiz-api.md section 3)."""
    world = _world()
    before = _columns(world)
    world.now += 86_400
    evolve(world, Evolution.of({**STILL, "redetected": 1.0}))
    after = _columns(world)
    for kind in before:
        assert [row[:8] for row in before[kind]] == [row[:8] for row in after[kind]]
        open_rows = [i for i, row in enumerate(before[kind]) if row[0] <= 1]
        assert all(after[kind][i][8] > before[kind][i][8] for i in open_rows)


def test_another_severity_moves_updated_and_not_the_status_date() -> None:
    """Which is why a delta by status date alone misses it."""
    world = _world()
    before = _columns(world)["issue"]
    world.now += 86_400
    evolve(world, Evolution.of({**STILL, "changed": 0.2}))
    changed = [(b, a) for b, a in zip(before, _columns(world)["issue"], strict=True) if a != b]
    assert changed
    for old, new in changed:
        assert new[1] != old[1]
        assert new[4] > old[4]
        assert new[5] == old[5]


@pytest.mark.parametrize("share", ["new", "resolved", "deleted", "reopened", "flapping"])
def test_each_proportion_does_what_it_says(share: str) -> None:
    """Asked for a tenth, about a tenth happens."""
    world = _world()
    before = {kind: len(ledger) for kind, ledger in world.ledgers.items()}
    world.now += 86_400
    happened = evolve(world, Evolution.of({**STILL, share: 0.1}))
    for kind, ledger in world.ledgers.items():
        assert happened[kind][share] > 0
        grown = happened[kind]["new"]
        assert len(ledger) == before[kind] + grown
    flapped = [i for i, at in enumerate(world.issues.reopened) if at == world.now - 1]
    assert bool(flapped) is (share in ("flapping", "reopened"))


def test_moved_resources_change_their_projects_and_no_date() -> None:
    """The silent change that makes mappings stale (wiz-api.md section 14, point 18)."""
    world = _world()
    before, columns = [r.projects for r in world.organisation.resources], _columns(world)
    evolve(world, Evolution.of({**STILL, "moved": 0.2}))
    assert [r.projects for r in world.organisation.resources] != before
    assert _columns(world) == columns


def test_the_clock_moves_by_route(start: Start) -> None:
    """`POST /admin/time` and then a delta finds what changed."""
    caller = start(findings=900)
    edge = moments.write(NOW)
    query = "query($t: DateTime) { issuesV2(filterBy: { statusChangedAt: { after: $t } }) { totalCount } }"
    assert caller.ask(query, {"t": edge}).body["data"]["issuesV2"]["totalCount"] == 0
    moved = caller.admin("/admin/time", {"advance": "1d12h", "new": 0.05}).body
    assert moved["now"] == moments.write(NOW + 129_600)
    assert moved["changed"]["issue"]["new"] > 0
    assert caller.ask(query, {"t": edge}).body["data"]["issuesV2"]["totalCount"] > 0
    state = caller.admin("/admin/state").body
    assert (state["step"], state["now"]) == (1, moved["now"])


def test_the_clock_can_move_alone_and_never_back(start: Start) -> None:
    """Without evolution nothing but the time changes."""
    caller = start()
    assert caller.admin("/admin/time", {"advance": "2h", "evolve": False}).body["changed"] == {}
    assert caller.admin("/admin/time", {"to": "2020-01-01T00:00:00Z"}).status == 400
    assert caller.admin("/admin/time", {"advance": "soon"}).status == 400
    assert caller.admin("/admin/evolve", {"new": 7}).status == 400


@pytest.mark.parametrize(("text", "length"), [("90m", 5_400), ("1d", 86_400), ("1d12h", 129_600), ("0.5h", 1_800)])
def test_spans_of_time(text: str, length: int) -> None:
    """Units may be joined."""
    assert seconds(text) == length
