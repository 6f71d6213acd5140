"""What write calls do to projects: new ones, changed ones, archived ones, and which resources are theirs afterwards."""

# ruff: noqa: ANN401, A002  values of GraphQL are typed by its schema, not by Python; `input` is the schema's name

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.ids import entity_id
from callboard.demo.company.values import Person, Project, Resource
from callboard.demo.wizsim.context import Request, not_found, patch_of
from callboard.demo.wizsim.fields.inventory import cloud_organisations
from callboard.demo.wizsim.fields.projects import LINKS, project_links
from callboard.demo.wizsim.tenant import ProjectDetails, Tenant
from callboard.demo.wizsim.views import bad_input

_CREATE: Final = ("admin:projects", "create:projects", "write:projects")
_UPDATE: Final = ("admin:projects", "update:projects", "write:projects")
"""The first is public; the others are our guess, in the pattern of the names that are known (2026-08)."""


def _one(things: Any, id_: str, what: str) -> Any:
    found = next((thing for thing in things if thing.id == id_), None)
    if found is None:
        raise bad_input(f"There is no {what} {id_!r}.")
    return found


def _tags(link: Mapping[str, Any]) -> list[dict[str, str]]:
    new = link.get("resourceTagsV2") or {}
    given = link.get("resourceTags") or new.get("equalsAll") or new.get("equalsAny") or []
    return [{"key": tag["key"], "value": tag.get("value") or ""} for tag in given]


def _scoped(link: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "environment": link["environment"],
        "resourceGroups": link.get("resourceGroups") or [],
        "resourceTags": _tags(link),
        "shared": bool(link.get("shared")),
        **more,
    }


def _account_link(tenant: Tenant, link: Mapping[str, Any]) -> dict[str, Any]:
    account = _one(tenant.world.organisation.accounts, link["cloudAccount"], "cloud account")
    return _scoped(link, cloudAccount=account)


def _organisation_link(tenant: Tenant, link: Mapping[str, Any]) -> dict[str, Any]:
    wanted = link["cloudOrganization"]
    found = next((o for o in cloud_organisations(tenant) if o["id"] == wanted), None)
    if found is None:
        raise bad_input(f"There is no cloud organization {wanted!r}.")
    return _scoped(link, cloudOrganization=found)


def _cluster_link(tenant: Tenant, link: Mapping[str, Any]) -> dict[str, Any]:
    clusters = [r for r in tenant.world.organisation.resources if r.type == "KUBERNETES_CLUSTER"]
    return {
        "environment": link["environment"],
        "kubernetesCluster": _one(clusters, link["kubernetesCluster"], "Kubernetes cluster"),
        "namespaces": link.get("namespaces") or [],
        "shared": bool(link.get("shared")),
    }


def _repository_link(tenant: Tenant, link: Mapping[str, Any]) -> dict[str, Any]:
    found = _one(tenant.world.organisation.repositories, link["repository"], "repository")
    return {"environment": link.get("environment") or "PRODUCTION", "repository": found, "repositoryV2": found}


def _service_link(tenant: Tenant, link: Mapping[str, Any]) -> dict[str, Any]:
    found = _one(tenant.world.organisation.services, link["applicationService"], "application service")
    return {"environment": link["environment"], "applicationService": found}


_READ_LINKS: Final[dict[str, tuple[str, Callable[[Tenant, Mapping[str, Any]], dict[str, Any]]]]] = {
    "cloudAccountLinks": ("cloudAccountLinks", _account_link),
    "cloudOrganizationLinks": ("cloudOrganizationLinks", _organisation_link),
    "kubernetesClusterLinks": ("kubernetesClustersLinks", _cluster_link),
    "repositoryLinks": ("repositoryLinks", _repository_link),
    "applicationServiceLinks": ("applicationServiceLinks", _service_link),
}
"""Links as they are sent: the field that answers them, and how one is read."""


