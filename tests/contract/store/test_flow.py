"""What came and went, what was open on a day, and how dates were kept, on both databases."""

from __future__ import annotations

import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.decision import DecisionKind, Draft, Until
from callboard.domain.instant import DAY, HOUR, SECOND, Instant
from callboard.domain.query import Query, parse
from callboard.domain.remediation.question import By, Period, read_day, read_period
from callboard.errors import InvalidQueryError
from callboard.usecases import ask
from callboard.usecases.remediation import decide, measure_flow
from callboard.usecases.remediation.decide import Target
from tests.support.catalogs import component, group
from tests.support.stages import Stage

RED, BLUE = EntityRef("group:default/red"), EntityRef("group:default/blue")


@pytest.fixture
def board(stage: Stage) -> Stage:
    """Ten findings opened 40 days ago, of which one is fixed a day; six more 20 days ago; one set aside, one gone."""
    stage.catalog.put(group("red"), group("blue"))
    stage.catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    today = stage.clock.now() // DAY * DAY
    for number in range(10):
        opened = today - 40 * DAY
        fixed = opened + (number + 1) * DAY + HOUR
        stage.world.add(
            f"old-{number}", first=opened, state="fixed", fixed=fixed, changed=fixed, severity="high", projects=("p1",),
            resource="ra", due=opened + 5 * DAY + 2 * HOUR,
        )  # fmt: skip
    for number in range(6):
        stage.world.add(
            f"new-{number}",
            first=today - 20 * DAY,
            severity="low",
            projects=("p2",),
            resource="rb",
            due=today - 3 * DAY,
        )
    stage.world.add(
        "aside", first=today - 20 * DAY, state="rejected", fixed=today - 8 * DAY, projects=("p2",), due=today - 3 * DAY
    )
    stage.world.add(
        "gone", first=today - 20 * DAY, state="gone", fixed=today - 9 * DAY, projects=("p2",), resource="rb"
    )
    stage.sync()
    stage.read_catalog()
    return stage


def period(stage: Stage, days: int = 41) -> Period:
    """The days up to yesterday."""
    return read_period(None, None, now=stage.clock.now(), usual=days)


