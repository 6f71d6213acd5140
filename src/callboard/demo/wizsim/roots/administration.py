"""Accounts of people and machines as write calls change them, and what the scopes of a machine are called."""

# ruff: noqa: ANN401, A002  values of GraphQL are typed by its schema, not by Python; `input` is the schema's name

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.ids import entity_id, hex_name
from callboard.demo.company.organisation import DAY
from callboard.demo.company.values import Person
from callboard.demo.wizsim.context import Request, change_of, not_found
from callboard.demo.wizsim.filters.things import Test, sift
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.options import KNOWN_SCOPES
from callboard.demo.wizsim.tenant import ServiceAccount, Tenant
from callboard.demo.wizsim.views import bad_input

_USERS: Final = ("admin:users", "write:users", "create:users", "update:users", "delete:users")
"""The first is public; the others are our guess, in the pattern of the names that are known (2026-08)."""

_ACCOUNTS: Final = ("write:service_accounts", "create:service_accounts", "delete:service_accounts")


def _position(tenant: Tenant, id_: str, field: str) -> int:
    for position, person in enumerate(tenant.people):
        if person.id == id_:
            return position
    raise not_found(field)


def _create_user(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need(*_USERS)
    tenant, email = request.tenant, input["email"]
    if any(person.email == email for person in tenant.people):
        raise bad_input(f"There is already a user with the e-mail address {email!r}.")
    person = Person(
        id=email,
        name=input["name"],
        email=email,
        username=email.partition("@")[0],
        role=input["role"],
        active=True,
        last_login_at=tenant.world.now,
    )
    tenant.people.append(person)
    tenant.user_projects[person.id] = tuple(input.get("assignedProjectIds") or ())
    tenant.written += 1
    return {"user": person}


def _update_user(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need(*_USERS)
    tenant = request.tenant
    change = change_of(input)
    position = _position(tenant, input["id"], info.field_name)
    person = tenant.people[position]
    facts: dict[str, Any] = {name: change[name] for name in ("name", "email", "role") if change.get(name)}
    if "isSuspended" in change:
        facts["active"] = not change["isSuspended"]
    if "assignedProjectIds" in change:
        tenant.user_projects[person.id] = tuple(change["assignedProjectIds"] or ())
    tenant.people[position] = replace(person, **facts)
    tenant.written += 1
    return {"user": tenant.people[position]}


def _delete_user(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need(*_USERS)
    del request.tenant.people[_position(request.tenant, input["id"], info.field_name)]
    request.tenant.written += 1
    return {"_stub": ""}


def _create_account(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need(*_ACCOUNTS)
    tenant = request.tenant
    unknown = [scope for scope in input.get("scopes") or () if scope not in KNOWN_SCOPES]
    if unknown:
        raise bad_input(f"There is no scope {unknown[0]!r}.")
    seed, now = tenant.world.seed, tenant.world.now
    tenant.written += 1
    account = ServiceAccount(
        id=entity_id(seed, "written service account", tenant.written),
        name=input["name"],
        description=input.get("description"),
        client_id=hex_name(seed, "written client", tenant.written, length=32),
        client_secret=hex_name(seed, "written secret", tenant.written, length=64),
        scopes=tuple(input.get("scopes") or ()),
        type=input.get("type") or "THIRD_PARTY",
        projects=tuple(input.get("assignedProjectIds") or ()),
        created_at=now,
        rotated_at=now,
        expires_at=input.get("expiresAt"),
    )
    tenant.accounts.append(account)
    return {"serviceAccount": account}


def _delete_account(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    request: Request = info.context
    request.need(*_ACCOUNTS)
    tenant = request.tenant
    account = next((a for a in tenant.accounts if a.id == input["id"]), None)
    if account is None:
        raise not_found(info.field_name)
    if account is tenant.account:
        raise bad_input("A service account cannot delete itself.")
    tenant.accounts.remove(account)
    tenant.written += 1
    return {"_stub": ""}


def _copy_machine(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
    """Start a copy for forensics: only machines can be copied, and what comes back is the id of the activity."""
    request: Request = info.context
    request.need("write:forensics", "copy:resource_forensics")
    resource = request.tenant.resource_by_id(input["id"])
    if resource is None:
        raise not_found(info.field_name)
    if resource.type not in ("VIRTUAL_MACHINE", "CONTAINER"):
        raise bad_input(f"A resource of type {resource.type} has no volumes to copy.")
    request.tenant.written += 1
    return {"systemActivityGroupId": entity_id(request.tenant.world.seed, "activity", resource.id, version=4)}


ADMINISTRATION_MUTATIONS: Final[dict[str, Callable[..., Any]]] = {
    "createUser": _create_user,
    "updateUser": _update_user,
    "deleteUser": _delete_user,
    "createServiceAccount": _create_account,
    "deleteServiceAccount": _delete_account,
    "copyResourceForensicsToExternalAccount": _copy_machine,
}

SCOPE_TESTS: Final[dict[str, Test]] = {
    "search": lambda _t, s, v: v.lower() in s["scope"],
    "permission": lambda _t, s, v: s["permission"] in v,
    "resourceName": lambda _t, s, v: s["resourceName"] in v,
    "isProjectScope": lambda _t, s, v: s["isProjectScope"] is v,
}
_WHOLE_TENANT: Final = frozenset({"users", "service_accounts", "audit", "all"})


def find_scopes(tenant: Tenant, filter_by: Any, _order: Any) -> Sequence[Any]:
    """What a service account can be allowed."""
    began = tenant.world.organisation.now - 900 * DAY
    scopes = []
    for scope in KNOWN_SCOPES:
        permission, _colon, resource = scope.partition(":")
        scopes.append(
            {
                "id": scope,
                "scope": scope,
                "permission": permission.upper(),
                "resourceName": resource,
                "description": f"{permission.title()} {resource.replace('_', ' ').replace(':', ' ')}",
                "isProjectScope": resource not in _WHOLE_TENANT,
                "addedAt": write(began),
            }
        )
    return sift(tenant, scopes, SCOPE_TESTS, filter_by)
