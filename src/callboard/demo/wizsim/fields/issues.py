"""Answers of an issue, its snapshot, notes, tickets and history."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callboard.demo.company.ids import entity_id, spread
from callboard.demo.company.ledger import (
    FIXED,
    ISSUE_REASONS,
    REJECTED,
    RESOLVED,
    SEVERITIES,
    STATUSES,
)
from callboard.demo.company.organisation import DAY
from callboard.demo.company.rules import ISSUE_TYPES
from callboard.demo.company.values import Person, Resource
from callboard.demo.wizsim.moments import write, write_optional
from callboard.demo.wizsim.nodes import IssueRow
from callboard.demo.wizsim.settings import TRACKER
from callboard.demo.wizsim.tenant import Edit, Note, Tenant, Ticket

Fields = dict[str, dict[str, Callable[..., Any]]]

ISSUE_SEVERITIES: Final = ("INFORMATIONAL", *SEVERITIES[1:])
DUE_DAYS: Final = (0, 180, 90, 30, 7)
"""Days until due, by severity code, for the issues that have a due date."""

_NONE: Final = Edit()


def due_seconds(row: int, created: int, severity: int) -> int:
    """The due date that the world gave an issue; 0 for none."""
    return created + DUE_DAYS[severity] * DAY if spread(row, 11) < 36_000 and severity else 0


def has_generated_note(row: int) -> bool:
    """Whether the world put a remark on the issue."""
    return spread(row, 12) < 3_000


def has_generated_ticket(row: int) -> bool:
    """Whether the world opened a ticket for the issue."""
    return spread(row, 13) < 6_000


def is_generated_assignee(row: int) -> bool:
    """Whether the world gave the issue to somebody."""
    return spread(row, 14) < 8_000


def _edit(issue: IssueRow, tenant: Tenant) -> Edit:
    return tenant.edits.get(("issue", issue.row), _NONE)


def issue_due(issue: IssueRow, tenant: Tenant) -> str | None:
    """When it should be done, as text."""
    edit = _edit(issue, tenant)
    if edit.has_due:
        return edit.due_at
    row, ledger = issue.row, issue.ledger
    due = due_seconds(row, ledger.created[row], ledger.severity[row])
    return write(due) if due else None


def issue_assignee(issue: IssueRow, tenant: Tenant) -> Person | None:
    """Who takes care of it."""
    edit = _edit(issue, tenant)
    if edit.has_assignee:
        return edit.assignee
    if not is_generated_assignee(issue.row) or issue.resource.component is None:
        return None
    members = issue.resource.component.team.members
    return members[issue.row % len(members)]


def issue_notes(issue: IssueRow, tenant: Tenant) -> list[Note] | None:
    """Remarks, oldest first; null instead of an empty list, as samples show (wiz-api.md section 4)."""
    edit, row, world = _edit(issue, tenant), issue.row, tenant.world
    notes: list[Note] = []
    if has_generated_note(row):
        at = min(world.now, issue.ledger.created[row] + 2 * DAY)
        team = issue.resource.component.team if issue.resource.component else None
        author = team.members[row % len(team.members)] if team and row % 4 else None
        note = Note(
            id=entity_id(world.seed, "note", row, version=4),
            text=("Planned for the next sprint.", "Asked the owner.", "Waiting for the vendor.")[row % 3],
            at=at,
            edited_at=at,
            author=author,
            account=None if author else tenant.account,
        )
        if note.id not in edit.removed:
            notes.append(note)
    notes.extend(edit.notes)
    return notes or None


def issue_tickets(issue: IssueRow, tenant: Tenant) -> list[Ticket] | None:
    """Tickets; null instead of an empty list."""
    edit, row, world = _edit(issue, tenant), issue.row, tenant.world
    tickets: list[Ticket] = []
    if has_generated_ticket(row):
        key = f"OPS-{1000 + row}"
        ticket = Ticket(
            id=entity_id(world.seed, "ticket", row, version=4),
            # A chat thread also appears as a ticket (wiz-api.md section 4).
            external_id=key if row % 7 else f"slackThread/T0/C{row % 50}/{row}.0001",
            name=key,
            url=f"https://tickets.{world.organisation.host}/browse/{key}",
        )
        if ticket.id not in edit.removed:
            tickets.append(ticket)
    tickets.extend(edit.tickets)
    return tickets or None


def _status(i: IssueRow, _t: Tenant) -> str:
    return STATUSES[i.ledger.status[i.row]]


def _resolution_reason(i: IssueRow, t: Tenant) -> str | None:
    return _edit(i, t).reason or ISSUE_REASONS[i.ledger.reason[i.row]]


def _resolved_by(i: IssueRow, t: Tenant) -> dict[str, Any] | None:
    state = i.ledger.status[i.row]
    if state not in (RESOLVED, REJECTED):
        return None
    if _edit(i, t).by_us:
        return {"type": "SERVICE_ACCOUNT", "user": None, "serviceAccount": t.account}
    if i.ledger.reason[i.row] <= FIXED + 1:
        return {"type": "WIZ", "user": None, "serviceAccount": None}
    champion = t.world.organisation.people[i.row % len(t.world.organisation.people)]
    return {"type": "USER", "user": champion, "serviceAccount": None}


def _open_reason(i: IssueRow, _t: Tenant) -> str:
    if i.ledger.reopened[i.row]:
        return "ISSUE_RESURFACED"
    return "OBJECT_CREATED" if i.row % 5 == 0 else "ISSUE_DISCOVERED"


def _rejection_expires(i: IssueRow, t: Tenant) -> str | None:
    edit = _edit(i, t)
    if edit.rejection_expires_at:
        return edit.rejection_expires_at
    rejected = i.ledger.status[i.row] == REJECTED and i.row % 3 == 0
    return write(i.ledger.changed[i.row] + 90 * DAY) if rejected else None


def _single(project_list: Any) -> Any:
    return project_list[-1] if project_list else None


def issue_link(id_: str, tenant: Tenant) -> str:
    """The deep link of an issue, in the form that shipped clients know (wiz-api.md section 12)."""
    return f"{tenant.portal}/issues#~(issue~'{id_})"


def _fingerprint(r: Resource, _t: Tenant) -> str:
    return f"{r.platform}/{r.type}/{r.name}" if r.platform != "Azure" else r.provider_id


ISSUE_FIELDS: Final[Fields] = {
    "Issue": {
        "id": lambda i, _t: i.id,
        "type": lambda i, _t: ISSUE_TYPES[i.rule.kind],
        "severity": lambda i, _t: ISSUE_SEVERITIES[i.ledger.severity[i.row]],
        "status": _status,
        "createdAt": lambda i, _t: write(i.ledger.created[i.row], i.row),
        "updatedAt": lambda i, _t: write(i.ledger.updated[i.row], i.row),
        "statusChangedAt": lambda i, _t: write(i.ledger.changed[i.row], i.row),
        "resolvedAt": lambda i, _t: write_optional(
            i.ledger.resolved[i.row] if i.ledger.status[i.row] == RESOLVED else 0, i.row
        ),
        "reopenedAt": lambda i, _t: write_optional(i.ledger.reopened[i.row], i.row),
        "dueAt": issue_due,
        "description": lambda i, _t: i.rule.description,
        "url": lambda i, t: issue_link(i.id, t),
        "entitySnapshot": lambda i, _t: i.resource,
        # The live entity is gone when the resource was deleted; the snapshot stays (wiz-api.md section 4).
        "entity": lambda i, _t: None if i.resource.deleted_at else i.resource,
        "sourceRule": lambda i, _t: i.rule,
        "sourceRules": lambda i, _t: [i.rule],
        "control": lambda i, _t: i.rule if i.rule.kind == "Control" else None,
        "project": lambda i, _t: _single(i.resource.projects),
        "projects": lambda i, _t: i.resource.projects or None,
        "notes": issue_notes,
        "note": lambda i, t: _edit(i, t).note or "",
        "serviceTickets": issue_tickets,
        "serviceTicket": lambda i, t: _single(issue_tickets(i, t)),
        "assignee": issue_assignee,
        "applicationServices": lambda i, _t: i.resource.services or None,
        "relatedApplicationServices": lambda i, _t: i.resource.services or None,
        "environments": lambda i, _t: [i.resource.environment],
        "cloudAccounts": lambda i, _t: [i.resource.account] if i.resource.account else None,
        "openReason": _open_reason,
        "resolutionReason": _resolution_reason,
        "resolutionNote": lambda i, t: _edit(i, t).resolution_note,
        "resolvedBy": _resolved_by,
        "rejectionExpiredAt": _rejection_expires,
        "hasCodeRemediation": lambda i, _t: i.resource.branch is not None,
        "validatedAsExploitable": lambda i, _t: i.rule.kind == "Control" and i.row % 11 == 0,
        "evidenceQuery": lambda i, _t: {
            "type": [i.resource.type],
            "select": True,
            "where": {"_vertexID": {"EQUALS": [i.resource.id]}},
        },
        "groupingType": lambda _i, _t: "NONE",
        "cloudOrganizations": lambda _i, _t: None,
        "threatCenterActors": lambda _i, _t: None,
        "commentThread": lambda i, t: {
            "id": entity_id(t.world.seed, "comments", i.row),
            "hasComments": bool(issue_notes(i, t)),
        },
        "firstEventAt": lambda i, _t: (
            write(i.ledger.created[i.row], i.row) if i.rule.kind == "CloudEventRule" else None
        ),
        "lastEventAt": lambda i, _t: write(i.ledger.seen[i.row], i.row) if i.rule.kind == "CloudEventRule" else None,
    },
    "IssueEntitySnapshot": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "type": lambda r, _t: r.type,
        "nativeType": lambda r, _t: r.native_type,
        "status": lambda r, _t: r.status,
        "cloudPlatform": lambda r, _t: r.platform,
        "cloudProviderURL": lambda r, _t: r.url,
        "providerId": lambda r, _t: r.provider_id,
        "externalId": lambda r, _t: r.external_id,
        "fullResourceName": _fingerprint,
        "region": lambda r, _t: r.region,
        "resourceGroupExternalId": lambda r, _t: r.resource_group,
        "resourceGroupId": lambda r, t: (
            entity_id(t.world.seed, "group", r.resource_group) if r.resource_group else None
        ),
        "subscriptionId": lambda r, _t: r.account.id if r.account else None,
        "subscriptionExternalId": lambda r, _t: r.account.external_id if r.account else None,
        "subscriptionName": lambda r, _t: r.account.name if r.account else None,
        "subscriptionTags": lambda r, _t: r.account.tags if r.account else None,
        "tags": lambda r, _t: r.tags,
        "createdAt": lambda r, _t: write(r.created_at) if r.index % 4 else None,
        "containerServiceId": lambda r, t: entity_id(t.world.seed, "deployment", r.name) if r.namespace else None,
        "containerServiceName": lambda r, _t: r.name if r.namespace else None,
        "kubernetesClusterId": lambda r, t: entity_id(t.world.seed, "cluster", r.cluster) if r.cluster else None,
        "kubernetesClusterName": lambda r, _t: r.cluster,
        "kubernetesNamespaceName": lambda r, _t: r.namespace,
    },
    "IssueNote": {
        "id": lambda n, _t: n.id,
        "text": lambda n, _t: n.text,
        "createdAt": lambda n, _t: write(n.at),
        "updatedAt": lambda n, _t: write(n.edited_at),
        "user": lambda n, _t: n.author,
        "serviceAccount": lambda n, _t: n.account,
    },
    "ServiceTicket": {
        "id": lambda k, _t: k.id,
        "externalId": lambda k, _t: k.external_id,
        "name": lambda k, _t: k.name,
        "url": lambda k, _t: k.url,
        "project": lambda _k, _t: None,
        "integration": lambda _k, t: t.settings.get("integration", TRACKER),
    },
}
