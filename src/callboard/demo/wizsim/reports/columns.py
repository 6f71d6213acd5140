"""The columns of report files, by kind of report, and how each is filled (wiz-api.md section 10)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from callboard.demo.company.ledger import RESOLVED, STATUSES
from callboard.demo.company.values import Resource
from callboard.demo.wizsim.fields.issues import ISSUE_FIELDS, issue_due, issue_link, issue_notes, issue_tickets
from callboard.demo.wizsim.fields.vulnerabilities import VULNERABILITY_FIELDS, finding_link
from callboard.demo.wizsim.nodes import IssueRow, VulnerabilityRow
from callboard.demo.wizsim.tenant import Tenant

Column = Callable[[Any, Tenant], object]
_ISSUE: Final = ISSUE_FIELDS["Issue"]
_SNAPSHOT: Final = ISSUE_FIELDS["IssueEntitySnapshot"]
_FINDING: Final = VULNERABILITY_FIELDS["VulnerabilityFinding"]
_RUNTIME: Final = frozenset({"VIRTUAL_MACHINE", "CONTAINER", "CONTAINER_IMAGE"})


def _of_snapshot(name: str) -> Column:
    return lambda issue, tenant: _SNAPSHOT[name](issue.resource, tenant)


def _title(text: str | None) -> str:
    return (text or "").replace("_", " ").title()


def _tags(resource: Resource) -> str:
    return json.dumps(resource.tags or {}, separators=(",", ":"))


def _issue_status(issue: IssueRow, _tenant: Tenant) -> str:
    status = STATUSES[issue.ledger.status[issue.row]]
    # The file calls it by the name of the portal.
    return "IGNORED" if status == "REJECTED" else status


def _issue_resolved(issue: IssueRow, _tenant: Tenant) -> str:
    """In the form that Go prints times in, as published files have it."""
    if issue.ledger.status[issue.row] != RESOLVED:
        return ""
    at = datetime.fromtimestamp(issue.ledger.resolved[issue.row], UTC)
    return f"{at:%Y-%m-%d %H:%M:%S} +0000 UTC"


def _first_note(issue: IssueRow, tenant: Tenant) -> str:
    notes = issue_notes(issue, tenant)
    return notes[-1].text if notes else ""


ISSUE_COLUMNS: Final[dict[str, Column]] = {
    "Created At": _ISSUE["createdAt"],
    "Title": lambda i, _t: i.rule.name,
    "Severity": _ISSUE["severity"],
    "Status": _issue_status,
    "Description": lambda i, _t: i.rule.description,
    "Resource Type": lambda i, _t: _title(i.resource.type),
    "Resource external ID": lambda i, _t: i.resource.external_id,
    "Subscription ID": _of_snapshot("subscriptionExternalId"),
    # Names may hold commas, and the file joins them with commas all the same.
    "Project IDs": lambda i, _t: ", ".join(p.id for p in i.resource.projects),
    "Project Names": lambda i, _t: ", ".join(p.name for p in i.resource.projects),
    "Resolved Time": _issue_resolved,
    "Resolution": _ISSUE["resolutionReason"],
    "Control ID": lambda i, _t: i.rule.id,
    "Resource Name": lambda i, _t: i.resource.name,
    "Resource Region": lambda i, _t: i.resource.region,
    "Resource Status": lambda i, _t: i.resource.status,
    "Resource Platform": lambda i, _t: i.resource.platform,
    "Resource OS": lambda i, _t: "Linux" if i.resource.type in _RUNTIME else "",
    "Resource original JSON": lambda i, _t: json.dumps({"id": i.resource.external_id, "name": i.resource.name}),
    "Issue ID": lambda i, _t: i.id,
    "Resource vertex ID": lambda i, _t: i.resource.id,
    "Ticket URLs": lambda i, t: ", ".join(k.url for k in issue_tickets(i, t) or ()),
    "Note": _first_note,
    "Due At": issue_due,
    "Remediation Recommendation": lambda i, _t: i.rule.remediation,
    "Subscription Name": _of_snapshot("subscriptionName"),
    "Wiz URL": lambda i, t: issue_link(i.id, t),
    "Cloud Provider URL": lambda i, _t: i.resource.url,
    "Resource Tags": lambda i, _t: _tags(i.resource),
    "Kubernetes Cluster": lambda i, _t: i.resource.cluster,
    "Kubernetes Namespace": lambda i, _t: i.resource.namespace,
    "Container Service": _of_snapshot("containerServiceName"),
}


def _related(name: str) -> Column:
    return lambda v, t: _FINDING["relatedIssueAnalytics"](v, t)[name]


def _account(name: str) -> Column:
    return lambda v, _t: getattr(v.resource.account, name) if v.resource.account else ""


def _flag(name: str) -> Column:
    def read(v: VulnerabilityRow, t: Tenant) -> str:
        value = _FINDING[name](v, t)
        return "" if value is None else str(value).lower()

    return read


VULNERABILITY_COLUMNS: Final[dict[str, Column]] = {
    "ID": lambda v, _t: v.id,
    "WizURL": lambda v, t: finding_link(v.id, t),
    "Name": lambda v, _t: v.weakness.cve,
    "CVSSSeverity": lambda v, t: _title(_FINDING["CVSSSeverity"](v, t)),
    "HasExploit": _flag("hasExploit"),
    "HasCisaKevExploit": _flag("hasCisaKevExploit"),
    "FindingStatus": lambda v, _t: _title(STATUSES[v.ledger.status[v.row]]),
    "VendorSeverity": lambda v, t: _title(_FINDING["vendorSeverity"](v, t)),
    "FirstDetected": _FINDING["firstDetectedAt"],
    "LastDetected": _FINDING["lastDetectedAt"],
    "ResolvedAt": _FINDING["resolvedAt"],
    "ResolutionReason": lambda v, t: _title(_FINDING["resolutionReason"](v, t)),
    "Remediation": _FINDING["remediation"],
    "LocationPath": _FINDING["locationPath"],
    "DetailedName": lambda v, _t: v.weakness.package,
    "Version": lambda v, t: t.world.installed(v.weakness, v.resource),
    "FixedVersion": lambda v, _t: v.weakness.fixed,
    "DetectionMethod": lambda v, t: _title(_FINDING["detectionMethod"](v, t)),
    "Link": _FINDING["link"],
    "Projects": lambda v, _t: "; ".join(p.name for p in v.resource.projects),
    "AssetID": lambda v, _t: v.resource.id,
    "AssetName": lambda v, _t: v.resource.name,
    "AssetRegion": lambda v, _t: v.resource.region,
    "ProviderUniqueId": lambda v, _t: v.resource.provider_id,
    "CloudProviderURL": lambda v, _t: v.resource.url,
    "CloudPlatform": lambda v, _t: v.resource.platform,
    "Status": lambda v, _t: v.resource.status,
    "SubscriptionExternalId": _account("external_id"),
    "SubscriptionId": _account("id"),
    "SubscriptionName": _account("name"),
    "Tags": lambda v, _t: _tags(v.resource),
    "ExecutionControllers": lambda _v, _t: "",
    "ExecutionControllersSubscriptionExternalIds": lambda _v, _t: "",
    "ExecutionControllersSubscriptionNames": lambda _v, _t: "",
    "CriticalRelatedIssuesCount": _related("criticalSeverityCount"),
    "HighRelatedIssuesCount": _related("highSeverityCount"),
    "MediumRelatedIssuesCount": _related("mediumSeverityCount"),
    "LowRelatedIssuesCount": _related("lowSeverityCount"),
    "InfoRelatedIssuesCount": _related("informationalSeverityCount"),
    "OperatingSystem": lambda v, _t: "Linux" if v.resource.type in _RUNTIME else "",
    "IpAddresses": lambda _v, _t: "",
}

GRAPH_COLUMNS: Final[dict[str, Column]] = {
    "ID": lambda r, _t: r.id,
    "Name": lambda r, _t: r.name,
    "Type": lambda r, _t: r.type,
    "External ID": lambda r, _t: r.external_id,
    "Provider ID": lambda r, _t: r.provider_id,
    "Region": lambda r, _t: r.region,
    "Status": lambda r, _t: r.status,
    "Tags": lambda r, _t: _tags(r),
}
"""Ours: no published file of this kind was found."""
