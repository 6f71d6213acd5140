"""How long findings take, from what is stored to the report, on both databases: published examples come out as printed."""

from __future__ import annotations

import pytest

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Reason, Until
from callboard.domain.instant import DAY, HOUR, SECOND, Instant
from callboard.domain.query import parse
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.question import By, Measure, Period, Question, read_period
from callboard.domain.remediation.times import Times, TimesRow
from callboard.errors import InvalidQueryError
from callboard.usecases import ask
from callboard.usecases.remediation import decide, measure
from callboard.usecases.remediation.decide import Target
from callboard.usecases.remediation.note_engagement import note_engagement
from tests.support.catalogs import component, group
from tests.support.stages import Stage

MAINTAINED = "9 13 13+ 18 23 28+ 31 34 45+ 48 161+"
NOT_MAINTAINED = "5 5 8 8 12 16+ 23 27 30 33 43 45"
RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")


def live(stage: Stage, text: str, name: str, **fields: object) -> None:
    """Findings of these ages in days, within the year up to today; a plus says that it is still open."""
    today = stage.clock.now() // DAY * DAY
    for number, each in enumerate(text.split()):
        age = int(each.rstrip("+"))
        opened = today - age * DAY if each.endswith("+") else today - 300 * DAY + number * HOUR
        closed = (
            {} if each.endswith("+") else {"state": "fixed", "fixed": opened + age * DAY, "changed": opened + age * DAY}
        )
        stage.world.add(
            f"{name}-{number}", first=opened, **({"changed": opened, "resource": f"of-{name}"} | fields | closed)
        )


@pytest.fixture
def board(stage: Stage) -> Stage:
    """Two teams whose findings live as long as patients with and without maintenance."""
    stage.catalog.put(group("red"), group("blue"))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    live(stage, MAINTAINED, "red", projects=("p1",), severity="high", rule="rule-a")
    live(stage, NOT_MAINTAINED, "blue", projects=("p2",), severity="low", kind="vulnerability", rule="rule-b")
    stage.sync()
    stage.read_catalog()
    return stage


def year(stage: Stage) -> Period:
    """The year up to today."""
    return read_period(None, None, now=stage.clock.now(), usual=365)


def told(stage: Stage, viewer: Viewer = AT_THE_LAPTOP, text: str = "", **more: object) -> Times:
    """The report about the year."""
    asked = Question(**({"period": year(stage), "query": parse(text)} | more))  # type: ignore[arg-type]
    return measure.times(stage.store, viewer, asked, now=stage.clock.now())


def rows(report: Times) -> dict[str, TimesRow]:
    """By what each is about."""
    return {row.key: row for row in report.rows}


def test_two_teams_come_out_as_printed(board: Stage) -> None:
    """Medians, bands and the curve of the published example; each finding once in the whole."""
    report = told(board, by=By.TEAM)
    red, blue = rows(report)[RED], rows(report)[BLUE]
    assert (red.n, red.done, red.waiting, red.median, red.median_band) == (11, 7, 4, 31, (13, None))
    assert (blue.n, blue.done, blue.waiting, blue.median) == (12, 11, 1, 23)
    assert {step.age: round(step.open, 3) for step in red.steps} == {
        9: 0.909, 13: 0.818, 18: 0.716, 23: 0.614, 31: 0.491, 34: 0.368, 48: 0.184,
    }  # fmt: skip
    assert (report.whole.n, report.whole.done, report.whole.open_now) == (23, 18, 5)
    assert red.mean is not None
    # A mean of the fixed ones would be 25.1 days and leave out the slow.
    assert round(red.mean.days, 3) == 39.575


@pytest.mark.parametrize(
    ("by", "keys"),
    [(By.SEVERITY, ["high", "low"]), (By.KIND, ["issue", "vulnerability"]), (By.RULE, ["rule-b", "rule-a"])],
)
def test_other_cuts_of_the_same(board: Stage, by: By, keys: list[str]) -> None:
    """By severity the worst first, rules by how many there are, kinds by their names."""
    report = told(board, by=by)
    assert [row.key for row in report.rows] == keys
    assert {row.median for row in report.rows} == {31, 23}
    assert [row.key for row in told(board, by=By.SOURCE).rows] == ["world"]


