"""Answers of detections and of the threat part of issues."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import entity_id
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.nodes import IssueRow
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.threats.actors import actor, event_resource
from callboard.demo.wizsim.threats.detections import Detection, of_issue
from callboard.demo.wizsim.threats.events import earlier_events, event_name, matched_event, origin


def threat_details(issue: IssueRow, tenant: Tenant) -> Any:
    """The threat part of an issue; null for issues of other rules."""
    return of_issue(tenant, issue.row) or None


def _described(detection: Detection, _tenant: Tenant, format: str | None = None) -> str:  # noqa: A002
    text = f"{detection.rule.name} on {detection.resource.name}. {detection.rule.description}"
    return f"**{detection.rule.name}** on `{detection.resource.name}`\n\n{text}" if format == "MARKDOWN" else text


def _actors(detection: Detection, tenant: Tenant, first: int | None = None) -> list[dict[str, Any]]:
    return [actor(detection, tenant)][:first]


def _resources(detection: Detection, tenant: Tenant, first: int | None = None) -> list[dict[str, Any]]:
    return [event_resource(detection.resource, tenant)][:first]


def _events(detection: Detection, tenant: Tenant, first: int | None = None, after: str | None = None) -> dict[str, Any]:
    events = [] if after else [matched_event(detection, tenant)]
    return {"nodes": events[:first], "totalCountV2": 1.0}


def _raised(found: list[Detection], _tenant: Tenant, first: int | None = None, after: str | None = None) -> Any:
    return {"nodes": [] if after else found[:first], "totalCount": len(found)}


def _groups(found: list[Detection], _tenant: Tenant, first: int | None = None, after: str | None = None) -> Any:
    groups = [("EVIDENCE", found)]
    if found[0].resource.type == "CONTAINER":
        groups.append(("CONTEXT_EVENTS", found[:1]))
    return {"nodes": [] if after else groups[:first]}


Group = tuple[str, list[Detection]]
"""What a group of events shows, and the detections it shows it for."""


def _group_events(group: Group, tenant: Tenant, first: int | None = None) -> list[dict[str, Any]]:
    kind, found = group
    if kind == "CONTEXT_EVENTS":
        return earlier_events(found[0], tenant)[:first]
    return [matched_event(detection, tenant) for detection in found][:first]


def _group_kind(group: Group, _tenant: Tenant) -> str:
    if group[0] == "CONTEXT_EVENTS":
        return "ADMISSION_CONTROLLER"
    return "WORKLOAD_RUNTIME" if origin(group[1][0].resource) == "WIZ_SENSOR" else "CLOUD_AUDIT_LOG"


def _group_text(group: Group, _tenant: Tenant, **_format: object) -> str:
    name = group[1][0].resource.name
    return f"What came before on {name}" if group[0] == "CONTEXT_EVENTS" else f"What the rule matched on {name}"


THREAT_FIELDS: Final[Fields] = {
    "Detection": {
        "id": lambda d, _t: d.id,
        "type": lambda d, _t: "GENERATED_THREAT" if d.raised else "MATCH_ONLY",
        "severity": lambda d, _t: d.rule.severity,
        "description": _described,
        "createdAt": lambda d, _t: write(d.at),
        "startedAt": lambda d, _t: write(d.at),
        "endedAt": lambda d, _t: write(d.updated_at),
        "updatedAt": lambda d, _t: write(d.updated_at),
        "origins": lambda d, _t: [origin(d.resource)],
        "ruleMatch": lambda d, _t: {"rule": d.rule},
        "issue": lambda d, t: t.issue(d.row) if d.raised else None,
        "actors": _actors,
        "primaryActor": actor,
        "resources": _resources,
        "primaryResource": lambda d, t: event_resource(d.resource, t),
        "cloudAccounts": lambda d, _t: [d.resource.account] if d.resource.account else [],
        "cloudOrganizations": lambda _d, _t: [],
        "triggeringEvents": _events,
    },
    "ThreatDetectionIssueDetails": {
        "actors": lambda found, t: [actor(found[0], t)],
        "resources": lambda found, t: [event_resource(found[0].resource, t)],
        "actorsTotalCount": lambda _found, _t: 1,
        "actorsMaxCountReached": lambda _found, _t: False,
        "resourcesTotalCount": lambda _found, _t: 1,
        "resourcesMaxCountReached": lambda _found, _t: False,
        "eventOrigin": lambda found, _t: [origin(found[0].resource)],
        "mainDetection": lambda found, _t: found[0],
        "detections": _raised,
        "cloudEventGroups": _groups,
    },
    "ThreatDetectionIssueDetailsCloudEventsGroup": {
        "id": lambda g, t: entity_id(t.world.seed, "event group", g[0], g[1][0].id),
        "name": lambda g, _t: event_name(g[1][0]) if g[0] == "EVIDENCE" else "Delivery",
        "description": _group_text,
        "groupType": lambda g, _t: g[0],
        "kind": _group_kind,
        "origin": lambda g, _t: origin(g[1][0].resource) if g[0] == "EVIDENCE" else "WIZ_ADMISSION_CONTROLLER",
        "status": lambda _g, _t: "SUCCESS",
        "firstEventAt": lambda g, _t: write(g[1][0].at if g[0] == "EVIDENCE" else g[1][0].at - 86_400),
        "lastEventAt": lambda g, _t: write(g[1][-1].at if g[0] == "EVIDENCE" else g[1][0].at - 85_800),
        "cloudEvents": _group_events,
    },
}
