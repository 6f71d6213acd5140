"""`/api/v1/findings.csv` and `.json`: every finding of a query as a file."""

from __future__ import annotations

from litestar.response import Stream

from callboard.domain.instant import to_datetime
from callboard.domain.query import FOR_ANYBODY
from callboard.usecases.export_findings import export_findings
from callboard.web import exports, params
from callboard.web.view import View, Viewing


def as_csv(view: Viewing) -> Stream:
    """As CSV."""
    query = params.query(view.query, FOR_ANYBODY)
    export = export_findings(view.store, view.viewer, query, now=view.now)
    return Stream(exports.as_csv(export.rows), media_type="text/csv", headers=_file(view, "csv"))


def as_json(view: Viewing) -> Stream:
    """As JSON."""
    query = params.query(view.query, FOR_ANYBODY)
    export = export_findings(view.store, view.viewer, query, now=view.now)
    return Stream(exports.as_json(export, query, view.now), media_type="application/json", headers=_file(view, "json"))


def _file(view: View, ending: str) -> dict[str, str]:
    name = f"callboard-findings-{to_datetime(view.now):%Y-%m-%d}.{ending}"
    return {"Content-Disposition": f'attachment; filename="{name}"'}