def test_every_number_of_open_ones_is_that_of_its_list(board: Stage) -> None:
    """In each cut and for a narrowed question; a row of a list that is not expressible has none."""
    for by in By:
        for text in ("", "severity:high,low", "owner:red,blue"):
            for row in told(board, text=text, by=by).rows:
                assert row.query is not None
                page = ask.list_findings(board.store, AT_THE_LAPTOP, parse(row.query), now=board.clock.now())
                assert page.total == row.open_now, (by, text, row.key)
    board.world.add("both", projects=("p1", "p2"), resource="of-both")
    board.sync()
    found = rows(told(board, text="owner:red", by=By.TEAM))
    assert found[RED].query == "is:open owner:red sort:do-now"
    assert BLUE not in found or found[BLUE].query is None


def test_a_viewer_is_told_of_what_is_in_sight(board: Stage) -> None:
    """A team's report is that of its own findings; nobody's report tells of others."""
    red = Viewer("ana", Readers(frozenset({RED}), Depth.WORK), (RED,))
    report = told(board, red, by=By.TEAM)
    assert [row.key for row in report.rows] == [RED]
    assert (report.whole.n, report.whole.open_now) == (11, 4)
    nobody = Viewer("eve", Readers(frozenset({EntityRef("group:default/none")}), Depth.WORK), ())
    assert (told(board, nobody).whole.n, told(board, nobody).rows) == (0, ())


def test_what_is_set_aside_is_no_fix_and_what_is_put_off_is_still_watched(board: Stage) -> None:
    """A dismissal ends the watch, a snooze does not."""
    ids = [row.id for row in board.rows("is:open owner:red").values()]
    dismiss = Draft(kind=DecisionKind.DISMISS, reason=Reason.FALSE_POSITIVE)
    board.clock.at = Instant(board.clock.at - DAY)
    decide.decide(board.store, AT_THE_LAPTOP, dismiss, Target(findings=(ids[0],)), clock=board.clock)
    snooze = Draft(kind=DecisionKind.SNOOZE, snooze=Until.MONTH)
    decide.decide(board.store, AT_THE_LAPTOP, snooze, Target(findings=(ids[1],)), clock=board.clock)
    board.clock.at = Instant(board.clock.at + DAY)
    red = rows(told(board, by=By.TEAM))[RED]
    assert (red.n, red.done, red.aside, red.waiting, red.open_now) == (11, 7, 1, 3, 2)


def test_a_finding_older_than_the_period_comes_under_watch_at_its_age(board: Stage) -> None:
    """Within the last 30 days nothing was fixed, and whoever is open was old already."""
    period = read_period(None, None, now=board.clock.now(), usual=30)
    report = told(board, period=period, by=By.TEAM)
    assert (report.whole.n, report.whole.done) == (5, 0)
    assert report.whole.median is None
    assert report.whole.mean is None


def test_what_cannot_be_watched_is_counted(board: Stage) -> None:
    """Noise, a closing of which nobody tells when, and one before the opening."""
    now = board.clock.now()
    week = now - 7 * DAY
    board.world.add("noise", first=week, resource="other", state="fixed", fixed=week + HOUR, changed=week + HOUR)
    board.world.add("back", first=week, resource="other", state="fixed", fixed=week - 2 * DAY, changed=week)
    board.sync()
    report = told(board)
    assert (report.left_out.transient, report.left_out.backwards, report.left_out.undated) == (1, 1, 0)
    assert report.whole.n == 23


def test_the_same_question_is_answered_alike(board: Stage) -> None:
    """Twice, and with the findings in another order."""
    first = told(board, by=By.TEAM)
    board.world.order = 3
    board.sync()
    assert told(board, by=By.TEAM) == first


@pytest.mark.parametrize("text", ["is:open", "status:fixed", "is:overdue", "age:>30d", "has:ticket", "-is:taken"])
def test_findings_are_not_chosen_by_what_became_of_them(board: Stage, text: str) -> None:
    """It would put the answer into the question."""
    with pytest.raises(InvalidQueryError, match="what became of them"):
        told(board, text=text)


def test_few_are_few_and_thin_ones_have_no_median(board: Stage) -> None:
    """Under five nothing is told but that; under ten, or five fixes, no mean and no median."""
    board.world.fill(4, start=50, severity="medium")
    board.sync()
    found = rows(told(board))
    assert found["medium"].is_few
    assert not found["high"].is_few
    assert found["medium"].median is None


def test_days_are_read_strictly() -> None:
    """Days that are over, in order, not too many."""
    now = Instant(20_000 * DAY + 5)
    whole = read_period(None, None, now=now)
    assert (whole.days, whole.end) == (91, 20_000 * DAY)
    assert read_period("2024-01-01", "2024-01-31", now=now).days == 31
    for first, last in (("2024-02-01", "2024-01-01"), ("x", None), (None, "2100-01-01"), ("1990-01-01", None)):
        with pytest.raises(InvalidQueryError):
            read_period(first, last, now=now)


