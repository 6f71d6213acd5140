"""What write calls do to security frameworks: new ones, changed ones, and what rules point at afterwards."""

# ruff: noqa: ANN401, A002  values of GraphQL are typed by its schema, not by Python; `input` is the schema's name

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.ids import entity_id
from callboard.demo.company.values import Category, Framework, Rule, Subcategory
from callboard.demo.wizsim.context import change_of, not_found
from callboard.demo.wizsim.fields.rules import categories, frameworks, requirements
from callboard.demo.wizsim.roots.settings import STUB, Resolver, allowed
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import bad_input

Chapters = list[tuple[Category, list[Subcategory]]]


_RESOURCE: Final = "security_frameworks"


def _chapters(tenant: Tenant, framework: Framework, given: list[dict[str, Any]], known: Mapping[str, Any]) -> Chapters:
    """Categories and requirements as they are sent; those that name an id keep it."""
    counter = iter(range(1_000_000))

    def identity(part: Mapping[str, Any]) -> str:
        id_: str | None = part.get("id")
        if id_ and id_ not in known:
            raise bad_input(f"There is no part {id_!r} in this framework.")
        return id_ or entity_id(tenant.world.seed, "written requirement", tenant.written, next(counter), version=4)

    found: Chapters = []
    for part in given:
        chapter = Category(
            id=identity(part), external_id=part.get("externalId") or "", name=part["name"], framework=framework
        )
        tenant.said[chapter.id] = {"description": part.get("description")}
        subs = []
        for inner in part["subCategories"]:
            sub = Subcategory(
                id=identity(inner),
                external_id=inner.get("externalId") or "",
                title=inner["title"],
                category=chapter,
            )
            # What is not sent again is empty afterwards, as the provider for Terraform knows.
            tenant.said[sub.id] = {name: inner.get(name) for name in ("description", "resolutionRecommendation")}
            subs.append(sub)
        found.append((chapter, subs))
    return found


def _as_sent(tenant: Tenant, framework: Framework) -> list[dict[str, Any]]:
    """The categories of a framework as a caller would send them."""
    subs = requirements(tenant)
    return [
        {
            "id": chapter.id,
            "name": chapter.name,
            "externalId": chapter.external_id,
            **tenant.said.get(chapter.id, {}),
            "subCategories": [
                {"id": sub.id, "title": sub.title, "externalId": sub.external_id, **tenant.said.get(sub.id, {})}
                for sub in subs
                if sub.category is chapter
            ],
        }
        for chapter in categories(tenant, framework)
    ]


def _put(tenant: Tenant, old: Framework | None, new: Framework | None, chapters: Chapters) -> None:
    """Put a framework in place of its old value, also in the rules that point at its requirements."""
    if old is not None:
        tenant.frameworks.remove(old)
        tenant.chapters = [c for c in tenant.chapters if c.framework is not old]
        tenant.requirements = [s for s in tenant.requirements if s.category.framework is not old]
    if new is not None:
        tenant.frameworks.append(new)
        tenant.chapters += [chapter for chapter, _subs in chapters]
        tenant.requirements += [sub for _chapter, subs in chapters for sub in subs]
    swaps = {sub.id: sub for _chapter, subs in chapters for sub in subs}

    def pointed(rule: Any) -> Any:
        if not any(sub.category.framework is old for sub in rule.subcategories):
            return rule
        moved = (sub if sub.category.framework is not old else swaps.get(sub.id) for sub in rule.subcategories)
        return replace(rule, subcategories=tuple(sub for sub in moved if sub is not None))

    organisation = tenant.world.organisation
    rules: tuple[Rule, ...] = tuple(map(pointed, organisation.rules))
    tenant.world.organisation = replace(organisation, rules=rules)
    tenant.world.organisation_revision += 1
    tenant.host_rules = [pointed(rule) for rule in tenant.host_rules]
    tenant.written += 1


def _named(tenant: Tenant, old: Framework | None, name: str) -> str:
    if not name:
        raise bad_input("name must not be empty.")
    if any(f.name == name and f is not old for f in frameworks(tenant)):
        raise bad_input(f"The name {name!r} is taken.")
    return name


def _create(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    tenant = allowed(info, "create", _RESOURCE)
    name = _named(tenant, None, input["name"])
    tenant.written += 1
    framework = Framework(
        id=entity_id(tenant.world.seed, "written framework", tenant.written, version=4),
        name=name,
        version="",
        description=input.get("description") or "",
    )
    chapters = _chapters(tenant, framework, input["categories"], {})
    tenant.said[framework.id] = {"enabled": input.get("enabled", True)}
    _put(tenant, None, framework, chapters)
    return {"framework": framework}


def _found(tenant: Tenant, id_: str, field: str) -> Framework:
    framework = next((f for f in frameworks(tenant) if f.id == id_), None)
    if framework is None:
        raise not_found(field)
    return framework


def _update(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    tenant = allowed(info, "update", _RESOURCE)
    old = _found(tenant, input["id"], info.field_name)
    change = change_of(input)
    if "enabled" in change:
        enabled = bool(change.pop("enabled"))
        tenant.said[old.id] = {**tenant.said.get(old.id, {}), "enabled": enabled}
        tenant.written += 1
    if not change:
        return {"framework": old}
    if old not in tenant.frameworks:
        raise bad_input(f"The framework {old.name!r} is built in: only enabled can be changed.")
    tenant.written += 1
    name = _named(tenant, old, change["name"]) if "name" in change else old.name
    new = replace(old, name=name, description=change.get("description", old.description) or "")
    sent = _as_sent(tenant, old)
    known = {part["id"]: part for chapter in sent for part in (chapter, *chapter["subCategories"])}
    given = change.get("categories")
    _put(tenant, old, new, _chapters(tenant, new, sent if given is None else given, known))
    return {"framework": new}


def _delete(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    tenant = allowed(info, "delete", _RESOURCE)
    old = _found(tenant, input["id"], info.field_name)
    if old not in tenant.frameworks:
        raise bad_input(f"The framework {old.name!r} is built in and cannot be deleted.")
    _put(tenant, old, None, [])
    return STUB


FRAMEWORK_MUTATIONS: Final[dict[str, Resolver]] = {
    "createSecurityFramework": _create,
    "updateSecurityFramework": _update,
    "deleteSecurityFramework": _delete,
}
