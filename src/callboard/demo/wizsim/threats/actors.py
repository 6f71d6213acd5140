"""Who acted, from where, and on what: the actors and resources of cloud events."""

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import entity_id, hex_name, spread
from callboard.demo.company.values import Resource
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.threats.detections import Detection

_ABROAD: Final = (
    ("Reykjavik", "Iceland", "IS", "Example Transit"),
    ("Lima", "Peru", "PE", "Example Mobile"),
    ("Tallinn", "Estonia", "EE", "Example Hosting"),
    ("Hanoi", "Vietnam", "VN", "Example Broadband"),
)
_BROWSER: Final = "aws-cli/2.15.30 Python/3.11"


def is_runtime(resource: Resource) -> bool:
    """Whether a sensor on the machine saw it, and not the log of the cloud."""
    return resource.type in ("VIRTUAL_MACHINE", "CONTAINER", "SERVERLESS")


def address(detection: Detection) -> str:
    """Where the other side is: an address that stands in documentation only (RFC 5737)."""
    return f"203.0.113.{1 + spread(detection.row, 54) % 254}"


def address_facts(detection: Detection) -> dict[str, Any]:
    """What is known about that address."""
    city, country, code, network = _ABROAD[spread(detection.row, 55) % len(_ABROAD)]
    return {
        "city": city,
        "country": country,
        "countryCode": code,
        "reputation": "MALICIOUS" if detection.raised else "SUSPICIOUS",
        "autonomousSystemNumber": 64_496 + spread(detection.row, 55) % 16,
        "autonomousSystemOrganization": network,
        "reputationSource": "WIZ",
        "reputationDescription": None,
        "customIPRanges": [],
        "relatedAttackGroupNames": [],
    }


def actor(detection: Detection, tenant: Tenant) -> dict[str, Any]:
    """Who acted: the workload itself, or a person who signed in to the cloud."""
    seed, resource = tenant.world.seed, detection.resource
    facts: dict[str, Any] = {
        "MFA": None,
        "federated": None,
        "hasAdminKubernetesPrivileges": False,
        "hasAdminPrivileges": False,
        "hasHighKubernetesPrivileges": False,
        "hasHighPrivileges": False,
        "inactiveInLast90Days": False,
        "isExternalCloudAccount": False,
        "cloudAccount": resource.account,
        "userAgent": None,
        "accessKeyId": None,
        "email": None,
        "actingAs": None,
    }
    if is_runtime(resource):
        name = resource.component.name if resource.component else resource.name
        return facts | {
            "id": entity_id(seed, "workload identity", name),
            "name": name,
            "friendlyName": name,
            "externalId": resource.external_id,
            "providerUniqueId": resource.provider_id or None,
            "type": "SERVICE_ACCOUNT",
            "nativeType": "serviceaccount",
        }
    people = tenant.world.organisation.people
    person = people[spread(detection.row, 56) % len(people)]
    return facts | {
        "id": entity_id(seed, "cloud user", person.username),
        "name": person.username,
        "friendlyName": person.name,
        "email": person.email,
        "externalId": person.username,
        "providerUniqueId": person.email,
        "type": "USER_ACCOUNT",
        "nativeType": "user",
        "userAgent": _BROWSER,
        "accessKeyId": f"EXAMPLE{hex_name(seed, 'access key', person.username, length=13).upper()}",
        "MFA": spread(detection.row, 57) % 3 > 0,
        "federated": True,
        "hasHighPrivileges": person.role == "GLOBAL_ADMIN",
        "hasAdminPrivileges": person.role == "GLOBAL_ADMIN",
        "inactiveInLast90Days": not person.active,
        "actingAs": facts | _role(resource) if resource.type == "ACCESS_ROLE" else None,
    }


def _role(resource: Resource) -> dict[str, Any]:
    return {
        "id": resource.id,
        "name": resource.name,
        "friendlyName": resource.name,
        "externalId": resource.external_id,
        "providerUniqueId": resource.provider_id or None,
        "type": "SERVICE_ACCOUNT",
        "nativeType": "role",
    }


def _part(id_: str, name: str, kind: str) -> dict[str, Any]:
    return {"id": id_, "name": name, "type": kind, "providerUniqueId": name, "externalId": name}


def cluster_part(resource: Resource, tenant: Tenant) -> dict[str, Any] | None:
    """The cluster that a container runs in."""
    if resource.cluster is None:
        return None
    return _part(entity_id(tenant.world.seed, "cluster", resource.cluster), resource.cluster, "KUBERNETES_CLUSTER")


def controller_part(resource: Resource, tenant: Tenant) -> dict[str, Any] | None:
    """The deployment that keeps a container running."""
    if resource.namespace is None:
        return None
    part = _part(entity_id(tenant.world.seed, "deployment", resource.name), resource.name, "DEPLOYMENT")
    return {**part, "externalId": f"{resource.namespace}/{resource.name}"}


def cluster_entity(resource: Resource, tenant: Tenant) -> Resource | None:
    """The cluster on the graph."""
    if resource.cluster is None:
        return None
    resources = tenant.world.organisation.resources
    return next((r for r in resources if r.type == "KUBERNETES_CLUSTER" and r.account is resource.account), None)


def event_resource(resource: Resource, tenant: Tenant) -> dict[str, Any]:
    """A resource as cloud events tell it."""
    controller = controller_part(resource, tenant)
    space = resource.namespace
    return {
        "id": resource.id,
        "name": resource.name,
        "type": resource.type,
        "nativeType": resource.native_type,
        "externalId": resource.external_id,
        "providerUniqueId": resource.provider_id or None,
        "region": resource.region,
        "cloudAccount": resource.account,
        "openToAllInternet": resource.internet,
        "graphEntity": None if resource.deleted_at else resource,
        "containerService": controller,
        "containerServiceGraphEntity": None,
        "kubernetesCluster": cluster_part(resource, tenant),
        "kubernetesClusterGraphEntity": cluster_entity(resource, tenant),
        "kubernetesNamespace": _part(entity_id(tenant.world.seed, "namespace", space), space, "NAMESPACE")
        if space
        else None,
        "kubernetesNamespaceGraphEntity": None,
        "kubernetesController": controller,
        "kubernetesControllerGraphEntity": None,
    }
