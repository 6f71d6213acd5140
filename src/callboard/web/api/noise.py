"""`/api/v1/metrics/noise`: which rules people who act on them call not useful."""

from __future__ import annotations

from litestar.response import Response

from callboard.usecases.remediation.find_noise import Report, find_noise
from callboard.web import answers, exports
from callboard.web.params import metrics as params_metrics
from callboard.web.to_wire import noise as to_wire_noise
from callboard.web.view import View, Viewing


def show(view: Viewing) -> Response[bytes]:
    """As JSON."""
    return answers.fresh(view, lambda: to_wire_noise.noise(report(view)))


def as_csv(view: Viewing) -> Response[str]:
    """As a table."""
    text = exports.table(to_wire_noise.COLUMNS, to_wire_noise.rows(report(view)))
    headers = {"Content-Disposition": 'attachment; filename="callboard-noise.csv"'}
    return Response(text, media_type="text/csv", headers=headers)


def report(view: View) -> Report:
    """What an address asks for. Raises InvalidQueryError."""
    return find_noise(view.store, view.viewer, params_metrics.days(view.query, now=view.now), now=view.now)
