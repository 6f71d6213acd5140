"""The plot of a campaign: what is left, day by day, beside the straight way to its day. In words as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup, escape

from callboard.domain.instant import DAY, Instant
from callboard.domain.remediation.campaign import Point
from callboard.web import words

WIDTH: Final = 250
_HEIGHT: Final = 140
_LABEL: Final = 14
_BASE: Final = _HEIGHT - 2 * _LABEL
_TOP: Final = 2 * _LABEL
_EDGE: Final = 4


def plot(points: Sequence[Point], last_day: Instant | None) -> Markup:
    """Open findings at the end of each day, as steps from the left; the dashed line is the straight way to none on its day.

    The base is nought and the upper edge what it began with, or the most there was.
    """
    first, last = points[0].day, points[-1].day
    end = max(last, first + DAY, last_day or last)
    most = max(1, *(point.tally.open for point in points))

    def at(day: int, value: int) -> tuple[float, float]:
        share = (day - first) / (end - first)
        return _EDGE + share * (WIDTH - 2 * _EDGE), _BASE - value * (_BASE - _TOP) / most

    path: list[str] = []
    for before, point in zip((points[0], *points), points, strict=False):
        x, y = at(point.day, point.tally.open)
        path += [f"{x:.4g},{at(before.day, before.tally.open)[1]:.4g}", f"{x:.4g},{y:.4g}"]
    end_x, end_y = at(last, points[-1].tally.open)
    left = f"{words.number(points[-1].tally.open)} left"
    began = points[0].tally.open
    size = f'width="{WIDTH}" height="{_HEIGHT}" viewBox="0 0 {WIDTH} {_HEIGHT}"'
    parts = [
        f'<svg class="flow" {size} role="img" aria-label="{escape(told(points, last_day))}">',
        f'<text x="{_EDGE}" y="{_LABEL - 3}">{words.number(began)} open at first</text>',
        f'<line class="ax" x1="{_EDGE}" x2="{WIDTH - _EDGE}" y1="{_BASE}" y2="{_BASE}"/>',
    ]
    if last_day is not None and began:
        (x1, y1), (x2, y2) = at(first, began), at(max(last_day, first), 0)
        ends = f'x1="{x1:.4g}" y1="{y1:.4g}" x2="{x2:.4g}" y2="{y2:.4g}"'
        parts.append(f'<line stroke="currentColor" stroke-opacity=".5" stroke-dasharray="4 3" {ends}/>')
    # Beside the point where there is room, else before and above it, since the line comes from there.
    label = (end_x + 7, end_y + 4, "start") if end_x < WIDTH - 60 else (end_x, max(end_y - 8, _TOP - 4), "end")
    parts += [
        f'<polyline class="a" points="{" ".join(path)}"/>',
        f'<circle class="end" cx="{end_x:.4g}" cy="{end_y:.4g}" r="3"/>',
        f'<text x="{label[0]:.4g}" y="{label[1]:.4g}" text-anchor="{label[2]}">{left}</text>',
        f'<text x="{_EDGE}" y="{_HEIGHT - _LABEL + 3}">{escape(words.date(first))}</text>',
        f'<text x="{WIDTH - _EDGE}" y="{_HEIGHT - _LABEL + 3}" text-anchor="end">{escape(words.date(Instant(end)))}</text>',
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 (numbers, and escaped texts)


def told(points: Sequence[Point], last_day: Instant | None) -> str:
    """The plot in words."""
    began, left = points[0].tally.open, points[-1].tally.open
    due = "" if last_day is None else f" Its last day is {words.date(last_day)}."
    span = words.count((points[-1].day - points[0].day) // DAY, "day")
    return f"Open: {words.number(began)} at the end of the first day, {words.number(left)} after {span}.{due}"


def changed(points: Sequence[Point]) -> tuple[Point, ...]:
    """The days on which something changed, with the first and the last, the newest first."""
    last = len(points) - 1
    kept = [
        point
        for n, point in enumerate(points)
        if n in (0, last) or point.tally != points[n - 1].tally
    ]  # fmt: skip
    return tuple(reversed(kept))
