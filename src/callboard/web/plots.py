"""Plots as SVG: for a page, drawn at their real size; or alone, as a file. Each says in words what it shows.

Nothing is told by colour: every curve has a plot of its own, under its name, and all of one report have one scale.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec
from markupsafe import Markup, escape

from callboard.domain.remediation.question import Measure
from callboard.domain.remediation.times import Times, TimesRow
from callboard.web import words

WIDTH: Final = 300
HEIGHT: Final = 170
_LEFT: Final = 34
_RIGHT: Final = 6
_TOP: Final = 8
_BOTTOM: Final = 28
_GAP: Final = 24
_TITLE: Final = 22
_STYLE: Final = (
    "text{font:11px system-ui,sans-serif;fill:#5b6069}.t{font-weight:600;font-size:13px;fill:#1d1f23}"
    ".ax{stroke:#e3e0d8}.a{stroke:#1f4fa3;fill:none;stroke-width:1.75}.band{fill:#1f4fa3;fill-opacity:.14}"
    ".end{fill:#1f4fa3}.opened{fill:#8a8f98}.closed{fill:#1c6b4a}"
)
"""What a file carries with it; a page has its own."""


class Plot(msgspec.Struct, frozen=True, kw_only=True):
    """A plot before it is put somewhere."""

    title: str
    told: str
    """What it shows, in words."""
    body: Markup
    width: int = WIDTH
    height: int = HEIGHT


def inline(plot: Plot) -> Markup:
    """For a page."""
    size = f'width="{plot.width}" height="{plot.height}" viewBox="0 0 {plot.width} {plot.height}"'
    return Markup(  # noqa: S704 (numbers, one escaped text, and a body made of such)
        f'<svg class="flow" {size} role="img" aria-label="{escape(plot.told)}">{plot.body}</svg>'
    )


def alone(plots: Sequence[Plot]) -> str:
    """A file with these plots, two beside each other."""
    parts: list[str] = []
    y, tallest = _GAP, 0
    for number, plot in enumerate(plots):
        x = _GAP + (number % 2) * (WIDTH + _GAP)
        if number and number % 2 == 0:
            y, tallest = y + tallest + _GAP, 0
        tallest = max(tallest, plot.height + _TITLE)
        parts.append(
            f'<g transform="translate({x} {y})"><title>{escape(plot.told)}</title>'
            f'<text class="t" y="12">{escape(plot.title)}</text>'
            f'<g transform="translate(0 {_TITLE})">{plot.body}</g></g>'
        )
    width, height = 2 * WIDTH + 3 * _GAP, y + tallest + _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
        f'<style>{_STYLE}</style><rect width="{width}" height="{height}" fill="#fff"/>{"".join(parts)}</svg>\n'
    )


def lives(report: Times) -> list[Plot]:
    """The share that still waits, by age: one plot for each row that has enough to tell."""
    rows = [row for row in report.rows if row.is_enough] or [row for row in (report.whole,) if row.is_enough]
    days = 180 if any(row.steps and row.steps[-1].age > 90 for row in rows) else 90
    return [_life(row, days, report.question.measure) for row in rows]


def _life(row: TimesRow, days: int, measure: Measure) -> Plot:
    end = min(days, row.watched_until)
    x = {age: _x(age, days) for age in (0, end)}
    line = [f"M{x[0]:.4g} {_y(1):.4g}"]
    upper, lower = [f"{x[0]:.4g},{_y(1):.4g}"], [f"{x[0]:.4g},{_y(1):.4g}"]
    former = (1.0, 1.0)
    for step in row.steps:
        if step.age > end:
            break
        at = _x(step.age, days)
        line.append(f"H{at:.4g}V{_y(step.open):.4g}")
        lower += [f"{at:.4g},{_y(former[0]):.4g}", f"{at:.4g},{_y(step.low):.4g}"]
        upper += [f"{at:.4g},{_y(former[1]):.4g}", f"{at:.4g},{_y(step.high):.4g}"]
        former = step.low, step.high
    line.append(f"H{x[end]:.4g}")
    lower.append(f"{x[end]:.4g},{_y(former[0]):.4g}")
    upper.append(f"{x[end]:.4g},{_y(former[1]):.4g}")
    band = f'<polygon class="band" points="{" ".join([*upper, *reversed(lower)])}"/>'
    body = f'{_grid(days)}{band}<path class="a" d="{"".join(line)}"/>{_half(row, days)}'
    return Plot(title=row.title, told=told(row, measure), body=Markup(body))  # noqa: S704 (numbers alone)


def _grid(days: int) -> str:
    marks = [
        f'<line class="ax" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{_y(share):.4g}" y2="{_y(share):.4g}"/>'
        f'<text x="{_LEFT - 4}" y="{_y(share) + 4:.4g}" text-anchor="end">{share:.0%}</text>'
        for share in (0, 0.5, 1)
    ]
    for age in range(0, days + 1, days // 6):
        anchor = "end" if age == days else "middle"
        told = f"{age} days" if age == days else str(age)
        if days - days // 6 == age:
            continue  # the last one is long
        marks.append(f'<text x="{_x(age, days):.4g}" y="{HEIGHT - 10}" text-anchor="{anchor}">{told}</text>')
    return "".join(marks)


def _half(row: TimesRow, days: int) -> str:
    if row.median is None or row.median > days:
        return ""
    x = _x(row.median, days)
    side = ("start", 5) if x < WIDTH / 2 else ("end", -5)
    return (
        f'<line class="a" stroke-dasharray="2 3" x1="{x:.4g}" x2="{x:.4g}" y1="{_y(0.5):.4g}" y2="{_y(0):.4g}"/>'
        f'<circle class="end" cx="{x:.4g}" cy="{_y(0.5):.4g}" r="3"/>'
        f'<text x="{x + side[1]:.4g}" y="{_y(0.5) - 6:.4g}" text-anchor="{side[0]}">half by {row.median} d</text>'
    )


def _x(age: int, days: int) -> float:
    return _LEFT + age * (WIDTH - _LEFT - _RIGHT) / days


def _y(share: float) -> float:
    return _TOP + (1 - share) * (HEIGHT - _TOP - _BOTTOM)


VERB: Final = {Measure.REMEDIATE: "fixed", Measure.INVESTIGATE: "acted on"}


def told(row: TimesRow, measure: Measure) -> str:
    """A curve in words."""
    shares = ", ".join(
        f"{round(100 * _open_at(row, age))} % after {age}" for age in (7, 30, 60, 90, 180) if age <= row.watched_until
    )
    half = (
        "less than half are"
        if row.median is None
        else f"half are {VERB[measure]} within {words.count(row.median, 'day')}"
    )
    return f"{row.title}: still waiting, by days since the opening: {shares or 'not known'}; {half}."


def _open_at(row: TimesRow, age: int) -> float:
    return next((step.open for step in reversed(row.steps) if step.age <= age), 1.0)
