"""The run road on both databases: what a sync writes, and what it leaves alone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sqlalchemy import Connection, event, text

from callboard.domain.access import LAPTOP
from callboard.domain.finding import Severity, State
from callboard.domain.instant import DAY
from callboard.domain.run import Mode, RunState
from callboard.errors import QueryRefusedError, SourceChangedError, SourceRefusedError, SourceUnreachableError
from callboard.ports import ProjectRecord
from callboard.usecases import source_health
from tests.support.clocks import PassingClock, SettableClock
from tests.support.stages import Stage
from tests.support.worlds import observed


def test_the_first_sync_stores_every_finding_as_the_source_tells_it(stage: Stage) -> None:
    """After the first sync each finding of the source stands on the board, with the source's own words and dates."""
    stage.world.fill(40)
    report = stage.sync()
    assert (report.state, report.first, report.new, report.changes) == (RunState.APPLIED, True, 40, 40)
    rows = stage.rows()
    assert rows.keys() == stage.world.records.keys()
    for id_, record in stage.world.records.items():
        wanted, row = observed(record), rows[id_]
        assert (row.state, row.severity, row.kind, row.rule_id) == (
            wanted.state,
            wanted.severity,
            wanted.kind,
            record.rule,
        )
        assert (row.first_detected_at, row.last_detected_at) == (record.first, record.last)
        assert row.resource_id == record.resource


def test_a_closed_finding_is_stored_with_the_day_it_was_closed(stage: Stage) -> None:
    """A finding that was closed before the first sync has both events and the source's date."""
    stage.world.add("a")
    stage.clock.advance(60)
    stage.world.resolve("a")
    closed_at = stage.clock.now()
    stage.sync()
    assert stage.row("a").fixed_at == closed_at
    assert stage.history("a") == [("opened", "source", None, "open"), ("state", "source", "open", "fixed")]


def test_a_second_sync_of_an_unchanged_world_changes_nothing(stage: Stage) -> None:
    """Nothing is decoded, no row is written and readers' ETags stay good."""
    stage.world.fill(40)
    stage.sync()
    revision, versions = stage.revision(), stage.versions()
    report = stage.sync()
    assert (report.state, report.first, report.changes, report.unchanged, report.seen) == (
        RunState.APPLIED,
        False,
        0,
        40,
        40,
    )
    assert (stage.revision(), stage.versions()) == (revision, versions)


def test_a_small_change_touches_only_what_changed(stage: Stage) -> None:
    """Of a hundred findings one changed, and one row is written."""
    stage.world.fill(100, severity="high")
    stage.sync()
    versions = stage.versions()
    stage.world.change("f0042", severity="critical")
    report = stage.sync()
    assert (report.changed, report.changes, report.unchanged) == (1, 1, 99)
    assert stage.row("f0042").severity is Severity.CRITICAL
    assert {id_ for id_, version in stage.versions().items() if version != versions[id_]} == {"f0042"}
    assert stage.history("f0042")[-1] == ("severity", "source", "high", "critical")


def test_a_new_severity_is_in_the_history(stage: Stage) -> None:
    """A severity that changed without any date moving is seen all the same."""
    stage.world.add("a", severity="low")
    stage.sync()
    stage.world.change_quietly("a", severity="critical")
    stage.sync()
    assert stage.history("a")[-1] == ("severity", "source", "low", "critical")


def test_a_finding_that_comes_back_keeps_its_first_detection_and_its_history(stage: Stage) -> None:
    """Reopening is an event, not a new finding."""
    first = stage.world.add("a").first
    stage.sync()
    stage.clock.advance(60)
    stage.world.resolve("a")
    stage.sync()
    stage.clock.advance(60)
    stage.world.reopen("a")
    report = stage.sync()
    row = stage.row("a")
    assert (report.reopened, row.reopened, row.state, row.first_detected_at, row.fixed_at) == (
        1,
        1,
        State.OPEN,
        first,
        None,
    )
    assert [line[0] for line in stage.history("a") if line[0] != "due"] == ["opened", "state", "reopened"]