def test_waiting_for_somebody_to_act(board: Stage) -> None:
    """From the opening until the first act; a look is none, and what happened before the finding was stored is not known."""
    for number in range(12):
        board.world.add(
            f"new-{number}", first=board.clock.now(), severity="critical", resource="of-red", projects=("p1",)
        )
    board.sync()
    found_rows = board.rows("is:open severity:critical")
    ids = [found_rows[f"new-{number}"].id for number in range(12)]
    board.clock.advance(3 * DAY // SECOND)
    take = Draft(kind=DecisionKind.TAKE)
    decide.decide(board.store, AT_THE_LAPTOP, take, Target(findings=tuple(ids[:4])), clock=board.clock)
    board.clock.advance(2 * DAY // SECOND)
    for id_ in ids[2:7]:
        note_engagement(board.store, LAPTOP, id_, Engagement.FOLLOWED, Door.PAGE, now=board.clock.now())
    board.world.resolve("new-11")
    board.sync()
    board.clock.advance(5 * DAY // SECOND)
    found = rows(told(board, measure=Measure.INVESTIGATE))
    row = found["critical"]
    # Four were taken after three days, three more were followed to the source after five; one was fixed before anybody acted.
    assert (row.n, row.done, row.aside, row.waiting) == (12, 7, 1, 4)
    assert [(step.age, step.at_risk, step.fixed) for step in row.steps] == [(3, 12, 4), (5, 8, 3)]
    # The others were stored when they were old: nothing is known of the time before, and nothing of the fixed ones at all.
    assert (found["high"].n, found["low"].n) == (4, 1)
    assert rows(told(board))["critical"].done == 1


def test_what_comes_back_is_watched_anew(board: Stage) -> None:
    """One finding, fixed after six days, back ten days later and open since: two times, each with its own beginning."""
    begun = board.clock.now()
    ids = [f"back-{number}" for number in range(10)]
    for id_ in ids:
        board.world.add(id_, first=begun, severity="critical", resource="of-red", projects=("p1",))
    board.sync()
    board.clock.advance(6 * DAY // SECOND)
    for id_ in ids:
        board.world.resolve(id_)
    board.sync()
    board.clock.advance(10 * DAY // SECOND)
    for id_ in ids[:6]:
        board.world.reopen(id_)
    board.sync()
    board.clock.advance(4 * DAY // SECOND)
    take = Draft(kind=DecisionKind.TAKE)
    back = board.rows("is:open severity:critical")
    assert len(back) == 6
    decide.decide(
        board.store, AT_THE_LAPTOP, take, Target(findings=tuple(row.id for row in back.values())), clock=board.clock
    )
    board.clock.advance(20 * DAY // SECOND)
    row = rows(told(board))["critical"]
    assert (row.n, row.done, row.waiting, row.open_now) == (16, 10, 6, 6)
    assert [(step.age, step.at_risk, step.fixed) for step in row.steps] == [(6, 16, 10)]
    # Somebody took what came back, four days after it did; nobody had acted the first time.
    acted = rows(told(board, measure=Measure.INVESTIGATE))["critical"]
    assert (acted.n, acted.done, acted.aside) == (16, 6, 10)
    assert [(step.age, step.fixed) for step in acted.steps] == [(4, 6)]


def test_a_source_that_told_only_of_open_ones_has_no_past(stage: Stage) -> None:
    """Twelve findings of two hundred days were open when it was first read. That none was ever closed before is not known.

    They come under watch at their age, and nothing is told of how they began; new ones tell that.
    """
    old = stage.clock.now() - 200 * DAY
    for number in range(12):
        stage.world.add(f"old-{number}", first=old, changed=old, resource=f"r{number}")
    stage.sync()
    stage.clock.advance(10 * DAY // SECOND)
    for number in range(12):
        stage.world.resolve(f"old-{number}")
    stage.sync()
    stage.clock.advance(DAY // SECOND)
    found = told(stage, period=read_period(None, None, now=stage.clock.now(), usual=365)).whole
    assert (found.n, found.done, found.young) == (12, 12, 0)
    assert (found.median, found.mean, found.within_90) == (None, None, None)
    before = read_period(None, "2026-02-01", now=stage.clock.now())
    assert told(stage, period=before).whole.n == 0


def test_it_is_of_remediation_unless_asked(board: Stage) -> None:
    """The usual measure."""
    assert told(board).question.measure is Measure.REMEDIATE
