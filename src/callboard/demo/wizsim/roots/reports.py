"""Reports: made, run again, changed, deleted and read."""

# ruff: noqa: ANN401, A002  values of GraphQL are typed by its schema, not by Python; `input` is the schema's name

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.ids import entity_id
from callboard.demo.wizsim.context import Request, not_found
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.filters.things import Test, sift
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.reports.tables import COLUMNS
from callboard.demo.wizsim.runs import KINDS, Report, Run
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import bad_input

_PARAMETERS: Final = {
    "ISSUES": "issueParams",
    "VULNERABILITIES": "vulnerabilityParams",
    "GRAPH_QUERY": "graphQueryParams",
}
_HOUR: Final = 3_600


def report_link(run: Run, tenant: Tenant) -> str | None:
    """Where the file of a finished run is; the link is its own permission, as a pre-signed one is."""
    if tenant.reports.status(run, tenant.world.now) != "COMPLETED":
        return None
    return f"{tenant.base_url}/reports/{run.id}.csv?signature={run.key}"


def _start(tenant: Tenant, report: Report) -> None:
    tenant.written += 1
    now = tenant.world.now
    tenant.reports.add_run(report, entity_id(tenant.world.seed, "report run", tenant.written, version=4), now)


def _checked_columns(kind: Any, columns: list[str] | None) -> list[str] | None:
    unknown = [name for name in columns or () if name not in COLUMNS[kind]]
    if unknown:
        raise bad_input(f"There is no column {unknown[0]!r} in a report of type {kind}.")
    return columns or None


