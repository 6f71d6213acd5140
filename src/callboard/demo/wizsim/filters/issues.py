"""Filters of issues."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callboard.demo.company.ledger import ISSUE_REASONS, REJECTED, STATUSES, Ledger
from callboard.demo.company.organisation import DAY
from callboard.demo.company.rules import ISSUE_TYPES
from callboard.demo.company.values import Resource, Rule
from callboard.demo.wizsim import masks
from callboard.demo.wizsim.fields.issues import (
    ISSUE_SEVERITIES,
    due_seconds,
    issue_assignee,
    issue_due,
    issue_notes,
    issue_tickets,
)
from callboard.demo.wizsim.fields.people import identity_id
from callboard.demo.wizsim.filters.rows import (
    Filter,
    among,
    by_code,
    by_id,
    by_resource,
    by_rule,
    by_time,
    in_account,
    in_environment,
    in_services,
    named,
    project_impact,
    project_tags,
)
from callboard.demo.wizsim.masks import Mask
from callboard.demo.wizsim.moments import read
from callboard.demo.wizsim.nodes import IssueRow
from callboard.demo.wizsim.predicates import tag_test
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.threats.events import origin


def _each(keep: Callable[[IssueRow, Tenant, Any], object]) -> Filter:
    """A test that has to look at every issue: slow, for what no column holds."""

    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return bytes(bool(keep(tenant.issue(row), tenant, value)) for row in range(len(ledger)))

    return mask


def _due(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
    column = [
        due_seconds(row, at, code) for row, (at, code) in enumerate(zip(ledger.created, ledger.severity, strict=True))
    ]
    for (kind, row), edit in tenant.edits.items():
        if kind == "issue" and edit.has_due:
            column[row] = read(edit.due_at) // 1_000_000 if edit.due_at else 0
    return masks.times(column, value, tenant.world.now)


def _rejection_expires(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
    column = [
        changed + 90 * DAY if status == REJECTED and row % 3 == 0 else 0
        for row, (changed, status) in enumerate(zip(ledger.changed, ledger.status, strict=True))
    ]
    return masks.times(column, value, tenant.world.now)


def _search(tenant: Tenant, ledger: Ledger, value: str) -> Mask:
    text, organisation = value.lower(), tenant.world.organisation
    found = tenant.find("issue", value)
    if found is not None:
        return masks.of_rows(len(ledger), [found])
    by_rule = masks.of_causes(ledger, organisation.rules, lambda r: text in r.name.lower())
    by_resource = masks.of_resources(
        ledger, organisation.resources, lambda r: text in r.name.lower() or text in r.external_id.lower()
    )
    return masks.either([by_rule, by_resource], len(ledger))


def entity_matches(resource: Resource, value: dict[str, Any]) -> bool:
    """Whether a resource is meant by a `relatedEntity` filter."""
    account = resource.account
    ids = {*(value.get("ids") or ()), *([value["id"]] if value.get("id") else ())}
    tests = (
        (ids, resource.id),
        (value.get("type"), resource.type),
        (value.get("status"), resource.status),
        (value.get("region"), resource.region),
        (value.get("nativeType"), resource.native_type),
        (value.get("cloudPlatform"), resource.platform),
        (value.get("kubernetesNamespaceName"), resource.namespace),
        (value.get("kubernetesClusterId"), resource.cluster),
        (value.get("resourceGroupId"), resource.resource_group),
    )
    if not among(tests) or not in_account(resource, value.get("subscriptionId")):
        return False
    search, place = value.get("search"), value.get("subscriptionSearch")
    if search and search.lower() not in f"{resource.name} {resource.external_id}".lower():
        return False
    if place and (account is None or place.lower() not in f"{account.name} {account.external_id}".lower()):
        return False
    return not value.get("tag") or tag_test(value["tag"])(resource.tags)


def _assignee(issue: IssueRow, tenant: Tenant, value: dict[str, Any]) -> bool:
    person = issue_assignee(issue, tenant)
    if value.get("isSet") is not None and (person is not None) is not value["isSet"]:
        return False
    wanted = value.get("equals")
    return not wanted or (person is not None and identity_id(person, tenant) in wanted)


def _requirement(rule: Rule, wanted: set[str], part: str) -> bool:
    for sub in rule.subcategories:
        held = {"framework": sub.category.framework.id, "category": sub.category.id, "subcategory": sub.id}
        if (part == "any" and wanted & set(held.values())) or held.get(part) in wanted:
            return True
    return False


def requirement_filter(part: str) -> Callable[[Rule, Any], bool]:
    """A test of a rule's place in the frameworks: by framework, category, subcategory, or any of the three."""
    return lambda rule, value: _requirement(rule, set(value), part)


