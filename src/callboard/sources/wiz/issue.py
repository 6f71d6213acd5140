"""Wiz issues. Pure.

As of 2026-08: `sourceRules` is the present field, `sourceRule` and `control` are older ones that still answer, and all may
be filled at once; `projects`, `serviceTickets` and `notes` are null rather than empty (published payloads).
"""

# ruff: noqa: N815 - the structs carry Wiz's own field names
from __future__ import annotations

from math import inf

import msgspec
from msgspec import UNSET, Raw, UnsetType

from callboard.domain.finding import Detail, Kind, Note, Observed, Project, Rejected, Rule, Ticket
from callboard.sources.wiz.lenient import ABSENT, Reader, kind_of, listed, loads
from callboard.sources.wiz.project import mention, mentions
from callboard.sources.wiz.resource import Seen, seen
from callboard.sources.wiz.rule import CONFIGURATION, first_rule, rule
from callboard.sources.wiz.service import belongs_to
from callboard.sources.wiz.words import Text, filled, instant, moment, noted, severity_of, state_of, told

_MOST_NOTES = 200
_VALIDATED = (("Validated as exploitable", "yes"),)

_KIND = Kind.ISSUE


class _Issue(msgspec.Struct, gc=False):
    id: Text = UNSET
    type: Text = UNSET
    severity: Text = UNSET
    status: Text = UNSET
    createdAt: Text = UNSET
    updatedAt: Text = UNSET
    statusChangedAt: Text = UNSET
    resolvedAt: Text = UNSET
    dueAt: Text = UNSET
    url: Text = UNSET
    resolutionReason: Text = UNSET
    description: Text = UNSET
    validatedAsExploitable: bool | None | UnsetType = UNSET
    assignee: Raw = ABSENT
    entitySnapshot: Raw = ABSENT
    entity: Raw = ABSENT
    sourceRules: Raw = ABSENT
    sourceRule: Raw = ABSENT
    control: Raw = ABSENT
    projects: Raw = ABSENT
    project: Raw = ABSENT
    applicationServices: Raw = ABSENT
    serviceTickets: Raw = ABSENT
    notes: Raw = ABSENT


class _Person(msgspec.Struct, gc=False):
    name: Text = UNSET
    primaryEmail: Text = UNSET


class _Note(msgspec.Struct, gc=False):
    text: Text = UNSET
    createdAt: Text = UNSET
    user: _Person | None | UnsetType = UNSET
    serviceAccount: _Person | None | UnsetType = UNSET


class _Ticket(msgspec.Struct, gc=False):
    externalId: Text = UNSET
    name: Text = UNSET
    url: Text = UNSET


_ISSUES = Reader(_Issue)
_PEOPLE = Reader(_Person)
_NOTES = Reader(_Note)
_TICKETS = Reader(_Ticket)


def read_issue(raw: bytes | memoryview, latest: float) -> Observed | Rejected:
    """One issue. The path of a rejection is inside the record. `latest`: see `words.moment`."""
    drift: list[str] = []
    issue = _ISSUES.read(raw, drift)
    if issue is None:
        return Rejected(where="", reason=f"expected an issue, found {kind_of(loads(raw))}")
    issue_id = filled(issue.id)
    if issue_id is None:
        return Rejected(where="id", reason="expected the issue's id, found none")
    first = moment(issue.createdAt, "createdAt", drift, latest)
    if not isinstance(first, int):
        return Rejected(where="createdAt", reason="expected a date, found none", external_id=issue_id)
    status = filled(issue.status)
    if status is None:
        return Rejected(where="status", reason="expected a status word, found none", external_id=issue_id)
    affected = _affected(issue)
    if affected is None or affected.resource is None:
        return Rejected(
            where="entitySnapshot.id", reason="expected the resource's id, found none", external_id=issue_id
        )
    drift += affected.drift
    state = state_of(status, issue.resolutionReason, drift)
    severity_word = filled(issue.severity)
    severity = severity_of(severity_word, "severity", drift)
    violated = _rule(issue, drift)
    fixed_at = moment(issue.resolvedAt, "resolvedAt", drift, latest)
    if isinstance(fixed_at, int) and state.is_open:
        drift.append("resolvedAt: set although open")
        fixed_at = None
    return Observed(
        external_id=issue_id,
        kind=_KIND,
        state=state,
        severity=severity,
        title=violated.name,
        rule=violated,
        resource=affected.resource,
        projects=_projects(issue, drift),
        services=belongs_to(issue.applicationServices, drift),
        first_detected_at=first,
        status_changed_at=moment(issue.statusChangedAt, "statusChangedAt", drift, latest),
        fixed_at=fixed_at,
        # A due date is meant to be in the future.
        due_at=moment(issue.dueAt, "dueAt", drift, inf),
        updated_at=moment(issue.updatedAt, "updatedAt", drift, latest),
        url=told(issue.url),
        fix=f"settings:{affected.resource.type}" if violated.kind == CONFIGURATION else f"rule:{violated.external_id}",
        detail=Detail(
            description=told(issue.description),
            remediation=violated.remediation,
            exposed=affected.exposed,
            resolution=told(issue.resolutionReason),
            notes=_notes(issue.notes, drift),
            tickets=_tickets(issue.serviceTickets, drift),
            assignee=_assignee(issue.assignee, drift),
            evidence=_VALIDATED if issue.validatedAsExploitable is True else UNSET,
            source_status=status,
            source_severity=severity_word or UNSET,
            drift=noted(drift),
        ),
    )


