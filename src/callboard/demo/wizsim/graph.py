"""Which entities a graph query means: by type, by predicates on their own properties, and by their account."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from callboard.demo.company.ids import entity_id
from callboard.demo.company.values import CloudAccount, Resource
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import bad_input

_GROUP_TYPES: Final[dict[str, Callable[[Resource], bool]]] = {
    "CLOUD_RESOURCE": lambda r: r.branch is None,
    "ANY": lambda _r: True,
    "REPOSITORY": lambda r: r.branch is not None,
}
_PROPERTIES: Final[dict[str, Callable[[Resource], Any]]] = {
    "_vertexID": lambda r: r.id,
    "providerUniqueId": lambda r: r.provider_id,
    "externalId": lambda r: r.external_id,
    "name": lambda r: r.name,
    "nativeType": lambda r: r.native_type,
    "region": lambda r: r.region,
    "cloudPlatform": lambda r: r.platform,
    "status": lambda r: r.status,
    "subscriptionExternalId": lambda r: r.account.external_id if r.account else None,
    "accessibleFrom.internet": lambda r: r.internet,
}


def matching(tenant: Tenant, query: dict[str, Any], project_id: str | None) -> list[Resource]:
    """The entities that a query means.

    Of relationships only the one to an account is followed; the others are refused, so that none is ignored in silence.
    """
    tests = [_account_test(relationship) for relationship in query.get("relationships") or ()]
    where, types = query.get("where") or {}, query.get("type") or ["ANY"]
    _known(where)

    def keep(resource: Resource) -> bool:
        if not any(resource.type == kind or _GROUP_TYPES.get(kind, _never)(resource) for kind in types):
            return False
        if project_id not in (None, "*") and all(p.id != project_id for p in resource.projects):
            return False
        return _fits(resource, where) and all(test(resource) for test in tests)

    def gather() -> list[Resource]:
        groups = resource_groups(tenant) if "RESOURCE_GROUP" in types else []
        return [r for r in (*tenant.world.organisation.resources, *groups) if keep(r)]

    return tenant.remember(("graph", repr(query), project_id), gather)


def resource_groups(tenant: Tenant) -> list[Resource]:
    """The resource groups of the company as entities: they hold resources and have no findings of their own."""

    def gather() -> list[Resource]:
        seed = tenant.world.seed
        found: dict[tuple[str, str], Resource] = {}
        for resource in tenant.world.organisation.resources:
            group, account = resource.resource_group, resource.account
            if group and account and (group, account.id) not in found:
                path = f"/subscriptions/{account.external_id}/resourceGroups/{group}"
                found[group, account.id] = replace(
                    resource,
                    id=entity_id(seed, "group", group),
                    name=group,
                    type="RESOURCE_GROUP",
                    native_type="resourceGroup",
                    external_id=path,
                    provider_id=path,
                    tags=None,
                    projects=(),
                    services=(),
                    component=None,
                    deleted_at=None,
                )
        return list(found.values())

    return tenant.remember("resource groups", gather)


def _known(where: dict[str, Any]) -> None:
    unknown = [name for name in where if name not in _PROPERTIES]
    if unknown:
        raise bad_input(f"The look-alike knows no graph property {unknown[0]!r}.")


def _fits(resource: Resource, where: dict[str, Any]) -> bool:
    return all(_passes(_PROPERTIES[name](resource), test) for name, test in where.items())


_ACCOUNT_PROPERTIES: Final[dict[str, Callable[[CloudAccount], Any]]] = {
    "_vertexID": lambda a: a.id,
    "externalId": lambda a: a.external_id,
    "name": lambda a: a.name,
}


def _account_test(relationship: dict[str, Any]) -> Callable[[Resource], bool]:
    """A test for a relationship to the account that contains a resource."""
    other = relationship.get("with") or {}
    where = other.get("where") or {}
    if (
        other.get("type") != ["SUBSCRIPTION"]
        or relationship.get("negate")
        or not set(where) <= set(_ACCOUNT_PROPERTIES)
    ):
        raise bad_input("The look-alike follows no relationship in graph queries but the one to a subscription.")

    def test(resource: Resource) -> bool:
        account = resource.account
        return account is not None and all(
            _passes(_ACCOUNT_PROPERTIES[name](account), wanted) for name, wanted in where.items()
        )

    return test


def _never(_resource: Resource) -> bool:
    return False


def _passes(value: Any, test: Any) -> bool:
    if not isinstance(test, dict):
        return bool(value == test)
    for operator, wanted in test.items():
        listed = wanted if isinstance(wanted, list) else [wanted]
        text = str(value or "")
        hit = {
            "EQUALS": value in listed,
            "NOT_EQUALS": value not in listed,
            "CONTAINS": any(str(part).lower() in text.lower() for part in listed),
            "STARTS_WITH": text.startswith(tuple(map(str, listed))),
            "IS_SET": bool(value) is bool(wanted),
        }.get(operator)
        if hit is None:
            raise bad_input(f"The look-alike knows no graph operator {operator!r}.")
        if not hit:
            return False
    return True
