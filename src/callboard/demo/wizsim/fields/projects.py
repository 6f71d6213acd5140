"""Answers of projects, their risk profile and what is linked to them."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callboard.demo.company.ids import spread
from callboard.demo.company.values import Project
from callboard.demo.wizsim.fields.configurations import pairs
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.tenant import Tenant


def analytics(counts: Any, scope: int = 0) -> dict[str, int]:
    """Counts by severity code in the words of the schema."""
    return {
        "issueCount": sum(counts),
        "informationalSeverityCount": counts[0],
        "lowSeverityCount": counts[1],
        "mediumSeverityCount": counts[2],
        "highSeverityCount": counts[3],
        "criticalSeverityCount": counts[4],
        "scopeSize": scope,
    }


def _analytics(p: Project, t: Tenant, **_selection: object) -> dict[str, int]:
    return analytics(t.issues_of_projects().get(p.id, (0, 0, 0, 0, 0)), _entities(p, t))


def _entities(p: Project, t: Tenant) -> int:
    def count() -> dict[str, int]:
        sizes: dict[str, int] = {}
        for resource in t.world.organisation.resources:
            for project in resource.projects:
                sizes[project.id] = sizes.get(project.id, 0) + 1
        return sizes

    return t.remember("sizes of projects", count).get(p.id, 0)


def children(p: Project, t: Tenant) -> int:
    """How many projects stand directly below."""
    return sum(1 for other in t.world.organisation.projects if other.parent is p)


def score(p: Project) -> int:
    """A security score from 0 to 100."""
    return 40 + spread(sum(map(ord, p.slug)), 31) % 60


def _profile(p: Project, t: Tenant) -> dict[str, Any]:
    exposed = "YES" if p.exposed else "UNKNOWN"
    written = t.projects[p.id].risks if p.id in t.projects else {}
    made = {
        "businessImpact": p.impact,
        "isActivelyDeveloped": "NO" if p.archived else "YES",
        "hasAuthentication": "UNKNOWN",
        "hasExposedAPI": exposed,
        "hasUserInterface": "UNKNOWN",
        "isInternetFacing": exposed,
        "isCustomerFacing": exposed,
        "storesData": "YES" if p.data_types else "UNKNOWN",
        "isRegulated": "YES" if p.regulatory else "NO",
        "sensitiveDataTypes": list(p.data_types),
        "regulatoryStandards": list(p.regulatory),
    }
    return made | {name: value for name, value in written.items() if value is not None}


LINKS: Final = (
    "cloudAccountLinks",
    "cloudOrganizationLinks",
    "kubernetesClustersLinks",
    "repositoryLinks",
    "applicationServiceLinks",
)
"""Fields of a project that link it to what it contains."""


def project_links(project: Project, tenant: Tenant, name: str) -> list[dict[str, Any]]:
    """The links of one kind: as write calls left them, or as the company has them."""
    written = tenant.projects.get(project.id)
    if written is not None and name in written.links:
        return written.links[name]
    made = _MADE_LINKS.get(name)
    return [] if made is None else made(project, tenant)


def _linked(name: str) -> Callable[[Project, Tenant], list[dict[str, Any]]]:
    return lambda project, tenant: project_links(project, tenant, name)


def _account_links(p: Project, _t: Tenant) -> list[dict[str, Any]]:
    return [
        {
            "cloudAccount": account,
            "environment": account.environment,
            "resourceGroups": [],
            "resourceTags": pairs({"component": p.component}) if p.component else [],
            "shared": p.component is not None,
        }
        for account in p.accounts
    ]


def _repository_links(p: Project, _t: Tenant) -> list[dict[str, Any]]:
    return [{"environment": "PRODUCTION", "repository": r, "repositoryV2": r} for r in p.repositories]


def _service_links(p: Project, _t: Tenant) -> list[dict[str, Any]]:
    return [
        {"environment": environment, "applicationService": service}
        for service in p.services
        for environment in service.environments
    ]


_MADE_LINKS: Final = {
    "cloudAccountLinks": _account_links,
    "repositoryLinks": _repository_links,
    "applicationServiceLinks": _service_links,
}


PROJECT_FIELDS: Final[Fields] = {
    "Project": {
        "id": lambda p, _t: p.id,
        "name": lambda p, _t: p.name,
        "slug": lambda p, _t: p.slug,
        "description": lambda p, _t: p.description,
        "archived": lambda p, _t: p.archived,
        "isFolder": lambda p, _t: p.is_folder,
        "nestingLevel": lambda p, _t: p.level,
        "parentProject": lambda p, _t: p.parent,
        "ancestorProjects": lambda p, _t: p.ancestors or None,
        "childProjectCount": children,
        "businessUnit": lambda p, _t: p.business_unit,
        "category": lambda _p, _t: None,
        "identifiers": lambda p, _t: p.identifiers,
        "tags": lambda p, _t: pairs(p.tags),
        "projectOwners": lambda p, _t: p.owners,
        "securityChampions": lambda p, _t: p.champions,
        "riskProfile": _profile,
        "createdAt": lambda p, _t: write(p.created_at),
        "updatedAt": lambda p, _t: write(p.updated_at),
        "modifiedAt": lambda p, _t: write(p.updated_at),
        "creationMethod": lambda p, _t: "TERRAFORM" if p.component and len(p.slug) % 2 else None,
        "securityScore": lambda p, _t: score(p),
        "issueAnalytics": _analytics,
        "entityCount": _entities,
        "workloadCount": _entities,
        "licensedWorkloadQuota": lambda _p, _t: None,
        "cloudAccountCount": lambda p, t: len(project_links(p, t, "cloudAccountLinks")),
        "cloudOrganizationCount": lambda p, t: len(project_links(p, t, "cloudOrganizationLinks")),
        "containerRegistryCount": lambda _p, _t: 0,
        "kubernetesClusterCount": lambda p, t: len(project_links(p, t, "kubernetesClustersLinks")),
        "repositoryCount": lambda p, t: len(project_links(p, t, "repositoryLinks")),
        "teamMemberCount": lambda p, _t: len(p.owners) + len(p.champions),
        "technologyCount": lambda _p, _t: 0,
        **{name: _linked(name) for name in LINKS},
    },
}