@pytest.mark.fault("F30")
def test_a_finding_that_comes_back_three_times_in_a_month_is_flapping(stage: Stage) -> None:
    """Flapping is told on the finding's page."""
    stage.world.add("a")
    stage.sync()
    for _ in range(3):
        assert not stage.page("a").flapping
        for happen in (stage.world.resolve, stage.world.reopen):
            stage.clock.advance(3 * 24 * 3600)
            happen("a")
            stage.sync()
    assert stage.page("a").flapping


def test_a_due_date_moves_with_an_event(stage: Stage) -> None:
    """The source's date counts where it is the earlier one, and the policy's where it is taken away."""
    due = stage.clock.now() + 2 * DAY
    stage.world.add("a")
    stage.sync()
    by_policy = stage.row("a").due_at
    assert by_policy is not None
    assert by_policy > due
    stage.world.change("a", due=due)
    stage.sync()
    assert stage.row("a").due_at == due
    stage.world.change("a", due=None)
    stage.sync()
    assert stage.row("a").due_at == by_policy
    assert [line[0] for line in stage.history("a")] == ["opened", "due", "due"]


def test_a_detection_that_only_moves_its_date_touches_no_finding(stage: Stage) -> None:
    """The last detection lives apart, so a scan of everything writes no finding row."""
    ids = stage.world.fill(30)
    stage.sync()
    versions = stage.versions()
    stage.clock.advance(3600)
    stage.world.redetect(*ids)
    report = stage.sync()
    assert (report.changes, report.redetected) == (0, 30)
    assert stage.versions() == versions
    assert {row.last_detected_at for row in stage.rows().values()} == {stage.clock.now() - 60_000_000}


@pytest.mark.fault("F17")
def test_the_last_detection_never_moves_back(stage: Stage) -> None:
    """A page from before and a page from after a scan may come in one run, in any order."""
    stage.world.add("a", last=stage.clock.now())
    stage.sync()
    newest = stage.clock.advance(7200)

    def rescan(part: object, number: int) -> None:
        if number == 1:
            stage.world.change("a", last=newest, note="changed between two pages")

    stage.world.page_size = 1
    stage.world.add("b")
    stage.world.change_quietly("a", last=newest - 1000)
    stage.world.on_page = rescan
    stage.world.slip = {"issue/severe": (1, -1)}
    stage.sync()
    assert stage.row("a").last_detected_at == newest
    stage.world.heal()
    stage.world.change_quietly("a", last=newest - 5000)
    stage.sync()
    assert stage.row("a").last_detected_at == newest


@pytest.mark.fault("F12")
def test_pages_in_another_order_give_the_same_board(stage: Stage) -> None:
    """A list that is sorted anew between two runs changes nothing."""
    stage.world.fill(40)
    stage.sync()
    stage.world.order = 7
    assert stage.sync().changes == 0


@pytest.mark.fault("F12")
def test_duplicates_are_one_finding_and_the_newest_version_wins(stage: Stage) -> None:
    """A page that slips back shows findings twice; if one changed in between, its newest version stands."""
    stage.world.fill(20, kind="issue", severity="high")

    def between(part: object, number: int) -> None:
        if number == 1:
            stage.world.change("f0004", severity="critical", note="newer")

    stage.world.slip = {"issue/severe": (1, -2)}
    stage.world.on_page = between
    stage.sync()
    assert stage.rows().keys() == stage.world.records.keys()
    assert stage.row("f0004").severity is Severity.CRITICAL
    assert stage.page("f0004").detail.description == "newer"


