"""A changed policy gives open findings new dates, once, and counts stay right."""

from __future__ import annotations

import pytest

from callboard.domain.due import DEFAULT, Policy, end_of_day
from callboard.domain.finding import Severity
from callboard.domain.instant import DAY
from callboard.store.ownership import policies
from callboard.usecases import upkeep
from tests.support.stages import Stage

STRICT = Policy(days=dict.fromkeys(Severity, 3))


def test_open_findings_follow_a_changed_policy_once(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an event each; closed ones keep theirs, and a source's earlier date stays."""
    monkeypatch.setattr(policies, "CHUNK", 2)
    stage.world.fill(5)
    stage.world.add("early", due=stage.clock.now() + DAY)
    stage.world.add("fixed", state="fixed")
    stage.sync()
    upkeep.follow_policy(stage.store, stage.clock)
    before = stage.rows()
    revision = stage.revision()
    assert upkeep.follow_policy(stage.store, stage.clock) == 0
    assert stage.revision() == revision
    stage.store.policy = STRICT
    assert upkeep.follow_policy(stage.store, stage.clock) == 6
    stage.check()
    after = stage.rows()
    for id_, row in after.items():
        if id_ == "fixed":
            assert row.due_at == before[id_].due_at
            continue
        by_policy = end_of_day(row.first_detected_at, 3)
        former = before[id_].due_at
        assert row.due_at == (min(by_policy, former or by_policy) if id_ == "early" else by_policy)
        assert row.band == 1
    assert [line[:2] for line in stage.history("f0000") if line[0] == "due"] == [("due", "rule")]
    assert stage.revision() > revision
    assert upkeep.follow_policy(stage.store, stage.clock) == 0


def test_a_looser_policy_moves_dates_later(stage: Stage) -> None:
    """It is the operator's word; a run of the same world then changes nothing."""
    stage.world.fill(3)
    stage.store.policy = STRICT
    stage.sync()
    upkeep.follow_policy(stage.store, stage.clock)
    stage.store.policy = DEFAULT
    assert upkeep.follow_policy(stage.store, stage.clock) == 3
    stage.check()
    assert stage.sync().changes == 0


def test_a_finding_that_came_back_counts_from_its_return(stage: Stage) -> None:
    """Not from the day it was first detected."""
    stage.world.add("a")
    stage.sync()
    stage.world.resolve("a")
    stage.sync()
    stage.clock.advance(10 * 86_400)
    stage.world.reopen("a")
    stage.sync()
    upkeep.follow_policy(stage.store, stage.clock)
    stage.store.policy = STRICT
    assert upkeep.follow_policy(stage.store, stage.clock) == 1
    row = stage.row("a")
    assert row.due_at is not None
    assert row.due_at > row.first_detected_at + 9 * DAY
