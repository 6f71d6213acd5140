"""`/api/v1/findings.csv` and `.json`: every finding of a query as a file."""

from __future__ import annotations

import structlog
from litestar.response import Stream

from callboard.domain.instant import to_datetime
from callboard.domain.query import FOR_ANYBODY, Query
from callboard.usecases.export_findings import Export, export_findings
from callboard.web import exports
from callboard.web.params import board as params
from callboard.web.request import WebRequest
from callboard.web.view import View, Viewing, paces_of, request_id_of

_log = structlog.get_logger("callboard.web")


def as_csv(view: Viewing, request: WebRequest) -> Stream:
    """As CSV."""
    export, _ = _taken(view, request)
    return Stream(exports.as_csv(export.rows), media_type="text/csv", headers=_file(view, "csv"))


def as_json(view: Viewing, request: WebRequest) -> Stream:
    """As JSON."""
    export, query = _taken(view, request)
    return Stream(exports.as_json(export, query, view.now), media_type="application/json", headers=_file(view, "json"))


def _taken(view: View, request: WebRequest) -> tuple[Export, Query]:
    """The file's rows, counted: so many in an hour, and a large one is told as a warning."""
    query = params.query(view.query, FOR_ANYBODY)
    if view.viewer.roles:
        paces_of(request).exports.require(
            view.viewer.key, "You take more files than one person or program may in an hour."
        )
    export = export_findings(view.store, view.viewer, query, now=view.now)
    if export.total > view.services.pace.alarm_rows:
        _log.warning("large export", actor=view.viewer.named, rows=export.total, request_id=request_id_of(request))
    return export, query


def _file(view: View, ending: str) -> dict[str, str]:
    name = f"callboard-findings-{to_datetime(view.now):%Y-%m-%d}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}