@pytest.mark.fault("F15", "F32")
def test_one_bad_record_does_not_stop_the_others(stage: Stage) -> None:
    """It is counted with its reason, and forgotten when it can be read."""
    stage.world.fill(10)
    stage.world.broken = {"f0003": "field", "f0004": "id"}
    report = stage.sync()
    assert (report.new, report.rejected, report.state) == (8, 2, RunState.APPLIED)
    assert stage.page("f0001").source.rejected == 2
    stage.world.broken.clear()
    assert stage.sync().new == 2
    assert stage.page("f0001").source.rejected == 0


@pytest.mark.fault("F32")
def test_a_record_that_stays_bad_is_counted_once_and_wakes_nobody(stage: Stage) -> None:
    """The same unreadable record at every sync is one rejected record and no news."""
    stage.world.fill(10)
    stage.world.broken = {"f0003": "field"}
    stage.sync()
    revision = stage.revision()
    assert stage.sync().rejected == 1
    assert stage.page("f0001").source.rejected == 1
    assert stage.revision() == revision


def test_a_new_parser_reads_everything_again_and_finds_it_equal(stage: Stage) -> None:
    """A known hash is a promise about our program too."""
    stage.world.fill(20)
    stage.sync()
    stage.world.parser_version = 2
    report = stage.sync()
    assert (report.changes, report.unchanged) == (0, 20)


def test_a_delta_run_reads_what_changed_and_closes_nothing(stage: Stage) -> None:
    """What it does not show is not absent."""
    stage.world.fill(30)
    stage.clock.advance(3600)
    stage.sync()
    stage.clock.advance(3600)
    stage.world.add("new")
    stage.world.change("f0007", severity="critical")
    stage.world.remove("f0008")
    report = stage.sync(Mode.DELTA)
    assert (report.mode, report.new, report.changed, report.closed, report.seen) == (Mode.DELTA, 1, 1, 0, 2)
    assert stage.row("f0008").state is State.OPEN


@pytest.mark.fault("F17")
@pytest.mark.parametrize("mode", [Mode.FULL, Mode.DELTA])
def test_a_clock_that_is_an_hour_ahead_misses_no_change(stage: Stage, mode: Mode) -> None:
    """What the source dates behind our own clock is asked for by the source's dates; nothing else is read for it."""
    theirs = stage.world.clock = SettableClock()
    stage.clock.advance(3600)
    stage.world.fill(40)
    stage.sync()
    theirs.advance(600)
    stage.world.change("f0001", note="changed")
    stage.clock.advance(600)
    assert stage.sync(mode).changed == 1
    theirs.advance(600)
    stage.world.add("new")
    stage.clock.advance(600)
    report = stage.sync(Mode.DELTA)
    assert (report.mode, report.new, report.seen) == (Mode.DELTA, 1, 2)


def test_a_delta_run_before_any_full_one_reads_everything(stage: Stage) -> None:
    """Without a whole picture there is nothing to change."""
    stage.world.fill(5)
    assert stage.sync(Mode.DELTA).mode is Mode.FULL


@pytest.mark.fault("F7")
@pytest.mark.parametrize("error", [SourceUnreachableError, SourceChangedError, SourceRefusedError])
def test_a_partial_run_applies_what_it_read_and_closes_nothing(
    stage: Stage, error: type[SourceUnreachableError | SourceChangedError | SourceRefusedError]
) -> None:
    """Page three of a part fails: new findings stand, missing ones stay open, and the reason is told."""
    stage.world.fill(60, severity="high")
    stage.sync()
    stage.world.remove("f0000")
    stage.world.add("f0000a")
    stage.world.failing = {"issue/severe": (3, error("It broke."))}
    report = stage.sync()
    assert (report.state, report.reason, report.new, report.closed) == (RunState.PARTIAL, "It broke.", 1, 0)
    assert stage.row("f0000").state is State.OPEN
    assert stage.page("f0000").source.last_run_state == "partial"
    stage.world.heal()
    assert stage.sync().closed == 1