def _covers(name: str, link: Mapping[str, Any], resource: Resource) -> bool:
    """Whether a link makes a resource part of the project."""
    if name == "repositoryLinks":
        return resource.repository is link["repository"] and resource.branch is not None
    if name == "applicationServiceLinks":
        return link["applicationService"] in resource.services
    if name == "kubernetesClustersLinks":
        spaces, cluster = link["namespaces"], link["kubernetesCluster"]
        in_cluster = resource.cluster is not None and resource.account is cluster.account
        return in_cluster and (not spaces or resource.namespace in spaces)
    account = resource.account
    if name == "cloudAccountLinks":
        inside = account is link["cloudAccount"]
    else:
        inside = account is not None and account.provider == link["cloudOrganization"]["cloudProvider"]
    groups, tags = link["resourceGroups"], resource.tags or {}
    if not inside or (groups and resource.resource_group not in groups):
        return False
    return all(tags.get(tag["key"]) == tag["value"] for tag in link["resourceTags"])


def _people(tenant: Tenant, ids: list[str]) -> tuple[Person, ...]:
    return tuple(_one(tenant.people, id_, "user") for id_ in ids)


def _facts(tenant: Tenant, change: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a change that the company's own value of a project holds."""
    facts: dict[str, Any] = {}
    for name, field in (("name", "name"), ("slug", "slug"), ("description", "description"), ("archived", "archived")):
        if name in change:
            facts[field] = change[name]
    if "businessUnit" in change:
        facts["business_unit"] = change["businessUnit"]
    if "identifiers" in change:
        facts["identifiers"] = tuple(change["identifiers"] or ())
    if "tags" in change:
        facts["tags"] = {tag["key"]: tag.get("value") or "" for tag in change["tags"] or ()}
    if "projectOwners" in change:
        facts["owners"] = _people(tenant, change["projectOwners"] or [])
    if "securityChampions" in change:
        facts["champions"] = _people(tenant, change["securityChampions"] or [])
    if "parentProjectId" in change:
        parent = change["parentProjectId"]
        facts["parent"] = _one(tenant.world.organisation.projects, parent, "project") if parent else None
    profile = change.get("riskProfile")
    if profile:
        facts |= {
            "impact": profile.get("businessImpact"),
            "exposed": profile.get("isInternetFacing") == "YES",
            "data_types": tuple(profile.get("sensitiveDataTypes") or ()),
            "regulatory": tuple(profile.get("regulatoryStandards") or ()),
        }
    return facts


def _links(tenant: Tenant, change: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    return {
        field: [read(tenant, link) for link in change[name] or ()]
        for name, (field, read) in _READ_LINKS.items()
        if name in change
    }


def _merged(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [*old, *(link for link in new if link not in old)]


def _put(tenant: Tenant, old: Project | None, new: Project, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Put a project in place of its old value, also below and in the resources that are its own."""
    organisation = tenant.world.organisation
    swaps = {old: new} if old is not None else {}
    projects: list[Project] = []
    for project in organisation.projects:  # parents stand before their children
        parent = swaps.get(project.parent) if project.parent is not None else None
        if project is not old and parent is not None:
            swaps[project] = replace(project, parent=parent)
        projects.append(swaps.get(project, project))
    if old is None:
        projects.append(new)

    def member(resource: Resource) -> bool:
        was = old is not None and old in resource.projects
        lost = any(_covers(name, link, resource) for name in LINKS for link in before[name])
        covered = any(_covers(name, link, resource) for name in LINKS for link in after[name])
        if new.archived:
            return False
        return covered or (was and not lost)

    resources = []
    for resource in organisation.resources:
        leaves = [swaps.get(p, p) for p in resource.projects if not p.is_folder and p is not old]
        folders = [swaps.get(p, p) for p in resource.projects if p.is_folder]
        if not new.is_folder and member(resource):
            leaves.append(new)
        wanted = tuple(dict.fromkeys(p for leaf in leaves for p in (*reversed(leaf.ancestors), leaf)))
        if not leaves and not any(old is p for p in resource.projects):
            wanted = tuple(folders)
        same = len(wanted) == len(resource.projects) and all(
            a is b for a, b in zip(wanted, resource.projects, strict=True)
        )
        resources.append(resource if same else replace(resource, projects=wanted))
    tenant.world.organisation = replace(organisation, projects=tuple(projects), resources=tuple(resources))
    tenant.world.organisation_revision += 1
    tenant.written += 1


def _create(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need(*_CREATE)
    tenant, now = request.tenant, request.tenant.world.now
    slug = input.get("slug") or input["name"].lower().replace(" ", "-")
    if any(slug == project.slug for project in tenant.world.organisation.projects):
        raise bad_input(f"There is already a project with the slug {slug!r}.")
    blank: dict[str, Any] = {
        "parent": None,
        "business_unit": "",
        "description": "",
        "archived": False,
        "impact": None,
        "exposed": False,
        "data_types": (),
        "regulatory": (),
        "owners": (),
        "champions": (),
        "identifiers": (),
        "tags": {},
    }
    project = Project(
        **{**blank, **_facts(tenant, input), "slug": slug},
        id=entity_id(tenant.world.seed, "written project", tenant.written, slug),
        is_folder=bool(input.get("isFolder")),
        accounts=(),
        repositories=(),
        services=(),
        component=None,
        created_at=now,
        updated_at=now,
    )
    none: dict[str, list[dict[str, Any]]] = {name: [] for name in LINKS}
    links = none | _links(tenant, input)
    tenant.projects[project.id] = ProjectDetails(risks=dict(input.get("riskProfile") or {}), links=links)
    _put(tenant, None, project, none, links)
    return {"project": project}


def _update(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need(*_UPDATE)
    tenant = request.tenant
    old = next((p for p in tenant.world.organisation.projects if p.id == input["id"]), None)
    if old is None:
        raise not_found(info.field_name)
    # A patch leaves out what is null; an override takes null and replaces lists of links (wiz-api.md section 7).
    patch = patch_of(input)
    override = input.get("override") or {}
    if override and not override.get("slug"):
        raise bad_input("slug is required in an override.")
    change = {**patch, **override}
    new = replace(old, **_facts(tenant, change), updated_at=tenant.world.now)
    if any(new is p or old is p for p in (new.parent.ancestors if new.parent else ())) or new.parent is old:
        raise bad_input("A project cannot stand below itself.")
    held = tenant.projects.get(old.id, ProjectDetails())
    before = {name: project_links(old, tenant, name) for name in LINKS}
    added, replaced = _links(tenant, patch), _links(tenant, override)
    after = before | {name: _merged(before[name], links) for name, links in added.items()} | replaced
    written = {name: after[name] for name in (*added, *replaced)}
    risks = change["riskProfile"] if change.get("riskProfile") else {}
    tenant.projects[old.id] = ProjectDetails(risks={**held.risks, **risks}, links={**held.links, **written})
    touched = {name: before[name] for name in LINKS} if written else {name: [] for name in LINKS}
    again = after if written or (old.archived and not new.archived) else {name: [] for name in LINKS}
    _put(tenant, old, new, touched, again)
    return {"project": new}


PROJECT_MUTATIONS: Final[dict[str, Callable[..., Any]]] = {"createProject": _create, "updateProject": _update}


def project_tags(_root: object, info: GraphQLResolveInfo[Any]) -> list[dict[str, str]]:
    """The tags in use."""
    request: Request = info.context
    request.need("read:projects")
    pairs = {pair for project in request.tenant.world.organisation.projects for pair in project.tags.items()}
    return [{"key": key, "value": value} for key, value in sorted(pairs)]


def project_tag_keys(
    _root: object,
    info: GraphQLResolveInfo[Any],
    filterBy: Any = None,  # noqa: N803  argument names are the schema's
) -> list[str]:
    """The keys of the tags in use."""
    text = ((filterBy or {}).get("search") or "").lower()
    keys = dict.fromkeys(tag["key"] for tag in project_tags(_root, info))
    return [key for key in keys if text in key.lower()]
