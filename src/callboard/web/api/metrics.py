"""`/api/v1/metrics/…`: how soon findings are fixed, as JSON, as a table and as a picture."""

from __future__ import annotations

from litestar.response import Response

from callboard.domain.remediation import Times
from callboard.usecases import measure
from callboard.web import answers, exports, params_metrics, plots, to_wire_metrics
from callboard.web.view import View, Viewing


def times(view: Viewing) -> Response[bytes]:
    """How long findings take."""
    return answers.fresh(view, lambda: to_wire_metrics.times(_times(view)))


def times_csv(view: Viewing) -> Response[str]:
    """The same as a table."""
    rows = to_wire_metrics.times_rows(_times(view))
    return _file(exports.table(to_wire_metrics.TIMES_COLUMNS, rows), "callboard-times.csv", "text/csv")


def times_svg(view: Viewing) -> Response[str]:
    """The same as a picture."""
    return _file(plots.alone(plots.lives(_times(view))), "callboard-times.svg", "image/svg+xml")


def _times(view: View) -> Times:
    return measure.times(view.store, view.viewer, params_metrics.times(view.query, now=view.now), now=view.now)


def _file(text: str, name: str, media: str) -> Response[str]:
    return Response(text, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'})
