"""Filters of configuration findings."""

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ledger import RESULTS, SEVERITIES, STATUSES
from callboard.demo.company.values import Resource
from callboard.demo.wizsim.filters.issues import requirement_filter
from callboard.demo.wizsim.filters.rows import (
    Filter,
    among,
    by_code,
    by_id,
    by_resource,
    by_rule,
    by_time,
    in_account,
    in_services,
    named,
    project_tags,
)
from callboard.demo.wizsim.predicates import tag_test, text_test


def _judged(resource: Resource, value: dict[str, Any]) -> bool:
    """Whether a resource is meant by the nested resource filter."""
    listed = (
        (value.get("id"), resource.id),
        (value.get("name"), resource.name),
        (value.get("type"), resource.type),
        (value.get("nativeType"), resource.native_type),
        (value.get("status"), resource.status),
        (value.get("cloudPlatform"), resource.platform),
        (value.get("resourceGroup"), resource.resource_group),
    )
    if not among(listed) or not in_account(resource, value.get("subscriptionId")):
        return False
    if value.get("projectId") and not named(resource.projects, set(value["projectId"])):
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
    return all(not value.get(name) or in_services(resource, value[name]) for name in services)


CONFIGURATION_FILTERS: Final[dict[str, Filter]] = {
    "id": by_id("configuration"),
    "status": by_code("status", STATUSES),
    "severity": by_code("severity", SEVERITIES),
    "result": by_code("result", RESULTS),
    "firstSeenAt": by_time("created"),
    "updatedAt": by_time("updated"),
    "statusChangedAt": by_time("changed"),
    "analyzedAt": by_time("seen"),
    "includeDeleted": by_resource(lambda r, v: v or r.deleted_at is None),
    "resource": by_resource(_judged),
    "projectTag": by_resource(project_tags),
    "rule": by_rule(lambda r, v: (not v.get("id") or r.id in v["id"]) and (not v.get("name") or r.name in v["name"])),
    "source": by_rule(lambda _r, v: "WIZ_CSPM" in v),
    "securityFramework": by_rule(requirement_filter("framework")),
    "securityCategory": by_rule(requirement_filter("category")),
    "securitySubCategory": by_rule(requirement_filter("subcategory")),
    "frameworkCategory": by_rule(requirement_filter("any")),
}
