"""Answers of connections: nodes, page info and counters."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callboard.demo.company.ledger import RESULTS
from callboard.demo.wizsim.faults import Faults
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.fields.paths import PATH_FIELDS
from callboard.demo.wizsim.fields.threats import threat_details
from callboard.demo.wizsim.filters.software import ARTIFACT_TESTS
from callboard.demo.wizsim.filters.things import sift
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.pages import finding_page, thing_page
from callboard.demo.wizsim.roots.groups import Group, issues_of_group
from callboard.demo.wizsim.roots.happenings import event_id
from callboard.demo.wizsim.software import ArtifactGroup
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import Found, bad_input, severity_counts


def _nodes(page: Any, _tenant: Tenant) -> Any:
    if page.first is None:
        # The vendor's tutorials say that the call fails without it; counters alone need none (wiz-api.md section 2).
        raise bad_input("Argument 'first' is required when 'nodes' are selected.")
    return page.items


def _optional_nodes(page: Any, _tenant: Tenant) -> Any:
    return page.items


def _count(page: Any, tenant: Tenant) -> int:
    if page.faults.total_count_zero and page.is_later:
        return 0
    cap, total = tenant.options.count_cap, int(page.cut.total)
    return total if cap is None else min(cap, total)


def _first_page_count(page: Any, tenant: Tenant) -> int:
    # Later pages answer 0 (wiz-api.md section 2: official plugin, tool S).
    return 0 if page.is_later else _count(page, tenant)


def _capped(page: Any, tenant: Tenant) -> bool:
    cap = tenant.options.count_cap
    return cap is not None and page.cut.total > cap


def _severity(code: int) -> Callable[[Any, Tenant], int]:
    return lambda page, _tenant: severity_counts(page.found)[code]


def _unique(page: Any, _tenant: Tenant) -> Any:
    found: Found = page.found
    return found.once("unique", lambda: len(set(map(found.ledger.resource.__getitem__, found.rows))))


def _result(word: str) -> Callable[[Any, Tenant], Any]:
    code = RESULTS.index(word)

    def count(page: Any, _tenant: Tenant) -> Any:
        found: Found = page.found
        column = found.ledger.result
        return found.once(word, lambda: bytes(map(column.__getitem__, found.rows)).count(code))

    return count


def _impact(word: str) -> Callable[[Any, Tenant], int]:
    return lambda _page, tenant: sum(1 for p in tenant.world.organisation.projects if p.impact == word)


_SEVERITIES: Final[dict[str, Callable[..., Any]]] = {
    "informationalSeverityCount": _severity(0),
    "lowSeverityCount": _severity(1),
    "mediumSeverityCount": _severity(2),
    "highSeverityCount": _severity(3),
    "criticalSeverityCount": _severity(4),
}
_PAGE: Final[dict[str, Callable[..., Any]]] = {
    "nodes": _nodes,
    "pageInfo": lambda page, _tenant: page.info,
    "totalCount": _count,
}


def _entity_issues(
    resource: Any,
    tenant: Tenant,
    *,
    filterBy: Any = None,  # noqa: N803  argument names are the schema's
    orderBy: Any = None,  # noqa: N803
    first: int | None = None,
    after: str | None = None,
) -> Any:
    merged = {**(filterBy or {}), "relatedEntity": {"ids": [resource.id]}}
    return finding_page(tenant, Faults(), "issue", filter_by=merged, order_by=orderBy, first=first, after=after)


def _finding_issues(
    finding: Any,
    tenant: Tenant,
    *,
    filterBy: Any = None,  # noqa: N803
    orderBy: Any = None,  # noqa: N803
    first: int | None = None,
    after: str | None = None,
) -> Any:
    return _entity_issues(finding.resource, tenant, filterBy=filterBy, orderBy=orderBy, first=first, after=after)


def _group_issues(
    group: Group,
    tenant: Tenant,
    *,
    filterBy: Any = None,  # noqa: N803
    orderBy: Any = None,  # noqa: N803
    first: int | None = None,
    after: str | None = None,
) -> Any:
    return issues_of_group(
        group, tenant, faults=Faults(), filter_by=filterBy, order_by=orderBy, first=first, after=after
    )


def _group_artifacts(
    group: ArtifactGroup,
    tenant: Tenant,
    *,
    filterBy: Any = None,  # noqa: N803
    first: int | None = None,
    after: str | None = None,
) -> Any:
    found = sift(tenant, group.artifacts, ARTIFACT_TESTS, filterBy)
    return thing_page(tenant, Faults(), found, first=first, after=after)


NESTED: Final[Fields] = {
    "GraphEntity": {"issues": _entity_issues, **PATH_FIELDS["GraphEntity"]},
    "Issue": {"threatDetectionDetails": threat_details},
    "SBOMArtifactsGroupedByName": {"artifacts": _group_artifacts},
    "VulnerabilityFinding": {"relatedIssues": _finding_issues},
}
"""Connections inside other types, which add to those types' own tables."""

