"""Clocks are off, step back and forth, or are far ahead: the order of things does not come from them."""

from __future__ import annotations

import pytest

from callboard.domain.instant import DAY, HOUR, MINUTE, Instant, from_text
from callboard.domain.run import Mode, RunState
from tests.support.catalogs import component, group
from tests.support.clocks import SettableClock
from tests.support.invariants import check_between, look
from tests.support.stages import Stage

STEPS = {
    "an hour back": -HOUR,
    "an hour forth": HOUR,
    "a minute back": -MINUTE,
    "a day back": -DAY,
    "ten years forth": 3_653 * DAY,
}


@pytest.fixture
def company(stage: Stage) -> Stage:
    """A board, and a source whose own clock is right."""
    stage.world.clock = SettableClock(stage.clock.now())
    stage.catalog.put(group("red"), component("shop", "red", projects=["p1"]))
    stage.world.fill(20, projects=("p1",))
    stage.sync()
    stage.read_catalog()
    return stage


def live(stage: Stage) -> None:
    """Half an hour passes at the source, in which one finding of each sort changes."""
    stage.world.clock.advance(1_800)
    stage.world.resolve("f0001")
    stage.world.change("f0002", severity="critical")
    stage.world.add("f0900", projects=("p1",))
    stage.world.redetect("f0003")


@pytest.mark.fault("F17")
@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS.keys())
def test_our_clock_steps(company: Stage, step: int) -> None:
    """Between two runs: the second is whole, tells what has changed, and a third finds nothing more."""
    before = look(company.store)
    company.clock.at = Instant(company.clock.at + step)
    live(company)
    report = company.sync()
    assert (report.state, report.new, report.changed, report.closed) == (RunState.APPLIED, 1, 1, 1)
    after = look(company.store)
    check_between(before, after)
    assert company.states()["f0001"] == "fixed"
    assert company.row("f0002").severity.word == "critical"
    again = company.sync()
    assert (again.state, again.changes) == (RunState.APPLIED, 0)
    check_between(after, look(company.store))


@pytest.mark.fault("F17")
def test_a_clock_that_was_ahead_hides_no_change(company: Stage) -> None:
    """A run under a clock that is an hour ahead; the clock is put right, and what changes within that hour is seen at once."""
    company.clock.at = Instant(company.clock.at + HOUR)
    company.sync()
    company.clock.at = Instant(company.clock.at - HOUR)
    live(company)
    report = company.sync(Mode.DELTA)
    assert report.state is RunState.APPLIED
    assert company.row("f0002").severity.word == "critical"
    assert "f0900" in company.rows()


@pytest.mark.fault("F17")
@pytest.mark.parametrize(
    "day", ["2028-02-29T23:59:59Z", "2026-03-29T01:30:00Z", "2038-01-19T03:14:08Z", "2100-02-28T23:59:59Z"]
)
def test_days_that_programs_stumble_over(company: Stage, day: str) -> None:
    """A leap day, an hour that some places do not have, the end of 32 bits, a century that is no leap year."""
    before = look(company.store)
    company.clock.at = company.world.clock.at = from_text(day)
    live(company)
    report = company.sync()
    assert (report.state, report.new, report.changed, report.closed) == (RunState.APPLIED, 1, 1, 1)
    check_between(before, look(company.store))
    assert company.sync().changes == 0


@pytest.mark.fault("F17")
def test_a_source_that_dates_things_in_the_future_moves_nothing_the_wrong_way(company: Stage) -> None:
    """First detection never later, last never earlier, whatever it says afterwards."""
    ahead = Instant(company.clock.now() + 400 * DAY)
    company.world.change_quietly("f0004", first=ahead, last=ahead, updated=ahead)
    before = look(company.store)
    company.sync()
    middle = look(company.store)
    check_between(before, middle)
    company.world.change("f0004", last=company.clock.now(), severity="low")
    company.sync()
    check_between(middle, look(company.store))
