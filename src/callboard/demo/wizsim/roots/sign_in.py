"""SAML identity providers, and which of their groups have which role: made, changed, deleted and read."""

# ruff: noqa: ANN401, A002  values of GraphQL are typed by its schema, not by Python; `input` and `id` are the schema's

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.wizsim.context import Request, not_found
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.fields.people import ROLES, role
from callboard.demo.wizsim.filters.things import Test
from callboard.demo.wizsim.pages import Page, thing_page
from callboard.demo.wizsim.roots.settings import (
    BASIC,
    STUB,
    Desk,
    Resolver,
    by_name,
    checked_projects,
    fact,
    lister,
    mutations,
)
from callboard.demo.wizsim.settings import Setting
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import bad_input

SCOPES: Final = ("admin:identity_providers",)
_PLAIN: Final = (
    "allowManualRoleOverride",
    "domains",
    "issuerURL",
    "logoutURL",
    "mergeGroupsMappingByRole",
    "useProviderManagedRoles",
)


def _group(tenant: Tenant, given: Mapping[str, Any]) -> dict[str, Any]:
    name = given["role"]
    if name not in ROLES:
        raise bad_input(f"There is no role {name!r}.")
    projects = checked_projects(tenant, given.get("projects") or ())
    if name.startswith("PROJECT") and not projects:
        raise bad_input(f"The role {name} needs projects.")
    return {
        "providerGroupId": given["providerGroupId"],
        "role": name,
        "projects": projects,
        "description": given.get("description") or "",
    }


def _groups(tenant: Tenant, given: Sequence[Mapping[str, Any]] | None) -> list[dict[str, Any]]:
    return list({group["providerGroupId"]: _group(tenant, group) for group in given or ()}.values())


def _checked(tenant: Tenant, given: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: given[name] for name in _PLAIN if name in given}
    if "loginURL" in given:
        if not str(given["loginURL"]).startswith("https://"):
            raise bad_input(f"loginURL is not a secure address: {given['loginURL']!r}.")
        facts["loginURL"] = given["loginURL"]
    if "certificate" in given:
        if "-----BEGIN CERTIFICATE-----" not in given["certificate"]:
            raise bad_input("certificate is not a certificate in PEM form.")
        facts["certificate"] = given["certificate"]
    if "groupMapping" in given:
        facts["groupMapping"] = _groups(tenant, given["groupMapping"])
    return facts


def _changed(tenant: Tenant, _old: Setting, change: Mapping[str, Any]) -> dict[str, Any]:
    return _checked(tenant, change)


def _modify(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    """Put some groups in place of those with the same name, and take others away."""
    request: Request = info.context
    request.need(*SCOPES)
    tenant, patch = request.tenant, input["patch"]
    old = tenant.settings.get("samlIdentityProvider", input["id"])
    if old is None:
        raise not_found(info.field_name)
    groups = {group["providerGroupId"]: group for group in old.facts.get("groupMapping") or ()}
    groups |= {group["providerGroupId"]: group for group in _groups(tenant, patch.get("upsert"))}
    for name in patch.get("delete") or ():
        groups.pop(name, None)
    facts = {**old.facts, "groupMapping": list(groups.values())}
    tenant.settings.put(replace(old, facts=facts, updated_at=tenant.world.now))
    tenant.written += 1
    return STUB


SIGN_IN_MUTATIONS: Final[dict[str, Resolver]] = {
    **mutations(
        Desk(
            kind="samlIdentityProvider",
            word="SAMLIdentityProvider",
            scopes=lambda _verb: SCOPES,
            payload="samlIdentityProvider",
            made=_checked,
            changed=_changed,
        )
    ),
    "modifySAMLIdentityProviderGroupMappings": _modify,
}
SIGN_IN_TESTS: Final[dict[str, Test]] = {"search": by_name}
find_identity_providers = lister("samlIdentityProvider", SIGN_IN_TESTS)


def group_mappings(
    _root: object, info: GraphQLResolveInfo[Any], id: str, first: int | None = None, after: str | None = None
) -> Page:
    """A page of the groups of one provider."""
    request: Request = info.context
    request.need(*SCOPES)
    provider = request.tenant.settings.get("samlIdentityProvider", id)
    if provider is None:
        raise not_found(info.field_name)
    groups = provider.facts.get("groupMapping") or []
    return thing_page(request.tenant, request.faults, groups, first=first, after=after)


def _group_projects(group: Mapping[str, Any], tenant: Tenant) -> Any:
    return [p for p in tenant.world.organisation.projects if p.id in group["projects"]] or None


SIGN_IN_FIELDS: Final[Fields] = {
    "SAMLIdentityProvider": {
        **BASIC,
        "allowManualRoleOverride": fact("allowManualRoleOverride", otherwise=False),
        "certificate": fact("certificate"),
        "domains": fact("domains"),
        "groupMapping": fact("groupMapping"),
        "issuerURL": fact("issuerURL", ""),
        "loginURL": fact("loginURL"),
        "logoutURL": fact("logoutURL", ""),
        "mergeGroupsMappingByRole": fact("mergeGroupsMappingByRole", otherwise=False),
        "scimEnabled": fact("scimEnabled", otherwise=False),
        "useProviderManagedRoles": fact("useProviderManagedRoles"),
    },
    "SAMLGroupMapping": {
        "description": lambda g, _t: g["description"],
        "projects": _group_projects,
        "providerGroupId": lambda g, _t: g["providerGroupId"],
        "role": lambda g, _t: role(g["role"]),
    },
}
