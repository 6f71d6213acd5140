"""Evidence of what was told and of tickets: messages that arrived, findings that they told of, and what became of tickets."""

from __future__ import annotations

import pytest

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.compliance.measure import Figure
from callboard.domain.compliance.period import Period
from callboard.domain.instant import DAY, HOUR, MINUTE, Instant
from callboard.domain.query import parse
from callboard.domain.remediation.ticket import Place
from callboard.domain.retention import DEFAULT
from callboard.errors import ChannelRefusedError
from callboard.usecases import keep_records
from callboard.usecases.remediation import export_evidence, tell
from callboard.usecases.remediation.file_ticket import link_ticket
from tests.contract.store.test_outgoing import RED, Post, company, route
from tests.support.quarter import SIA
from tests.support.stages import Stage

__all__ = ["company"]
TRACKER = Place(name="jira", kind="jira", base="https://jira.example", project="SEC")
KEYS = ("messages", "messages-missing", "severe-told", "overdue-told", "fixed-with-ticket")


def asked(stage: Stage, days: int = 20) -> Period:
    """The days up to now."""
    now = stage.clock.now()
    return Period(start=Instant(now - days * DAY), until=now, is_over=False)


def figures(stage: Stage, period: Period | None = None) -> dict[str, Figure]:
    """The numbers that are new here, each with as many rows as it counts."""
    period = asked(stage) if period is None else period
    found = {}
    for key in KEYS:
        behind = export_evidence.behind(stage.store, SIA, key, period, limit=100)
        assert len(behind.rows) == behind.figure.rows
        found[key] = behind.figure
    return found


@pytest.fixture
def told(company: Stage) -> Stage:
    """Two urgent ones of red are told at once, one of blue has no channel; one of red is overdue and told to be."""
    company.clock.at = Instant(company.clock.at + 15 * DAY)
    post = Post(company, route(RED))
    now = company.clock.now()
    company.world.fill(2, start=20, projects=("p1",), severity="critical", due=now + 2 * DAY)
    company.world.fill(1, start=30, projects=("p2",), severity="critical", due=now + 30 * DAY)
    company.sync()
    assert len(post.both()) == 1
    company.clock.at = Instant(now + 4 * DAY)
    company.world.resolve("f0020")
    company.sync()
    assert len(post.both()) == 1
    company.clock.at = Instant(company.clock.at + MINUTE)
    return company


def test_what_was_told_at_once_is_counted_with_its_rows(told: Stage) -> None:
    """By finding and by message; what nobody was told of is in what it is counted out of."""
    found = figures(told)
    assert {key: (each.value, each.of) for key, each in found.items() if key != "fixed-with-ticket"} == {
        "messages": (2, None), "messages-missing": (0, 2), "severe-told": (2, 3),
        "overdue-told": (1, 2),  # the other is of blue, which has no channel
    }  # fmt: skip
    rows = export_evidence.behind(told.store, SIA, "messages", asked(told), limit=10).rows
    assert all("arrived" in dict(row.facts) for row in rows)
    assert [{key: value for key, value in row.facts if key != "arrived"} for row in rows] == [
        {"sort": "at-once", "team": RED, "channel": "room", "findings": "2"},
        {"sort": "at-once", "team": RED, "channel": "room", "findings": "1"},
    ]
    (late,) = export_evidence.behind(told.store, SIA, "overdue-told", asked(told), limit=10).rows
    assert late.id == "f0021"
    assert {"told", "told_late"} <= dict(late.facts).keys()
    assert all(not any("@" in value for _, value in row.facts) for row in rows)


def test_what_did_not_arrive_is_counted_and_stays_counted(told: Stage) -> None:
    """A message that was refused had not arrived by the end, and that stays so when it arrives later; a test is none."""
    post = Post(told, route(RED))
    told.world.fill(1, start=40, projects=("p1",), severity="critical", due=told.clock.now() + 30 * DAY)
    told.sync()
    post.tell()
    tell.add_tests(told.store, post.route, RED, clock=told.clock)
    waits = figures(told)["messages-missing"]
    assert (waits.value, waits.of) == (1, 3)
    post.place.fails = [ChannelRefusedError("No such room.") for _ in range(2)]
    post.deliver()
    told.clock.at = Instant(told.clock.at + MINUTE)
    period = asked(told)
    (row,) = export_evidence.behind(told.store, SIA, "messages-missing", period, limit=10).rows
    assert "arrived" not in dict(row.facts)
    assert (row.name, dict(row.facts)["channel"]) == (f"at-once to {RED}", "room")
    over = Period(start=period.start, until=period.until, is_over=True)
    before = figures(told, over)["messages-missing"]
    told.clock.at = Instant(told.clock.at + HOUR)
    assert tell.send_again(told.store, AT_THE_LAPTOP, ["room"], clock=told.clock) == 2
    post.deliver()
    told.clock.at = Instant(told.clock.at + MINUTE)
    after = figures(told, over)["messages-missing"]
    assert (after.value, after.of) == (before.value, before.of) == (1, 3)
    assert (figures(told)["messages-missing"].value, figures(told)["messages"].value) == (0, 3)


def test_what_came_after_the_end_is_not_counted(told: Stage) -> None:
    """The period that ended before the second message knows of one."""
    until = Instant(told.clock.now() - DAY)
    found = figures(told, Period(start=Instant(until - 20 * DAY), until=until, is_over=True))
    assert (found["messages"].value, found["overdue-told"].value) == (1, 0)


def test_what_was_told_outlives_its_words_and_then_cannot_be_told(told: Stage) -> None:
    """After ninety days the same numbers; after thirteen months "cannot tell", with the day since when it is kept."""
    period = asked(told)
    before = {key: (each.value, each.of) for key, each in figures(told, period).items()}
    told.clock.at = Instant(told.clock.at + 100 * DAY)
    assert keep_records.apply(told.store, DEFAULT, clock=told.clock).rows["words"] == 2
    after = figures(told, period)
    assert {key: (each.value, each.of) for key, each in after.items()} == before
    assert not [why for each in after.values() for why in each.why_not if "sent" in why]
    told.clock.at = Instant(told.clock.at + 300 * DAY)
    keep_records.apply(told.store, DEFAULT, clock=told.clock)
    gone = figures(told, period)
    for key in ("messages", "messages-missing", "severe-told", "overdue-told"):
        assert [why for why in gone[key].why_not if why.startswith("What was sent is kept since ")]


def test_fixes_with_a_ticket_are_told(told: Stage) -> None:
    """One that was fixed had one; what is linked and fixed after the end changes nothing."""
    before = asked(told)
    assert (figures(told)["fixed-with-ticket"].value, figures(told)["fixed-with-ticket"].of) == (0, 1)
    told.clock.at = Instant(told.clock.at + HOUR)
    link_ticket(told.store, AT_THE_LAPTOP, parse("id:f0021"), "SEC-7", [TRACKER], clock=told.clock)
    told.clock.at = Instant(told.clock.at + HOUR)
    told.world.resolve("f0021")
    told.sync()
    told.clock.at = Instant(told.clock.at + MINUTE)
    found = figures(told)["fixed-with-ticket"]
    assert (found.value, found.of) == (1, 2)
    (row,) = export_evidence.behind(told.store, SIA, "fixed-with-ticket", asked(told), limit=10).rows
    assert (row.id, "ticket" in dict(row.facts)) == ("f0021", True)
    again = figures(told, before)["fixed-with-ticket"]
    assert (again.value, again.of) == (0, 1)
