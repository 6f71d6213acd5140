"""A rollout, from its plan in the log to what it tells, on both databases."""

from __future__ import annotations

import json

import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.instant import DAY, HOUR, SECOND, Instant
from callboard.domain.query import Query
from callboard.domain.reconcile import Safety
from callboard.domain.remediation.cohorts import Cells
from callboard.domain.remediation.question import read_period
from callboard.domain.remediation.rolled import RollDesign
from callboard.domain.remediation.rollout import Rollout
from callboard.errors import InvalidQueryError, NotAllowedError
from callboard.store import schema
from callboard.store.query.filters import Asking
from callboard.store.remediation import rolling
from callboard.usecases.remediation import decide, plan_rollout
from callboard.usecases.remediation.decide import Target
from callboard.usecases.remediation.measure_channels import Effect, effect
from tests.support.catalogs import component, group
from tests.support.stages import Stage

MANY_CLOSE = Safety(min_findings=10_000)
NUMBER = 8


def ref(number: int) -> EntityRef:
    """A team."""
    return EntityRef(f"group:default/team-{number}")


@pytest.fixture
def board(stage: Stage) -> Stage:
    """Eight teams with a component each, and a source that has told what was closed for a hundred days."""
    stage.catalog.put(*(group(f"team-{number}") for number in range(NUMBER)))
    stage.catalog.put(
        *(component(f"shop-{number}", f"team-{number}", projects=[f"p{number}"]) for number in range(NUMBER))
    )
    stage.clock.at = Instant(stage.clock.at // DAY * DAY + 8 * HOUR)
    old = stage.clock.now() - 100 * DAY
    stage.world.add(
        "elder", first=old, changed=old, fixed=old + 2 * DAY, state="fixed", projects=("p0",), resource="r0"
    )
    stage.sync()
    stage.read_catalog()
    return stage


def exposed(stage: Stage, plan: Rollout, days: list[int]) -> Cells[EntityRef]:
    """What was watched in blocks that begin on these days since 1970."""
    with stage.store.read() as conn:
        found = rolling.exposed(
            conn, AT_THE_LAPTOP.visibility, Query(), Asking(now=stage.clock.now(), me=()), rollout=plan,
            bounds=[Instant(day * DAY) for day in days],
        )  # fmt: skip
    return found.cells(range(len(days) - 1), lambda team: team)


def told(stage: Stage, viewer: Viewer = AT_THE_LAPTOP) -> Effect:
    """The half year, by the rollout."""
    now = stage.clock.now()
    return effect(
        stage.store, viewer, Query(), read_period(None, None, now=now, usual=182), now=now, designs=RollDesign
    )


def draw(stage: Stage, **more: object) -> Rollout:
    """Four waves from tomorrow on, a fortnight apart."""
    first = plan_rollout.tomorrow(stage.clock.now())
    asked = {"waves": 4, "first": first, "every": 14, "seed": "s"} | more
    return plan_rollout.draw(stage.store, AT_THE_LAPTOP, clock=stage.clock, **asked)  # type: ignore[arg-type]


def test_a_plan_is_kept_where_nobody_can_change_it_unseen(board: Stage) -> None:
    """It is one entry of the log; the newest counts, all are told, and one that was changed is none."""
    assert plan_rollout.plans(board.store, AT_THE_LAPTOP) == ()
    assert told(board).rolled[0].refusal is not None
    first = draw(board)
    assert sorted(first.teams) == [ref(number) for number in range(NUMBER)]
    second = draw(board, seed="another")
    assert plan_rollout.plans(board.store, AT_THE_LAPTOP) == (second, first)
    assert told(board).plans == 2
    a = schema.audit.c
    with board.store.write() as conn:
        detail = dict(json.loads(conn.execute(schema.audit.select().where(a.seq == second.entry)).one().detail))
        # Two teams change places.
        waves = detail["waves"].replace(second.teams[0], "-").replace(second.teams[-1], second.teams[0])
        detail["waves"] = waves.replace('"-"', f'"{second.teams[-1]}"')
        conn.execute(
            schema.audit.update().where(a.seq == second.entry).values(detail=json.dumps(sorted(detail.items())))
        )
    assert plan_rollout.plans(board.store, AT_THE_LAPTOP) == (first,)


def test_who_may_plan_and_what_cannot_be(board: Stage) -> None:
    """Nobody without the right; no lot for days that are past; no pilot that owns nothing."""
    nobody = Viewer("eve", Readers(frozenset({ref(1)}), Depth.WORK), (ref(1),))
    with pytest.raises(NotAllowedError):
        plan_rollout.draw(
            board.store, nobody, waves=2, first=plan_rollout.tomorrow(board.clock.now()), every=7, clock=board.clock
        )
    with pytest.raises(InvalidQueryError):
        draw(board, first=Instant(board.clock.now() // DAY * DAY))
    with pytest.raises(InvalidQueryError):
        plan_rollout.choose(
            board.store, AT_THE_LAPTOP, [EntityRef("group:default/none")], first=board.clock.now(), clock=board.clock
        )
    made = plan_rollout.choose(board.store, AT_THE_LAPTOP, [ref(1), ref(2)], first=board.clock.now(), clock=board.clock)
    assert [len(wave.teams) for wave in made.waves] == [2, NUMBER - 2]


def test_what_was_watched_is_counted_by_blocks_of_days(board: Stage) -> None:
    """Worked by hand: three findings of one team in two blocks of ten days, one of them set aside by its owner."""
    plan = draw(board)
    start = board.clock.now() // DAY + 1
    for name in ("one", "two", "three"):
        board.world.add(name, first=(start - 5) * DAY + 6 * HOUR, projects=("p3",), resource="r3", severity="high")
    board.sync()
    board.clock.at = Instant((start + 4) * DAY + HOUR)
    board.world.resolve("one")
    board.world.add("four", first=(start + 3) * DAY, projects=("p3",), resource="r3", severity="high")
    board.sync(safety=MANY_CLOSE)
    board.clock.at = Instant((start + 12) * DAY + HOUR)
    rows = board.rows("is:open owner:team-3")
    dismiss = Draft(kind=DecisionKind.DISMISS, reason=Reason.FALSE_POSITIVE)
    decide.decide(board.store, AT_THE_LAPTOP, dismiss, Target(findings=(rows["two"].id,)), clock=board.clock)
    board.clock.at = Instant((start + 30) * DAY)
    found = exposed(board, plan, [start, start + 10, start + 20])
    (first, stratum), (second, _) = sorted(key for key, teams in found.items() if ref(3) in teams)
    assert (first, second, stratum.is_owned) == (0, 1, True)
    ages = found[first, stratum][ref(3)]
    # Opened six hours after midnight, five days before: four whole days old when the block begins.
    assert (ages.entering, ages.leaving) == ({4: 3, 0: 1}, {14: 2, 7: 1, 8: 1})
    assert (ages.fixed, ages.aside) == ({8: 1}, {})
    ages = found[second, stratum][ref(3)]
    assert (ages.entering, ages.leaving) == ({14: 2, 7: 1}, {24: 1, 17: 1, 16: 1})
    assert (ages.fixed, ages.aside) == ({}, {16: 1})


def test_from_the_plan_to_what_may_be_said(board: Stage) -> None:
    """Teams fix within four days from when they have the portal, and within twelve before."""
    plan = draw(board)
    starts = {team: at // DAY for team, at in plan.starts.items() if at is not None}
    begin = plan.first // DAY
    opens: dict[int, list[str]] = {}
    closes: dict[int, list[str]] = {}
    for number in range(NUMBER):
        for day in range(-30, 44):
            name = f"f-{number}-{day}"
            opens.setdefault(begin + day, []).append(name)
            waits = 4 if begin + day >= starts[ref(number)] - 4 else 12
            closes.setdefault(begin + day + waits + (number + day) % 3, []).append(name)
    now = board.clock.now()
    for name in sorted(each for names in opens.values() for each in names):
        _, number, day = name.split("-", 2)
        first = (begin + int(day)) * DAY + HOUR
        closed = next(at for at, names in closes.items() if name in names) * DAY + 2 * HOUR
        board.world.add(
            name,
            first=first,
            changed=first,
            projects=(f"p{number}",),
            resource=f"r{number}",
            state="fixed",
            fixed=closed,
        )
    board.clock.advance(60 * DAY // SECOND)
    assert board.clock.now() > now
    board.sync(safety=MANY_CLOSE)
    lot, change = told(board).rolled
    assert lot.refusal is None, lot.refusal
    assert (lot.ratio or 0) > 1.5
    assert (lot.p or 1) < 0.05
    given, waiting = lot.arms
    assert (given.teams, waiting.teams) == (6, 6)
    assert change.refusal is None, change.refusal
    assert (change.ratio or 0) > 1.5
    # Who sees one team's findings is told of one team, which is too few.
    red = Viewer("ana", Readers(frozenset({ref(1)}), Depth.WORK), (ref(1),))
    assert "1 of the plan" in (told(board, red).rolled[0].refusal or "")