def on(stage: Stage, days_ago: int) -> Instant:
    """The moment at which a day so long ago ended."""
    return Instant(stage.clock.now() // DAY * DAY - (days_ago - 1) * DAY)


def test_weeks_and_months_add_up(board: Stage) -> None:
    """What was open before, and what came, is what went and what is left; the last one ends with what is open."""
    found = measure_flow.flow(board.store, AT_THE_LAPTOP, Query(), period(board), now=board.clock.now())
    for parts in (found.weeks, found.months):
        assert sum(each.opened for each in parts) == 18
        assert sum(each.fixed for each in parts) == 10
        assert sum(each.otherwise for each in parts) == 2
        assert [each.open_after for each in parts[:-1]] == [each.open_before for each in parts[1:]]
        assert (parts[0].open_before, parts[-1].open_after) == (0, 6)
        assert sum(each.days for each in parts) == 41
    assert all(each.days <= 7 for each in found.weeks)
    assert found.months[0].capacity is not None


def test_what_was_open_on_a_past_day(board: Stage) -> None:
    """By team, with ages and what was late."""
    now = board.clock.now()

    def told(days_ago: int, viewer: Viewer = AT_THE_LAPTOP) -> dict[str, tuple[int, int, int]]:
        found = measure_flow.open_at(
            board.store, viewer, Query(), by=By.TEAM, at=on(board, days_ago), now=now
        )  # fmt: skip
        assert found.on is not None
        return {row.key: (row.n, row.overdue, row.overdue_days) for row in found.rows}

    # On the day of the opening all ten were open; ten days later none; after eight days two were, each three days late.
    assert told(41) == {}
    assert told(40)[RED] == (10, 0, 0)
    assert told(32)[RED] == (2, 2, 6)
    assert RED not in told(29)
    assert told(20)[BLUE] == (8, 0, 0)
    assert told(1)[BLUE][:2] == (6, 6)
    red = Viewer("ana", Readers(frozenset({RED}), Depth.WORK), (RED,))
    assert BLUE not in told(20, red)


def test_what_is_open_now_is_what_the_lists_hold(board: Stage) -> None:
    """What somebody put off is not; on the day before it was."""
    now = board.clock.now()
    snooze = Draft(kind=DecisionKind.SNOOZE, snooze=Until.MONTH)
    first = board.rows("is:open")["new-0"].id
    decide.decide(board.store, AT_THE_LAPTOP, snooze, Target(findings=(first,)), clock=board.clock)
    found = measure_flow.open_at(board.store, AT_THE_LAPTOP, Query(), by=By.SEVERITY, at=None, now=now)
    assert (found.whole.n, found.whole.overdue) == (5, 5)
    for row in (found.whole, *found.rows):
        assert row.query is not None
        assert ask.list_findings(board.store, AT_THE_LAPTOP, parse(row.query), now=now).total == row.n
        late = parse(f"{row.query} is:overdue")
        assert ask.list_findings(board.store, AT_THE_LAPTOP, late, now=now).total == row.overdue
    before = measure_flow.open_at(board.store, AT_THE_LAPTOP, Query(), by=By.SEVERITY, at=on(board, 1), now=now)
    assert before.whole.n == 6
    board.clock.advance(3 * DAY // SECOND)
    after = measure_flow.open_at(
        board.store, AT_THE_LAPTOP, Query(), by=By.SEVERITY, at=on(board, 1), now=board.clock.now()
    )
    assert after.whole.n == 5


def test_how_dates_were_kept(board: Stage) -> None:
    """On time, late, open past the date; what was set aside on time is no fix and no failure."""
    found = measure_flow.due(board.store, AT_THE_LAPTOP, Query(), period(board), by=By.TEAM, now=board.clock.now())
    rows = {row.key: row for row in found.rows}
    red, blue = rows[RED].kept, rows[BLUE].kept
    assert (red.on_time, red.late, red.overdue, red.attainment) == (5, 5, 0, 0.5)
    assert (blue.on_time, blue.late, blue.overdue, blue.aside_on_time, blue.attainment) == (0, 0, 6, 1, 0.0)
    assert found.whole.kept.judged == 16
    early = read_period(None, None, now=Instant(board.clock.now() - 10 * DAY), usual=5)
    waiting = measure_flow.due(board.store, AT_THE_LAPTOP, Query(), early, by=By.TEAM, now=board.clock.now())
    assert (waiting.whole.kept.judged, waiting.whole.not_yet) == (0, 8)


def test_fixes_that_did_not_hold(board: Stage) -> None:
    """Found again within thirty days, of those that are long enough ago to tell."""
    now = board.clock.now()
    long_ago = now - 10 * DAY
    for number in range(4):
        board.world.add(f"weak-{number}", first=long_ago, changed=long_ago, resource="rc")
    board.sync()
    for number in range(4):
        board.world.resolve(f"weak-{number}")
    board.sync()
    board.clock.advance(9 * DAY // SECOND)
    board.world.reopen("weak-0")
    board.sync()
    board.clock.advance(30 * DAY // SECOND)
    board.world.reopen("weak-1")
    board.sync()
    board.clock.advance(DAY // SECOND)
    found = measure_flow.flow(board.store, AT_THE_LAPTOP, Query(), period(board, 60), now=board.clock.now())
    # Of four fixes one came back after nine days; another one after more than thirty, which is another fault.
    assert (found.reopened.fixes, found.reopened.back) == (4, 1)


def test_days_that_are_not_over() -> None:
    """Nobody knows what will be open."""
    with pytest.raises(InvalidQueryError, match="over"):
        read_day("2026-03-02", now=Instant(1_772_438_400_000_000))


@pytest.fixture
def moved(board: Stage) -> Stage:
    """What was low for twenty days became critical for two of the six today, and one of them came and went between."""
    for number in range(2):
        board.world.change(f"new-{number}", severity="critical")
    board.sync()
    board.clock.advance(5 * DAY // SECOND)
    board.world.change("new-1", severity="medium")
    board.sync()
    board.clock.advance(2 * DAY // SECOND)
    return board


def by_severity(stage: Stage, at: Instant | None, text: str = "") -> dict[str, int]:
    """What was open at a moment."""
    found = measure_flow.open_at(
        stage.store, AT_THE_LAPTOP, parse(text), by=By.SEVERITY, at=at, now=stage.clock.now()
    )  # fmt: skip
    assert found.whole.n == sum(row.n for row in found.rows)
    return {row.key: row.n for row in found.rows}


def test_a_past_day_is_told_by_the_severities_of_then(moved: Stage) -> None:
    """Each day by its own, also where one moved twice; and today by today's, as the lists have it."""
    assert by_severity(moved, None) == {"critical": 1, "medium": 1, "low": 4}
    assert by_severity(moved, on(moved, 1)) == {"critical": 1, "medium": 1, "low": 4}
    assert by_severity(moved, on(moved, 4)) == {"critical": 2, "low": 4}
    # The day before the first change, and a day on which what is gone and set aside since was there.
    assert by_severity(moved, on(moved, 9)) == {"low": 6}
    assert by_severity(moved, on(moved, 20))["low"] == 6


def test_a_query_of_a_past_day_asks_by_the_severities_of_then(moved: Stage) -> None:
    """What was low is found by it, and what is critical today is not; told apart by anything."""
    assert by_severity(moved, on(moved, 9), "severity:low") == {"low": 6}
    assert by_severity(moved, on(moved, 9), "severity:critical,medium") == {}
    assert by_severity(moved, on(moved, 4), "severity:critical") == {"critical": 2}
    assert by_severity(moved, on(moved, 4), "-severity:low") == {"critical": 2}
    for text, n in (("severity:low", 6), ("-severity:low", 0)):
        found = measure_flow.open_at(
            moved.store, AT_THE_LAPTOP, parse(text), by=By.TEAM, at=on(moved, 9), now=moved.clock.now()
        )  # fmt: skip
        assert (found.whole.n, found.whole.overdue) == (n, n)


def test_dates_are_told_by_the_severities_of_then(moved: Stage) -> None:
    """What fell due while it was low is of the low ones."""
    whole = period(moved, 60)
    found = measure_flow.due(moved.store, AT_THE_LAPTOP, Query(), whole, by=By.SEVERITY, now=moved.clock.now())
    rows = {row.key: row.kept for row in found.rows}
    assert rows["low"].overdue == 6
    assert not {"critical", "medium"} & set(rows)
    low = measure_flow.due(
        moved.store, AT_THE_LAPTOP, parse("severity:low"), whole, by=By.TEAM, now=moved.clock.now()
    )  # fmt: skip
    assert low.whole.kept.overdue == 6
