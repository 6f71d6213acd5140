"""What write calls do. Rules of the source are kept: a reason is needed to reject, only Wiz resolves most issues, and so on."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from graphql import GraphQLError, GraphQLResolveInfo

from callboard.demo.company.ids import entity_id
from callboard.demo.company.ledger import (
    IN_PROGRESS,
    NO_REASON,
    OPEN,
    REJECTED,
    RESOLVED,
    SEVERITIES,
    STATUSES,
    Ledger,
)
from callboard.demo.company.pairing import Kind
from callboard.demo.company.values import Person
from callboard.demo.wizsim.context import Request, change_of, not_found
from callboard.demo.wizsim.fields.issues import ISSUE_SEVERITIES, issue_notes, issue_tickets
from callboard.demo.wizsim.fields.people import identity_id
from callboard.demo.wizsim.roots.administration import ADMINISTRATION_MUTATIONS
from callboard.demo.wizsim.roots.automation import AUTOMATION_MUTATIONS
from callboard.demo.wizsim.roots.connectors import CONNECTOR_MUTATIONS
from callboard.demo.wizsim.roots.frameworks import FRAMEWORK_MUTATIONS
from callboard.demo.wizsim.roots.integrations import INTEGRATION_MUTATIONS
from callboard.demo.wizsim.roots.policies import POLICY_MUTATIONS
from callboard.demo.wizsim.roots.projects import PROJECT_MUTATIONS
from callboard.demo.wizsim.roots.reports import REPORT_MUTATIONS
from callboard.demo.wizsim.roots.rules import RULE_MUTATIONS
from callboard.demo.wizsim.roots.sign_in import SIGN_IN_MUTATIONS
from callboard.demo.wizsim.tenant import Note, Tenant, Ticket
from callboard.demo.wizsim.views import bad_input, find

_STATUS_SCOPES: Final = ("write:issue_status", "update:posture_issue_status", "write:threat_issue_status")


def _row(request: Request, kind: Kind, id_: str, field: str) -> int:
    row = request.tenant.find(kind, id_)
    if row is None:
        raise not_found(field)
    return row


def _person(tenant: Tenant, identity: str) -> Person:
    for person in tenant.world.organisation.people:
        if identity in (identity_id(person, tenant), person.id):
            return person
    raise bad_input(f"There is no identity {identity!r}.")


def _set_status(ledger: Ledger, row: int, state: int, now: int) -> None:
    if ledger.status[row] == state:
        return
    ledger.status[row] = state
    ledger.changed[row] = ledger.updated[row] = now
    ledger.reason[row] = NO_REASON
    if state == RESOLVED:
        ledger.resolved[row] = now
    elif state in (OPEN, IN_PROGRESS):
        ledger.resolved[row] = 0


_HAPPENED: Final = {
    OPEN: "ISSUE_REOPENED_MANUALLY",
    IN_PROGRESS: "ISSUE_IN_PROGRESS",
    RESOLVED: "ISSUE_RESOLVED_MANUALLY",
    REJECTED: "ISSUE_IGNORED",
}


def _change_issue(request: Request, row: int, patch: dict[str, Any], override: dict[str, Any]) -> None:
    """Apply one patch. `patch` ignores null; `override` clears what it names with null (wiz-api.md section 11)."""
    tenant, now = request.tenant, request.tenant.world.now
    ledger = tenant.world.issues
    changes = {**{name: value for name, value in patch.items() if value is not None}, **override}
    if changes.get("status"):
        request.need(*_STATUS_SCOPES, "write:issue_ignore")
        state = STATUSES.index(changes["status"])
        rule = tenant.issue(row).rule
        if state == REJECTED and not changes.get("resolutionReason"):
            raise bad_input("resolutionReason is required when an issue is rejected.")
        if state == RESOLVED and rule.kind != "CloudEventRule":
            # Controls and configuration issues are resolved by a re-scan alone (wiz-api.md section 4, lifecycle).
            raise bad_input("Only threat detection issues can be resolved by a caller.")
        if ledger.status[row] != state:
            tenant.history.append((now, row, _HAPPENED[state], ""))
        _set_status(ledger, row, state, now)
    edit = tenant.edit("issue", row)
    if changes.get("status"):
        edit.by_us = True
        edit.reason = changes.get("resolutionReason")
    if "resolutionNote" in changes:
        edit.resolution_note = changes["resolutionNote"]
    if "rejectionExpiredAt" in changes:
        edit.rejection_expires_at = changes["rejectionExpiredAt"]
    if "note" in changes:
        edit.note = changes["note"]
    if "dueAt" in changes:
        request.need("update:write:issue_due_at", "write:issue_status")
        edit.has_due, edit.due_at = True, changes["dueAt"]
        tenant.history.append((now, row, "DUE_DATE_UPDATED" if changes["dueAt"] else "DUE_DATE_REMOVED", ""))
    if "assignee" in changes:
        edit.has_assignee = True
        edit.assignee = _person(tenant, changes["assignee"]) if changes["assignee"] else None
        tenant.history.append((now, row, "ASSIGNEE_UPDATED" if changes["assignee"] else "ASSIGNEE_REMOVED", ""))
    if changes.get("severity"):
        ledger.severity[row] = ISSUE_SEVERITIES.index(changes["severity"])
        tenant.history.append((now, row, "SEVERITY_UPDATED_MANUALLY", ""))
    # statusChangedAt does not move for these; only updatedAt does (wiz-api.md section 3).
    ledger.updated[row] = now
    ledger.revision += 1


def _update_issue(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:  # noqa: A002
    request: Request = info.context
    request.need(*_STATUS_SCOPES, "write:issue_ignore", "update:write:issue_due_at", "write:issue_comments")
    row = _row(request, "issue", input["id"], "updateIssue")
    patch = {**(input.get("patch") or {}), **(input.get("patchStrict") or {})}
    _change_issue(request, row, patch, input.get("override") or {})
    return {"issue": request.tenant.issue(row)}


def _rows_of(request: Request, input_: dict[str, Any]) -> list[int]:
    if input_.get("ids"):
        return [_row(request, "issue", id_, "updateIssues") for id_ in input_["ids"]]
    if not input_.get("filters"):
        # An empty filter would hit everything; the look-alike refuses it (wiz-api.md section 11 warns of this).
        raise bad_input("Either ids or filters are required.")
    return list(find(request.tenant, "issue", input_["filters"], None).rows)


def _update_issues(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:  # noqa: A002
    request: Request = info.context
    request.need(*_STATUS_SCOPES, "write:issue_ignore")
    patch = {**(input.get("patch") or {}), **(input.get("patchStrict") or {})}
    good = bad = 0
    for row in _rows_of(request, input):
        try:
            _change_issue(request, row, patch, input.get("override") or {})
            good += 1
        except GraphQLError:
            bad += 1
    return {"successCount": good, "failCount": bad, "errors": None}


def _update_assignee(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:  # noqa: A002
    request: Request = info.context
    request.need(*_STATUS_SCOPES)
    change = {**(input.get("patch") or {}), **(input.get("override") or {})}
    rows = _rows_of(request, input)
    for row in rows:
        _change_issue(request, row, {}, {"assignee": change.get("assignee")})
    return {"successCount": len(rows), "failCount": 0, "errors": None}


def _new_note(request: Request, kind: Kind, row: int, text: str) -> Note:
    tenant = request.tenant
    edit = tenant.edit(kind, row)
    note = Note(
        id=entity_id(tenant.world.seed, "written note", tenant.written, version=4),
        text=text,
        at=tenant.world.now,
        edited_at=tenant.world.now,
        author=None,
        account=request.account,
    )
    edit.notes.append(note)
    return note


def _create_note(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:  # noqa: A002
    request: Request = info.context
    request.need("write:issue_comments", "write:threat_issue_comments", "write:comments")
    tenant = request.tenant
    row = _row(request, "issue", input["issueId"], "createIssueNote")
    note = _new_note(request, "issue", row, input["text"])
    _touch(tenant, row, "NOTE_CREATED")
    return {"issueNote": note}


def _touch(tenant: Tenant, row: int, happened: str) -> None:
    tenant.world.issues.updated[row] = tenant.world.now
    tenant.world.issues.revision += 1
    tenant.history.append((tenant.world.now, row, happened, ""))


def _own_note(request: Request, id_: str, field: str) -> tuple[int, Note]:
    """A note of the caller; one that the company began with is taken over into the edits, where it can change."""
    tenant = request.tenant
    for row in range(len(tenant.world.issues)):
        for note in issue_notes(tenant.issue(row), tenant) or ():
            if note.id != id_:
                continue
            if note.account is not request.account:
                # Only the author may change a note (wiz-api.md section 11).
                raise GraphQLError("Only the author may change a note.", extensions={"code": "UNAUTHORIZED"})
            edit = tenant.edit("issue", row)
            if note not in edit.notes:
                edit.removed.add(note.id)
                edit.notes.insert(0, note)
            return row, note
    raise not_found(field)


def _update_note(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:  # noqa: A002
    request: Request = info.context
    request.need("write:issue_comments", "write:comments")
    tenant = request.tenant
    row, note = _own_note(request, input["id"], "updateIssueNote")
    note.text = (input.get("patch") or {}).get("text") or note.text
    note.edited_at = tenant.world.now
    tenant.written += 1
    _touch(tenant, row, "NOTE_UPDATED")
    return {"issueNote": note}


def _delete_note(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:  # noqa: A002
    request: Request = info.context
    request.need("write:issue_comments", "write:comments")
    tenant = request.tenant
    row, note = _own_note(request, input["id"], "deleteIssueNote")
    tenant.edit("issue", row).notes.remove(note)
    _touch(tenant, row, "NOTE_DELETED")
    return {"_stub": ""}


def _add_ticket(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:  # noqa: A002
    request: Request = info.context
    request.need("write:service_ticket")
    tenant = request.tenant
    if not input.get("issueId"):
        raise bad_input("The look-alike only joins tickets to issues: issueId is required.")
    row = _row(request, "issue", input["issueId"], "associateServiceTicket")
    edit = tenant.edit("issue", row)
    ticket = Ticket(
        id=entity_id(tenant.world.seed, "written ticket", tenant.written, version=4),
        external_id=input["ticketId"],
        name=input["ticketId"],
        url=input["ticketUrl"],
    )
    edit.tickets.append(ticket)
    _touch(tenant, row, "SERVICE_TICKET_ADDED_MANUALLY")
    return {"serviceTicket": ticket}


def _remove_ticket(_root: object, info: GraphQLResolveInfo[Any], serviceTicketId: str) -> Any:  # noqa: N803
    request: Request = info.context
    request.need("write:service_ticket")
    tenant = request.tenant
    for row in range(len(tenant.world.issues)):
        for ticket in issue_tickets(tenant.issue(row), tenant) or ():
            if ticket.id == serviceTicketId:
                edit = tenant.edit("issue", row)
                edit.tickets = [held for held in edit.tickets if held.id != ticket.id]
                edit.removed.add(ticket.id)
                _touch(tenant, row, "SERVICE_TICKET_REMOVED")
                return {"_stub": ""}
    raise not_found("disassociateServiceTicket")


def _change_finding(request: Request, kind: Kind, row: int, changes: dict[str, Any]) -> None:
    tenant, now = request.tenant, request.tenant.world.now
    ledger = tenant.world.ledgers[kind]
    if changes.get("status"):
        state = STATUSES.index(changes["status"])
        if state == REJECTED and not changes.get("resolutionReason"):
            raise bad_input("resolutionReason is required when a finding is rejected.")
        _set_status(ledger, row, state, now)
    edit = tenant.edit(kind, row)
    edit.reason = changes.get("resolutionReason", edit.reason)
    edit.rejection_expires_at = changes.get("rejectionExpiredAt", edit.rejection_expires_at)
    if changes.get("severity"):
        ledger.severity[row] = SEVERITIES.index(changes["severity"]) if changes["severity"] in SEVERITIES else 0
    if changes.get("note"):
        _new_note(request, kind, row, changes["note"])
    ledger.updated[row] = now
    ledger.revision += 1


def _update_finding(kind: Kind, payload: str) -> Callable[..., Any]:
    def resolve(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:  # noqa: A002
        request: Request = info.context
        request.need("write:vulnerability_findings", "write:issue_status")
        row = _row(request, kind, input["id"], info.field_name)
        flat: dict[str, Any] = {
            name: input[name] for name in ("status", "note", "resolutionReason", "rejectionExpiredAt") if name in input
        }
        _change_finding(request, kind, row, {**flat, **change_of(input)})
        return {payload: request.tenant.node(kind, row)}

    return resolve


def _create_finding_note(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:  # noqa: A002
    request: Request = info.context
    request.need("write:vulnerability_findings", "write:comments")
    row = _row(request, "vulnerability", input["findingId"], "createVulnerabilityFindingNote")
    note = _new_note(request, "vulnerability", row, input["text"])
    return {"vulnerabilityFindingNote": note, "note": note}


MUTATIONS: Final[dict[str, Callable[..., Any]]] = {
    **PROJECT_MUTATIONS,
    **REPORT_MUTATIONS,
    **ADMINISTRATION_MUTATIONS,
    **INTEGRATION_MUTATIONS,
    **AUTOMATION_MUTATIONS,
    **CONNECTOR_MUTATIONS,
    **SIGN_IN_MUTATIONS,
    **POLICY_MUTATIONS,
    **RULE_MUTATIONS,
    **FRAMEWORK_MUTATIONS,
    "updateIssue": _update_issue,
    "updateIssues": _update_issues,
    "updateIssuesAssignee": _update_assignee,
    "createIssueNote": _create_note,
    "updateIssueNote": _update_note,
    "deleteIssueNote": _delete_note,
    "associateServiceTicket": _add_ticket,
    "disassociateServiceTicket": _remove_ticket,
    "updateVulnerabilityFinding": _update_finding("vulnerability", "vulnerabilityFinding"),
    "updateVulnerabilityFindingStatus": _update_finding("vulnerability", "vulnerabilityFinding"),
    "updateCloudConfigurationFinding": _update_finding("configuration", "configurationFinding"),
    "createVulnerabilityFindingNote": _create_finding_note,
}
