"""Write calls change what is read afterwards, within the rules of the source."""

# ruff: noqa: ANN401  JSON and GraphQL types, read as they come

from __future__ import annotations

import json
from typing import Any

import pytest

from callboard.demo.company.world import make_world
from callboard.demo.wizsim.engine import Engine, encode
from callboard.demo.wizsim.record import make_engine
from tests.support.companies import mixed
from tests.wizsim.conftest import NOW

READ = """query($id: ID!) { issue(id: $id) { id status severity dueAt resolutionReason resolutionNote updatedAt statusChangedAt
  assignee { id name } notes { id text serviceAccount { name } } serviceTickets { id name url } resolvedBy { type } } }"""
UPDATE = "mutation($i: UpdateIssueInput!) { updateIssue(input: $i) { issue { id status dueAt notes { id text } resolutionReason } } }"


@pytest.fixture
def fresh() -> Engine:
    """An engine that a test may write to."""
    return make_engine(make_world(seed=8, sizes=mixed(1_600), now=NOW))


def _run(engine: Engine, document: str, **variables: Any) -> Any:
    return json.loads(encode(engine.run(document, variables)))


def _issue(engine: Engine, id_: str) -> dict[str, Any]:
    found: dict[str, Any] = _run(engine, READ, id=id_)["data"]["issue"]
    return found


def _first(engine: Engine, **filter_by: Any) -> str:
    document = "query($f: IssueFilters) { issuesV2(first: 1, filterBy: $f) { nodes { id } } }"
    return str(_run(engine, document, f=filter_by)["data"]["issuesV2"]["nodes"][0]["id"])


def test_rejecting_needs_a_reason(fresh: Engine) -> None:
    """And shows who did it and why."""
    id_ = _first(fresh, status=["OPEN"])
    refused = _run(fresh, UPDATE, i={"id": id_, "patch": {"status": "REJECTED"}})
    assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    patch = {"status": "REJECTED", "resolutionReason": "EXCEPTION", "resolutionNote": "agreed"}
    assert _run(fresh, UPDATE, i={"id": id_, "patch": patch})["data"]["updateIssue"]["issue"]["status"] == "REJECTED"
    read = _issue(fresh, id_)
    assert (read["resolutionReason"], read["resolutionNote"]) == ("EXCEPTION", "agreed")
    assert read["resolvedBy"] == {"type": "SERVICE_ACCOUNT"}
    assert read["statusChangedAt"] == read["updatedAt"]
    # The issue also leaves lists of open ones at once.
    assert _first(fresh, status=["OPEN"]) != id_


def test_only_threats_can_be_resolved_by_hand(fresh: Engine) -> None:
    """The others wait for a re-scan."""
    control, threat = (
        _first(fresh, status=["OPEN"], type=[kind]) for kind in ("CLOUD_CONFIGURATION", "THREAT_DETECTION")
    )
    patch = {"status": "RESOLVED", "resolutionReason": "NOT_MALICIOUS_THREAT"}
    assert "errors" in _run(fresh, UPDATE, i={"id": control, "patch": patch})
    assert _run(fresh, UPDATE, i={"id": threat, "patch": patch})["data"]["updateIssue"]["issue"]["status"] == "RESOLVED"


def test_a_due_date_is_set_by_patch_and_cleared_by_override(fresh: Engine) -> None:
    """Patch ignores null; the status date stays where it is."""
    id_ = _first(fresh, status=["OPEN"])
    before = _issue(fresh, id_)["statusChangedAt"]
    _run(fresh, UPDATE, i={"id": id_, "patch": {"dueAt": "2026-09-01T00:00:00.000Z"}})
    assert _issue(fresh, id_)["dueAt"] == "2026-09-01T00:00:00.000Z"
    _run(fresh, UPDATE, i={"id": id_, "patch": {"dueAt": None}})
    assert _issue(fresh, id_)["dueAt"] == "2026-09-01T00:00:00.000Z"
    _run(fresh, UPDATE, i={"id": id_, "override": {"dueAt": None}})
    assert _issue(fresh, id_)["dueAt"] is None
    assert _issue(fresh, id_)["statusChangedAt"] == before


def test_notes_are_written_changed_and_deleted(fresh: Engine) -> None:
    """Only those that we wrote."""
    id_ = _first(fresh, hasNote=False)
    made = _run(
        fresh,
        "mutation($i: CreateIssueNoteInput!) { createIssueNote(input: $i) { issueNote { id text createdAt user { id } } } }",
        i={"issueId": id_, "text": "looked at it"},
    )["data"]["createIssueNote"]["issueNote"]
    assert _issue(fresh, id_)["notes"] == [
        {"id": made["id"], "text": "looked at it", "serviceAccount": {"name": "callboard"}}
    ]
    _run(
        fresh,
        "mutation($i: UpdateIssueNoteInput!) { updateIssueNote(input: $i) { issueNote { text } } }",
        i={"id": made["id"], "patch": {"text": "fixed it"}},
    )
    assert (_issue(fresh, id_)["notes"] or [{}])[0]["text"] == "fixed it"
    delete = "mutation($i: DeleteIssueNoteInput!) { deleteIssueNote(input: $i) { _stub } }"
    assert "errors" not in _run(fresh, delete, i={"id": made["id"]})
    assert _issue(fresh, id_)["notes"] is None
    others = _issue(fresh, _first(fresh, hasUserNote=True))["notes"][0]["id"]
    assert _run(fresh, delete, i={"id": others})["errors"][0]["extensions"]["code"] == "UNAUTHORIZED"


