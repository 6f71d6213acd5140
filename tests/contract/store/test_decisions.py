"""Decisions on both databases: written with all that follows from them, kept by every sync, taken back, coming back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest

from callboard.domain.access import Depth, Everything, Readers, Right, Viewer
from callboard.domain.component import Entity, EntityRef
from callboard.domain.decision import DecisionKind, Draft, Reason, Until
from callboard.domain.finding import State
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import parse
from callboard.domain.standing import Refusal
from callboard.errors import (
    ConflictError,
    InvalidQueryError,
    KeyReusedError,
    NotAllowedError,
    NotFoundError,
)
from callboard.store.people import audit
from callboard.usecases import ask
from callboard.usecases.remediation import decide
from callboard.usecases.remediation.decide import Done, Target
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.snapshots import check_step, snapshot
from tests.support.stages import Stage

RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")


def member(name: str, owner: EntityRef = RED, *, others: Depth | None = None, rights: tuple[Right, ...] = ()) -> Viewer:
    """Somebody in a team, with the right to decide."""
    ref = EntityRef(f"user:default/{name}")
    sight = Readers(frozenset({owner}), Depth.WORK, others=others)
    return Viewer(ref, sight, (ref, owner), ref, frozenset(rights or {Right.DECIDE}))


def security(name: str) -> Viewer:
    """Somebody who sees everything and may agree to a risk."""
    ref = EntityRef(f"user:default/{name}")
    return Viewer(ref, Everything("security"), (ref,), ref, frozenset({Right.DECIDE, Right.ACCEPT}))


ANA, AVA, BO, SIA = member("ana"), member("ava"), member("bo", BLUE), security("sia")
SNOOZE = Draft(kind=DecisionKind.SNOOZE, snooze=Until.WEEK)
DISMISS = Draft(kind=DecisionKind.DISMISS, reason=Reason.FALSE_POSITIVE)
TAKE = Draft(kind=DecisionKind.TAKE)


def person(name: str) -> Entity:
    """Somebody whom the catalog knows."""
    return Entity(ref=EntityRef(f"user:default/{name}"), kind="user", name=name)


@pytest.fixture
def company(stage: Stage) -> Stage:
    """Two teams with a component each; six findings of the shop, four of the bank, two of nobody."""
    stage.catalog.put(group("red", members=["ana", "ava"]), group("blue", members=["bo"]))
    stage.catalog.put(*map(person, ("ana", "ava", "bo")))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    stage.world.fill(6, projects=("p1",), severity="high", package="log", kind="vulnerability")
    stage.world.fill(4, start=10, projects=("p2",))
    stage.world.fill(2, start=20)
    stage.sync()
    stage.read_catalog()
    return stage


def ids(stage: Stage, *names: str) -> tuple[int, ...]:
    """The numbers of findings."""
    rows = stage.rows()
    return tuple(rows[name].id for name in names)


def say(stage: Stage, viewer: Viewer, draft: Draft, *names: str, **more: Any) -> Done:
    """Say it about these, a minute later; every counter is right afterwards."""
    stage.clock.advance(60)
    target = more.pop("target", None) or Target(findings=ids(stage, *names))
    try:
        return decide.decide(stage.store, viewer, draft, target, clock=stage.clock, **more)
    finally:
        stage.check()


def undo(stage: Stage, viewer: Viewer, done: Done, **more: Any) -> Done:
    """Take it back, a minute later."""
    assert done.decision is not None
    stage.clock.advance(60)
    try:
        return decide.undo(stage.store, viewer, done.decision, clock=stage.clock, **more)
    finally:
        stage.check()


def bring_back(stage: Stage) -> int:
    """The clock ticks."""
    try:
        return decide.bring_back(stage.store, clock=stage.clock)
    finally:
        stage.check()


def told(stage: Stage) -> dict[str, list[tuple[Any, ...]]]:
    """What a board holds, without what grows by being written to."""
    left_out = ("history", "event", "decided", "flow_cell", "source")
    return {name: rows for name, rows in dump(stage.store).items() if name not in left_out}


ACTS: dict[str, Callable[[Stage], Done]] = {
    "take": lambda stage: say(stage, ANA, TAKE, "f0000"),
    "assign": lambda stage: say(stage, ANA, Draft(kind=DecisionKind.ASSIGN, about="user:default/ava"), "f0000"),
    "snooze": lambda stage: say(stage, ANA, SNOOZE, "f0000", "f0001", "f0002"),
    "dismiss": lambda stage: say(stage, ANA, DISMISS, "f0003"),
    "duplicate": lambda stage: say(
        stage, ANA,
        Draft(kind=DecisionKind.DISMISS, reason=Reason.DUPLICATE, about=str(ids(stage, "f0001")[0])), "f0003",
    ),
    "ask": lambda stage: say(stage, ANA, asking(stage), "f0004", "f0005"),
    "not useful": lambda stage: say(stage, ANA, Draft(kind=DecisionKind.NOT_USEFUL), "f0000"),
    "comment": lambda stage: say(stage, ANA, Draft(kind=DecisionKind.COMMENT, note="Hm."), "f0000"),
    "bundle": lambda stage: say(stage, ANA, SNOOZE, target=Target(bundle=stage.row("f0000").bundle)),
    "query": lambda stage: say(stage, ANA, SNOOZE, target=Target(query=parse("is:open component:shop"))),
}  # fmt: skip


def asking(stage: Stage, days: int = 90) -> Draft:
    """That a risk be accepted."""
    until = Instant(stage.clock.now() + days * DAY)
    return Draft(kind=DecisionKind.ASK, note="The vendor mends it in spring.", until_at=until)


@pytest.mark.parametrize("act", ACTS)
def test_what_is_taken_back_leaves_the_board_as_it_was(company: Stage, act: str) -> None:
    """Every act, alone and upon another one; the log shows both, and a sync in between changes nothing of it."""
    for upon in (None, DISMISS):
        if upon is not None:
            say(company, ANA, upon, *(f"f000{n}" for n in range(3)))
        before, said = told(company), company.states()
        done = ACTS[act](company)
        assert done.findings
        during = (company.states(), dump(company.store)["decided"])
        assert company.sync().changes == 0
        assert (company.states(), dump(company.store)["decided"]) == during
        undo(company, ANA, done)
        assert differences(before, told(company)) == ""
        assert company.states() == said
    with company.store.read() as conn:
        actions = [entry.action for entry, _ in audit.chain(conn)]
    word = done.kind.word
    assert actions[-2:] == [f"finding.{word}", "finding.undo"]
    assert "finding.dismiss" in actions


def test_history_says_who_and_what_before_and_after(company: Stage) -> None:
    """Each thing said is one line, with its note; what was taken back too."""
    say(company, ANA, TAKE, "f0000")
    done = say(company, AVA, Draft(kind=DecisionKind.SNOOZE, snooze=Until.DAY, note="After the release."), "f0000")
    undo(company, ANA, done)
    lines = [each for each in reversed(company.page("f0000").history) if each.decision is not None]
    assert [
        (each.kind, each.actor, each.decision.actor.rpartition("/")[2], each.decision.kind.word, each.old, each.new)
        for each in lines if each.decision is not None
    ] == [
        ("said", "person", "ana", "take", None, "user:default/ana"),
        ("state", "person", "ava", "snooze", "open", "snoozed"),
        ("returned", "person", "ana", "undo", "snoozed", "open"),
    ]  # fmt: skip
    assert lines[1].decision is not None
    assert lines[1].decision.note == "After the release."


@pytest.mark.fault("F20")
def test_a_sync_changes_nothing_that_people_said(company: Stage) -> None:
    """What is dismissed stays so while the source tells it again; what it closes is closed, and set aside when it is back."""
    world = company.world
    say(company, ANA, DISMISS, "f0000", "f0001")
    world.change("f0000", severity="critical", note="again", state="in-progress")
    world.resolve("f0001")
    before = snapshot(company.store)
    company.sync()
    check_step(before, snapshot(company.store))
    assert company.states()["f0000"] == "dismissed"
    assert company.states()["f0001"] == "fixed"
    assert ("beneath", "source", "open", "in-progress") in company.history("f0000")
    world.reopen("f0001")
    company.sync()
    assert company.row("f0001").state is State.DISMISSED
    assert company.row("f0001").reopened == 1
    assert ("reopened", "source", "fixed", "dismissed") in company.history("f0001")
    done = company.row("f0000").aside
    assert done is not None
    decide.undo(company.store, AVA, done.id, clock=company.clock)
    company.check()
    assert (company.states()["f0000"], company.states()["f0001"]) == ("in-progress", "open")


def test_what_is_set_aside_is_closed_by_absence_like_everything_else(company: Stage) -> None:
    """It is open at its source, so a complete run has to show it; and many of them gone at once are a surprise."""
    say(company, ANA, DISMISS, "f0002")
    company.world.remove("f0002")
    assert company.sync().closed == 1
    assert company.states()["f0002"] == "fixed"
    assert company.history("f0002")[-1] == ("state", "absence", "dismissed", "fixed")


def test_a_snooze_ends_by_the_clock_and_not_before(company: Stage) -> None:
    """Until the tick it has not ended, anywhere; the history says who brought it back and why."""
    say(company, ANA, SNOOZE, "f0000", "f0001")
    company.clock.advance(6 * 24 * 3600)
    assert bring_back(company) == 0
    company.clock.advance(24 * 3600)
    assert set(company.rows("is:snoozed")) == {"f0000", "f0001"}
    assert bring_back(company) == 2
    assert company.rows("is:snoozed") == {}
    assert bring_back(company) == 0
    line = company.page("f0000").history[0]
    assert (line.kind, line.actor, line.old, line.new) == ("returned", "rule", "snoozed", "open")
    assert line.decision is not None
    assert (line.decision.actor, line.decision.note) == ("callboard", "its time is over")


def test_a_snooze_ends_when_it_is_worse_mendable_or_back(company: Stage) -> None:
    """Each by its own condition."""
    world = company.world
    say(company, ANA, Draft(kind=DecisionKind.SNOOZE, snooze=Until.WORSE), "f0000", "f0001")
    say(company, ANA, Draft(kind=DecisionKind.SNOOZE, snooze=Until.FIX), "f0002")
    say(company, ANA, SNOOZE, "f0003", "f0004")
    company.sync()
    assert bring_back(company) == 0
    world.change_quietly("f0000", severity="critical")
    world.change_quietly("f0001", severity="low")
    world.change("f0002", fixed_version="2.17.1")
    world.resolve("f0003")
    company.sync()
    world.reopen("f0003")
    company.sync()
    assert bring_back(company) == 3
    assert set(company.rows("is:snoozed")) == {"f0001", "f0004"}
    with pytest.raises(ConflictError, match="fix"):
        say(company, ANA, Draft(kind=DecisionKind.SNOOZE, snooze=Until.FIX), "f0002")


def test_a_risk_is_accepted_by_two_and_until_a_day(company: Stage) -> None:
    """Who asks cannot agree, and who may not agree cannot either; it comes back by itself."""
    asked = say(company, SIA, asking(company, 30), "f0000", "f0001")
    assert set(company.rows("is:asked")) == {"f0000", "f0001"}
    assert company.states()["f0000"] == "open"
    agree = Draft(kind=DecisionKind.ACCEPT, of=asked.decision)
    with pytest.raises(NotAllowedError):
        say(company, ANA, agree, target=Target())
    assert {each.why for each in say(company, SIA, agree, target=Target()).left} == {Refusal.OWN_REQUEST}
    done = say(company, security("sol"), agree, target=Target())
    assert len(done.findings) == 2
    assert set(company.rows("is:accepted")) == {"f0000", "f0001"}
    assert company.rows("is:asked") == {}
    company.clock.advance(30 * 24 * 3600)
    assert bring_back(company) == 2
    assert company.states()["f0000"] == "open"
    with pytest.raises(NotFoundError):
        say(company, security("sol"), agree, target=Target())


@pytest.mark.fault("F20")
def test_who_takes_second_is_told(company: Stage) -> None:
    """And a stale look talks over nobody; assigning it anew is an act of its own."""
    first = say(company, ANA, TAKE, "f0000")
    with pytest.raises(ConflictError, match="user:default/ana"):
        say(company, AVA, TAKE, "f0000")
    assert say(company, ANA, TAKE, "f0000").findings == ()
    with pytest.raises(ConflictError, match="ana"):
        say(company, AVA, SNOOZE, "f0000", seen=0)
    assert say(company, AVA, SNOOZE, "f0000", seen=first.newest).findings
    many = say(company, AVA, TAKE, "f0000", "f0001")
    assert many.findings == ids(company, "f0001")
    assert [(each.finding, each.why, each.by) for each in many.left] == [
        (ids(company, "f0000")[0], Refusal.TAKEN, "user:default/ana")
    ]
    say(company, AVA, Draft(kind=DecisionKind.ASSIGN, about="user:default/ava"), "f0000")
    assert company.row("f0000").taken_by == "user:default/ava"
    mine = ask.list_findings(company.store, AVA, parse("taken:@me"), now=company.clock.now()).rows
    assert {each.external_id for each in mine} == {"f0000", "f0001"}
    assert set(company.rows("is:taken")) == set(company.rows("taken:ava")) == {"f0000", "f0001"}


@pytest.mark.fault("F20")
def test_two_take_one_at_once_and_one_wins(company: Stage) -> None:
    """Over two connections; whoever loses is told who has it."""
    (id_,) = ids(company, "f0000")
    start = threading.Barrier(2)
    won: list[str] = []
    lost: list[str] = []

    def take(viewer: Viewer) -> None:
        start.wait()
        try:
            decide.decide(company.store, viewer, TAKE, Target(findings=(id_,)), clock=company.clock)
            won.append(viewer.actor)
        except ConflictError as error:
            lost.append(error.message)

    threads = [threading.Thread(target=take, args=(viewer,)) for viewer in (ANA, AVA)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 1)
    assert won[0] in lost[0]
    assert company.row("f0000").taken_by == won[0]
    company.check()


@pytest.mark.attack("A7")
def test_what_is_not_ones_own_is_not_there(company: Stage) -> None:
    """Alone it is unknown, among others it is left out, and a query finds one's own alone."""
    with pytest.raises(NotFoundError):
        say(company, BO, SNOOZE, "f0000")
    with pytest.raises(NotFoundError):
        say(company, BO, SNOOZE, target=Target(findings=(999_999,)))
    done = say(company, BO, SNOOZE, "f0000", "f0010")
    assert done.findings == ids(company, "f0010")
    assert [each.why for each in done.left] == [Refusal.NOT_FOUND]
    every = say(company, BO, DISMISS, target=Target(query=parse("")))
    assert set(every.findings) == set(ids(company, "f0010", "f0011", "f0012", "f0013"))
    with pytest.raises(NotFoundError):
        undo(company, ANA, done)
    with pytest.raises(NotAllowedError, match="do not own"):
        say(company, member("bo", BLUE, others=Depth.WORK), SNOOZE, "f0000")
    with pytest.raises(NotAllowedError):
        say(company, member("bo", BLUE, rights=(Right.AUDIT,)), SNOOZE, "f0010")


