"""Reports are made over time and fetched as files, as bulk readers do."""

from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import urlsplit

from callboard.demo.wizsim import Options
from tests.wizsim.conftest import Caller, Start

_CREATE = """mutation($input: CreateReportInput!) { createReport(input: $input) { report { id name type { id }
  lastRun { id status progress url } } } }"""
_READ = (
    "query($id: ID!) { report(id: $id) { lastRun { id status progress url failedReason } lastSuccessfulRun { id } } }"
)


def _fetch(caller: Caller, url: str) -> list[dict[str, str]]:
    place = urlsplit(url)
    answer = caller.send(f"{place.path}?{place.query}", None, {}, "GET")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/csv")
    return list(csv.DictReader(io.StringIO(answer.raw.decode())))


def _made(caller: Caller, **changes: Any) -> str:
    body = caller.ask(_CREATE, {"input": {"name": "all", "type": "ISSUES", "projectId": "*", **changes}}).body
    assert "errors" not in body
    return str(body["data"]["createReport"]["report"]["id"])


def _run(caller: Caller, id_: str) -> dict[str, Any]:
    run: dict[str, Any] = caller.ask(_READ, {"id": id_}).body["data"]["report"]["lastRun"]
    return run


def test_a_report_is_queued_then_runs_then_is_there(start: Start) -> None:
    """Moving the clock moves it on; its link works without a token and dies in the end."""
    caller = start(Options(report_seconds=3_600))
    issue = caller.sim.world.issues.ids.of(0)
    patch = "{ status: REJECTED, resolutionReason: WONT_FIX }"
    caller.ask(f'mutation {{ updateIssue(input: {{ id: "{issue}", patch: {patch} }}) {{ issue {{ id }} }} }}')
    id_ = _made(caller, issueParams={"type": "STANDARD"})
    first = _run(caller, id_)
    assert (first["status"], first["url"]) == ("QUEUED", None)
    caller.admin("/admin/time", {"advance": "30m", "evolve": False})
    assert _run(caller, id_)["status"] == "IN_PROGRESS"
    assert 40 < _run(caller, id_)["progress"] < 60
    caller.admin("/admin/time", {"advance": "31m", "evolve": False})
    done = _run(caller, id_)
    assert (done["status"], done["progress"]) == ("COMPLETED", 100)
    rows = _fetch(caller, done["url"])
    ledger = caller.sim.world.issues
    assert len(rows) == len(ledger)
    assert {row["Issue ID"] for row in rows} == {ledger.ids.of(row) for row in range(len(ledger))}
    # The file has the portal's word for a rejected issue.
    assert next(row for row in rows if row["Issue ID"] == issue)["Status"] == "IGNORED"
    place = urlsplit(done["url"])
    assert caller.send(f"{place.path}?signature=guess", None, {}, "GET").status == 403
    caller.admin("/admin/time", {"advance": "1d", "evolve": False})
    assert _run(caller, id_)["status"] == "EXPIRED"
    assert caller.send(f"{place.path}?{place.query}", None, {}, "GET").status == 403
    again = caller.ask(
        "mutation($i: ID!) { rerunReport(input: { id: $i }) { report { lastRun { status } } } }", {"i": id_}
    )
    assert again.body["data"]["rerunReport"]["report"]["lastRun"]["status"] == "QUEUED"


def test_filters_columns_and_delimiter_are_obeyed(start: Start) -> None:
    """A report of some vulnerabilities with some columns, at once."""
    caller = start(Options(report_seconds=0))
    parameters = {"type": "DETAILED", "filters": {"severity": ["CRITICAL"], "status": ["OPEN"]}}
    id_ = _made(
        caller,
        type="VULNERABILITIES",
        vulnerabilityParams=parameters,
        columnSelection=["ID", "Name"],
        csvDelimiter="EU",
    )
    place = urlsplit(_run(caller, id_)["url"])
    lines = caller.send(f"{place.path}?{place.query}", None, {}, "GET").raw.decode().splitlines()
    count = caller.ask("{ vulnerabilityFindings(filterBy: { severity: CRITICAL, status: OPEN }) { totalCount } }")
    assert lines[0] == "ID;Name"
    assert len(lines) - 1 == count.body["data"]["vulnerabilityFindings"]["totalCount"] > 0


def test_a_report_of_a_project_holds_its_issues_alone(start: Start) -> None:
    """`projectId` narrows it like a filter."""
    caller = start(Options(report_seconds=0))
    organisation, issues = caller.sim.world.organisation, caller.sim.world.issues
    project = next(p for row in issues.resource for p in organisation.resources[row].projects if p.component)
    rows = _fetch(caller, _run(caller, _made(caller, projectId=project.id))["url"])
    assert rows
    assert all(project.id in row["Project IDs"] for row in rows)


def test_what_cannot_be_made_is_refused(start: Start) -> None:
    """Other kinds, other formats and unknown columns are the caller's fault."""
    caller = start()
    for change in ({"type": "SBOM"}, {"format": "PDF"}, {"columnSelection": ["Mood"]}):
        error = caller.ask(_CREATE, {"input": {"name": "x", "type": "ISSUES", **change}}).body["errors"][0]
        assert error["extensions"]["code"] == "BAD_USER_INPUT"