_PLAIN: Final = (
    "AutomationRuleConnection",
    "CICDScanPolicyConnection",
    "CloudResourceConnection",
    "CloudResourceV2Connection",
    "ConnectorConnection",
    "IntegrationConnection",
    "SAMLIdentityProviderConnection",
    "SAMLIdentityProviderGroupMappingsConnection",
    "VersionControlResourceConnection",
    "RepositoryConnection",
    "ApplicationServiceConnection",
    "UserConnection",
    "ServiceAccountConnection",
    "CloudAccountConnection",
    "ControlConnection",
    "IssueHistoryEventConnection",
    "AuditLogEntryConnection",
    "CloudConfigurationRuleConnection",
    "CloudOrganizationConnection",
    "DetectionsConnection",
    "HostConfigurationRuleConnection",
    "HostedTechnologyConnection",
    "KubernetesClusterConnection",
    "PermissionScopeConnection",
    "ReportConnection",
    "ReportRunConnection",
    "SBOMArtifactConnection",
    "SBOMArtifactsGroupedByNameConnection",
    "SecurityFrameworkConnection",
    "TechnologyConnection",
    "IssuesGroupedByValueConnection",
)
"""Connections with nodes, page info and a total."""

CONNECTION_FIELDS: Final[Fields] = {
    "IssuesGroupedByValue": {"id": lambda group, _tenant: group.key, "issues": _group_issues},
    "IssueHistoryEvent": {
        "id": event_id,
        "timestamp": lambda event, _tenant: write(event[0], event[1]),
        "type": lambda event, _tenant: event[2],
        "message": lambda event, _tenant: event[3] or None,
        "issue": lambda event, tenant: tenant.issue(event[1]),
        "sourceRule": lambda event, tenant: tenant.issue(event[1]).rule,
    },
    "GraphSearchResult": {
        "entities": lambda resource, _tenant: [resource],
        "aggregateCount": lambda _resource, _tenant: None,
    },
    "IssueConnection": {**_PAGE, **_SEVERITIES, "uniqueEntityCount": _unique},
    "VulnerabilityFindingConnection": {
        **_PAGE,
        **_SEVERITIES,
        "totalCount": _first_page_count,
        "maxCountReached": _capped,
    },
    "ConfigurationFindingConnection": {
        **_PAGE,
        "maxCountReached": _capped,
        "passCount": _result("PASS"),
        "failCount": _result("FAIL"),
        "errorCount": _result("ERROR"),
        "notAssessedCount": _result("NOT_ASSESSED"),
    },
    "ProjectConnection": {**_PAGE, "LBICount": _impact("LBI"), "MBICount": _impact("MBI"), "HBICount": _impact("HBI")},
    # A shipped client asks this one for nodes without `first` (wiz-api.md section 15, terraform provider).
    "GraphSearchResultConnection": {**_PAGE, "nodes": _optional_nodes, "maxCountReached": _capped},
    **dict.fromkeys(_PLAIN, _PAGE),
}
