"""Plots of what came and went, of what is open and of dates: see `plots`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from markupsafe import Markup, escape

from callboard.domain.remediation.flow import DueReport, Flow, OpenReport, Stretch
from callboard.web import words
from callboard.web.plots import HEIGHT, WIDTH, Plot

_LEFT: Final = 34
_TOP: Final = 14
_BOTTOM: Final = 22
_BAR: Final = 18
"""The height of a lying bar."""
_LINE: Final = 40
"""From one lying bar to the next."""
ROWS: Final = 12
"""Lying bars of one report at most; the table has the rest."""


def flow(report: Flow) -> list[Plot]:
    """What was opened and what ended, week by week; and how many were open when each week ended."""
    weeks = report.weeks[-53:]
    return [_bars(weeks), _levels(weeks)] if weeks else []


def _bars(weeks: Sequence[Stretch]) -> Plot:
    top = max(1, *(week.opened for week in weeks), *(week.fixed + week.otherwise for week in weeks))
    middle, reach = (HEIGHT - _BOTTOM + _TOP) / 2, (HEIGHT - _BOTTOM - _TOP) / 2
    step = (WIDTH - _LEFT) / len(weeks)
    parts = [
        f'<text x="{_LEFT - 4}" y="{_TOP + 4}" text-anchor="end">{words.number(top)}</text>',
        f'<text x="{_LEFT + 4}" y="{_TOP - 3}">opened</text>',
        f'<text x="{_LEFT + 4}" y="{HEIGHT - _BOTTOM + 6}">closed</text>',
        f'<text x="{_LEFT - 4}" y="{HEIGHT - _BOTTOM}" text-anchor="end">{words.number(top)}</text>',
    ]
    for number, week in enumerate(weeks):
        x = _LEFT + number * step
        up, down = week.opened * reach / top, (week.fixed + week.otherwise) * reach / top
        size = f'x="{x + 0.5:.4g}" width="{max(1, step - 1.5):.4g}"'
        parts += [
            f'<rect class="opened" {size} y="{middle - up:.4g}" height="{up:.4g}"/>' if up else "",
            f'<rect class="closed" {size} y="{middle:.4g}" height="{down:.4g}"/>' if down else "",
        ]
    parts.append(f'<line class="ax" x1="{_LEFT}" x2="{WIDTH}" y1="{middle:.4g}" y2="{middle:.4g}"/>')
    told = ", ".join(f"{week.first}: {week.opened} and {week.fixed + week.otherwise}" for week in weeks[-13:])
    body = "".join([*parts, *_ends(weeks)])
    return Plot(
        title="Opened and closed, by week",
        told=f"Opened and closed by week, the last {len(weeks[-13:])}: {told}.",
        body=Markup(body),  # noqa: S704 (numbers and days)
    )


def _levels(weeks: Sequence[Stretch]) -> Plot:
    levels = [weeks[0].open_before, *(week.open_after for week in weeks)]
    top = max(1, *levels)
    base, reach = HEIGHT - _BOTTOM, HEIGHT - _BOTTOM - _TOP
    step = (WIDTH - _LEFT - 40) / (len(levels) - 1)
    points = [(_LEFT + n * step, base - level * reach / top) for n, level in enumerate(levels)]
    x, y = points[-1]
    body = (
        f'<text x="{_LEFT - 4}" y="{_TOP + 4}" text-anchor="end">{words.number(top)}</text>'
        f'<text x="{_LEFT - 4}" y="{base + 4}" text-anchor="end">0</text>'
        f'<line class="ax" x1="{_LEFT}" x2="{WIDTH}" y1="{base}" y2="{base}"/>'
        f'<polyline class="a" points="{" ".join(f"{at:.4g},{level:.4g}" for at, level in points)}"/>'
        f'<circle class="end" cx="{x:.4g}" cy="{y:.4g}" r="3"/>'
        f'<text x="{x + 6:.4g}" y="{y + 4:.4g}">{words.number(levels[-1])}</text>{"".join(_ends(weeks))}'
    )
    told = ", ".join(map(str, levels[-13:]))
    return Plot(
        title="Open when the week ended",
        told=f"Open findings at the end of each week, the last ones: {told}.",
        body=Markup(body),  # noqa: S704 (numbers and days)
    )


def _ends(weeks: Sequence[Stretch]) -> list[str]:
    return [
        f'<text x="{_LEFT}" y="{HEIGHT - 3}">{weeks[0].first}</text>',
        f'<text x="{WIDTH}" y="{HEIGHT - 3}" text-anchor="end">{weeks[-1].last}</text>',
    ]


def opened(report: OpenReport) -> list[Plot]:
    """How many are open in each row, the part past its date filled."""
    rows = [(row.title, row.n, row.overdue) for row in report.rows[:ROWS] if row.n]
    lines = [
        (title, n, late, f"{words.number(n)} open, {words.number(late)} past their date") for title, n, late in rows
    ]
    return _halves("Open, and past their date", lines)


def due(report: DueReport) -> list[Plot]:
    """The share that was fixed on time in each row that has enough to tell."""
    lines = [
        (
            row.title, 100, round(100 * row.kept.attainment),
            f"{row.kept.attainment:.0%} on time, of {words.number(row.kept.judged)}",
        )
        for row in report.rows[:ROWS]
        if row.kept.attainment is not None
    ]  # fmt: skip
    return _halves("Fixed by their date", lines)


_Line: TypeAlias = tuple[str, int, int, str]
"""A name, a whole, a part of it, and both in words."""


def _halves(title: str, lines: Sequence[_Line]) -> list[Plot]:
    """Many lines stand in two plots beside each other, of one scale."""
    top = max((whole for _, whole, _, _ in lines), default=1)
    middle = len(lines) if len(lines) <= ROWS // 2 else (len(lines) + 1) // 2
    parts = [part for part in (lines[:middle], lines[middle:]) if part]
    return [_lying(f"{title}, continued" if number else title, part, top) for number, part in enumerate(parts)]


def _lying(title: str, lines: Sequence[_Line], top: int) -> Plot:
    """Bars with their words above them: the whole as an outline, the part filled."""
    parts: list[str] = []
    for number, (name, whole, part, told) in enumerate(lines):
        y = number * _LINE
        width, filled = whole * (WIDTH - 2) / top, part * (WIDTH - 2) / top
        parts.append(
            f'<text x="0" y="{y + 11}">{escape(words.visible(_short(name)))}: {told}</text>'
            f'<rect class="a" x="1" y="{y + 16}" width="{width:.4g}" height="{_BAR}"/>'
            f'<rect class="end" x="1" y="{y + 16}" width="{filled:.4g}" height="{_BAR}"/>'
        )
    told = "; ".join(f"{name}: {told}" for name, _, _, told in lines)
    return Plot(
        title=title,
        told=f"{title}. {told}.",
        body=Markup("".join(parts)),  # noqa: S704 (numbers, and names that were escaped)
        height=len(lines) * _LINE,
    )


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
