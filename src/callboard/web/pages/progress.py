"""How soon findings are fixed: the page with its plots and the table behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from litestar.response import Response

from callboard.domain.remediation import HORIZON, By, Question, Times
from callboard.usecases import measure
from callboard.web import links, params_metrics, plots, render
from callboard.web.view import Viewing

PATH = "/progress"
CUTS = {By.SEVERITY: "severity", By.TEAM: "team", By.SOURCE: "source", By.RULE: "rule", By.KIND: "kind"}
PLOTS = 12
"""Plots of one page at most; the table has the rest."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Context:
    """What the template is given."""

    report: Times
    plots: tuple[plots.Plot, ...]
    verb: str
    horizon: int
    cuts: Mapping[str, tuple[str, bool]]
    """Address → its word, and whether this is it."""
    text: str
    """The query as it is shown in its field."""
    csv_url: str
    svg_url: str


def show(view: Viewing) -> Response[str]:
    """How long findings take."""
    asked = params_metrics.times(view.query, now=view.now)
    report = measure.times(view.store, view.viewer, asked, now=view.now)
    text = " ".join(map(str, report.question.query.terms))
    context = Context(
        report=report,
        plots=tuple(plots.lives(report)[:PLOTS]),
        verb=plots.VERB[asked.measure],
        horizon=HORIZON,
        cuts={_address(PATH, asked, text, by): (word, by is asked.by) for by, word in CUTS.items()},
        text=text,
        csv_url=_address("/api/v1/metrics/times.csv", asked, text, asked.by),
        svg_url=_address("/api/v1/metrics/times.svg", asked, text, asked.by),
    )
    return render.answer("progress.html", title="How soon things are fixed", here="progress", now=view.now, c=context)


def _address(path: str, asked: Question, text: str, by: By) -> str:
    values = {
        "q": text, "by": by.value, "measure": asked.measure.value, "from": asked.period.first, "to": asked.period.last,
    }  # fmt: skip
    return links.address(path, values)
