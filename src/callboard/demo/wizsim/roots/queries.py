"""What the root query fields answer: which scope they need, and which page of what."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.ledger import SEVERITIES
from callboard.demo.company.pairing import Kind
from callboard.demo.wizsim.context import Request, not_found
from callboard.demo.wizsim.fields.inventory import cloud_organisations
from callboard.demo.wizsim.fields.rules import frameworks, requirements
from callboard.demo.wizsim.filters import things
from callboard.demo.wizsim.filters.detections import find_detections
from callboard.demo.wizsim.filters.software import find_artifacts, find_groups, find_hosted, find_technologies
from callboard.demo.wizsim.pages import Page, finding_page, thing_page
from callboard.demo.wizsim.roots import connectors, sign_in
from callboard.demo.wizsim.roots.administration import find_scopes
from callboard.demo.wizsim.roots.audit import find_entries
from callboard.demo.wizsim.roots.automation import find_automation_rules
from callboard.demo.wizsim.roots.graph import graph_search
from callboard.demo.wizsim.roots.groups import group_issues
from callboard.demo.wizsim.roots.happenings import happenings
from callboard.demo.wizsim.roots.integrations import find_integrations
from callboard.demo.wizsim.roots.policies import find_policies
from callboard.demo.wizsim.roots.projects import project_tag_keys, project_tags
from callboard.demo.wizsim.roots.reports import find_reports, find_runs, read_report, read_run
from callboard.demo.wizsim.tenant import Tenant

Root = Callable[..., Any]
ISSUE_SCOPES: Final = ("read:issues", "read:posture_issues", "read:threat_issues")
SCOPES: Final[dict[Kind, tuple[str, ...]]] = {
    "issue": ISSUE_SCOPES,
    "vulnerability": ("read:vulnerabilities",),
    "configuration": ("read:cloud_configuration",),
}
RESOURCE_SCOPES: Final = ("read:resources", "read:inventory")
_RULE_SCOPES: Final = ("read:cloud_configuration", "read:controls")
_FRAMEWORK_SCOPES: Final = ("read:security_frameworks",)


def _findings(
    kind: Kind,
    _root: object,
    info: GraphQLResolveInfo[Any],
    *,
    filterBy: Any = None,  # noqa: N803  argument names are the schema's
    orderBy: Any = None,  # noqa: N803
    first: int | None = None,
    after: str | None = None,
    **_rest: object,
) -> Page:
    request: Request = info.context
    request.need(*SCOPES[kind])
    return finding_page(
        request.tenant, request.faults, kind, filter_by=filterBy, order_by=orderBy, first=first, after=after
    )


def _finding(kind: Kind, _root: object, info: GraphQLResolveInfo[Any], id: str) -> Any:  # noqa: A002
    request: Request = info.context
    request.need(*SCOPES[kind])
    row = request.tenant.find(kind, id)
    if row is None:
        raise not_found(info.field_name)
    return request.tenant.node(kind, row)


List = Callable[[Tenant, Any, Any], Sequence[Any]]


def _things(
    scopes: tuple[str, ...],
    list_: List,
    _root: object,
    info: GraphQLResolveInfo[Any],
    *,
    filterBy: Any = None,  # noqa: N803
    orderBy: Any = None,  # noqa: N803
    first: int | None = None,
    after: str | None = None,
    **_rest: object,
) -> Page:
    request: Request = info.context
    request.need(*scopes)
    tenant = request.tenant
    key = ("things", info.field_name, repr(filterBy), repr(orderBy))
    listed = tenant.remember(key, lambda: list_(tenant, filterBy, orderBy))
    return thing_page(tenant, request.faults, listed, first=first, after=after)


def _moving(
    scopes: tuple[str, ...],
    list_: List,
    _root: object,
    info: GraphQLResolveInfo[Any],
    *,
    filterBy: Any = None,  # noqa: N803
    first: int | None = None,
    after: str | None = None,
) -> Page:
    """Like `_things`, for what changes by itself or by being read, and is therefore not remembered."""
    request: Request = info.context
    request.need(*scopes)
    listed = list_(request.tenant, filterBy, None)
    return thing_page(request.tenant, request.faults, listed, first=first, after=after)


def _thing(
    scopes: tuple[str, ...],
    list_: List,
    _root: object,
    info: GraphQLResolveInfo[Any],
    id: str | None = None,  # noqa: A002
    slug: str | None = None,
    **_rest: object,
) -> Any:
    request: Request = info.context
    request.need(*scopes)
    for thing in list_(request.tenant, None, None):
        if (id is not None and thing.id == id) or (id is None and slug is not None and thing.slug == slug):
            return thing
    raise not_found(info.field_name)


def _resources(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    return things.sift(tenant, tenant.world.organisation.resources, things.RESOURCE_TESTS, filter_by)


def _resources_v2(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    wanted = {"includeDeleted": False, **(filter_by or {})}
    return things.sift(tenant, tenant.world.organisation.resources, things.RESOURCE_V2_TESTS, wanted)


def _branches(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    branches = [r for r in tenant.world.organisation.resources if r.branch is not None]
    return things.sift(tenant, branches, things.BRANCH_TESTS, filter_by)


def _repositories(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    return things.sift(tenant, tenant.world.organisation.repositories, things.REPOSITORY_TESTS, filter_by)


def _services(tenant: Tenant, filter_by: Any, order: Any) -> Sequence[Any]:
    found = things.sift(tenant, tenant.world.organisation.services, things.SERVICE_TESTS, filter_by)
    return things.ordered(found, order, {"NAME": lambda s: s.name})


def _users(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    return things.sift(tenant, tenant.people, things.USER_TESTS, filter_by)


def _accounts(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    return things.sift(tenant, tenant.world.organisation.accounts, things.ACCOUNT_TESTS, filter_by)


def _controls(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    controls = [r for r in tenant.world.organisation.rules if r.kind == "Control"]
    return things.sift(tenant, controls, things.CONTROL_TESTS, filter_by)


def _service_accounts(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    return things.sift(tenant, tenant.accounts, things.SERVICE_ACCOUNT_TESTS, filter_by)


def _configuration_rules(tenant: Tenant, filter_by: Any, order: Any) -> Sequence[Any]:
    rules = [r for r in tenant.world.organisation.rules if r.kind == "CloudConfigurationRule"]
    keys: dict[str, Callable[[Any], Any]] = {
        "NAME": lambda r: r.name,
        "SEVERITY": lambda r: SEVERITIES.index(r.severity),
    }
    return things.ordered(things.sift(tenant, rules, things.CONFIGURATION_RULE_TESTS, filter_by), order, keys)


def _host_rules(tenant: Tenant, filter_by: Any, order: Any) -> Sequence[Any]:
    found = things.sift(tenant, tenant.host_rules, things.HOST_RULE_TESTS, filter_by)
    return things.ordered(found, order, {"NAME": lambda r: r.name})


def _clusters(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    clusters = [r for r in tenant.world.organisation.resources if r.type == "KUBERNETES_CLUSTER"]
    return things.sift(tenant, clusters, things.CLUSTER_TESTS, filter_by)


def _organisations(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    return things.sift(tenant, cloud_organisations(tenant), things.ORGANISATION_TESTS, filter_by)


def _frameworks(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    return things.sift(tenant, frameworks(tenant), things.FRAMEWORK_TESTS, filter_by)


def _requirements(tenant: Tenant, _filter: Any, _order: Any) -> Sequence[Any]:
    return requirements(tenant)


def _every_project(tenant: Tenant, _filter: Any, _order: Any) -> Sequence[Any]:
    return tenant.world.organisation.projects


def _entity(_root: object, info: GraphQLResolveInfo[Any], id: str, **_rest: object) -> Any:  # noqa: A002
    request: Request = info.context
    request.need(*RESOURCE_SCOPES)
    found = request.tenant.resource_by_id(id)
    if found is None:
        raise not_found(info.field_name)
    return found


def _entity_by_provider(_root: object, info: GraphQLResolveInfo[Any], providerUniqueId: str) -> Any:  # noqa: N803
    request: Request = info.context
    request.need(*RESOURCE_SCOPES)
    for resource in request.tenant.world.organisation.resources:
        if resource.provider_id == providerUniqueId:
            return resource
    return None


QUERIES: Final[dict[str, Root]] = {
    "issue": partial(_finding, "issue"),
    "issues": partial(_findings, "issue"),
    "issuesV2": partial(_findings, "issue"),
    "issuesGroupedByValue": group_issues,
    "issueHistoryEvents": happenings,
    "vulnerabilityFinding": partial(_finding, "vulnerability"),
    "vulnerabilityFindings": partial(_findings, "vulnerability"),
    "configurationFinding": partial(_finding, "configuration"),
    "configurationFindings": partial(_findings, "configuration"),
    "project": partial(_thing, ("read:projects",), _every_project),
    "projects": partial(_things, ("read:projects",), things.find_projects),
    "cloudResource": partial(_thing, RESOURCE_SCOPES, _resources),
    "cloudResources": partial(_things, RESOURCE_SCOPES, _resources),
    "cloudResourceV2": partial(_thing, RESOURCE_SCOPES, _resources),
    "cloudResourcesV2": partial(_things, RESOURCE_SCOPES, _resources_v2),
    "versionControlResource": partial(_thing, RESOURCE_SCOPES, _branches),
    "versionControlResources": partial(_things, RESOURCE_SCOPES, _branches),
    "repository": partial(_thing, RESOURCE_SCOPES, _repositories),
    "repositories": partial(_things, RESOURCE_SCOPES, _repositories),
    "applicationService": partial(_thing, RESOURCE_SCOPES, _services),
    "applicationServices": partial(_things, RESOURCE_SCOPES, _services),
    "graphSearch": graph_search,
    "graphEntity": _entity,
    "graphEntityByProviderUniqueId": _entity_by_provider,
    "user": partial(_thing, ("read:users",), _users),
    "users": partial(_things, ("read:users",), _users),
    "control": partial(_thing, ("read:controls",), _controls),
    "controls": partial(_things, ("read:controls",), _controls),
    "cloudAccounts": partial(_things, ("read:cloud_accounts",), _accounts),
    "detections": partial(_things, ("read:threat_issues", "read:issues"), find_detections),
    "technologies": partial(_things, RESOURCE_SCOPES, find_technologies),
    "hostedTechnologies": partial(_things, RESOURCE_SCOPES, find_hosted),
    "sbomArtifacts": partial(_things, RESOURCE_SCOPES, find_artifacts),
    "sbomArtifactsGroupedByName": partial(_things, RESOURCE_SCOPES, find_groups),
    "projectTags": project_tags,
    "projectTagKeys": project_tag_keys,
    "report": read_report,
    "reports": partial(_moving, ("read:reports",), find_reports),
    "reportRun": read_run,
    "reportRuns": partial(_moving, ("read:reports",), find_runs),
    "auditLogEntries": partial(_moving, ("admin:audit",), find_entries),
    "cloudConfigurationRule": partial(_thing, _RULE_SCOPES, _configuration_rules),
    "cloudConfigurationRules": partial(_things, _RULE_SCOPES, _configuration_rules),
    "hostConfigurationRule": partial(_thing, (*_RULE_SCOPES, "read:host_configuration"), _host_rules),
    "hostConfigurationRules": partial(_things, (*_RULE_SCOPES, "read:host_configuration"), _host_rules),
    "cloudOrganizations": partial(_things, ("read:cloud_accounts",), _organisations),
    "kubernetesClusters": partial(_things, RESOURCE_SCOPES, _clusters),
    "securityFramework": partial(_thing, _FRAMEWORK_SCOPES, _frameworks),
    "securityFrameworks": partial(_things, _FRAMEWORK_SCOPES, _frameworks),
    "securitySubCategory": partial(_thing, _FRAMEWORK_SCOPES, _requirements),
    "automationRule": partial(_thing, ("read:automation_rules",), find_automation_rules),
    "automationRules": partial(_things, ("read:automation_rules",), find_automation_rules),
    "integration": partial(_thing, ("read:integrations",), find_integrations),
    "integrations": partial(_things, ("read:integrations",), find_integrations),
    "connector": partial(_thing, connectors.SCOPES, connectors.find_connectors),
    "connectors": partial(_things, connectors.SCOPES, connectors.find_connectors),
    "connectorType": connectors.connector_type,
    "connectorTypes": connectors.connector_types,
    "samlIdentityProvider": partial(_thing, sign_in.SCOPES, sign_in.find_identity_providers),
    "samlIdentityProviders": partial(_things, sign_in.SCOPES, sign_in.find_identity_providers),
    "samlIdentityProviderGroupMappings": sign_in.group_mappings,
    "cicdScanPolicy": partial(_thing, ("read:scan_policies",), find_policies),
    "cicdScanPolicies": partial(_things, ("read:scan_policies",), find_policies),
    "permissionScopes": partial(_things, ("read:service_accounts",), find_scopes),
    "serviceAccount": partial(_thing, ("read:service_accounts",), _service_accounts),
    "serviceAccounts": partial(_things, ("read:service_accounts",), _service_accounts),
}
