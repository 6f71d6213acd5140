"""Filters and orders of technologies and of software artifacts."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from callboard.demo.wizsim.fields.software import SOFTWARE_FIELDS, in_runtime
from callboard.demo.wizsim.filters.rows import named
from callboard.demo.wizsim.filters.things import Test, exactly, ordered, sift, within
from callboard.demo.wizsim.packages import package_type
from callboard.demo.wizsim.predicates import text_test
from callboard.demo.wizsim.software import (
    Artifact,
    Technology,
    artifact_groups,
    artifacts,
    hosted_technologies,
    technologies,
)
from callboard.demo.wizsim.tenant import Tenant

_ANSWERS: Final = SOFTWARE_FIELDS["Technology"]


def _answered(name: str) -> Test:
    return lambda tenant, technology, value: _ANSWERS[name](technology, tenant) in value


def _in_project(_tenant: Tenant, technology: Technology, value: str) -> bool:
    return value == "*" or any(named(resource.projects, {value}) for resource in technology.resources)


TECHNOLOGY_TESTS: Final[dict[str, Test]] = {
    "search": lambda _t, x, v: v.lower() in x.name.lower(),
    "category": lambda _t, x, v: x.category in v,
    "isCloudService": lambda _t, x, v: x.is_cloud is v,
    "hasNote": lambda _t, _x, v: not v,
    "entityId": lambda _t, x, v: any(resource.id == v for resource in x.resources),
    "project": _in_project,
    "risk": _answered("risk"),
    "status": _answered("status"),
    "usage": _answered("usage"),
}
_RANKS: Final = ("RARE", "UNCOMMON", "COMMON", "VERY_COMMON")


def find_technologies(tenant: Tenant, filter_by: Any, order: Any) -> Sequence[Any]:
    """Technologies in use."""
    found = sift(tenant, technologies(tenant), TECHNOLOGY_TESTS, filter_by)
    keys: dict[str, Any] = {
        "NAME": lambda x: x.name,
        "PROJECTS": lambda x: _ANSWERS["projectCount"](x, tenant),
        "USAGE": lambda x: _RANKS.index(_ANSWERS["usage"](x, tenant)),
        "RISK": lambda x: ("NONE", "LOW", "MEDIUM", "HIGH").index(_ANSWERS["risk"](x, tenant)),
    }
    return ordered(found, order, keys)


HOSTED_TESTS: Final[dict[str, Test]] = {
    "id": exactly(lambda h: h.id),
    "search": lambda _t, h, v: v.lower() in f"{h.technology.name} {h.resource.name}".lower(),
    "cpe": lambda t, h, v: text_test(v)(SOFTWARE_FIELDS["HostedTechnology"]["cpe"](h, t)),
    "firstSeen": lambda t, h, v: within(h.resource.created_at, v, t),
    "updatedAt": lambda t, h, v: within(h.resource.deleted_at or t.world.organisation.now, v, t),
    "includeDeleted": lambda _t, h, v: v or h.resource.deleted_at is None,
}


def find_hosted(tenant: Tenant, filter_by: Any, order: Any) -> Sequence[Any]:
    """Technologies on resources; those of deleted resources only when asked for."""
    wanted = {"includeDeleted": False, **(filter_by or {})}
    found = sift(tenant, hosted_technologies(tenant), HOSTED_TESTS, wanted)
    return ordered(found, order, {"FIRST_SEEN": lambda h: h.resource.created_at})


def _typed(weakness: Any, value: dict[str, Any]) -> bool:
    kind = package_type(weakness)
    return all(kind.get(name) in wanted for name, wanted in value.items() if wanted)


def _scanned(artifact: Artifact) -> str:
    return "CODE" if artifact.resource.branch else "WORKLOAD"


def _on_resource(_tenant: Tenant, artifact: Artifact, value: dict[str, Any]) -> bool:
    resource = artifact.resource
    account = resource.account
    held = (
        ("id", resource.id),
        ("type", resource.type),
        ("nativeType", resource.native_type),
        ("cloudPlatform", resource.platform),
        ("region", resource.region),
        ("status", resource.status),
        ("scanSource", _scanned(artifact)),
        ("subscriptionIds", account.id if account else None),
        ("vcsRepositoryId", resource.repository.id if resource.repository else None),
    )
    return all(not value.get(name) or mine in value[name] for name, mine in held)


ARTIFACT_TESTS: Final[dict[str, Test]] = {
    "name": lambda _t, a, v: a.weakness.package == v,
    "search": lambda _t, a, v: v.lower() in a.weakness.package.lower(),
    "type": lambda _t, a, v: _typed(a.weakness, v),
    "typeGroup": lambda _t, a, v: package_type(a.weakness)["group"] in v,
    "projectId": lambda _t, a, v: named(a.resource.projects, set(v)),
    "firstSeenAt": lambda t, a, v: within(t.world.vulnerabilities.created[a.row], v, t),
    "validatedInRuntime": lambda _t, a, v: in_runtime(a) is v,
    "resource": _on_resource,
}
GROUP_TESTS: Final[dict[str, Test]] = {
    "search": lambda _t, g, v: v.lower() in g.name.lower(),
    "type": lambda _t, g, v: _typed(g.weakness, v),
    "project": lambda _t, g, v: v == "*" or any(named(a.resource.projects, {v}) for a in g.artifacts),
}


def find_artifacts(tenant: Tenant, filter_by: Any, _order: Any = None) -> Sequence[Any]:
    """Packages in resources."""
    return sift(tenant, artifacts(tenant), ARTIFACT_TESTS, filter_by)


def find_groups(tenant: Tenant, filter_by: Any, _order: Any = None) -> Sequence[Any]:
    """Packages by name."""
    return sift(tenant, artifact_groups(tenant), GROUP_TESTS, filter_by)
