"""Cutting large parts: nothing is lost, nothing comes twice, and few calls are spent on it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.instant import DAY, HOUR, SECOND, Instant, from_text
from callboard.domain.run import Part
from callboard.sources.wiz.cutting import split
from callboard.sources.wiz.filters import FOUNDED, Ask, Filter, filter_by

NOW = from_text("2026-08-20T12:00:00.5Z")
WINDOW = 10_000
PAGE = 500
WORDS = {"severity": ["CRITICAL", "HIGH", "MEDIUM", "LOW", "NONE", "SEVERE"]}


def sent(part: Part) -> Filter:
    """What a part asks for, at a tenant with a severity that we do not know."""
    return filter_by(part.kind, Ask.decode(part.filter), old_names=False, words=WORDS)


def whole(**fields: object) -> Part:
    """A part of vulnerabilities as a plan makes it."""
    ask = Ask(**{"filter": {"status": ["OPEN"]}, "high": NOW, **fields})  # type: ignore[arg-type]
    return Part(name="vulnerability/open", kind="vulnerability", filter=ask.encode())


counts = st.none() | st.integers(WINDOW + 1, 3_000_000)


def leaves(part: Part, counted: list[int | None]) -> list[Part]:
    """The part cut as often as there are counts: by each count, the range that its number picks is cut again."""
    parts = [part]
    for count in counted:
        place = (count or 7) % len(parts)
        smaller = split(parts[place], count, WINDOW)
        parts[place : place + 1] = smaller or (parts[place],)
    return parts


@given(
    at=st.integers(-(2**50), 2**52) | st.integers(FOUNDED, NOW),
    severity=st.sampled_from(WORDS["severity"]),
    counted=st.lists(counts, max_size=9),
    inclusive=st.booleans(),
)
def test_however_a_part_is_cut_every_row_falls_into_one_range(
    *, at: int, severity: str, counted: list[int | None], inclusive: bool
) -> None:
    """Or into two that touch; whether Wiz includes the ends or not, and whether or not it compares microseconds."""
    parts = leaves(whole(), counted)
    assert len({part.name for part in parts}) == len(parts)
    assert len({part.filter for part in parts}) == len(parts)

    def matches(part: Part) -> bool:
        wanted = sent(part)
        between = wanted.get("firstSeenAt", {})
        low = from_text(between["after"]) if "after" in between else None
        high = from_text(between["before"]) if "before" in between else None
        if severity not in wanted.get("severity", [severity]):
            return False
        if inclusive:
            return (low is None or at >= low) and (high is None or at <= high)
        return (low is None or at > low) and (high is None or at < high)

    found = [part for part in parts if matches(part)]
    assert 1 <= len(found) <= 2
    if len(found) == 2:
        assert at % SECOND in (0, 1, SECOND - 1), "only where two ranges touch"


@given(counted=st.lists(counts, max_size=6))
def test_ranges_touch_and_are_open_at_both_ends(counted: list[int | None]) -> None:
    """In order, each begins where the one before it ends; the same counts give the same ranges."""
    parts = leaves(whole(), counted)
    asks = [Ask.decode(part.filter) for part in parts]
    if not any("severity" in ask.filter for ask in asks):
        assert [ask.low for ask in asks[1:]] == [ask.high for ask in asks[:-1]]
    assert asks[0].low is None
    assert asks[-1].last
    assert not any(ask.last for ask in asks[:-1])
    assert parts == leaves(whole(), counted)


def test_cutting_ends_with_severities_and_the_last_takes_what_is_new() -> None:
    """Down to a second of one severity; then it says that it cannot."""
    part = whole(low=Instant(NOW - DAY))
    for _ in range(40):
        smaller = split(part, 50_000, WINDOW)
        if not smaller:
            break
        part = smaller[0]
        if part.name.endswith("/critical"):
            assert [sent(each)["severity"] for each in smaller] == [
                ["CRITICAL"], ["HIGH"], ["MEDIUM"], ["LOW"], ["NONE", "SEVERE"],
            ]  # fmt: skip
    assert part.name.endswith("/critical")
    assert split(part, 50_000, WINDOW) == ()


def test_severities_that_the_scope_names_are_all_that_is_asked_for() -> None:
    """A part of some severities is cut into those; only where it stands for new ones does its last part."""
    urgent = whole(filter={"severity": ["CRITICAL", "HIGH"]}, low=NOW, last=False)
    assert [sent(part)["severity"] for part in split(urgent, None, WINDOW)] == [["CRITICAL"], ["HIGH"]]
    other = whole(filter={"severity": ["LOW", "NONE"]}, beyond=("severity",), low=NOW, last=False)
    assert [sent(part)["severity"] for part in split(other, None, WINDOW)] == [["LOW"], ["NONE", "SEVERE"]]


def test_beyond_a_single_severity_new_ones_still_have_a_part() -> None:
    """One known word that also stands for new ones is two parts' worth; it cannot be told apart, and is read as one."""
    part = whole(filter={"severity": ["NONE"]}, beyond=("severity",), low=NOW, last=False)
    assert split(part, None, WINDOW) == ()
    assert sent(part)["severity"] == ["NONE", "SEVERE"]


