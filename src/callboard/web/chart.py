"""Small charts as SVG, drawn at their real size so that their text keeps its size. Each says in words what it shows.

Nothing is told by colour alone: what was opened stands above the line, what was closed below it, and numbers are written out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from markupsafe import Markup, escape

from callboard.domain.board import Progress, Week
from callboard.web import words

BAR_PITCH: Final = 33
_BAR: Final = 24
_TALLEST: Final = 60
"""The height of the tallest bar."""
_LABEL: Final = 14
"""The height of a line of text."""
_SPARK_WIDTH: Final = 72
_SPARK_HEIGHT: Final = 24


def bars(weeks: Sequence[Week]) -> Markup:
    """Opened and closed week by week: bars above and below one line, their numbers at their ends."""
    width = BAR_PITCH * len(weeks)
    top = max([1, *(week.opened for week in weeks), *(week.closed for week in weeks)])
    line = 2 * _LABEL + max((_length(week.opened, top) for week in weeks), default=0)
    height = line + max((_length(week.closed, top) for week in weeks), default=0) + 3 * _LABEL + 4
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    parts = [
        f'<svg class="flow" {size} role="img" aria-label="{escape(told(weeks))}">',
        f'<text x="0" y="{_LABEL - 3}">opened</text>',
    ]
    for index, week in enumerate(weeks):
        x, middle = index * BAR_PITCH + (BAR_PITCH - _BAR) / 2, index * BAR_PITCH + BAR_PITCH / 2
        up, down = _length(week.opened, top), _length(week.closed, top)
        parts += [
            f'<rect class="opened" x="{x:g}" y="{line - up}" width="{_BAR}" height="{up}"/>' if up else "",
            f'<text x="{middle:g}" y="{line - up - 3}" text-anchor="middle">{_short(week.opened)}</text>',
            f'<rect class="closed" x="{x:g}" y="{line}" width="{_BAR}" height="{down}"/>' if down else "",
            f'<text x="{middle:g}" y="{line + down + 11}" text-anchor="middle">{_short(week.closed)}</text>',
        ]
    parts += [
        f'<line class="ax" x1="0" x2="{width}" y1="{line}" y2="{line}"/>',
        f'<text x="0" y="{height - _LABEL - 3}">closed</text>',
        *_ends(weeks, width, height),
        "</svg>",
    ]
    return Markup("".join(parts))  # noqa: S704 (numbers, and one escaped text)


def _ends(weeks: Sequence[Week], width: int, height: int) -> list[str]:
    if not weeks:
        return []
    first = words.date(weeks[0].starts_at)
    return [
        f'<text x="0" y="{height - 2}">from {escape(first)}</text>',
        f'<text x="{width}" y="{height - 2}" text-anchor="end">this week</text>',
    ]


def _length(value: int, top: int) -> int:
    """The length of a bar: nothing for nothing, and never too short to be seen."""
    return max(1, round(value * _TALLEST / top)) if value else 0


def _short(value: int) -> str:
    """A number that fits over a bar."""
    if value < 10_000:
        return str(value)
    return f"{value // 1000}k" if value < 1_000_000 else f"{value // 1_000_000}M"


def told(weeks: Sequence[Week]) -> str:
    """The bars in words."""
    opened = ", ".join(str(week.opened) for week in weeks)
    closed = ", ".join(str(week.closed) for week in weeks)
    return f"Per week, the present one last. Opened: {opened}. Closed: {closed}."


def sparkline(weeks: Sequence[int], *, top: int | None = None) -> Markup:
    """Open findings at the end of each week, from a base of nought, the last number written out.

    `top`: the value at the upper edge, the same for all of one table; without one the highest of these.
    """
    if not weeks:
        return Markup('<span class="quiet">not known</span>')
    edge = max(1, top or 0, *weeks)
    base, left = _SPARK_HEIGHT - 3, 2
    step = (_SPARK_WIDTH - 2 * left) / max(1, len(weeks) - 1)
    points = [(left + index * step, base - value * (base - 3) / edge) for index, value in enumerate(weeks)]
    path = " ".join(f"{x:.4g},{y:.4g}" for x, y in points)
    end_x, end_y = points[-1]
    return Markup(  # noqa: S704 (numbers, and one escaped text)
        f'<span class="trend"><svg width="{_SPARK_WIDTH}" height="{_SPARK_HEIGHT}" '
        f'viewBox="0 0 {_SPARK_WIDTH} {_SPARK_HEIGHT}" role="img" '
        f'aria-label="{escape(trend(weeks))}"><line class="ax" x1="0" x2="{_SPARK_WIDTH}" y1="{base}" y2="{base}"/>'
        f'<polyline class="a" points="{path}"/><circle class="end" cx="{end_x:.4g}" cy="{end_y:.4g}" r="2"/></svg>'
        f'<span aria-hidden="true">{words.number(weeks[-1])}</span></span>'
    )


def trend(weeks: Sequence[int]) -> str:
    """A sparkline in words."""
    return f"open: {', '.join(map(str, weeks))}; {direction(weeks)}"


def direction(weeks: Sequence[int]) -> str:
    """Which way it goes from the first week to the last."""
    if weeks[0] == weeks[-1]:
        return "as many as at the start"
    return "falling" if weeks[-1] < weeks[0] else "rising"


def top(rows: Iterable[Sequence[int]]) -> int:
    """The upper edge that the sparklines of one table share."""
    return max((max(weeks) for weeks in rows if weeks), default=1)


def net(weeks: Sequence[Week]) -> str:
    """What came of some weeks, in one sentence."""
    if not any(week.opened or week.closed for week in weeks):
        return f"Nothing was opened or closed in {words.count(len(weeks), 'week')}."
    change = sum(week.opened - week.closed for week in weeks)
    if change == 0:
        return f"As many closed as opened in {words.count(len(weeks), 'week')}."
    way = "opened than closed" if change > 0 else "closed than opened"
    return f"{words.number(abs(change))} more {way} in {words.count(len(weeks), 'week')}."


def half_life(progress: Progress) -> str:
    """How long half of what is bad stays open, against the quarter before."""
    if progress.half_life_n == 0:
        return "No critical or high finding tells how long they stay open."
    former = f" ({_days(progress.former_half_life_days)} the quarter before)" if progress.former_half_life_n else ""
    if progress.half_life_days is None:
        return f"Less than half of critical and high ones were closed{former}."
    return f"Half of critical and high ones are closed within {_days(progress.half_life_days)}{former}."


def _days(value: int | None) -> str:
    return "less than half closed" if value is None else words.count(value, "day")


def half_life_method(progress: Progress) -> str:
    """How that was found, and from how many."""
    told = f"n = {words.number(progress.half_life_n)}"
    if progress.former_half_life_n:
        told += f", {words.number(progress.former_half_life_n)} before"
    return f"Kaplan–Meier median over 91 days, open ones counted as still open; {told}."
