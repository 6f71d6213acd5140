"""Noise: which rules people who act on them call not useful, before and now, and what to do about the noisiest."""

from __future__ import annotations

from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.access import Right
from callboard.domain.remediation.noise import FEWEST, RuleNoise
from callboard.usecases.remediation.find_noise import Report
from callboard.web import links, render
from callboard.web.api.noise import report
from callboard.web.view import Viewing

PATH = "/progress/noise"


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    report: Report
    noisiest: RuleNoise | None
    file_url: str
    fewest: int
    may_decide: bool


def show(view: Viewing) -> Response[str]:
    """The last quarter, where nobody says otherwise."""
    found = report(view)
    context = Context(
        report=found,
        noisiest=found.noisiest,
        file_url=links.address("/api/v1/metrics/noise.csv", {"from": found.period.first, "to": found.period.last}),
        fewest=FEWEST,
        may_decide=Right.DECIDE in view.viewer.rights,
    )
    return render.answer("progress_noise.html", title="Noise", here="progress", now=view.now, c=context)
