"""Filters of configuration findings."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callboard.demo.company.ledger import RESULTS, SEVERITIES, STATUSES, Ledger
from callboard.demo.company.values import Resource
from callboard.demo.wizsim import masks
from callboard.demo.wizsim.filters.issues import Filter, named, project_tags, requirement_filter
from callboard.demo.wizsim.masks import Mask
from callboard.demo.wizsim.predicates import set_test, tag_test, text_test
from callboard.demo.wizsim.tenant import Tenant


def _resources(keep: Callable[[Resource, Any], object]) -> Filter:
    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.of_resources(ledger, tenant.world.organisation.resources, lambda r: keep(r, value))

    return mask


def _rules(keep: Callable[[Any, Any], object]) -> Filter:
    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.of_causes(ledger, tenant.world.organisation.rules, lambda r: keep(r, value))

    return mask


def _dated(column: str) -> Filter:
    def mask(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.times(getattr(ledger, column), value, tenant.world.now)

    return mask


def _coded(column: str, words: tuple[str, ...]) -> Filter:
    def mask(_tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
        return masks.codes(getattr(ledger, column), [words.index(word) for word in value if word in words])

    return mask


def _ids(tenant: Tenant, ledger: Ledger, value: Any) -> Mask:
    return masks.of_rows(len(ledger), (tenant.find("configuration", id_) for id_ in value))


def _services(resource: Resource, value: dict[str, Any]) -> bool:
    return set_test(value)(s.id for s in resource.services)


def _judged(resource: Resource, value: dict[str, Any]) -> bool:
    """Whether a resource is meant by the nested resource filter."""
    account = resource.account
    listed = (
        (value.get("id"), resource.id),
        (value.get("name"), resource.name),
        (value.get("type"), resource.type),
        (value.get("nativeType"), resource.native_type),
        (value.get("status"), resource.status),
        (value.get("cloudPlatform"), resource.platform),
        (value.get("resourceGroup"), resource.resource_group),
    )
    if any(wanted and held not in wanted for wanted, held in listed):
        return False
    if value.get("projectId") and not named(resource.projects, set(value["projectId"])):
        return False
    wanted = value.get("subscriptionId")
    if wanted and (account is None or not {account.id, account.external_id} & set(wanted)):
        return False
    texts = (("externalId", resource.external_id), ("nameV2", resource.name), ("region", resource.region))
    if any(value.get(name) and not text_test(value[name])(held) for name, held in texts):
        return False
    if value.get("tag") and not tag_test(value["tag"])(resource.tags):
        return False
    if value.get("isAccessibleFromInternet") is not None and resource.internet is not value["isAccessibleFromInternet"]:
        return False
    environment = (value.get("environment") or {}).get("equals")
    if environment and resource.environment not in environment:
        return False
    services = ("applicationService", "owningApplicationService")
    return all(not value.get(name) or _services(resource, value[name]) for name in services)


CONFIGURATION_FILTERS: Final[dict[str, Filter]] = {
    "id": _ids,
    "status": _coded("status", STATUSES),
    "severity": _coded("severity", SEVERITIES),
    "result": _coded("result", RESULTS),
    "firstSeenAt": _dated("created"),
    "updatedAt": _dated("updated"),
    "statusChangedAt": _dated("changed"),
    "analyzedAt": _dated("seen"),
    "includeDeleted": _resources(lambda r, v: v or r.deleted_at is None),
    "resource": _resources(_judged),
    "projectTag": _resources(project_tags),
    "rule": _rules(lambda r, v: (not v.get("id") or r.id in v["id"]) and (not v.get("name") or r.name in v["name"])),
    "source": _rules(lambda _r, v: "WIZ_CSPM" in v),
    "securityFramework": _rules(requirement_filter("framework")),
    "securityCategory": _rules(requirement_filter("category")),
    "securitySubCategory": _rules(requirement_filter("subcategory")),
    "frameworkCategory": _rules(requirement_filter("any")),
}
