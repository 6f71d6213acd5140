"""Filters of detections."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from callboard.demo.wizsim.filters.rows import named
from callboard.demo.wizsim.filters.things import Test, exactly, ordered, sift, within
from callboard.demo.wizsim.predicates import text_test
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.threats.detections import Detection, detections
from callboard.demo.wizsim.threats.events import origin


def _account(_tenant: Tenant, detection: Detection, value: Any) -> bool:
    account = detection.resource.account
    test = text_test(value)
    return account is not None and (test(account.id) or test(account.external_id))


def _issue(tenant: Tenant, detection: Detection, value: str) -> bool:
    return detection.raised and tenant.issue(detection.row).id == value


def _resource(_tenant: Tenant, detection: Detection, value: dict[str, Any]) -> bool:
    resource = detection.resource
    held = (
        ("id", resource.id),
        ("name", resource.name),
        ("externalId", resource.external_id),
        ("providerUniqueId", resource.provider_id),
    )
    return all(not value.get(name) or text_test(value[name])(mine) for name, mine in held)


DETECTION_TESTS: Final[dict[str, Test]] = {
    "id": lambda _t, d, v: text_test(v)(d.id),
    "type": exactly(lambda d: "GENERATED_THREAT" if d.raised else "MATCH_ONLY"),
    "severity": exactly(lambda d: d.rule.severity),
    "origin": exactly(lambda d: origin(d.resource)),
    "cloudPlatform": exactly(lambda d: d.resource.platform),
    "resource": _resource,
    "matchedRule": lambda _t, d, v: d.rule.id in [rule["id"] for rule in v],
    "matchedRuleName": lambda _t, d, v: text_test(v)(d.rule.name),
    "issueId": _issue,
    "projectId": lambda _t, d, v: named(d.resource.projects, set(v)),
    "cloudAccountOrCloudOrganizationId": _account,
    "createdAt": lambda t, d, v: within(d.at, v, t),
    "startedAt": lambda t, d, v: within(d.at, v, t),
    "updatedAt": lambda t, d, v: within(d.updated_at, v, t),
}
_ORDERS: Final[dict[str, Callable[[Detection], int]]] = {
    "CREATED_AT": lambda d: d.at,
    "STARTED_AT": lambda d: d.at,
    "TIMESTAMP": lambda d: d.at,
    "UPDATED_AT": lambda d: d.updated_at,
}


def find_detections(tenant: Tenant, filter_by: dict[str, Any] | None, order: dict[str, Any] | None) -> Sequence[Any]:
    """Detections. Any filter leaves out plain matches unless it asks for them (elastic, defend_v2, 2026)."""
    wanted = {"type": {"equals": ["GENERATED_THREAT"]}, **filter_by} if filter_by else None
    return ordered(sift(tenant, detections(tenant), DETECTION_TESTS, wanted), order, _ORDERS)