def test_nobody_is_given_work_of_whom_one_may_not_know(company: Stage) -> None:
    """Members of known groups, and groups themselves; of findings, those in sight."""
    for to in ("group:default/red", "user:default/ava"):
        assert say(company, ANA, Draft(kind=DecisionKind.ASSIGN, about=to), "f0000").findings
    for to in ("user:default/bo", "user:default/nobody", "component:default/shop", "x y"):
        with pytest.raises(InvalidQueryError):
            say(company, ANA, Draft(kind=DecisionKind.ASSIGN, about=to), "f0000")
    for other in (str(ids(company, "f0010")[0]), "999999", "x"):
        twin = Draft(kind=DecisionKind.DISMISS, reason=Reason.DUPLICATE, about=other)
        with pytest.raises(InvalidQueryError):
            say(company, ANA, twin, "f0000")


@pytest.mark.fault("F21")
def test_a_request_that_comes_again_is_answered_as_the_first_time(company: Stage) -> None:
    """For a day; with another body it is refused, and somebody else's key is another one."""
    first = say(company, ANA, SNOOZE, "f0000", key="k")
    undo(company, ANA, first)
    assert say(company, ANA, SNOOZE, "f0000", key="k") == first
    assert company.states()["f0000"] == "open"
    with pytest.raises(KeyReusedError):
        say(company, ANA, DISMISS, "f0000", key="k")
    assert say(company, AVA, SNOOZE, "f0000", key="k").decision != first.decision
    company.clock.advance(25 * 3600)
    bring_back(company)
    assert say(company, ANA, SNOOZE, "f0000", key="k").decision != first.decision
    for key in ("", "x" * 201, "é"):
        with pytest.raises(InvalidQueryError):
            say(company, ANA, SNOOZE, "f0001", key=key)


def test_a_query_that_has_grown_is_looked_at_again(company: Stage) -> None:
    """And trying changes nothing."""
    target = Target(query=parse("is:open component:shop"))
    before, revision = dump(company.store), company.revision()
    tried = say(company, ANA, SNOOZE, target=target, tried=True)
    assert (tried.decision, len(tried.findings)) == (None, 6)
    assert differences(before, dump(company.store)) == ""
    assert company.revision() == revision
    with pytest.raises(ConflictError, match="6 findings now"):
        say(company, ANA, SNOOZE, target=target, count=5)
    assert len(say(company, ANA, SNOOZE, target=target, count=6).findings) == 6


def test_due_dates_go_on_beneath(company: Stage) -> None:
    """A snooze moves no date: what was late is late again when it is back."""
    say(company, ANA, SNOOZE, "f0000")
    due = company.row("f0000").due_at
    company.clock.advance(100 * 24 * 3600)
    assert "f0000" not in company.rows("is:overdue")
    bring_back(company)
    assert company.row("f0000").due_at == due
    assert "f0000" in company.rows("is:overdue")