def test_tickets_are_joined_and_parted(fresh: Engine) -> None:
    """By the issue's id, and by the ticket's."""
    id_ = _first(fresh, hasServiceTicket=False)
    join = "mutation($i: AssociateServiceTicketInput!) { associateServiceTicket(input: $i) { serviceTicket { id } } }"
    given = {"issueId": id_, "ticketId": "OPS-7", "ticketUrl": "https://tickets.example/OPS-7"}
    ticket = _run(fresh, join, i=given)["data"]["associateServiceTicket"]["serviceTicket"]["id"]
    assert _issue(fresh, id_)["serviceTickets"] == [
        {"id": ticket, "name": "OPS-7", "url": "https://tickets.example/OPS-7"}
    ]
    part = "mutation($t: ID!) { disassociateServiceTicket(serviceTicketId: $t) { _stub } }"
    assert "errors" not in _run(fresh, part, t=ticket)
    assert _issue(fresh, id_)["serviceTickets"] is None


def test_an_assignee_is_an_identity(fresh: Engine) -> None:
    """Given by strict patch or by the bulk call, taken away by override."""
    taken = _first(fresh, assignee={"isSet": True})
    person = _issue(fresh, taken)["assignee"]
    free = _first(fresh, assignee={"isSet": False})
    _run(fresh, UPDATE, i={"id": free, "patchStrict": {"assignee": person["id"], "severity": "LOW"}})
    assert _issue(fresh, free)["assignee"] == person
    assert _issue(fresh, free)["severity"] == "LOW"
    bulk = "mutation($i: UpdateIssuesAssigneeInput!) { updateIssuesAssignee(input: $i) { successCount } }"
    _run(fresh, bulk, i={"ids": [free], "override": {"assignee": None}})
    assert _issue(fresh, free)["assignee"] is None


def test_many_issues_change_at_once_but_never_all(fresh: Engine) -> None:
    """By ids or by a filter; neither is refused."""
    bulk = "mutation($i: UpdateIssuesInput!) { updateIssues(input: $i) { successCount failCount errors { reason } } }"
    patch = {"status": "IN_PROGRESS"}
    done = _run(fresh, bulk, i={"filters": {"severity": ["LOW", "MEDIUM"], "status": ["OPEN"]}, "patch": patch})
    assert done["data"]["updateIssues"]["successCount"] > 0
    assert _run(fresh, bulk, i={"patch": patch})["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


def test_findings_can_be_set_aside(fresh: Engine) -> None:
    """Vulnerabilities and configuration findings alike."""
    for kind, update, payload in (
        ("vulnerabilityFindings", "updateVulnerabilityFinding", "vulnerabilityFinding"),
        ("configurationFindings", "updateCloudConfigurationFinding", "configurationFinding"),
    ):
        id_ = _run(fresh, f"{{ {kind}(first: 1) {{ nodes {{ id }} }} }}")["data"][kind]["nodes"][0]["id"]
        document = (
            f"mutation($i: UpdateFindingInput!) {{ {update}(input: $i) {{ {payload} {{ status resolutionReason }} }} }}"
        )
        patch = {"status": "REJECTED", "resolutionReason": "RISK_ACCEPTED", "note": "until spring"}
        done = _run(fresh, document, i={"id": id_, "patch": patch})["data"][update][payload]
        assert done == {"status": "REJECTED", "resolutionReason": "RISK_ACCEPTED"}


def test_what_was_done_stands_in_the_history(fresh: Engine) -> None:
    """Edits that move no status date are found there."""
    id_ = _first(fresh, status=["OPEN"])
    _run(fresh, UPDATE, i={"id": id_, "patch": {"dueAt": "2026-09-01T00:00:00Z"}})
    document = "query($f: IssueHistoryEventFilters) { issueHistoryEvents(first: 50, filterBy: $f) { nodes { type issue { id } } } }"
    events = _run(fresh, document, f={"issue": [id_]})["data"]["issueHistoryEvents"]["nodes"]
    assert events[0]["type"] == "ISSUE_CREATED"
    assert "DUE_DATE_UPDATED" in {e["type"] for e in events}


def test_an_unknown_issue_is_not_found(fresh: Engine) -> None:
    """The same error as on reading."""
    refused = _run(fresh, UPDATE, i={"id": "nothing", "patch": {"status": "OPEN"}})
    assert refused["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert refused["data"] is None
