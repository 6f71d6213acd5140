"""What the portal does, as the API's JSON shape, as rows of a file and as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Final

from markupsafe import Markup

from callboard.domain.remediation.channels import LANDMARK, Compared
from callboard.domain.remediation.rolled import Rolled
from callboard.usecases.remediation.measure_channels import Effect
from callboard.web.plots import WIDTH, Plot
from callboard.web.to_wire import channels as to_wire_channels
from callboard.web.to_wire import rollout as to_wire_rollout
from callboard.web.wire import metrics as wire

COLUMNS = ("design", "arm", "severity", "source", "is_owned", "teams", "findings", "fixed", "finding_days")


def effect(found: Effect, sources: Mapping[int, str]) -> wire.MetricsChannels:
    """The whole report."""
    told = found.channels
    return wire.MetricsChannels(
        query=found.query, first_day=found.period.first, last_day=found.period.last,
        rollout=to_wire_rollout.plan(found),
        rollouts=[to_wire_rollout.compared(each, found) for each in found.rolled],
        landmark_days=told.landmark if told else LANDMARK,
        comparisons=[to_wire_channels.compared(each, sources) for each in _channels(found)],
        ticket_time_unknown=told.untimed if told else None, came_back=told.came_back if told else None,
        stored_late=told.late if told else None, assumptions=list(to_wire_channels.ASSUMPTIONS),
    )  # fmt: skip


def _channels(found: Effect) -> Sequence[Compared]:
    return found.channels.compared if found.channels else ()


def rows(found: Effect, sources: Mapping[int, str]) -> list[Sequence[object]]:
    """The rows of a file."""
    mixed = to_wire_channels.rows(found.channels, sources) if found.channels else []
    return [*to_wire_rollout.rows(found), *mixed]


_LINE: Final = 52
_MARKS: Final = (0.25, 0.5, 1, 2, 4)


def drawn(found: Effect) -> list[Plot]:
    """The ratios with their intervals; where nothing is compared there is nothing to draw."""
    compared: list[tuple[str, str, Rolled | Compared]] = [
        *((to_wire_rollout.TITLES[each.design], to_wire_rollout.sentence(each), each) for each in found.rolled),
        *((to_wire_channels.TITLES[one.design], to_wire_channels.sentence(one), one) for one in _channels(found)),
    ]
    told = [(title, sentence, each) for title, sentence, each in compared if each.ratio is not None]
    if not told:
        return []
    height = len(told) * _LINE + 26
    parts = [
        f'<line class="ax" x1="{_x(mark):.4g}" x2="{_x(mark):.4g}" y1="0" y2="{height - 22}"/>'
        f'<text x="{_x(mark):.4g}" y="{height - 8}" text-anchor="middle">{mark:g}</text>'
        for mark in _MARKS
    ]
    for number, (title, _, each) in enumerate(told):
        y = number * _LINE + 34
        low, ratio, high = (_x(value) for value in (each.low or 0.0, each.ratio or 0.0, each.high or math.inf))
        parts.append(
            f'<text x="0" y="{y - 18}">{title}: {each.ratio:.2f}</text>'
            f'<line class="a" x1="{low:.4g}" x2="{high:.4g}" y1="{y}" y2="{y}"/><circle class="end" cx="{ratio:.4g}" cy="{y}" r="4"/>'
        )
        parts += [_arrow(0, 6, y)] if low <= 0 else []
        parts += [_arrow(WIDTH, WIDTH - 6, y)] if high >= WIDTH else []
    return [
        Plot(
            title="Speed with the portal, where it is 1 without",
            told=". ".join(f"{title}: {sentence}" for title, sentence, _ in told),
            body=Markup("".join(parts)),  # noqa: S704 (numbers, and words of ours)
            height=height,
        )
    ]


def _arrow(tip: int, behind: int, y: int) -> str:
    """An interval that goes on beyond the edge, which its sentence tells the end of."""
    return "".join(f'<line class="a" x1="{tip}" x2="{behind}" y1="{y}" y2="{y + side}"/>' for side in (-4, 4))


def _x(ratio: float) -> float:
    """On a scale of powers; what lies outside of it stands at its edge."""
    low, high = math.log(_MARKS[0] / 1.4), math.log(_MARKS[-1] * 1.4)
    at = math.log(ratio) if 0 < ratio < math.inf else high if ratio > 0 else low
    return (min(high, max(low, at)) - low) * WIDTH / (high - low)
