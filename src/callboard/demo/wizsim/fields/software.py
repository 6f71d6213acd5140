"""Answers of technologies, of what hosts them, and of software artifacts."""

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import spread
from callboard.demo.company.values import Resource
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.fields.vulnerabilities import location
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.packages import LANGUAGES, PACKAGE_MANAGERS, package_type
from callboard.demo.wizsim.software import Artifact, HostedTechnology, Technology
from callboard.demo.wizsim.tenant import Tenant

_LICENSES: Final = ("MIT", "Apache-2.0", "BSD-3-Clause", "GPL-2.0-only")


def _usage(technology: Technology, _tenant: Tenant) -> str:
    count = len(technology.resources)
    return "VERY_COMMON" if count > 60 else "COMMON" if count > 20 else "UNCOMMON" if count > 5 else "RARE"


def _projects(technology: Technology, _tenant: Tenant) -> int:
    return len({project.id for resource in technology.resources for project in resource.projects})


def _methods(hosted: HostedTechnology, _tenant: Tenant) -> list[str]:
    technology, resource = hosted.technology, hosted.resource
    if technology.is_cloud:
        return ["CLOUD_API"]
    if technology.is_system:
        return ["OS"]
    if technology.category == "Server applications":
        return ["INSTALLED_PROGRAM"]
    return ["LIBRARY"] if resource.branch is not None else ["FILE_PATH", "LIBRARY"]


def _asset(resource: Resource) -> dict[str, Any]:
    return {
        "__typename": f"SBOMArtifactAsset{resource.asset}",
        "id": resource.id,
        "name": resource.name,
        "type": resource.type,
        "region": resource.region or "",
        "nativeType": resource.native_type,
        "cloudPlatform": resource.platform,
        "status": resource.status,
        "subscription": resource.account,
        "repositoryId": resource.repository.id if resource.repository else None,
        "repositoryExternalId": resource.repository.slug if resource.repository else None,
        "repositoryName": resource.repository.name if resource.repository else None,
    }


def _license(artifact: Artifact, _tenant: Tenant) -> list[dict[str, str]]:
    name = _LICENSES[sum(artifact.weakness.package.encode()) % len(_LICENSES)]
    return [{"id": name, "name": name}]


def transitivity(artifact: Artifact) -> str:
    """Whether the package was asked for, or came along with another."""
    if artifact.weakness.ecosystem not in LANGUAGES:
        return "UNKNOWN"
    return "TRANSITIVE" if spread(artifact.row, 24) < 40_000 else "DIRECT"


def in_runtime(artifact: Artifact) -> bool:
    """Whether a sensor saw the package in use."""
    return artifact.resource.branch is None and spread(artifact.row, 23) < 9_000


SOFTWARE_FIELDS: Final[Fields] = {
    "Technology": {
        "id": lambda x, _t: x.id,
        "name": lambda x, _t: x.name,
        "description": lambda x, _t: f"{x.name}, found on {len(x.resources)} resources.",
        "categories": lambda x, _t: [{"name": x.category}],
        "usage": _usage,
        "status": lambda x, _t: "SANCTIONED" if len(x.resources) > 5 else "UNREVIEWED",
        "risk": lambda x, _t: "LOW" if x.is_cloud or x.is_system else "NONE",
        "note": lambda _x, _t: None,
        "icon": lambda x, _t: f"{x.key.lower().replace(' ', '-')}.svg",
        "ownerName": lambda x, _t: x.name.split()[0] if x.is_cloud else None,
        "businessModel": lambda x, _t: "COMMERCIAL_PROPRIETARY" if x.is_cloud else "FREE_OPEN_SOURCE",
        "popularity": lambda x, _t: "VERY_COMMON" if x.is_cloud or x.is_system else "COMMON",
        "projectCount": _projects,
        "codeRepoCount": lambda x, _t: len({r.repository.id for r in x.resources if r.branch and r.repository}),
        "isCloudService": lambda x, _t: x.is_cloud,
        "supportedOperatingSystems": lambda x, _t: ["LINUX"] if not x.is_cloud else None,
    },
    "HostedTechnology": {
        "id": lambda h, _t: h.id,
        "name": lambda h, _t: h.technology.name,
        "technology": lambda h, _t: h.technology,
        "resource": lambda h, _t: {"id": h.resource.id, "name": h.resource.name},
        "detectionMethods": _methods,
        "installedPackages": lambda h, _t: None if h.technology.is_cloud else [h.technology.key.lower()],
        "firstSeen": lambda h, _t: write(h.resource.created_at),
        "updatedAt": lambda h, t: write(h.resource.deleted_at or t.world.organisation.now),
        "cpe": lambda h, _t: _cpe(h.technology),
    },
    "SBOMArtifact": {
        "id": lambda a, _t: a.id,
        "name": lambda a, _t: a.weakness.package,
        "version": lambda a, _t: a.weakness.installed,
        "filePath": lambda a, t: location(t.vulnerability(a.row)) or "/var/lib/dpkg/status",
        "transitivity": lambda a, _t: transitivity(a),
        "validatedInRuntime": lambda a, _t: in_runtime(a),
        "usedInCodeResult": lambda a, _t: "UNCHECKED" if a.weakness.ecosystem in PACKAGE_MANAGERS else "UNKNOWN",
        "licenses": _license,
        "asset": lambda a, _t: _asset(a.resource) if a.resource.asset else None,
    },
    "SBOMArtifactsGroupedByName": {
        "id": lambda g, _t: g.id,
        "name": lambda g, _t: g.name,
        "type": lambda g, _t: package_type(g.weakness),
    },
}


def _cpe(technology: Technology) -> str | None:
    if technology.is_cloud:
        return None
    name = technology.key.lower().replace(" ", "_")
    return f"cpe:2.3:{'o' if technology.is_system else 'a'}:{name}:{name}:*:*:*:*:*:*:*:*"
