"""Answers of cloud resources, repositories, services, accounts and graph entities."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import entity_id, hex_name
from callboard.demo.company.values import ApplicationService, Branch, CloudAccount, Repository, Resource
from callboard.demo.wizsim.fields.configurations import pairs
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.fields.projects import analytics
from callboard.demo.wizsim.moments import write, write_optional
from callboard.demo.wizsim.settings import CONNECTOR_TYPES, Setting
from callboard.demo.wizsim.software import technologies_of
from callboard.demo.wizsim.tenant import Tenant


def _properties(r: Resource, _t: Tenant) -> dict[str, Any]:
    return {
        "_vertexID": r.id,
        "name": r.name,
        "externalId": r.external_id,
        "cloudPlatform": r.platform,
        "region": r.region,
        "nativeType": r.native_type,
        "status": r.status,
        "tags": r.tags,
        "creationDate": write(r.created_at),
    }


def _owners(r: Resource, _t: Tenant) -> list[dict[str, Any]] | None:
    return [{"type": "TAG", "graphEntity": None}] if r.tags and "contact" in r.tags else None


def _repository_projects(r: Repository, t: Tenant) -> Any:
    return [p for p in t.world.organisation.projects if r in p.repositories] or None


def _branch_projects(b: Branch, t: Tenant) -> Any:
    repository = next((r for r in t.world.organisation.repositories if b in r.branches), None)
    return _repository_projects(repository, t) if repository else None


def organisation(_source: object, t: Tenant) -> dict[str, Any]:
    """The organisation on the Git host."""
    repository = t.world.organisation.repositories[0]
    return {
        "id": repository.organization_id,
        "externalId": repository.organization,
        "name": repository.organization,
        "path": repository.organization,
        "cloudProvider": "GitHub",
    }


def _service_projects(s: ApplicationService, t: Tenant) -> Any:
    return [p for p in t.world.organisation.projects if s in p.services] or None


def _service_resources(s: ApplicationService, t: Tenant) -> list[Resource]:
    return [r for r in t.world.organisation.resources if s in r.services]


def _service_analytics(s: ApplicationService, t: Tenant) -> dict[str, int]:
    counts = [0] * 5
    by_resource = t.issues_of_resources()
    for resource in _service_resources(s, t):
        for code, number in enumerate(by_resource.get(resource.index, ())):
            counts[code] += number
    return analytics(counts)


def _service_owners(s: ApplicationService, _t: Tenant) -> list[dict[str, Any]] | None:
    if s.owner is None:
        return None
    source = "BACKSTAGE" if s.source == "BACKSTAGE" else "MANUAL"
    return [{"identity": s.owner, "source": source, "ownedCloudResourcesCount": 0, "ownedCodeResourcesCount": 0}]


def _type_counts(s: ApplicationService, t: Tenant) -> list[dict[str, Any]]:
    counts: dict[str, int] = {}
    for resource in _service_resources(s, t):
        counts[resource.type] = counts.get(resource.type, 0) + 1
    return [{"type": kind, "entityType": kind, "count": number} for kind, number in sorted(counts.items())]


def _linked_projects(a: CloudAccount, t: Tenant) -> Any:
    return [p for p in t.world.organisation.projects if a in p.accounts] or None


def _account_size(a: CloudAccount, t: Tenant) -> int:
    return sum(1 for r in t.world.organisation.resources if r.account is a)


def _connectors(t: Tenant, provider: str) -> list[Setting]:
    """The connectors through which a cloud is seen."""
    return [s for s in t.settings.all("connector") if CONNECTOR_TYPES[s.facts["type"]] == provider]


def cluster_kind(resource: Resource) -> str:
    """Whose Kubernetes a cluster is."""
    return {"AWS": "EKS", "Azure": "AKS", "GCP": "GKE"}.get(resource.platform, "SELF_HOSTED")


def cloud_organisations(t: Tenant) -> list[dict[str, Any]]:
    """The top of each cloud, and of the Git host."""
    seed, company = t.world.seed, t.world.organisation.name
    found = {}
    for account in t.world.organisation.accounts:
        if account.provider != "GitHub":
            found[account.provider] = {
                "id": entity_id(seed, "cloud organisation", account.provider),
                "externalId": f"o-{hex_name(seed, 'cloud organisation', account.provider, length=10)}",
                "name": f"{company} on {account.provider}",
                "path": f"/{company.lower().replace(' ', '-')}",
                "cloudProvider": account.provider,
            }
    return [*found.values(), organisation(None, t)]


INVENTORY_FIELDS: Final[Fields] = {
    "GraphEntity": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "type": lambda r, _t: r.type,
        "properties": _properties,
        "providerUniqueId": lambda r, _t: r.provider_id or None,
        "projects": lambda r, _t: r.projects or None,
        "firstSeen": lambda r, _t: write(r.created_at),
        "lastSeen": lambda r, t: write(r.deleted_at or t.world.organisation.now),
        "deletedAt": lambda r, _t: write_optional(r.deleted_at or 0),
        "technologies": lambda r, t: technologies_of(t, r) or None,
        "userMetadata": lambda _r, _t: {"isInWatchlist": False, "isIgnored": False, "note": None},
        "userTags": lambda _r, _t: None,
        "sensorName": lambda r, _t: f"sensor-{r.index % 40}" if r.type in ("VIRTUAL_MACHINE", "CONTAINER") else None,
    },
    "CloudResource": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "type": lambda r, _t: r.type,
        "nativeType": lambda r, _t: r.native_type,
        "subscriptionId": lambda r, _t: r.account.id if r.account else None,
        "subscriptionName": lambda r, _t: r.account.name if r.account else None,
        "subscriptionExternalId": lambda r, _t: r.account.external_id if r.account else None,
        "graphEntity": lambda r, _t: r,
    },
    "CloudResourceV2": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "type": lambda r, _t: r.type,
        "nativeType": lambda r, _t: r.native_type,
        "externalId": lambda r, _t: r.external_id,
        "providerUniqueId": lambda r, _t: r.provider_id or None,
        "cloudPlatform": lambda r, _t: r.platform,
        "region": lambda r, _t: r.region,
        "status": lambda r, _t: r.status,
        "tags": lambda r, _t: pairs(r.tags),
        "owners": _owners,
        "projects": lambda r, _t: r.projects or None,
        "applicationServices": lambda r, _t: r.services or None,
        "cloudAccount": lambda r, _t: r.account,
        "codeRepository": lambda _r, _t: None,
        "codeToCloudPipelineStage": lambda r, _t: "CODE" if r.branch else "CLOUD",
        "createdAt": lambda r, _t: write(r.created_at),
        "firstSeen": lambda r, _t: write(r.created_at),
        "lastSeen": lambda r, t: write(r.deleted_at or t.world.organisation.now),
        "updatedAt": lambda r, _t: write(r.deleted_at or r.created_at),
        "deletedAt": lambda r, _t: write_optional(r.deleted_at or 0),
        "graphEntity": lambda r, _t: r,
        "hasSensitiveData": lambda r, _t: r.sensitive,
        "isAccessibleFromInternet": lambda r, _t: r.internet,
        "isOpenToAllInternet": lambda r, _t: r.internet,
        "isAvailableOnGraph": lambda _r, _t: True,
    },
    "VersionControlResource": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "type": lambda r, _t: r.type,
        "platform": lambda _r, _t: "GITHUB",
        "providerID": lambda r, _t: r.provider_id or None,
        "repository": lambda r, _t: r.repository,
        # The one that the company began with cannot be missing: the schema wants one for each branch.
        "connector": lambda _r, t: _connectors(t, "GitHub")[0],
        "graphEntity": lambda r, _t: r,
    },
    "Repository": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "url": lambda r, _t: r.url,
        "platform": lambda r, _t: r.platform,
        "visibility": lambda r, _t: r.visibility,
        "archived": lambda r, _t: r.archived,
        "public": lambda r, _t: r.visibility == "PUBLIC",
        "organization": organisation,
        "projects": _repository_projects,
        "branches": lambda r, _t: r.branches,
    },
    "RepositoryBranch": {
        "id": lambda b, _t: b.id,
        "name": lambda b, _t: b.name,
        "url": lambda b, _t: b.url,
        "platform": lambda _b, _t: "GITHUB",
        "organization": organisation,
        "projects": _branch_projects,
    },
    "ApplicationService": {
        "id": lambda s, _t: s.id,
        "displayName": lambda s, _t: s.name,
        "description": lambda s, _t: s.description,
        "sources": lambda s, _t: [s.source],
        "environments": lambda s, _t: s.environments,
        "ownersV2": _service_owners,
        "projects": _service_projects,
        "tags": lambda s, _t: pairs(s.tags),
        "issueAnalytics": _service_analytics,
        "resourceTypeCounts": _type_counts,
        "promotedAt": lambda s, _t: write(s.promoted_at),
        "connectorLastSeenAt": lambda s, t: write(t.world.now) if s.source == "BACKSTAGE" else None,
        "deletionDueDate": lambda _s, _t: None,
    },
    "KubernetesCluster": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "externalId": lambda r, _t: r.external_id,
        "kind": lambda r, _t: cluster_kind(r),
        "cloudAccount": lambda r, _t: r.account,
        "projects": lambda r, _t: r.projects or None,
    },
    "CloudAccount": {
        "id": lambda a, _t: a.id,
        "name": lambda a, _t: a.name,
        "externalId": lambda a, _t: a.external_id,
        "cloudProvider": lambda a, _t: a.provider,
        "linkedProjects": _linked_projects,
        "resourceCount": _account_size,
        "firstScannedAt": lambda _a, t: write(t.world.organisation.now - 365 * 86_400),
        "lastScannedAt": lambda _a, t: write(t.world.now),
        "status": lambda _a, _t: "CONNECTED",
        "sourceConnectors": lambda a, t: _connectors(t, a.provider),
    },
}