@pytest.mark.fault("F7")
def test_a_first_run_that_fails_in_the_middle_goes_on_later(stage: Stage) -> None:
    """What was read stands, the board says that it is not all, and the next run fills it up."""
    stage.world.fill(60, severity="high", kind="issue")
    stage.world.failing = {"issue/severe": (3, SourceUnreachableError("It broke."))}
    report = stage.sync()
    assert (report.state, report.first, report.new) == (RunState.PARTIAL, True, 15)
    assert stage.page("f0000").source.last_full_at is None
    stage.world.heal()
    report = stage.sync()
    assert (report.state, report.new) == (RunState.APPLIED, 45)


def test_refused_credentials_are_raised_when_nothing_could_be_read(stage: Stage) -> None:
    """A run without a single page is no answer: it shows on the source, what was stored stays, and the next run works."""
    stage.world.fill(5)
    stage.sync()
    refused = (0, SourceRefusedError("No."))
    stage.world.failing = {
        part.name: refused for part in stage.world.plan(Mode.FULL, since=None, now=stage.clock.now())
    }
    with pytest.raises(SourceRefusedError):
        stage.sync()
    assert len(stage.rows()) == 5
    (health,) = source_health.of_sources(stage.store, LAPTOP, now=stage.clock.now())
    assert (health.last_run_state, health.reason) == ("refused", "No.")
    stage.world.heal()
    assert stage.sync().state is RunState.APPLIED
    (health,) = source_health.of_sources(stage.store, LAPTOP, now=stage.clock.now())
    assert (health.last_run_state, health.reason) == ("applied", None)


def test_a_part_that_is_too_large_is_read_in_pieces(stage: Stage) -> None:
    """Splitting loses nothing, in a first run and later."""
    stage.world.splitting = {"issue/severe", "vulnerability/other"}
    stage.world.fill(40)
    assert stage.sync().new == 40
    stage.world.fill(5, start=40)
    stage.world.remove("f0001")
    report = stage.sync()
    assert (report.new, report.closed) == (5, 1)


def test_projects_are_read_and_named_on_the_finding(stage: Stage) -> None:
    """A finding in two projects names both, as their own listing tells them."""
    stage.world.projects = {id_: ProjectRecord(external_id=id_, name=f"Project {id_}") for id_ in ("p1", "p2")}
    stage.world.add("a", projects=("p1", "p2"))
    assert stage.sync().projects == 2
    assert [project.name for project in stage.page("a").projects] == ["Project p1", "Project p2"]
    stage.world.change("a", projects=("p2",))
    stage.sync()
    assert stage.history("a")[-1] == ("projects", "source", "Project p1, Project p2", "Project p2")


def test_a_source_that_refuses_the_filters_of_a_delta_is_read_in_full(stage: Stage) -> None:
    """Some tenants refuse them: then nothing is missed, it only takes longer."""
    stage.world.fill(3)
    stage.sync()
    stage.world.add("late")
    stage.world.failing["issue/delta"] = (0, QueryRefusedError("updatedAt is not known here"))
    report = stage.sync(Mode.DELTA)
    assert (report.mode, report.state, report.new) == (Mode.FULL, RunState.APPLIED, 1)
    assert stage.run_states()[-2:] == ["partial", "applied"]


@pytest.mark.fault("F25")
def test_a_first_run_that_holds_the_database_for_long_lets_others_write_between_two_pages(stage: Stage) -> None:
    """Each page of a source far away has a transaction of its own as long as one takes that long."""
    stage.world.fill(40)
    stage.clock = stage.world.clock = PassingClock()
    committed: list[int] = []

    def note(conn: Connection) -> None:
        committed.append(int(conn.execute(text("SELECT sum(pages) FROM run_part")).scalar_one() or 0))

    event.listen(stage.store.engine, "commit", note)
    report = stage.sync()
    steps = [after - before for before, after in pairwise(committed)]
    assert report.pages > 10
    assert max(steps) == 1
