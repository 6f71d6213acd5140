"""Ways through the graph: from outside to a resource, from a resource to data, and down a cluster."""

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import entity_id
from callboard.demo.company.values import Resource
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.threats.actors import cluster_entity
from callboard.demo.wizsim.threats.runtime import siblings

_COMPUTE: Final = ("VIRTUAL_MACHINE", "CONTAINER", "SERVERLESS")
_STORES: Final = ("BUCKET", "DB_SERVER", "SECRET_CONTAINER")
_IDENTITIES: Final = ("ACCESS_ROLE", "SERVICE_ACCOUNT")


def _nodes(found: list[dict[str, Any]], first: int) -> dict[str, Any]:
    return {"nodes": found[:first]}


def _beside(resource: Resource, tenant: Tenant, kinds: tuple[str, ...]) -> list[Resource]:
    near = siblings(resource, tenant)
    return [each for each in near if each.type in kinds and each.environment == resource.environment]


def _exposure(resource: Resource, tenant: Tenant, mark: str, source: str) -> dict[str, Any]:
    return {
        "id": entity_id(tenant.world.seed, "exposure", mark, resource.index),
        "portRange": "443" if resource.type != "VIRTUAL_MACHINE" else "22",
        "sourceIpRange": source,
        "destinationIpRange": f"10.{resource.index % 200}.{resource.index // 200 % 250}.0/24",
        "path": [*_beside(resource, tenant, ("LOAD_BALANCER",))[:1], resource],
        "applicationEndpoints": [],
    }


def _public(resource: Resource, tenant: Tenant, first: int, **_after: object) -> dict[str, Any]:
    found = [_exposure(resource, tenant, "internet", "0.0.0.0/0")] if resource.internet else []
    return _nodes(found, first)


def _other_networks(resource: Resource, tenant: Tenant, first: int, **_after: object) -> dict[str, Any]:
    found = [_exposure(resource, tenant, "network", "10.0.0.0/8")] if resource.index % 10 == 0 else []
    return _nodes(found, first)


def _other_accounts(_resource: Resource, _tenant: Tenant, first: int, **_after: object) -> dict[str, Any]:
    return _nodes([], first)


def _lateral(resource: Resource, tenant: Tenant, first: int, **_after: object) -> dict[str, Any]:
    if resource.type not in _COMPUTE:
        return _nodes([], first)
    identities = _beside(resource, tenant, _IDENTITIES)[:1]
    found = [
        {
            "id": entity_id(tenant.world.seed, "lateral path", resource.index, store.index),
            "pathEntities": [{"entity": each} for each in (resource, *identities, store)],
        }
        for store in _beside(resource, tenant, _STORES)
    ]
    return _nodes(found, first)


def _in_cluster(resource: Resource, tenant: Tenant, first: int, **_after: object) -> dict[str, Any]:
    cluster = cluster_entity(resource, tenant)
    if cluster is None:
        return _nodes([], first)
    path = {"id": entity_id(tenant.world.seed, "cluster path", resource.index), "path": [cluster, resource]}
    return _nodes([path], first)


PATH_FIELDS: Final[Fields] = {
    "GraphEntity": {
        "publicExposures": _public,
        "otherVnetExposures": _other_networks,
        "otherSubscriptionExposures": _other_accounts,
        "lateralMovementPaths": _lateral,
        "kubernetesPaths": _in_cluster,
    },
}
"""Fields of a graph entity that lead to other entities; they add to its own table."""