def _is_threat(issue: IssueRow) -> bool:
    return issue.rule.kind == "CloudEventRule"


def _event_origin(issue: IssueRow, _tenant: Tenant, value: dict[str, Any]) -> bool:
    """Whether the events behind a threat came from there; other issues have none and pass `notEquals` alone."""
    held = origin(issue.resource) if _is_threat(issue) else None
    return (not value.get("equals") or held in value["equals"]) and held not in (value.get("notEquals") or ())


def _threat_resource(issue: IssueRow, _tenant: Tenant, value: dict[str, Any]) -> bool:
    return not value.get("ids") or (_is_threat(issue) and issue.resource.id in value["ids"])


ISSUE_FILTERS: Final[dict[str, Filter]] = {
    "id": by_id("issue"),
    "search": _search,
    "status": by_code("status", STATUSES),
    "severity": by_code("severity", ISSUE_SEVERITIES),
    "type": by_rule(lambda r, v: ISSUE_TYPES[r.kind] in v),
    "project": by_resource(lambda r, v: named(r.projects, set(v))),
    "projectIsSet": by_resource(lambda r, v: bool(r.projects) is v),
    "projectTag": by_resource(project_tags),
    "projectBusinessImpact": by_resource(project_impact),
    "applicationService": by_resource(in_services),
    "owningApplicationService": by_resource(in_services),
    "relatedApplicationService": by_resource(in_services),
    "environment": by_resource(in_environment),
    "cloudAccountOrCloudOrganizationId": by_resource(lambda r, v: r.account is not None and r.account.id in v),
    "relatedEntity": by_resource(entity_matches),
    "sourceRule": by_rule(lambda r, v: not v.get("id") or r.id in v["id"]),
    "sourceControl": by_rule(lambda r, v: r.id in v),
    "sourceControlType": by_rule(lambda r, v: {"Control": "SECURITY_GRAPH"}.get(r.kind, "CLOUD_CONFIGURATION") in v),
    "securityFramework": by_rule(requirement_filter("framework")),
    "securityCategory": by_rule(requirement_filter("category")),
    "securitySubCategory": by_rule(requirement_filter("subcategory")),
    "frameworkCategory": by_rule(requirement_filter("any")),
    "riskEqualsAny": by_rule(lambda r, v: bool(set(r.risks) & set(v))),
    "riskEqualsAll": by_rule(lambda r, v: set(v) <= set(r.risks)),
    "riskIsSet": by_rule(lambda r, v: bool(r.risks) is v),
    "hasRemediation": by_rule(lambda r, v: bool(r.remediation) is v),
    "createdAt": by_time("created"),
    "statusChangedAt": by_time("changed"),
    "resolvedAt": by_time("resolved"),
    "dueAt": _due,
    "rejectionExpiresAt": _rejection_expires,
    "resolutionReason": by_code("reason", ISSUE_REASONS),
    "openReason": _each(lambda i, _t, v: _open_reason(i) in v),
    "hasDueDate": _each(lambda i, t, v: (issue_due(i, t) is not None) is v),
    "hasNote": _each(lambda i, t, v: bool(issue_notes(i, t)) is v),
    "hasUserNote": _each(lambda i, t, v: any(n.author for n in issue_notes(i, t) or ()) is v),
    "noteContains": _each(lambda i, t, v: any(v.lower() in n.text.lower() for n in issue_notes(i, t) or ())),
    "hasServiceTicket": _each(lambda i, t, v: bool(issue_tickets(i, t)) is v),
    "searchServiceTicket": _each(lambda i, t, v: any(v.lower() in k.name.lower() for k in issue_tickets(i, t) or ())),
    "assignee": _each(_assignee),
    "eventOrigin": _each(_event_origin),
    "threatResource": _each(_threat_resource),
    "validatedAsExploitable": _each(lambda i, _t, v: (i.rule.kind == "Control" and i.row % 11 == 0) is v),
}


def _open_reason(issue: IssueRow) -> str:
    if issue.ledger.reopened[issue.row]:
        return "ISSUE_RESURFACED"
    return "OBJECT_CREATED" if issue.row % 5 == 0 else "ISSUE_DISCOVERED"
