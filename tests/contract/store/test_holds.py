"""Runs that would do something surprising wait for a person."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import pytest

from callboard.domain.finding import Kind, Severity, State
from callboard.domain.run import Mode, RunState, Scope
from callboard.errors import NotFoundError, SourceUnreachableError
from callboard.ports import RawPage
from callboard.usecases import holds
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.stages import Stage


def held_run(stage: Stage) -> int:
    """The one run that waits."""
    (waiting,) = holds.held(stage.store)
    return waiting.run


@pytest.mark.fault("F14")
def test_a_run_that_would_close_a_fifth_is_held(stage: Stage) -> None:
    """More than a fifth of the open findings is missing: nothing changes until a person agrees."""
    ids = stage.world.fill(100)
    stage.sync()
    before = dump(stage.store)
    stage.world.remove(*ids[:21])
    report = stage.sync()
    assert (report.state, report.changes) == (RunState.HELD, 0)
    assert report.reason is not None
    assert "21 of 100" in report.reason
    assert dump(stage.store)["finding"] == before["finding"]
    assert stage.page("f0050").source.last_run_state == "held"
    assert stage.page("f0050").source.reason == report.reason
    report = stage.accept(held_run(stage))
    assert (report.state, report.closed) == (RunState.APPLIED, 21)
    assert holds.held(stage.store) == ()
    assert stage.sync().changes == 0


def test_a_fifth_and_no_more_is_applied(stage: Stage) -> None:
    """The limit itself is no surprise."""
    ids = stage.world.fill(100)
    stage.sync()
    stage.world.remove(*ids[:20])
    assert stage.sync().closed == 20


@pytest.mark.fault("F14")
def test_an_empty_answer_is_held(stage: Stage) -> None:
    """A source that suddenly shows nothing is not believed."""
    stage.world.fill(30)
    stage.sync()
    stage.world.is_empty = True
    assert stage.sync().state is RunState.HELD
    assert set(stage.states().values()) == {"open"}


@pytest.mark.fault("F14")
def test_many_closed_by_the_sources_word_are_held(stage: Stage) -> None:
    """A source that says of everything that it is fixed may have gone wrong as well."""
    ids = stage.world.fill(50)
    stage.sync()
    stage.clock.advance(60)
    for id_ in ids[:25]:
        stage.world.resolve(id_)
    before = dump(stage.store)
    assert stage.sync(Mode.DELTA).state is RunState.HELD
    after = dump(stage.store)
    assert (after["finding"], after["event"], after["cube"]) == (before["finding"], before["event"], before["cube"])
    assert stage.accept(held_run(stage)).closed == 25


@pytest.mark.fault("F16")
def test_new_ids_for_everything_are_held(stage: Stage) -> None:
    """A source that renames its ids would close everything and open it again."""
    stage.world.fill(60)
    stage.sync()
    stage.world.rename_all()
    assert stage.sync().state is RunState.HELD
    assert len(stage.rows()) == 60


def test_new_owners_for_many_are_held(stage: Stage) -> None:
    """Projects that change for many resources would give their findings to another team."""
    stage.catalog.put(group("red"), group("blue"))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    ids = stage.world.fill(40, projects=("p1",))
    stage.read_catalog()
    stage.sync()
    for id_ in ids[:30]:
        stage.world.change_quietly(id_, projects=("p2",))
    report = stage.sync()
    assert report.state is RunState.HELD
    assert report.reason is not None
    assert "30 of 40" in report.reason
    assert {row.components for row in stage.rows().values()} == {("component:default/shop",)}
    stage.accept(held_run(stage))
    assert sum(row.components == ("component:default/bank",) for row in stage.rows().values()) == 30


def test_a_discarded_run_changes_nothing(stage: Stage) -> None:
    """A person throws it away; the next run starts anew and is held for itself."""
    ids = stage.world.fill(60)
    stage.sync()
    kept = {id_: stage.world.records[id_] for id_ in ids[:30]}
    stage.world.remove(*ids[:30])
    stage.sync()
    before = dump(stage.store)
    stage.discard(held_run(stage))
    after = dump(stage.store)
    assert after["spool"] == []
    assert differences({**before, "spool": [], "source": []}, {**after, "source": []}) == ""
    stage.world.records.update(kept)
    report = stage.sync()
    assert (report.state, report.changes) == (RunState.APPLIED, 0)


def test_what_is_decided_cannot_be_decided_again(stage: Stage) -> None:
    """A run that is applied, discarded or unknown is not held."""
    ids = stage.world.fill(60)
    stage.sync()
    stage.world.remove(*ids[:30])
    run = stage.sync().run
    stage.discard(run)
    for decide in (stage.accept, stage.discard):
        with pytest.raises(NotFoundError):
            decide(run)
        with pytest.raises(NotFoundError):
            decide(999)


def test_a_newer_run_takes_the_place_of_a_held_one(stage: Stage) -> None:
    """The world is whole again: the held run is discarded by the next one, with its pages."""
    ids = stage.world.fill(60)
    stage.sync()
    stage.world.is_empty = True
    stage.sync()
    stage.world.heal()
    assert stage.sync().changes == 0
    assert stage.run_states() == ["applied", "discarded", "applied"]
    assert holds.held(stage.store) == ()
    assert len(stage.rows()) == len(ids)


def test_accepting_a_partial_run_does_not_make_it_whole(stage: Stage) -> None:
    """A run that was held although a part of it failed counts as partial after a person agreed."""
    ids = stage.world.fill(60, severity="high", kind="issue")
    first = stage.sync()
    stage.clock.advance(60)
    for id_ in (*ids[:30], *ids[55:]):
        stage.world.resolve(id_)
    stage.world.failing = {"issue/severe": (11, SourceUnreachableError("It broke."))}
    assert stage.sync().state is RunState.HELD
    started = stage.page("f0000").source.last_full_at
    report = stage.accept(held_run(stage))
    assert (report.state, first.state) == (RunState.PARTIAL, RunState.APPLIED)
    assert stage.page("f0000").source.last_full_at == started
    stage.world.heal()
    stage.sync(Mode.DELTA)
    assert all(stage.states()[id_] == record.state for id_, record in stage.world.records.items())


def test_accepting_a_delta_run_forgets_no_bad_record(stage: Stage) -> None:
    """Only a whole run can say that a record is unreadable no more."""
    ids = stage.world.fill(50)
    stage.world.broken = {"f0001": "field"}
    stage.sync()
    stage.clock.advance(3600)
    for id_ in ids[20:]:
        stage.world.resolve(id_)
    assert stage.sync(Mode.DELTA).state is RunState.HELD
    stage.accept(held_run(stage))
    assert stage.page("f0002").source.rejected == 1


@pytest.mark.fault("F20")
def test_what_came_in_since_a_run_was_held_is_not_overwritten(stage: Stage) -> None:
    """A finding that the source closed by its own word meanwhile keeps that word when the held run is accepted."""
    ids = stage.world.fill(60, kind="issue")
    stage.sync()
    removed = {id_: stage.world.records[id_] for id_ in ids[:30]}
    stage.world.remove(*ids[:30])
    stage.sync()
    stage.world.records.update(removed)
    stage.clock.advance(60)
    stage.world.resolve("f0000", state="rejected")
    stage.hook("f0000")
    stage.world.remove("f0002")
    stage.accept(held_run(stage))
    assert stage.row("f0000").state is State.REJECTED
    assert [line[3] for line in stage.history("f0000")] == ["open", "rejected"]
    assert (stage.row("f0001").state, stage.row("f0002").state) == (State.OPEN, State.FIXED)


def test_accepting_asks_for_what_is_missing_before_it_closes(stage: Stage) -> None:
    """A list that lost half of the world is no proof: what the source still knows by id stays open, in scope."""
    ids = stage.world.fill(60)
    stage.sync()
    stage.world.hidden = set(ids[:30])
    stage.world.remove(*ids[:7])
    assert stage.sync().state is RunState.HELD
    assert stage.world.asked == []
    report = stage.accept(held_run(stage))
    assert (report.state, report.closed) == (RunState.APPLIED, 7)
    assert sorted(stage.world.asked) == ids[:30]
    assert {id_ for id_, state in stage.states().items() if state == "fixed"} == set(ids[:7])
    stage.world.hidden = set()
    assert stage.sync().changes == 0


def test_asking_that_fails_leaves_the_run_held_and_goes_on_later(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is applied; agreeing again asks only for the rest, unless the first answers are too old."""
    monkeypatch.setattr("callboard.usecases.confirm.AT_ONCE", 10)
    ids = stage.world.fill(60, kind="issue")
    stage.sync()
    stage.world.remove(*ids[:28])
    stage.world.hidden = set(ids[28:30])
    run = stage.sync().run
    before = dump(stage.store)
    for fails in (True, False):
        going_on = stage.world.by_ids

        async def by_ids(kind: Kind, wanted: Sequence[str]) -> AsyncIterator[RawPage]:
            if len(stage.world.asked) >= 20:
                raise SourceUnreachableError("It broke.")
            async for page in going_on(kind, wanted):  # noqa: B023 - used before the next round
                yield page

        with monkeypatch.context() as patch:
            patch.setattr(stage.world, "by_ids", by_ids)
            with pytest.raises(SourceUnreachableError):
                stage.accept(run)
        assert held_run(stage) == run
        assert differences({**before, "spool": []}, {**dump(stage.store), "spool": []}) == ""
        assert len(stage.world.asked) == 20
        if fails:
            stage.clock.advance(25 * 3600)
            stage.world.asked.clear()
    assert stage.accept(run).closed == 28
    assert sorted(stage.world.asked) == ids[:30]


def test_accepting_a_changed_scope_asks_for_nothing(stage: Stage) -> None:
    """What a scope does not ask about any more is only marked, so there is nothing to ask."""
    ids = stage.world.fill(60, kind="issue", severity="high")
    stage.world.fill(5, start=60, kind="issue", severity="low")
    stage.sync()
    for id_ in ids[:30]:
        stage.world.resolve(id_)
    stage.world.scope = Scope(severities=(Severity.CRITICAL, Severity.HIGH))
    run = stage.sync().run
    report = stage.accept(run)
    assert (report.closed, report.left_scope, stage.world.asked) == (30, 5, [])
