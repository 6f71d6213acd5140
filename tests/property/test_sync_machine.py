"""A world that lives, a source that fails, and a board that must stay true, in any order Hypothesis can think of."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar
from unittest import mock

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Reason
from callboard.domain.finding import OPEN_AT_SOURCE, Kind, Severity, State, shown
from callboard.domain.reconcile import Actor, Safety
from callboard.domain.run import Mode, RunState, Scope
from callboard.errors import SourceChangedError, SourceUnreachableError
from callboard.ports import ProjectRecord
from callboard.store import open_store
from callboard.usecases import browse, source_health
from callboard.usecases.remediation import decide as deciding
from callboard.usecases.remediation.decide import Target
from callboard.usecases.sync import RunReport
from tests.support.catalogs import component, group
from tests.support.dumps import differences, dump
from tests.support.snapshots import check_step, snapshot
from tests.support.stages import Stage
from tests.support.worlds import OTHER, SEVERE, STATES, Record, observed, told_by_file

SAFETY = Safety(min_findings=4, close_share=0.5, owner_share=0.6)
"""Holds runs of a world as small as this one now and then."""

PARTS = [f"{kind}/{group}" for kind in ("issue", "vulnerability") for group in ("severe", "other")]
FAULTS = ["unreachable", "changed", "missed", "twice", "asking"]
numbers = st.integers(0, 5)
"""A few findings have most of the adventures, so that one has several."""
happenings = st.lists(
    st.tuples(
        numbers,
        st.sampled_from(
            ["toggle", "toggle", "remove", "return", "due", "note", "redetect", "severity", "project", "hide"]
        ),
    ),
    max_size=6,
)
projects = st.sampled_from([(), ("p1",), ("p2",), ("p1", "p2")])


T = TypeVar("T")


class Abort(Exception):  # noqa: N818 - stands for whatever ends a worker
    """The worker ends here."""


class InlinePool(ThreadPoolExecutor):
    """Does the work of the store at once, so that a life can be lived again in just the same way."""

    def submit(self, work: Callable[..., T], /, *args: object, **named: object) -> Future[T]:
        """Done when it returns."""
        future: Future[T] = Future()
        try:
            future.set_result(work(*args, **named))
        except BaseException as error:  # noqa: BLE001 - as a pool does
            future.set_exception(error)
        return future


class SyncMachine(RuleBasedStateMachine):
    """One world, one board."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "board.db")
        self.stage = Stage(open_store(f"sqlite:///{self.folder / 'board.db'}"))
        self.stage.world.page_size = 3
        self.world = self.stage.world
        self.stage.catalog.put(group("red"), group("blue"))
        self.before = snapshot(self.stage.store)
        self.count = 0
        self.removed: dict[str, Record] = {}
        """What the source forgot, and may remember to the byte."""
        self.aside: dict[str, tuple[State, int]] = {}
        """What people here made of findings, with the decision."""

    def teardown(self) -> None:
        """After one life."""
        self.stage.store.close()
        shutil.rmtree(self.folder)

    def pick(self, number: int) -> str | None:
        """One of the world's findings."""
        ids = sorted(self.world.records)
        return ids[number % len(ids)] if ids else None

    @initialize(count=st.integers(0, 16), is_synced=st.booleans())
    def begin(self, count: int, is_synced: bool) -> None:  # noqa: FBT001 - drawn
        """Most worlds are not empty, and half of the boards know them."""
        for number in range(count):
            kind, severity = ("issue", "vulnerability")[number % 2], ("high", "medium")[number // 2 % 2]
            self.appear(1, severity, kind, (("p1",), ("p2",), ())[number % 3])
        if is_synced:
            self.sync([])

    # The world goes on

    @rule(
        count=st.integers(1, 6),
        severity=st.sampled_from(SEVERE + OTHER[:1]),
        kind=st.sampled_from(["issue", "vulnerability"]),
        projects=projects,
    )
    def appear(self, count: int, severity: str, kind: str, projects: tuple[str, ...]) -> None:
        """New findings, two of them on one resource."""
        self.stage.clock.advance(60)
        for _ in range(count):
            resource = f"r{self.count // 2}"
            self.world.add(f"f{self.count:03}", severity=severity, kind=kind, projects=projects, resource=resource)
            self.count += 1

    def live(self, happenings: list[tuple[int, str]]) -> None:
        """Some findings change."""
        for number, happening in happenings:
            self.stage.clock.advance(60)
            if happening == "return":
                self.world.records = self.removed | self.world.records
                self.removed.clear()
            elif (id_ := self.pick(number)) is not None:
                self.happen(id_, number, happening)

    def happen(self, id_: str, number: int, happening: str) -> None:
        """One finding changes; some changes are dated by the source, others are not."""
        record, now = self.world.records[id_], self.stage.clock.now()
        match happening:
            case "toggle" if STATES[record.state].is_open:
                self.world.resolve(id_, state=("fixed", "rejected", "gone")[number % 3])
            case "toggle":
                self.world.reopen(id_)
            case "remove":
                self.removed[id_] = record
                self.world.remove(id_)
            case "due":
                self.world.change(id_, due=None if record.due else now)
            case "note":
                self.world.change(id_, note=str(now))
            case "redetect":
                self.world.redetect(id_)
            case "severity":
                self.world.change_quietly(id_, severity="medium" if record.severity == "high" else "high")
            case "project":
                self.world.change_quietly(id_, projects=(("p1",), ("p2",), ("p1", "p2"), ())[number % 4])
            case "hide":
                self.world.hidden ^= {id_}

    @rule(number=numbers, how=st.sampled_from(["field", "id", ""]))
    def break_record(self, number: int, how: str) -> None:
        """One record comes malformed, or all come well again."""
        id_ = self.pick(number)
        self.world.broken = {id_: how} if how and id_ else {}

    @rule(number=numbers, count=st.integers(2, 6))
    def lose_many(self, number: int, count: int) -> None:
        """The source forgets several findings at once."""
        ids = sorted(self.world.records)
        for id_ in ids[number % (len(ids) or 1) :][:count]:
            self.removed[id_] = self.world.records[id_]
            self.world.remove(id_)

    @rule(is_narrow=st.booleans())
    def change_scope(self, is_narrow: bool) -> None:  # noqa: FBT001 - drawn
        """The operator asks for less, or for everything again."""
        self.world.scope = (
            Scope(kinds=(Kind.ISSUE,), severities=(Severity.CRITICAL, Severity.HIGH)) if is_narrow else Scope()
        )

    @rule(id_=st.sampled_from(["p1", "p2"]), is_folder=st.booleans())
    def list_project(self, id_: str, is_folder: bool) -> None:  # noqa: FBT001 - drawn
        """The source's listing of projects tells of one, or tells otherwise: claims on a folder are weaker."""
        self.world.projects[id_] = ProjectRecord(external_id=id_, name=id_.title(), is_folder=is_folder)

    @rule(order=st.integers(0, 3))
    def reorder(self, order: int) -> None:
        """Lists come in another order from now on."""
        self.world.order = order

    # The board follows

    def attempt(self, mode: Mode = Mode.FULL) -> RunReport:
        """One sync; while it reads, no reader sees anything of it, unless it is the first."""
        self.world.given = {}
        revision, is_first = self.stage.revision(), self.is_first()
        going_on = self.world.on_page

        def on_page(part: object, number: int) -> None:
            assert is_first or self.stage.revision() == revision
            going_on(part, number)  # type: ignore[arg-type]

        self.world.on_page = on_page
        try:
            with mock.patch("callboard.usecases.sync.ThreadPoolExecutor", InlinePool):
                return self.stage.sync(mode, safety=SAFETY)
        finally:
            self.world.on_page = lambda _part, _number: None
            self.world.failing, self.world.slip, self.world.asking_fails = {}, {}, None

    def is_first(self) -> bool:
        """Whether no whole run was applied yet: only such a run is seen while it reads."""
        sources = source_health.of_sources(self.stage.store, LAPTOP, now=self.stage.clock.now())
        return all(source.last_full_at is None for source in sources)

    def settle(self, report: RunReport | None) -> None:
        """What holds after every step."""
        after = snapshot(self.stage.store)
        check_step(self.before, after)
        if report is not None and report.state is RunState.HELD:
            assert after == self.before
        for id_, seen in after.items():
            old = self.before.get(id_)
            if seen.state.is_set_aside:
                assert seen.state is self.aside[id_][0]
                continue
            assert not seen.state.is_open or id_ not in self.aside, id_
            if seen.state.is_open or (old is not None and not old.state.is_open):
                continue
            actor = next((event[1] for event in reversed(seen.events) if event[3] == seen.state.word), Actor.SOURCE)
            if actor is Actor.ABSENCE:
                assert report is not None
                assert (report.mode, report.state) == (Mode.FULL, RunState.APPLIED)
                assert id_ not in self.world.records
            else:
                assert actor is Actor.SOURCE
        self.stage.rows(limit=4)
        self.before = after

    @rule(first=happenings)
    def sync(self, first: list[tuple[int, str]]) -> None:
        """A run without faults: the board equals the world, and a second run changes nothing."""
        self.live(first)
        report = self.attempt()
        self.settle(report)
        if report.state is not RunState.APPLIED or report.resumed:
            return
        for id_, record in self.world.visible().items():
            if id_ not in self.world.broken:
                wanted, seen = observed(record), self.before[id_]
                assert (seen.state, seen.severity) == (self.shown(id_, wanted.state), wanted.severity), id_
                # The source's date where it is the earlier one; the policy has one for every severity but "info".
                assert isinstance(wanted.due_at, int | None)
                assert wanted.due_at is None or (seen.due is not None and seen.due <= wanted.due_at), id_
                assert seen.in_scope, id_
                assert seen.last >= record.last, id_
                assert seen.project_set == msgspec.json.encode(sorted(record.projects)).decode(), id_
        if not report.first and "id" not in self.world.broken.values():
            lost = self.before.keys() - self.world.records.keys()
            assert all(not self.before[id_].state.is_open or not self.before[id_].in_scope for id_ in lost)
        if report.first:
            return
        content, revision = dump(self.stage.store), self.stage.revision()
        again = self.attempt()
        assert again.changes == 0
        if "id" in self.world.broken.values() and again.state is RunState.HELD:
            return  # what may not be closed is a larger share of what is still open now
        assert again.state is RunState.APPLIED
        assert self.stage.revision() == revision
        difference = differences(content | {"source": []}, dump(self.stage.store) | {"source": []})
        assert not difference, difference
        self.settle(again)

    def shown(self, id_: str, told: State) -> State:
        """Where a finding has to stand when its source tells this."""
        return shown(told, self.aside[id_][0] if id_ in self.aside else None)

    @rule(number=numbers, word=st.sampled_from(["snooze", "dismiss", "undo"]))
    def speak(self, number: int, word: str) -> None:
        """Somebody sets a finding aside, or takes that back; no sync ever changes it."""
        ids = sorted(id_ for id_ in self.before if self.before[id_].state in OPEN_AT_SOURCE or id_ in self.aside)
        if not ids:
            return
        id_, store, clock = ids[number % len(ids)], self.stage.store, self.stage.clock
        if id_ in self.aside:
            deciding.undo(store, AT_THE_LAPTOP, self.aside.pop(id_)[1], clock=clock)
        elif word != "undo":
            draft = Draft(kind=DecisionKind.SNOOZE)
            if word == "dismiss":
                draft = Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED)
            target = Target(findings=(browse.finding_by_external_id(store, LAPTOP, id_),))
            done = deciding.decide(store, AT_THE_LAPTOP, draft, target, clock=clock)
            assert done.decision is not None
            self.aside[id_] = (State.SNOOZED if word == "snooze" else State.DISMISSED, done.decision)
        self.stage.check()
        self.settle(None)

    @rule(first=happenings)
    def sync_delta(self, first: list[tuple[int, str]]) -> None:
        """What changed by date is taken over, and nothing is closed for being absent."""
        self.stage.clock.advance(600)
        self.live(first)
        report = self.attempt(Mode.DELTA)
        self.settle(report)
        if report.state is RunState.APPLIED and not report.resumed:
            for id_, record in self.world.given.items():
                stands = self.shown(id_, STATES[record.state]).word
                assert (self.before[id_].state.word, self.before[id_].severity.word) == (stands, record.severity)

    @rule(first=happenings, part=st.sampled_from(PARTS), page=st.integers(0, 2), fault=st.sampled_from(FAULTS))
    def sync_with_fault(self, first: list[tuple[int, str]], part: str, page: int, fault: str) -> None:
        """What was read is taken over; nothing is closed that the source may still know."""
        self.live(first)
        error = SourceChangedError("It changed.") if fault == "changed" else SourceUnreachableError("It broke.")
        match fault:
            case "missed":
                self.world.slip = {part: (page, 1)}
            case "twice":
                self.world.slip = {part: (page, -1)}
            case "asking":
                self.world.asking_fails = error
            case _:
                self.world.failing = {part: (page, error)}
        report = self.attempt()
        if report.state is not RunState.HELD:
            stored = snapshot(self.stage.store)
            assert self.world.given.keys() <= stored.keys()
        self.settle(report)

    @rule(first=happenings, page=st.integers(0, 6))
    def abort(self, first: list[tuple[int, str]], page: int) -> None:
        """The worker dies before some page; the board is as it was, or on a first run in between."""
        self.live(first)
        countdown = iter(range(page, -1, -1))

        def on_page(_part: object, _number: int) -> None:
            if next(countdown, 1) == 0:
                raise Abort

        self.world.on_page = on_page
        is_first = self.is_first()
        report = None
        with contextlib.suppress(Abort):
            report = self.attempt()
        if report is None and not is_first:
            assert snapshot(self.stage.store) == self.before
        self.settle(report)

    @precondition(lambda self: self.stage.run_states()[-1:] == ["held"])
    @rule(agree=st.booleans())
    def decide(self, agree: bool) -> None:  # noqa: FBT001 - drawn
        """A person accepts a held run, or throws it away."""
        run = len(self.stage.run_states())
        if agree:
            self.settle(self.stage.accept(run))
            return
        content = snapshot(self.stage.store)
        self.stage.discard(run)
        assert snapshot(self.stage.store) == content
        self.settle(None)

    @rule(number=numbers, state=st.sampled_from(["open", "fixed"]), days=st.integers(-3, 3))
    def import_file(self, number: int, state: str, days: int) -> None:
        """A report of another day tells of one finding."""
        if (id_ := self.pick(number)) is None:
            return
        record = self.world.records[id_]
        told = msgspec.structs.replace(record, state=state, last=record.last + days * 3_600_000_000)
        self.stage.import_records(told_by_file(told, fixed_at=told.last if state == "fixed" else None))
        after = snapshot(self.stage.store)
        former = self.before[id_].state if id_ in self.before else State.OPEN
        assert after[id_].state in (self.shown(id_, STATES[state]), former)
        self.settle(None)

    @rule(
        name=st.sampled_from(["shop", "bank"]),
        owner=st.sampled_from([None, "red", "blue"]),
        claims=projects,
        whole=st.booleans(),
    )
    def read_catalog(self, name: str, owner: str | None, claims: tuple[str, ...], whole: bool) -> None:  # noqa: FBT001 - drawn
        """Components come, go and change hands; no finding is touched but for whose it is."""
        if whole and EntityRef(f"component:default/{name}") in self.stage.catalog.entities:
            self.stage.catalog.drop(name)
        else:
            self.stage.catalog.put(component(name, owner, projects=claims))
        self.stage.read_catalog(safety=SAFETY)
        assert snapshot(self.stage.store) == self.before


def run(template: Path, *, examples: int, steps: int) -> None:
    """Run the machine."""
    machine = type("Machine", (SyncMachine,), {"template": template})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            database=None,
        ),
    )


def test_the_board_stays_true(sqlite_template: Path) -> None:
    """Whatever happens in the world, at the source and to the worker, the invariants hold after every step."""
    run(sqlite_template, examples=20, steps=25)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_board_stays_true_for_long(sqlite_template: Path) -> None:
    """The same with many more and longer lives."""
    run(sqlite_template, examples=80, steps=40)