def calls_for(rows: list[int], *, capped: bool = False) -> int:
    """How many calls reading all rows takes: a page each, and one for each part that turns out too large."""
    calls = read = 0
    todo = [whole()]
    while todo:
        part = todo.pop()
        between = sent(part).get("firstSeenAt", {})
        start = bisect_right(rows, from_text(between["after"])) if "after" in between else 0
        end = bisect_left(rows, from_text(between["before"])) if "before" in between else len(rows)
        count = end - start
        smaller = split(part, None if capped else count, WINDOW) if count > WINDOW else ()
        if smaller:
            calls += 1
            todo += smaller
        else:
            calls += max(1, -(-count // PAGE))
            read += count
    assert read == len(rows)
    return calls


def spread(ages: dict[str, float], count: int) -> list[int]:
    """Rows by age in days: this share of them within so many days, evenly."""
    rows: list[int] = []
    for age, share in ages.items():
        wanted = int(share * count)
        step = float(age) * DAY / wanted
        rows += [int(NOW - number * step) for number in range(wanted, 0, -1)]
    return sorted(rows)


@pytest.mark.parametrize(
    ("ages", "most", "most_capped"),
    [
        # 2,000 pages hold them all. Halving took 2,227, 2,146 and 2,201 calls.
        ({"700": 1.0}, 2_130, 2_210),
        ({"30": 0.95, "1000": 0.05}, 2_095, 2_095),
        ({"0.05": 0.5, "2000": 0.5}, 2_095, 2_095),
    ],
    ids=["evenly", "last-month", "one-morning"],
)
def test_few_calls_are_spent_on_finding_ranges(ages: dict[str, float], most: int, most_capped: int) -> None:
    """A million findings, also where Wiz does not count further than it hands out."""
    rows = spread(ages, 1_000_000)
    assert len(rows) // PAGE <= calls_for(rows) <= most
    assert calls_for(rows, capped=True) <= most_capped


@pytest.mark.parametrize("count", [10_001, 12_000, 30_000])
def test_a_part_that_is_barely_too_large_is_not_cut_to_pieces(count: int) -> None:
    """A few calls more than its pages."""
    rows = spread({"700": 1.0}, count)
    assert calls_for(rows) <= -(-count // PAGE) + 10


def test_one_hour_that_holds_nearly_all_is_found() -> None:
    """A scanner was switched on: 60,000 findings first seen within an hour, a year ago."""
    rows = sorted(
        [int(NOW - 365 * DAY - HOUR * number // 60_000) for number in range(60_000)] + spread({"2000": 1}, 600)
    )
    assert calls_for(rows) <= 60_600 // PAGE + 90
