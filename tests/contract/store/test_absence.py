"""What absence means: fixed only by the source's word, or gone from a whole run and unknown when asked by id."""

from __future__ import annotations

import msgspec
import pytest

from callboard.domain.access import LAPTOP
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.run import RunState, Scope
from callboard.errors import SourceUnreachableError
from callboard.usecases import browse, source_health
from tests.support.stages import Stage
from tests.support.worlds import observed


@pytest.mark.fault("F12")
def test_an_absent_finding_is_closed_only_after_the_source_was_asked(stage: Stage) -> None:
    """It is missing from a whole run, the source does not know its id, and the history says why it is fixed."""
    stage.world.fill(10)
    stage.sync()
    stage.world.remove("f0003")
    report = stage.sync()
    assert (report.closed, stage.world.asked) == (1, ["f0003"])
    row = stage.row("f0003")
    assert (row.state, row.fixed_at) == (State.FIXED, stage.clock.now())
    assert stage.history("f0003")[-1] == ("state", "absence", "open", "fixed")
    assert stage.sync().changes == 0


@pytest.mark.fault("F12")
def test_a_finding_that_a_slipped_page_missed_stays_open(stage: Stage) -> None:
    """The list moved while it was read; asked by its id the source still knows it."""
    stage.world.fill(20, kind="issue", severity="high")
    stage.sync()
    stage.world.slip = {"issue/severe": (2, 1)}
    report = stage.sync()
    assert (report.closed, stage.world.asked) == (0, ["f0010"])
    assert stage.row("f0010").state is State.OPEN
    assert stage.row("f0010").in_scope


@pytest.mark.fault("F12")
def test_a_finding_that_changed_while_a_page_missed_it_is_asked_about_again(stage: Stage) -> None:
    """It was only seen by its id, but lists hold it: the next whole run sees it and may close it later."""
    stage.world.fill(20, kind="issue", severity="high")
    stage.sync()
    stage.world.slip = {"issue/severe": (2, 1)}
    stage.world.change("f0010", note="changed as well")
    stage.sync()
    stage.world.heal()
    stage.sync()
    assert stage.row("f0010").in_scope
    stage.world.remove("f0010")
    assert stage.sync().closed == 1


def test_a_severity_below_the_scope_is_no_fix(stage: Stage) -> None:
    """The list no longer holds it because it is low now; it stays open, with its new severity, out of scope."""
    stage.world.scope = Scope(severities=(Severity.CRITICAL, Severity.HIGH))
    stage.world.fill(10, severity="high")
    stage.sync()
    stage.world.change_quietly("f0002", severity="low")
    report = stage.sync()
    row = stage.row("f0002")
    assert (report.closed, row.state, row.severity, row.in_scope) == (0, State.OPEN, Severity.LOW, False)
    stage.world.asked.clear()
    assert (stage.sync().changes, stage.world.asked) == (0, [])
    stage.world.change_quietly("f0002", severity="high")
    stage.sync()
    row = stage.row("f0002")
    assert (row.severity, row.in_scope) == (Severity.HIGH, True)


@pytest.mark.fault("F32")
def test_a_finding_whose_record_cannot_be_read_stays_open(stage: Stage) -> None:
    """A rejected record with an id to know it by is not absent."""
    stage.world.fill(10)
    stage.sync()
    stage.world.broken = {"f0004": "field"}
    report = stage.sync()
    assert (report.closed, report.rejected) == (0, 1)
    assert stage.row("f0004").state is State.OPEN


def test_nothing_is_closed_while_a_record_hides_whose_it_is(stage: Stage) -> None:
    """A rejected record without an id may be any of the missing ones, whether listed or asked for."""
    stage.world.fill(10)
    stage.sync()
    stage.world.broken = {"f0004": "id"}
    report = stage.sync()
    assert (report.closed, report.rejected > 0) == (0, True)
    assert stage.row("f0004").state is State.OPEN
    stage.world.heal()
    assert stage.sync().changes == 0


def test_when_the_source_cannot_be_asked_nothing_is_closed(stage: Stage) -> None:
    """Asking by id fails: the run is partial and the missing finding stays open."""
    stage.world.fill(10)
    stage.sync()
    stage.world.remove("f0003")
    stage.world.asking_fails = SourceUnreachableError("It broke.")
    report = stage.sync()
    assert (report.state, report.closed) == (RunState.PARTIAL, 0)
    assert stage.row("f0003").state is State.OPEN


