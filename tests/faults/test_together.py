"""People and syncs at the same time, and a database that others hold."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.decision import DecisionKind, Draft, Reason, Until
from callboard.domain.run import RunState
from callboard.errors import StoreError
from callboard.store import Store
from callboard.store.dialect import sqlite
from callboard.usecases import browse
from callboard.usecases.remediation import decide as deciding
from callboard.usecases.remediation.decide import Target
from tests.support.invariants import check_between, look
from tests.support.stages import Stage
from tests.support.worlds import Part

SNOOZE = Draft(kind=DecisionKind.SNOOZE, snooze=Until.MONTH)
DISMISS = Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED)


@pytest.mark.fault("F20")
def test_what_is_said_while_a_sync_reads_and_what_it_reads_are_both_kept(stage: Stage) -> None:
    """At each page somebody says something about a finding that this very run changes."""
    stage.world.page_size = 3
    ids = stage.world.fill(18)
    stage.sync()
    before = look(stage.store)
    for id_ in ids:
        stage.world.change_quietly(id_, note="changed")
    said: dict[str, str] = {}

    def say(_part: Part, _number: int) -> None:
        id_ = ids[len(said)]
        draft = (SNOOZE, DISMISS)[len(said) % 2]
        target = Target(findings=(browse.finding_by_external_id(stage.store, LAPTOP, id_),))
        deciding.decide(stage.store, AT_THE_LAPTOP, draft, target, clock=stage.clock)
        said[id_] = ("snoozed", "dismissed")[len(said) % 2]

    stage.world.on_page = say
    report = stage.sync()
    stage.world.on_page = lambda _part, _number: None
    assert report.state is RunState.APPLIED
    assert len(said) > 5
    after = look(stage.store)
    check_between(before, after)
    assert len(after.said) == len(said)
    states = stage.states()
    assert {id_: states[id_] for id_ in said} == said
    again = stage.sync()
    assert (again.state, again.changes) == (RunState.APPLIED, 0)
    assert look(stage.store).said == after.said


@pytest.mark.fault("F25")
def test_a_database_that_somebody_holds_is_a_sentence_and_reading_goes_on(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who wants to write waits so long and no longer; when it is free again all goes on."""
    monkeypatch.setattr(sqlite, "WAIT_SECONDS", 0.2)
    stage = Stage(sqlite_store)
    stage.world.fill(6)
    stage.sync()
    before = look(stage.store)
    path = str(stage.store.engine.url.database)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            stage.sync()
        target = Target(findings=(browse.finding_by_external_id(stage.store, LAPTOP, "f0000"),))
        with pytest.raises(StoreError, match="locked"):
            deciding.decide(stage.store, AT_THE_LAPTOP, SNOOZE, target, clock=stage.clock)
        assert len(stage.rows()) == 6
        other.execute("ROLLBACK")
    assert look(stage.store).findings == before.findings
    report = stage.sync()
    assert (report.state, report.changes) == (RunState.APPLIED, 0)