def _create(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need("create:reports")
    tenant, kind = request.tenant, input["type"].upper()
    if kind not in KINDS:
        raise bad_input(f"The look-alike makes reports of type {', '.join(KINDS)}, not {input['type']}.")
    if input.get("format") not in (None, "CSV"):
        raise bad_input("The look-alike writes reports as CSV only.")
    now = tenant.world.now
    report = Report(
        id=entity_id(tenant.world.seed, "report", tenant.written, len(tenant.reports.by_id), version=4),
        name=input["name"],
        kind=kind,
        project_id=input.get("projectId"),
        parameters=input.get(_PARAMETERS[kind]) or {},
        columns=_checked_columns(kind, input.get("columnSelection")),
        delimiter=input.get("csvDelimiter"),
        interval_hours=input.get("runIntervalHours"),
        starts_at=input.get("runStartsAt"),
        created_at=now,
        updated_at=now,
    )
    tenant.reports.by_id[report.id] = report
    _start(tenant, report)
    return {"report": report}


def _report(tenant: Tenant, id_: str, field: str) -> Report:
    report = tenant.reports.by_id.get(id_)
    if report is None:
        raise not_found(field)
    return report


def _rerun(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need("create:reports", "update:reports")
    report = _report(request.tenant, input["id"], info.field_name)
    _start(request.tenant, report)
    return {"report": report}


def _update(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need("update:reports")
    tenant, change = request.tenant, input.get("override") or {}
    report = _report(tenant, input["id"], info.field_name)
    report.name = change.get("name") or report.name
    report.interval_hours = change.get("runIntervalHours")
    report.starts_at = change.get("runStartsAt")
    report.delimiter = change.get("csvDelimiter")
    report.columns = _checked_columns(report.kind, change.get("columnSelection"))
    report.parameters = change.get(_PARAMETERS[report.kind]) or report.parameters
    report.updated_at = tenant.world.now
    tenant.written += 1
    return {"report": report}


def _delete(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need("update:reports", "delete:reports")
    _report(request.tenant, input["id"], info.field_name)
    del request.tenant.reports.by_id[input["id"]]
    request.tenant.written += 1
    return {"_stub": ""}


REPORT_MUTATIONS: Final[dict[str, Callable[..., Any]]] = {
    "createReport": _create,
    "rerunReport": _rerun,
    "updateReport": _update,
    "deleteReport": _delete,
}


def read_report(_root: object, info: GraphQLResolveInfo[Any], id: str) -> Report:
    """One report."""
    request: Request = info.context
    request.need("read:reports")
    return _report(request.tenant, id, info.field_name)


def read_run(_root: object, info: GraphQLResolveInfo[Any], id: str) -> Run:
    """One run of a report."""
    request: Request = info.context
    request.need("read:reports")
    run = request.tenant.reports.find_run(id)
    if run is None:
        raise not_found(info.field_name)
    return run


def _last_status(tenant: Tenant, report: Report, value: Any) -> bool:
    return bool(report.runs) and tenant.reports.status(report.runs[-1], tenant.world.now) in value


REPORT_TESTS: Final[dict[str, Test]] = {
    "search": lambda _t, r, v: v.lower() in r.name.lower(),
    "type": lambda _t, r, v: r.kind in v,
    "projectId": lambda _t, r, v: v in ("*", r.project_id),
    "scheduled": lambda _t, r, v: (r.interval_hours is not None) is v,
    "lastReportRunStatus": _last_status,
}
RUN_TESTS: Final[dict[str, Test]] = {"reportId": lambda _t, run, v: run.report.id == v}


def find_reports(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    """Reports, in the order they were made."""
    return sift(tenant, list(tenant.reports.by_id.values()), REPORT_TESTS, filter_by)


def find_runs(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    """Runs, in the order they were asked for."""
    runs = [run for report in tenant.reports.by_id.values() for run in report.runs]
    return sift(tenant, runs, RUN_TESTS, filter_by)


def _project(report: Report, tenant: Tenant) -> Any:
    return next((p for p in tenant.world.organisation.projects if p.id == report.project_id), None)


def _parameters(report: Report, _tenant: Tenant) -> dict[str, Any]:
    given = report.parameters
    if report.kind == "ISSUES":
        kind = given.get("type") or "STANDARD"
        return {
            "__typename": "ReportParamsIssue",
            "issueFilters": given.get("issueFilters") or {},
            "issueReportType": kind,
        }
    if report.kind == "VULNERABILITIES":
        kind = given.get("type") or "DETAILED"
        return {"__typename": "ReportParamsVulnerabilities", "filters": given.get("filters") or {}, "type": kind}
    return {
        "__typename": "ReportParamsGraphQuery",
        "query": given.get("query") or {},
        "entityOptions": given.get("entityOptions"),
    }


def _last_good(report: Report, tenant: Tenant) -> Run | None:
    done = (run for run in reversed(report.runs) if tenant.reports.status(run, tenant.world.now) == "COMPLETED")
    return next(done, None)


def _next_run(report: Report, tenant: Tenant) -> str | None:
    if report.interval_hours is None:
        return None
    last = report.runs[-1].at if report.runs else tenant.world.now
    return write(last + report.interval_hours * _HOUR)


REPORT_FIELDS: Final[Fields] = {
    "Report": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "type": lambda r, _t: {"id": r.kind, "name": r.kind.replace("_", " ").title(), "description": None},
        "format": lambda _r, _t: "CSV",
        "project": _project,
        "params": _parameters,
        "columnSelection": lambda r, _t: r.columns,
        "csvDelimiter": lambda r, _t: r.delimiter,
        "incremental": lambda _r, _t: False,
        "runIntervalHours": lambda r, _t: r.interval_hours,
        "runStartsAt": lambda r, _t: r.starts_at,
        "nextRunAt": _next_run,
        "createdAt": lambda r, _t: write(r.created_at),
        "updatedAt": lambda r, _t: write(r.updated_at),
        "createdBy": lambda _r, _t: None,
        "lastRun": lambda r, _t: r.runs[-1] if r.runs else None,
        "lastSuccessfulRun": _last_good,
    },
    "ReportRun": {
        "id": lambda run, _t: run.id,
        "report": lambda run, _t: run.report,
        "runAt": lambda run, _t: write(run.at),
        "status": lambda run, t: t.reports.status(run, t.world.now),
        "progress": lambda run, t: t.reports.progress(run, t.world.now),
        "url": report_link,
        "failedReason": lambda _run, _t: None,
        "triggeredBy": lambda _run, _t: None,
    },
}
