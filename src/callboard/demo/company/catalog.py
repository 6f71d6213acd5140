"""Writes the company's software catalog as `catalog-info.yaml` files that a Backstage portal reads.

The annotations carry the ids that the look-alike answers. A few defects are written on purpose, as every real catalog has
them; `DEFECTS` says which.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import yaml

from callboard.demo.company import blueprint
from callboard.demo.company.organisation import WITHOUT_PROJECT, rows
from callboard.demo.company.values import Component, Project, Resource, Team
from callboard.demo.company.world import World

OWNER_MISSING: Final = "returns"
UNANNOTATED: Final = "release-notes"
CLAIMS_TWICE: Final = ("search-api", "cart")
EMPTY_GROUP: Final = "night-watch"

DEFECTS: Final = {
    f"component:default/{OWNER_MISSING}": "its owner is a group that does not exist",
    f"component:default/{UNANNOTATED}": "it carries no annotation that says where its code or findings are",
    f"component:default/{CLAIMS_TWICE[0]}": f"it claims the Wiz project of {CLAIMS_TWICE[1]} as well as its own",
    f"group:default/{EMPTY_GROUP}": "it has no members",
}
"""What is wrong in the catalog, by entity reference."""

_API: Final = "backstage.io/v1alpha1"


def write_catalog(folder: Path, world: World) -> Path:
    """Write all files below `folder` and answer the path of the root location file.

    One file per system with its components, APIs and resources, one for the people, one for the domains. Existing files
    of the same names are replaced; nothing else is touched.
    """
    organisation = world.organisation
    folder.mkdir(parents=True, exist_ok=True)
    files = {"domains/catalog-info.yaml": _domains(), "people/catalog-info.yaml": _people(world)}
    projects = {p.component: p for p in organisation.projects if p.component}
    by_component: dict[str, list[Resource]] = {}
    for resource in organisation.resources:
        if resource.component is not None:
            by_component.setdefault(resource.component.name, []).append(resource)
    for domain, system, team, _cloud in rows(blueprint.SYSTEMS):
        documents = [
            _entity(
                "System",
                system,
                _title(system),
                f"Part of {domain}",
                {"owner": f"group:default/{team}", "domain": domain},
            )
        ]
        for component in organisation.components:
            if component.system == system:
                documents.extend(_component(component, projects, by_component.get(component.name, []), system))
        files[f"systems/{system}/catalog-info.yaml"] = documents
    for name, documents in files.items():
        _write(folder / name, documents)
    root = folder / "catalog-info.yaml"
    location = {
        "apiVersion": _API,
        "kind": "Location",
        "metadata": {"name": organisation.name.lower(), "description": f"Everything at {organisation.name}"},
        "spec": {"targets": [f"./{name}" for name in files]},
    }
    _write(root, [location])
    return root


def _write(path: Path, documents: Iterable[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump_all(documents, sort_keys=False, allow_unicode=True, width=120)
    path.write_text(text, encoding="utf-8")


def _title(name: str) -> str:
    return name.replace("-", " ").capitalize()


def _entity(
    kind: str,
    name: str,
    title: str,
    description: str,
    spec: dict[str, Any],
    *,
    annotations: dict[str, str] | None = None,
) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "title": title, "description": description}
    if annotations:
        metadata["annotations"] = annotations
    return {"apiVersion": _API, "kind": kind, "metadata": metadata, "spec": spec}


def _domains() -> list[dict[str, Any]]:
    return [
        _entity("Domain", domain, domain.title(), text, {"owner": f"group:default/{domain}"})
        for domain, text in blueprint.DOMAINS.items()
    ]


def _group(team: Team, children: list[str]) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": "team" if team.members else "department", "children": children}
    if team.parent:
        spec["parent"] = team.parent
    if team.members:
        spec["members"] = [person.username for person in team.members]
    spec["profile"] = {"displayName": team.title, "email": f"{team.name}@{blueprint.COMPANY_HOST}"}
    return _entity("Group", team.name, team.title, f"{team.title} at {blueprint.COMPANY}", spec)


def _people(world: World) -> list[dict[str, Any]]:
    teams = world.organisation.teams
    documents = [_group(team, [other.name for other in teams if other.parent == team.name]) for team in teams]
    empty = {"type": "team", "children": [], "members": [], "profile": {"displayName": "Night Watch"}}
    documents.append(_entity("Group", EMPTY_GROUP, "Night Watch", "Was dissolved; nobody removed it", empty))
    for team in teams:
        for person in team.members:
            spec = {"profile": {"displayName": person.name, "email": person.email}, "memberOf": [team.name]}
            documents.append(_entity("User", person.username, person.name, f"Works in {team.title}", spec))
    return documents


def _annotations(component: Component, projects: dict[str, Project], resources: list[Resource]) -> dict[str, str]:
    """What the component says about where its code, its findings and its pods are."""
    if component.name == UNANNOTATED:
        return {}
    repository = component.repository
    noted = {"backstage.io/source-location": f"url:{repository.url}/tree/main/"}
    # Each component names its repository in one of the ways that portals have, not in all of them.
    if component.index % 3 != 1:
        noted["github.com/project-slug"] = repository.slug
    if component.index % 3 == 0 or component.name in WITHOUT_PROJECT:
        noted["wiz.io/repository-external-id"] = ",".join(
            repository.branch_external_id(b.name) for b in repository.branches
        )
    project = projects.get(component.name)
    if project is not None and component.index % 5 != 4:
        claimed = [project.id]
        if component.name == CLAIMS_TWICE[0]:
            claimed.append(projects[CLAIMS_TWICE[1]].id)
        noted["wiz.io/project-id"] = ",".join(claimed)
    cloud = [r for r in resources if r.branch is None and r.environment == "PRODUCTION"]
    if component.index % 5 == 4 and cloud:
        noted["wiz.io/asset-id"] = ",".join(r.id for r in cloud[:4])
    if component.index % 6 == 2 and cloud:
        noted["wiz.io/external-asset-id"] = ",".join(r.provider_id for r in cloud[:2] if r.provider_id)
    if any(r.namespace for r in resources):
        noted["backstage.io/kubernetes-id"] = component.name
        noted["backstage.io/kubernetes-namespace"] = component.system
    return {key: value for key, value in noted.items() if value}


def _component(
    component: Component, projects: dict[str, Project], resources: list[Resource], system: str
) -> list[dict[str, Any]]:
    owner = (
        "group:default/lost-and-found" if component.name == OWNER_MISSING else f"group:default/{component.team.name}"
    )
    stores = [
        r for r in resources if r.environment == "PRODUCTION" and r.type in ("BUCKET", "DB_SERVER", "MESSAGING_SERVICE")
    ]
    spec: dict[str, Any] = {
        "type": component.type,
        "lifecycle": component.lifecycle,
        "owner": owner,
        "system": system,
    }
    if component.apis:
        spec["providesApis"] = list(component.apis)
    depends = [*component.depends_on, *(f"resource:default/{r.name}" for r in stores)]
    if depends:
        spec["dependsOn"] = depends
    annotations = _annotations(component, projects, resources)
    documents = [
        _entity("Component", component.name, component.title, component.description, spec, annotations=annotations)
    ]
    for api in component.apis:
        definition = f"openapi: 3.0.3\ninfo:\n  title: {api}\n  version: 1.0.0\npaths: {{}}\n"
        api_spec = {
            "type": "openapi",
            "lifecycle": "production",
            "owner": owner,
            "system": system,
            "definition": definition,
        }
        documents.append(_entity("API", api, _title(api), f"How to call {component.name}", api_spec))
    for resource in stores:
        kind = {"BUCKET": "bucket", "DB_SERVER": "database", "MESSAGING_SERVICE": "queue"}[resource.type]
        noted = {"wiz.io/asset-id": resource.id}
        if resource.provider_id:
            noted["wiz.io/external-asset-id"] = resource.provider_id
        resource_spec = {"type": kind, "owner": owner, "system": system}
        documents.append(
            _entity(
                "Resource",
                resource.name,
                _title(resource.name),
                f"Used by {component.name}",
                resource_spec,
                annotations=noted,
            )
        )
    return documents
