"""A small part of the graph search: entities by type and by predicates on their own properties."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.values import Resource
from callboard.demo.wizsim.context import Request
from callboard.demo.wizsim.pages import Page, thing_page
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


def graph_search(
    _root: object,
    info: GraphQLResolveInfo[Any],
    query: dict[str, Any] | None = None,
    projectId: str | None = None,  # noqa: N803  argument names are the schema's
    first: int | None = None,
    after: str | None = None,
    **_rest: object,
) -> Page:
    """Entities that match the first block of a query. Relationships are refused, so that none is ignored in silence."""
    request: Request = info.context
    request.need("read:resources", "read:inventory", "read:issues")
    tenant, wanted = request.tenant, query or {"type": ["ANY"]}
    if wanted.get("relationships"):
        raise bad_input("The look-alike does not follow relationships in graph queries.")
    where = wanted.get("where") or {}
    unknown = [name for name in where if name not in _PROPERTIES]
    if unknown:
        raise bad_input(f"The look-alike knows no graph property {unknown[0]!r}.")
    types = wanted.get("type") or ["ANY"]

    def keep(resource: Resource) -> bool:
        if not any(resource.type == kind or _GROUP_TYPES.get(kind, _never)(resource) for kind in types):
            return False
        if projectId not in (None, "*") and all(p.id != projectId for p in resource.projects):
            return False
        return all(_passes(_PROPERTIES[name](resource), test) for name, test in where.items())

    found = tenant.remember(
        ("graph", repr(query), projectId), lambda: [r for r in tenant.world.organisation.resources if keep(r)]
    )
    return thing_page(tenant, request.faults, found, first=first, after=after)


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