def _affected(issue: _Issue) -> Seen | None:
    """The snapshot, which stays when the resource is gone; the live resource where an older query asked only for that."""
    for raw in (issue.entitySnapshot, issue.entity):
        if raw is not ABSENT:
            found, _ = seen(raw)
            if found.resource is not None:
                return found
    return None


def _rule(issue: _Issue, drift: list[str]) -> Rule:
    """The rule that the issue breaks. An issue without any is filed under its type, so that it is not lost."""
    if issue.sourceRules is not ABSENT:
        found, odd = first_rule(issue.sourceRules)
        if found is not None:
            drift += odd
            return found
    for raw in (issue.sourceRule, issue.control):
        if raw is not ABSENT:
            found, odd = rule(raw)
            if found is not None:
                drift += odd
                return found
    drift.append("sourceRules: missing")
    kind = filled(issue.type) or "UNKNOWN"
    return Rule(external_id=f"type:{kind}", name=kind.replace("_", " ").capitalize(), kind=kind)


def _projects(issue: _Issue, drift: list[str]) -> tuple[Project, ...] | UnsetType:
    if issue.projects is not ABSENT:
        found, odd = mentions(issue.projects)
    elif issue.project is not ABSENT:
        found, odd = mention(issue.project)
    else:
        return UNSET
    drift += odd
    return found


def _notes(raw: Raw, drift: list[str]) -> tuple[Note, ...] | UnsetType:
    items = listed(raw, "notes", drift)
    if not items:
        return UNSET if items is None else ()
    found = []
    for item in items[:_MOST_NOTES]:
        note = _NOTES.read(item, drift, "notes.")
        if note is not None and (text := filled(note.text)):
            people = [person for person in (note.user, note.serviceAccount) if isinstance(person, _Person)]
            author = next((name for person in people if (name := filled(person.name))), None)
            at = instant(note.createdAt) if isinstance(note.createdAt, str) else None
            found.append(Note(text=text, at=at, author=author))
    return tuple(found)


def _tickets(raw: Raw, drift: list[str]) -> tuple[Ticket, ...] | UnsetType:
    items = listed(raw, "serviceTickets", drift)
    if not items:
        return UNSET if items is None else ()
    found = []
    for item in items[:_MOST_NOTES]:
        ticket = _TICKETS.read(item, drift, "serviceTickets.")
        if ticket is not None and (ticket_id := filled(ticket.externalId) or filled(ticket.name)):
            found.append(Ticket(external_id=ticket_id, name=filled(ticket.name) or ticket_id, url=filled(ticket.url)))
    return tuple(found)


def _assignee(raw: Raw, drift: list[str]) -> str | None | UnsetType:
    if raw is ABSENT:
        return UNSET
    person = None if bytes(raw) == b"null" else _PEOPLE.read(raw, drift, "assignee.")
    return None if person is None else filled(person.primaryEmail) or filled(person.name)
