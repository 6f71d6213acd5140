"""Filters and orders of everything that is not a finding: projects, resources, repositories, services, people."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, TypeVar

from callboard.demo.company.values import ApplicationService, CloudAccount, Person, Project, Repository, Resource, Rule
from callboard.demo.wizsim import masks
from callboard.demo.wizsim.fields.inventory import cluster_kind
from callboard.demo.wizsim.fields.rules import native_types, scope_accounts
from callboard.demo.wizsim.filters.issues import requirement_filter
from callboard.demo.wizsim.filters.rows import named
from callboard.demo.wizsim.hosts import HostRule
from callboard.demo.wizsim.predicates import set_test, tag_test, text_test
from callboard.demo.wizsim.software import technologies
from callboard.demo.wizsim.tenant import Tenant

T = TypeVar("T")
Test = Callable[[Tenant, Any, Any], object]


def sift(tenant: Tenant, things: Iterable[T], tests: dict[str, Test], filter_by: dict[str, Any] | None) -> list[T]:
    """The things that pass every given filter."""
    wanted = [(tests[name], value) for name, value in (filter_by or {}).items() if value is not None and value != []]
    return [thing for thing in things if all(test(tenant, thing, value) for test, value in wanted)]


def ordered(things: list[T], order_by: dict[str, Any] | None, keys: dict[str, Callable[[T], Any]]) -> list[T]:
    """The things in the order asked for; an order that has no key here leaves them as they are."""
    key = keys.get((order_by or {}).get("field", ""))
    if key is None:
        return things
    return sorted(things, key=key, reverse=(order_by or {}).get("direction") == "DESC")


def within(seconds: int | None, value: dict[str, Any], tenant: Tenant) -> bool:
    """Whether a time lies between the bounds of a date filter."""
    return masks.times([seconds or 0], value, tenant.world.now) == b"\x01"


def _text(read: Callable[[Any], str | None]) -> Test:
    return lambda _tenant, thing, value: text_test(value)(read(thing))


def exactly(read: Callable[[Any], Any]) -> Test:
    """A filter with equals and notEquals on one value."""
    return lambda _tenant, thing, value: (
        (not value.get("equals") or read(thing) in value["equals"])
        and (read(thing) not in (value.get("notEquals") or ()))
    )


def _flag(read: Callable[[Any], bool]) -> Test:
    return lambda _tenant, thing, value: (
        value.get("equals") in (None, read(thing))
        and (value.get("notEquals") is None or read(thing) is not value["notEquals"])
    )


PROJECT_TESTS: Final[dict[str, Test]] = {
    "id": exactly(lambda p: p.id),
    "search": lambda _t, p, v: v.lower() in p.name.lower() or v.lower() in p.slug or v == p.id,
    "includeArchived": lambda _t, p, v: v or not p.archived,
    "isFolder": lambda _t, p, v: p.is_folder is v,
    "root": lambda _t, p, v: (p.parent is None) is v,
    "parentProjectId": lambda _t, p, v: p.parent is not None and p.parent.id == v,
    "impact": lambda _t, p, v: p.impact in v,
    "owner": lambda _t, p, v: set_test(v)(o.id for o in p.owners),
    "tag": lambda _t, p, v: tag_test(v)(p.tags),
    "category": lambda _t, _p, v: not v.get("equals"),
    "createdAt": lambda t, p, v: within(p.created_at, v, t),
    "updatedAt": lambda t, p, v: within(p.updated_at, v, t),
}
_IMPACTS: Final = {"LBI": 1, "MBI": 2, "HBI": 3}


def find_projects(
    tenant: Tenant, filter_by: dict[str, Any] | None, order_by: dict[str, Any] | None
) -> Sequence[Project]:
    """Projects; archived ones only when asked for."""
    wanted = {"includeArchived": False, **(filter_by or {})}
    found = sift(tenant, tenant.world.organisation.projects, PROJECT_TESTS, wanted)
    counts = tenant.issues_of_projects()
    keys: dict[str, Callable[[Project], Any]] = {
        "NAME": lambda p: p.name,
        "BUSINESS_IMPACT": lambda p: _IMPACTS.get(p.impact or "", 0),
        "ISSUE_COUNT": lambda p: sum(counts.get(p.id, ())),
        "IS_FOLDER": lambda p: p.is_folder,
    }
    return ordered(found, order_by, keys)


def _account_is(resource: Resource, wanted: Any) -> bool:
    return resource.account is not None and resource.account.external_id in wanted


RESOURCE_TESTS: Final[dict[str, Test]] = {
    "search": lambda _t, r, v: v.lower() in f"{r.name} {r.external_id} {r.id}".lower(),
    "type": lambda _t, r, v: r.type in v,
    "nativeType": lambda _t, r, v: r.native_type in v,
    "providerUniqueId": lambda _t, r, v: r.provider_id in v,
    "projectId": lambda _t, r, v: named(r.projects, set(v)),
    "subscriptionExternalId": lambda _t, r, v: _account_is(r, v),
    "updatedAt": lambda t, r, v: within(r.deleted_at or r.created_at, v, t),
    "deletedAt": lambda t, r, v: within(r.deleted_at, v, t),
}


def _services(_tenant: Tenant, resource: Resource, value: Any) -> bool:
    return set_test(value.get("id") or {})(s.id for s in resource.services)


def _project_facts(_tenant: Tenant, resource: Resource, value: Any) -> bool:
    projects = resource.projects
    if value.get("businessImpact") and not any(p.impact in value["businessImpact"] for p in projects):
        return False
    if (value.get("category") or {}).get("equals"):
        return False
    return not value.get("tag") or any(tag_test(value["tag"])(p.tags) for p in projects)


RESOURCE_V2_TESTS: Final[dict[str, Test]] = {
    "id": _text(lambda r: r.id),
    "name": _text(lambda r: r.name),
    "externalId": _text(lambda r: r.external_id),
    "providerUniqueId": _text(lambda r: r.provider_id),
    "nativeType": _text(lambda r: r.native_type),
    "region": _text(lambda r: r.region),
    "search": RESOURCE_TESTS["search"],
    "type": exactly(lambda r: r.type),
    "status": exactly(lambda r: r.status),
    "cloudPlatform": exactly(lambda r: r.platform),
    "environment": exactly(lambda r: r.environment),
    "isAccessibleFromInternet": _flag(lambda r: r.internet),
    "isOpenToAllInternet": _flag(lambda r: r.internet),
    "includeDeleted": lambda _t, r, v: v or r.deleted_at is None,
    "createdAt": lambda t, r, v: within(r.created_at, v, t),
    "firstSeen": lambda t, r, v: within(r.created_at, v, t),
    "updatedAt": lambda t, r, v: within(r.deleted_at or r.created_at, v, t),
    "deletedAt": lambda t, r, v: within(r.deleted_at, v, t),
    "applicationService": _services,
    "owningApplicationService": _services,
    "project": _project_facts,
    "tag": lambda _t, r, v: tag_test(v)(r.tags),
}

BRANCH_TESTS: Final[dict[str, Test]] = {
    "search": RESOURCE_TESTS["search"],
    "type": RESOURCE_TESTS["type"],
    "nativeType": RESOURCE_TESTS["nativeType"],
    "project": lambda _t, r, v: named(r.projects, {v}),
    "updatedAt": RESOURCE_TESTS["updatedAt"],
    "deletedAt": RESOURCE_TESTS["deletedAt"],
}


def _repository_projects(tenant: Tenant, repository: Repository, value: str) -> bool:
    return any(repository in p.repositories for p in tenant.world.organisation.projects if value in (p.id, p.slug, "*"))


REPOSITORY_TESTS: Final[dict[str, Test]] = {
    # Fuzzy on the real thing as well: a search for `cart` also finds `cart-experiments` (wiz-api.md section 9).
    "search": lambda _t, r, v: any(text.lower() in f"{r.slug} {r.url}".lower() for text in v),
    "projectId": _repository_projects,
    "connectorId": lambda _t, _r, _v: True,
    "personal": lambda _t, _r, v: not v,
}


def _service_projects(tenant: Tenant, service: ApplicationService, value: Any) -> bool:
    return set_test(value)(p.id for p in tenant.world.organisation.projects if service in p.services)


SERVICE_TESTS: Final[dict[str, Test]] = {
    "id": lambda _t, s, v: s.id in v,
    "search": lambda _t, s, v: v.lower() in s.name.lower(),
    "source": exactly(lambda s: s.source),
    "environment": lambda _t, s, v: set_test(v)(s.environments),
    "owner": lambda _t, s, v: set_test(v)([s.owner.id] if s.owner else ()),
    "project": _service_projects,
    "tags": lambda _t, s, v: tag_test(v)(s.tags),
}


def _person_status(person: Person) -> str:
    return "ACTIVE" if person.active else "SUSPENDED"


def _assigned(tenant: Tenant, person: Person, value: Any) -> bool:
    return any(person in p.owners or person in p.champions for p in tenant.world.organisation.projects if p.id in value)


USER_TESTS: Final[dict[str, Test]] = {
    "search": lambda _t, p, v: v.lower() in f"{p.name} {p.email}".lower(),
    "role": lambda _t, p, v: p.role in v,
    "source": lambda _t, _p, v: v == "MODERN",
    "status": exactly(_person_status),
    "assignedProjects": _assigned,
    "createdAt": lambda t, p, v: within(p.last_login_at - 300 * 86_400, v, t),
    "updatedAt": lambda t, p, v: within(p.last_login_at, v, t),
}


def _account_projects(tenant: Tenant, account: CloudAccount, value: str) -> bool:
    return any(account in p.accounts for p in tenant.world.organisation.projects if value in (p.id, "*"))


ACCOUNT_TESTS: Final[dict[str, Test]] = {
    "id": lambda _t, a, v: a.id in v,
    "cloudProvider": lambda _t, a, v: a.provider in v,
    "search": lambda _t, a, v: any(text.lower() in f"{a.name} {a.external_id}".lower() for text in v),
    "projectId": _account_projects,
}


def _rule_type(rule: Rule) -> str:
    return "SECURITY_GRAPH" if rule.kind == "Control" else "CLOUD_CONFIGURATION"


def _rule_scope(part: str) -> Test:
    test = requirement_filter(part)
    return lambda _tenant, rule, value: test(rule, value)


_PLACES: Final[dict[str, Test]] = {
    "securityFramework": _rule_scope("framework"),
    "securityCategory": _rule_scope("category"),
    "securitySubCategory": _rule_scope("subcategory"),
    "frameworkCategory": _rule_scope("any"),
}

CONTROL_TESTS: Final[dict[str, Test]] = {
    **_PLACES,
    "id": lambda _t, r, v: r.id in v,
    "enabled": lambda _t, r, v: r.enabled is v,
    "search": lambda _t, r, v: v.lower() in r.name.lower(),
    "severity": lambda _t, r, v: r.severity in (v if isinstance(v, list) else v.get("equals") or [r.severity]),
    "type": lambda _t, r, v: _rule_type(r) in v,
}


CONFIGURATION_RULE_TESTS: Final[dict[str, Test]] = {
    **_PLACES,
    "id": lambda _t, r, v: r.id in v or r.short_id in v,
    "search": lambda _t, r, v: v.lower() in f"{r.name} {r.short_id}".lower(),
    "severity": lambda _t, r, v: r.severity in v,
    "enabled": lambda _t, r, v: r.enabled is v,
    "hasAutoRemediation": lambda _t, _r, v: not v,
    "hasRemediation": lambda _t, r, v: bool(r.remediation) is v,
    "cloudProvider": lambda _t, r, v: r.service in v,
    "serviceType": lambda _t, r, v: r.service in v,
    "scopeAccountIds": lambda t, r, v: any(account.id in v for account in scope_accounts(r, t)),
    "subjectEntityType": lambda _t, r, v: bool(set(r.applies_to[:1]) & set(v)),
    "targetNativeType": lambda t, r, v: any(kind in v for kind in native_types(r, t)),
}


def _platforms(tenant: Tenant, rule: HostRule, wanted: Any) -> bool:
    return any(t.id in wanted and t.key in rule.platforms for t in technologies(tenant))


HOST_RULE_TESTS: Final[dict[str, Test]] = {
    "id": lambda _t, r, v: r.id in v,
    "search": lambda _t, r, v: v.lower() in f"{r.name} {r.short_name}".lower(),
    "enabled": lambda _t, r, v: r.enabled is v,
    "frameworkCategory": _rule_scope("any"),
    "targetPlatforms": _platforms,
}

CLUSTER_TESTS: Final[dict[str, Test]] = {
    "search": lambda _t, r, v: v.lower() in f"{r.name} {r.external_id}".lower(),
    "kind": lambda _t, r, v: cluster_kind(r) in v,
    "cloudAccount": lambda _t, r, v: r.account is not None and bool({r.account.id, r.account.external_id} & set(v)),
    "projectId": lambda _t, r, v: named(r.projects, {v}),
}

ORGANISATION_TESTS: Final[dict[str, Test]] = {
    "search": lambda _t, o, v: any(text.lower() in f"{o['name']} {o['externalId']}".lower() for text in v),
    "cloudProvider": lambda _t, o, v: o["cloudProvider"] in v,
    "projectId": lambda _t, _o, v: v == "*",
}

FRAMEWORK_TESTS: Final[dict[str, Test]] = {
    "search": lambda _t, f, v: v.lower() in f.name.lower(),
    "enabled": lambda t, f, v: t.said.get(f.id, {}).get("enabled", True) is v,
    "securityFramework": lambda _t, f, v: f.id in v,
}

SERVICE_ACCOUNT_TESTS: Final[dict[str, Test]] = {
    "name": lambda _t, a, v: v.lower() in a.name.lower(),
    "type": lambda _t, a, v: a.type in v,
    "enabled": lambda _t, _a, v: v,
    "expired": lambda _t, _a, v: not v,
}
