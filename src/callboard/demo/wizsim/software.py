"""What software runs where: technologies, the resources that host them, and packages found in resources."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from callboard.demo.company.ids import entity_id, spread
from callboard.demo.company.values import Resource, Weakness
from callboard.demo.wizsim.tenant import Tenant


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Technology:
    """A kind of software or of cloud service."""

    id: str
    key: str
    name: str
    category: str
    is_cloud: bool
    is_system: bool
    """Whether it is an operating system."""

    resources: tuple[Resource, ...]
    """Where it runs."""


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class HostedTechnology:
    """One technology on one resource."""

    id: str
    technology: Technology
    resource: Resource


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Artifact:
    """One version of a package, found in one resource."""

    id: str
    row: int
    """The first finding that names it."""

    weakness: Weakness
    resource: Resource


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class ArtifactGroup:
    """All artifacts with one name."""

    id: str
    name: str
    weakness: Weakness
    artifacts: tuple[Artifact, ...]


_STACKS: Final = {
    "maven": ("Java", "Programming languages"),
    "npm": ("Node.js", "Programming languages"),
    "pypi": ("Python", "Programming languages"),
    "go": ("Go", "Programming languages"),
    "nuget": (".NET", "Programming languages"),
    "gem": ("Ruby", "Programming languages"),
    "deb": ("Debian", "Operating systems"),
    "apk": ("Alpine Linux", "Operating systems"),
}
_SERVICES: Final = {
    ("AWS", "BUCKET"): "Amazon S3",
    ("AWS", "DB_SERVER"): "Amazon RDS",
    ("AWS", "SERVERLESS"): "AWS Lambda",
    ("AWS", "VIRTUAL_MACHINE"): "Amazon EC2",
    ("AWS", "MESSAGING_SERVICE"): "Amazon SQS",
    ("AWS", "KUBERNETES_CLUSTER"): "Amazon EKS",
    ("Azure", "BUCKET"): "Azure Storage",
    ("Azure", "DB_SERVER"): "Azure Database for PostgreSQL",
    ("Azure", "SERVERLESS"): "Azure App Service",
    ("Azure", "VIRTUAL_MACHINE"): "Azure Virtual Machines",
    ("Azure", "SECRET_CONTAINER"): "Azure Key Vault",
    ("Azure", "KUBERNETES_CLUSTER"): "Azure Kubernetes Service",
    ("GCP", "BUCKET"): "Google Cloud Storage",
    ("GCP", "DB_SERVER"): "Google Cloud SQL",
    ("GCP", "SERVERLESS"): "Google Cloud Functions",
    ("GCP", "VIRTUAL_MACHINE"): "Google Compute Engine",
    ("GCP", "KUBERNETES_CLUSTER"): "Google Kubernetes Engine",
}


def artifacts(tenant: Tenant) -> list[Artifact]:
    """Packages in resources, as far as a finding names them."""

    def gather() -> list[Artifact]:
        world = tenant.world
        ledger, weaknesses, resources = (
            world.vulnerabilities,
            world.organisation.weaknesses,
            world.organisation.resources,
        )
        seen: set[tuple[int, str, str]] = set()
        found: list[Artifact] = []
        for row, (cause, index) in enumerate(zip(ledger.cause, ledger.resource, strict=True)):
            weakness = weaknesses[cause]
            key = (index, weakness.package, weakness.installed)
            if key not in seen:
                seen.add(key)
                id_ = entity_id(world.seed, "artifact", *key)
                found.append(Artifact(id=id_, row=row, weakness=weakness, resource=resources[index]))
        return found

    return tenant.remember("artifacts", gather)


def artifact_groups(tenant: Tenant) -> list[ArtifactGroup]:
    """Packages by name."""

    def gather() -> list[ArtifactGroup]:
        groups: dict[tuple[str, str], list[Artifact]] = {}
        for artifact in artifacts(tenant):
            groups.setdefault((artifact.weakness.ecosystem, artifact.weakness.package), []).append(artifact)
        return [
            ArtifactGroup(
                id=entity_id(tenant.world.seed, "artifact group", *key),
                name=key[1],
                weakness=members[0].weakness,
                artifacts=tuple(members),
            )
            for key, members in sorted(groups.items())
        ]

    return tenant.remember("artifact groups", gather)


def technologies(tenant: Tenant) -> list[Technology]:
    """Technologies in use, in the order of their names."""
    return tenant.remember("technologies", lambda: _technologies(tenant))


def technologies_of(tenant: Tenant, resource: Resource) -> list[Technology]:
    """The technologies of one resource."""

    def group() -> dict[int, list[Technology]]:
        groups: dict[int, list[Technology]] = {}
        for technology in technologies(tenant):
            for each in technology.resources:
                groups.setdefault(each.index, []).append(technology)
        return groups

    return tenant.remember("technologies of resources", group).get(resource.index, [])


def hosted_technologies(tenant: Tenant) -> list[HostedTechnology]:
    """Every technology on every resource."""
    return tenant.remember(
        "hosted technologies",
        lambda: [
            HostedTechnology(
                id=entity_id(tenant.world.seed, "hosted technology", technology.key, resource.index),
                technology=technology,
                resource=resource,
            )
            for technology in technologies(tenant)
            for resource in technology.resources
        ],
    )


def _technologies(tenant: Tenant) -> list[Technology]:
    places: dict[tuple[str, str, bool], dict[int, Resource]] = {}

    def note(name: str, category: str, resource: Resource, *, cloud: bool) -> None:
        places.setdefault((name, category, cloud), {})[resource.index] = resource

    for resource in tenant.world.organisation.resources:
        for ecosystem in resource.ecosystems:
            if ecosystem in _STACKS:
                note(*_STACKS[ecosystem], resource, cloud=False)
        service = _SERVICES.get((resource.platform, resource.type))
        if service:
            note(service, "Cloud services", resource, cloud=True)
    for artifact in artifacts(tenant):
        if artifact.weakness.ecosystem == "server":
            note(artifact.weakness.package, "Server applications", artifact.resource, cloud=False)
    return [
        Technology(
            id=str(1_000 + spread(sum(name.encode()), 61)),
            key=name,
            name=name,
            category=category,
            is_cloud=cloud,
            is_system=category == "Operating systems",
            resources=tuple(found.values()),
        )
        for (name, category, cloud), found in sorted(places.items())
    ]
