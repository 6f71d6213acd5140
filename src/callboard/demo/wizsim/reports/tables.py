"""The file of a report: which rows belong in it, written as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any, Final

from callboard.demo.wizsim.graph import matching
from callboard.demo.wizsim.reports.columns import GRAPH_COLUMNS, ISSUE_COLUMNS, VULNERABILITY_COLUMNS, Column
from callboard.demo.wizsim.runs import Kind, Report
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import find

COLUMNS: Final[dict[Kind, dict[str, Column]]] = {
    "ISSUES": ISSUE_COLUMNS,
    "VULNERABILITIES": VULNERABILITY_COLUMNS,
    "GRAPH_QUERY": GRAPH_COLUMNS,
}


def write_table(report: Report, tenant: Tenant) -> bytes:
    """The file as bytes."""
    columns = COLUMNS[report.kind]
    names = report.columns or list(columns)
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";" if report.delimiter == "EU" else ",", lineterminator="\n")
    writer.writerow(names)
    for row in _rows(report, tenant):
        values = (columns[name](row, tenant) for name in names)
        writer.writerow(["" if value is None else value for value in values])
    return text.getvalue().encode()


def _rows(report: Report, tenant: Tenant) -> Iterable[Any]:
    given, project = report.parameters, report.project_id
    if report.kind == "GRAPH_QUERY":
        return matching(tenant, given.get("query") or {}, project)
    filters = dict(given.get("issueFilters") or given.get("filters") or {})
    if project not in (None, "*"):
        filters |= {"project": [project]} if report.kind == "ISSUES" else {"projectId": [project]}
    if report.kind == "ISSUES":
        return (tenant.issue(row) for row in find(tenant, "issue", filters, None).rows)
    return (tenant.vulnerability(row) for row in find(tenant, "vulnerability", filters, None).rows)