def test_a_finding_closed_by_absence_comes_back_byte_for_byte(stage: Stage) -> None:
    """The same bytes that were once known are news after the finding was closed."""
    first = stage.world.add("a").first
    stage.world.add("b")
    stage.sync()
    record = stage.world.records["a"]
    stage.world.remove("a")
    stage.sync()
    assert stage.row("a").state is State.FIXED
    stage.clock.advance(3600)
    stage.world.records["a"] = record
    report = stage.sync()
    row = stage.row("a")
    assert (report.reopened, row.state, row.reopened, row.first_detected_at) == (1, State.OPEN, 1, first)
    assert [line[0] for line in stage.history("a") if line[0] != "due"] == ["opened", "state", "reopened"]


def test_a_narrower_scope_closes_nothing_and_says_so(stage: Stage) -> None:
    """Findings that are not asked about any more stay open and are marked; a wider scope brings them back."""
    stage.world.fill(30, severity="low", kind="issue")
    stage.world.fill(30, start=30, severity="high", kind="issue")
    stage.sync()
    whole = stage.world.scope
    stage.world.scope = Scope(severities=(Severity.CRITICAL, Severity.HIGH))
    report = stage.sync()
    assert (report.state, report.closed, report.left_scope) == (RunState.APPLIED, 0, 30)
    assert {row.in_scope for id_, row in stage.rows().items() if id_ < "f0030"} == {False}
    assert stage.page("f0000").source.out_of_scope == 30
    assert stage.history("f0000")[-1] == ("scope", "rule", "in scope", "out of scope")
    assert stage.sync().changes == 0
    stage.world.scope = whole
    stage.sync()
    assert {row.in_scope for row in stage.rows().values()} == {True}
    assert stage.history("f0000")[-1] == ("scope", "rule", "out of scope", "in scope")
    stage.world.remove("f0000")
    assert stage.sync().closed == 1


def test_a_kind_that_leaves_the_scope_is_marked_too(stage: Stage) -> None:
    """Vulnerabilities are not asked about any more: they stay open and are marked."""
    stage.world.fill(30)
    stage.sync()
    stage.world.scope = Scope(kinds=(Kind.ISSUE,))
    stage.sync()
    rows = stage.rows().values()
    assert {row.in_scope for row in rows if row.kind is Kind.VULNERABILITY} == {False}
    assert {row.in_scope for row in rows if row.kind is Kind.ISSUE} == {True}
    assert {row.state for row in rows} == {State.OPEN}


def test_a_project_scope_marks_only_what_it_leaves_out(stage: Stage) -> None:
    """The scope is one project: findings of others stay open, out of scope."""
    stage.world.fill(10, projects=("p1",))
    stage.world.fill(10, start=10, projects=("p2",))
    stage.sync()
    stage.world.scope = Scope(projects=("p1",))
    assert stage.sync().left_scope == 10
    assert stage.rows()["f0000"].in_scope
    assert not stage.rows()["f0010"].in_scope


def test_a_removed_resource_is_gone_and_not_fixed(stage: Stage) -> None:
    """The source's own word is kept."""
    stage.world.add("a")
    stage.sync()
    stage.world.resolve("a", state="gone")
    stage.sync()
    assert stage.row("a").state is State.GONE


def test_what_is_out_of_scope_stays_counted_and_its_number_is_told(stage: Stage) -> None:
    """It is open as far as anybody knows, so every open number holds it, and the source tells how many these are."""
    stage.world.fill(30, severity="low")
    stage.world.fill(10, start=30, severity="high")
    stage.sync()
    stage.world.scope = Scope(severities=(Severity.CRITICAL, Severity.HIGH))
    stage.sync()
    (source,) = source_health.of_sources(stage.store, LAPTOP, now=stage.clock.now())
    outside = [row for row in stage.rows("is:open").values() if not row.in_scope]
    assert (source.findings, source.out_of_scope, len(outside)) == (40, 30, 30)
    assert browse.board(stage.store, LAPTOP, now=stage.clock.now()).totals.findings == 40
    stage.import_records(observed(msgspec.structs.replace(stage.world.records["f0000"], state="fixed", updated=2**52)))
    (source,) = source_health.of_sources(stage.store, LAPTOP, now=stage.clock.now())
    assert source.out_of_scope == 29


@pytest.mark.parametrize("is_told", [False, True])
def test_what_is_out_of_scope_makes_no_share_look_small(stage: Stage, is_told: bool) -> None:  # noqa: FBT001 - a parameter
    """All findings that are asked for disappear, or are said to be fixed: a surprise, however many others there are."""
    stage.world.fill(300, severity="low", kind="issue")
    ids = stage.world.fill(25, start=300, severity="high", kind="issue")
    stage.sync()
    stage.world.scope = Scope(severities=(Severity.CRITICAL, Severity.HIGH))
    stage.sync()
    stage.clock.advance(60)
    for id_ in ids:
        if is_told:
            stage.world.resolve(id_)
        else:
            stage.world.remove(id_)
    report = stage.sync()
    assert report.state is RunState.HELD
    assert report.reason == "It would close 25 of 25 open findings (100%)."
