"""When a number is whole and when nobody can tell; how it is rounded; and that frameworks are tables without holes."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from callboard.domain.compliance.facts import ComponentFact, Facts, PolicyFact, Since, SourceFact
from callboard.domain.compliance.framework import OBJECTS
from callboard.domain.compliance.frameworks import FRAMEWORKS
from callboard.domain.compliance.life import Event, Life, Notice, Recorded, Whose, life_of
from callboard.domain.compliance.measure import FEWEST, Figure, Need, Subject, Tally
from callboard.domain.compliance.measures import BY_KEY, findings
from callboard.domain.compliance.period import Period, period_of
from callboard.domain.compliance.report import why_not
from callboard.domain.component import EntityRef
from callboard.domain.finding import Kind, Severity, State
from callboard.domain.instant import DAY, Instant, from_text, to_text
from callboard.domain.packages.bom import Stated
from callboard.domain.reconcile import EventKind
from callboard.errors import InvalidQueryError

START, END = Instant(from_text("2026-04-01T00:00:00Z")), Instant(from_text("2026-07-01T00:00:00Z") - 1)
QUARTER = Period(START, END, is_over=True)


def days(n: float) -> Instant:
    """So many days after the quarter began."""
    return Instant(START + int(n * DAY))


def source(*whole: float, after: float | None = None, **fields: Any) -> SourceFact:
    """A source that was read whole on these days."""
    told = tuple(days(each) for each in whole)
    return SourceFact(
        id=1, name="wiz", kind="wiz", is_own=False, whole=told, next_whole_at=None if after is None else days(after)
    ) if not fields else msgspec.structs.replace(source(*whole, after=after), **fields)  # fmt: skip


def facts(**fields: Any) -> Facts:
    """All is known, but for what is given."""
    known: dict[str, Any] = {
        "sources": (source(-10, 5, 88, after=92),), "runs": (), "decisions": (), "components": (), "resources": (),
        "entries": (), "messages": (), "feeds": (), "policies": (PolicyFact(kind="due", name="due", n=1, at=days(1), actor="ada"),),
        "since": Since(owners=days(-9), components=days(-9), catalog_read_at=days(90), feeds=days(-9)), "log_breaks_at": None,
    }  # fmt: skip
    return Facts(**(known | fields))


UNCOUNTED = ComponentFact(ref=EntityRef("component:default/a"), owner=None, can_act=False, bill_at=days(1), packages=3)
COUNTED = msgspec.structs.replace(UNCOUNTED, said=Stated(parts=3, suppliers=0, licences=3))


@pytest.mark.parametrize("need", Need)
def test_nothing_is_missing_where_all_is_known(need: Need) -> None:
    """Then there is nothing to say."""
    assert why_not(need, facts(), QUARTER) == ()


@pytest.mark.parametrize(
    ("need", "fields", "told"),
    [
        (Need.STATE, {"sources": ()}, "No source had been read."),
        (Need.STATE, {"sources": (source(),)}, "wiz was never read whole."),
        (Need.STATE, {"sources": (source(-10, 80, after=105),)}, "not read whole since 2026-06-20"),
        (Need.STATE, {"sources": (source(-10, 80),)}, "not read whole since 2026-06-20"),
        (Need.STATE, {"sources": (source(-10, 88),)}, "has not been read whole since the period ended"),
        (Need.STATE, {"sources": (source(after=110),)}, "not read whole before the period ended"),
        (Need.FLOW, {"sources": (source(3, 88, after=92),)}, "wiz was first read on 2026-04-04"),
        (Need.FLOW, {"sources": (source(-10, 80),)}, "not read whole since 2026-06-20"),
        (Need.OWNERS, {"since": Since(owners=days(95), components=None, catalog_read_at=None)}, "kept since 2026-07-05"),
        (Need.OWNERS, {"since": Since(owners=None, components=None, catalog_read_at=None)}, "is not kept yet"),
        (Need.CATALOG, {"since": Since(owners=None, components=days(95), catalog_read_at=None)}, "since 2026-07-05 only"),
        (Need.CATALOG, {"since": Since(owners=None, components=days(1), catalog_read_at=days(70))}, "whole since 2026-06-10"),
        (Need.CATALOG, {"since": Since(owners=None, components=days(1), catalog_read_at=None)}, "was not read whole."),
        (Need.FEEDS, {"since": Since(owners=None, components=None, catalog_read_at=None)}, "were matched is not kept yet"),
        (Need.FEEDS, {"since": Since(owners=None, components=None, catalog_read_at=None, feeds=days(95))}, "since 2026-07-05 only"),
        (Need.PARTS, {"components": (UNCOUNTED, COUNTED)}, "those of 1 component was taken in"),
        (Need.FAILURES, {"since": Since(owners=None, components=None, catalog_read_at=None, failures=days(3))}, "2026-04-04 only"),
        (Need.LOG, {"log_breaks_at": 7}, "does not hold at entry 7"),
        (Need.POLICY, {"policies": ()}, "those of the configuration"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(need: Need, fields: dict[str, Any], told: str) -> None:
    """In one sentence that names the source and the day."""
    (why,) = why_not(need, facts(**fields), QUARTER)
    assert told in why


def test_one_source_of_several_is_enough_to_doubt() -> None:
    """The others are not named; what is kept here cannot be missed."""
    late = source(-10, 80, after=105, name="other")
    own = source(-10, is_own=True, name="packages")
    assert [
        why.split()[0] for why in why_not(Need.STATE, facts(sources=(source(-1, 88, after=92), late, own)), QUARTER)
    ] == ["other"]


def test_a_period_that_goes_on_needs_no_reading_after_it() -> None:
    """There can be none yet."""
    today = Period(START, END, is_over=False)
    assert why_not(Need.STATE, facts(sources=(source(-10, 88),)), today) == ()


def test_frameworks_are_tables_without_holes() -> None:
    """Each control once, each with numbers or a reason, of evidence that there is; no number stands for nothing."""
    used = set()
    for framework in FRAMEWORKS.values():
        ids = [each.id for each in framework.controls]
        assert len(ids) == len(set(ids))
        for each in framework.controls:
            assert each.measures or each.missing, each.id
            assert set(each.objects.split()) <= {*OBJECTS, "–"}
            assert all(BY_KEY[measure.key] is measure for measure in each.measures)
            assert len(each.measures) == len({measure.key for measure in each.measures})
            used |= {measure.key for measure in each.measures}
    assert used == set(BY_KEY)


def figure(value: int, of: int) -> Figure:
    """A share."""
    return Figure(key="k", words="w", subject=Subject.FINDING, unit="findings", value=value, of=of, rows=value)


@pytest.mark.parametrize(
    ("value", "of", "shown"), [(0, 9, 0), (1, 1_000, 1), (999, 1_000, 99), (9, 9, 100), (1, 3, 33), (0, 0, None)]
)
def test_a_share_is_never_rounded_to_all_or_nothing(value: int, of: int, shown: int | None) -> None:
    """And nothing of nothing is no share."""
    assert figure(value, of).percent == shown


def life(opened: float, fixed: float | None = None) -> Life:
    """A finding that was open from a day to a day."""
    row = Recorded(
        1, "f", 1, Kind.ISSUE, State.OPEN if fixed is None else State.FIXED, Severity.HIGH, "t", "r", 1, days(opened),
        days(opened), None,
    )  # fmt: skip
    events = [] if fixed is None else [Event(int(EventKind.STATE), days(fixed), days(fixed), "open", "fixed")]
    found = life_of(row, events, horizon=None, until=END, whose=Whose(own=True))
    assert found is not None
    return found


def test_few_findings_have_no_median() -> None:
    """Nine are told as too few, ten have one; where less than half were fixed it is not reached, and no number."""

    def told(lives: list[Life]) -> tuple[int | None, str]:
        tally = Tally(findings.FIX_MEDIAN, QUARTER)
        for each in lives:
            tally.take(each)
        found = tally.figure(())
        return found.value, found.remark

    assert told([life(1, 11)] * (FEWEST - 1)) == (None, "too few to tell: 9 of 9")
    assert told([life(1, 11)] * FEWEST) == (10, "10 of 10")
    assert told([life(1, 11)] * 5 + [life(1)] * 15) == (None, "not reached: 5 of 20")
    assert told([life(1, 1.5)] * 50) == (None, "too few to tell: 0 of 0")


def test_how_soon_severe_findings_are_told() -> None:
    """From the first detection to the first message; what was never told of counts as untold, and slight ones are left out."""

    def told(found: Life, after: float | None) -> Life:
        at = None if after is None else Instant(found.opened_at + int(after * DAY))
        return msgspec.structs.replace(found, notice=Notice(at, None))

    def median(lives: list[Life]) -> tuple[int | None, str]:
        tally = Tally(findings.TOLD_MEDIAN, QUARTER)
        for each in lives:
            tally.take(each)
        found = tally.figure(())
        return found.value, found.remark

    assert median([told(life(1), 2.5)] * 10) == (2, "10 of 10")
    assert median([told(life(1), 2)] * 6 + [told(life(1), None)] * 14) == (None, "not reached: 6 of 20")
    # Fixed before anybody was told of it, and found before the period.
    assert median([told(life(1, 9), 10)] * 20) == (None, "too few to tell: 0 of 20")
    assert median([told(life(-5), 2)] * 20) == (None, "too few to tell: 0 of 0")
    slight = msgspec.structs.replace(life(1), severity=Severity.MEDIUM)
    assert median([told(slight, 2)] * 20) == (None, "too few to tell: 0 of 0")


def test_days_are_whole_days_of_utc() -> None:
    """Both ends are in; left out, the last 13 weeks."""
    now = Instant(from_text("2026-07-10T12:00:00Z"))
    usual = period_of(None, None, now=now)
    assert (usual.first_day, usual.last_day, usual.until, usual.is_over) == ("2026-04-11", "2026-07-10", now, False)
    past = period_of("2026-04-01", "2026-06-30", now=now)
    assert (past.start, past.until, past.is_over) == (START, END, True)
    assert to_text(past.until) == "2026-06-30T23:59:59.999999Z"
    for first, last in (("x", None), (None, "2026-06-31"), ("2026-07-11", "2026-07-12"), ("2026-05-02", "2026-05-01")):
        with pytest.raises(InvalidQueryError):
            period_of(first, last, now=now)
