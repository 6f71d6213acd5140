"""Charts: what they draw is what they say, and nothing is drawn for nothing."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from callboard.domain.board import Progress, Week
from callboard.domain.instant import DAY, Instant, from_text
from callboard.web import chart

NOW = from_text("2026-10-01T00:00:00Z")


def _weeks(*flow: tuple[int, int]) -> tuple[Week, ...]:
    return tuple(
        Week(starts_at=Instant(NOW + 7 * DAY * index), opened=opened, closed=closed, transient=0, open=0)
        for index, (opened, closed) in enumerate(flow)
    )


def _progress(**values: object) -> Progress:
    told = {"half_life_days": None, "half_life_n": 0, "former_half_life_days": None, "former_half_life_n": 0}
    return Progress(weeks=(), **{**told, **values})  # type: ignore[arg-type]


def test_bars_are_drawn_at_their_size_with_their_numbers() -> None:
    """One scale above and below the line; no bar for nought; at least a pixel for one."""
    drawn = ET.fromstring(chart.bars(_weeks((1000, 1), (0, 500), (1, 0))))  # noqa: S314 (our own)
    heights = [int(each.get("height", "")) for each in drawn.iter("rect")]
    assert heights == [60, 1, 30, 1]
    assert [each.text for each in drawn.iter("text")] == [
        "opened", "1000", "1", "0", "500", "1", "0", "closed", "from 1 Oct", "this week",
    ]  # fmt: skip
    assert drawn.get("aria-label") == ("Per week, the present one last. Opened: 1000, 0, 1. Closed: 1, 500, 0.")
    assert "style" not in drawn.attrib


@pytest.mark.parametrize(
    ("weeks", "told"),
    [
        ((12, 11, 11, 9), "open: 12, 11, 11, 9; falling"),
        ((1, 3), "open: 1, 3; rising"),
        ((4, 9, 4), "open: 4, 9, 4; as many as at the start"),
        ((7,), "open: 7; as many as at the start"),
    ],
)
def test_a_sparkline_says_what_it_shows(weeks: tuple[int, ...], told: str) -> None:
    """In words, and the last number is written out."""
    html = chart.sparkline(weeks)
    assert f'aria-label="{told}"' in html
    assert f'<span aria-hidden="true">{weeks[-1]}</span>' in html


def test_sparklines_of_one_table_share_a_scale_and_start_at_nought() -> None:
    """Half of the highest is half as high."""
    rows = ((0, 100), (0, 50))
    top = chart.top(rows)
    assert top == 100
    ends = [float(re.findall(r'cy="([\d.]+)"', chart.sparkline(weeks, top=top))[0]) for weeks in rows]
    assert ends == [3.0, 12.0]
    assert chart.top([()]) == 1


def test_no_weeks_are_not_nought() -> None:
    """Unknown is a word."""
    assert "not known" in chart.sparkline(())
    assert "svg" not in chart.sparkline(())


@pytest.mark.parametrize(
    ("flow", "told"),
    [
        (((5, 2), (1, 1)), "3 more opened than closed in 2 weeks."),
        (((2, 5),), "3 more closed than opened in 1 week."),
        (((2, 2),), "As many closed as opened in 1 week."),
        (((0, 0),), "Nothing was opened or closed in 1 week."),
    ],
)
def test_what_came_of_the_weeks(flow: tuple[tuple[int, int], ...], told: str) -> None:
    """One sentence."""
    assert chart.net(_weeks(*flow)) == told


@pytest.mark.parametrize(
    ("values", "told", "method"),
    [
        ({}, "No critical or high finding tells how long they stay open.", "n = 0."),
        (
            {"half_life_days": 19, "half_life_n": 142, "former_half_life_days": 31, "former_half_life_n": 97},
            "Half of critical and high ones are closed within 19 days (31 days the quarter before).",
            "n = 142, 97 before.",
        ),
        (
            {"half_life_n": 12, "former_half_life_n": 3},
            "Less than half of critical and high ones were closed (less than half closed the quarter before).",
            "n = 12, 3 before.",
        ),
    ],
)
def test_the_half_life_is_told_with_its_n(values: dict[str, int], told: str, method: str) -> None:
    """And against the quarter before."""
    progress = _progress(**values)
    assert chart.half_life(progress) == told
    assert chart.half_life_method(progress).endswith(method)
