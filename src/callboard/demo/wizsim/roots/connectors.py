"""Connectors to clouds: made, changed, deleted and read. Accounts and repositories name the one they came through."""

# ruff: noqa: ANN401, A002  values of GraphQL are typed by its schema, not by Python; `id` is the schema's name

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from graphql import GraphQLResolveInfo

from callboard.demo.company.ids import entity_id
from callboard.demo.wizsim.context import Request, not_found
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.filters.things import Test
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.roots.settings import BASIC, Desk, by_name, fact, lister, mutations, scoped
from callboard.demo.wizsim.settings import CONNECTOR_TYPES, Setting
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import bad_input

SCOPES: Final = ("read:connectors",)
_NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "aws": ("customerRoleARN",),
    "gcp": ("organization_id", "folder_id", "project_id"),
}
"""Of these, the way to sign in to a cloud must name one."""

_SECRETS: Final = ("private_key", "clientSecret")


def _sign_in(kind: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise bad_input("authParams must be an object.")
    needed = _NEEDED[kind]
    if not any(given.get(name) for name in needed):
        raise bad_input(f"authParams needs {' or '.join(needed)} for a connector of type {kind}.")
    return {name: value for name, value in given.items() if name not in _SECRETS}


def _options(given: Any) -> dict[str, Any] | None:
    if not isinstance(given, dict | None):
        raise bad_input("extraConfig must be an object.")
    return given


def _made(tenant: Tenant, given: Mapping[str, Any]) -> dict[str, Any]:
    kind = given["type"]
    if kind not in _NEEDED:
        raise bad_input(f"The look-alike makes connectors of type {', '.join(_NEEDED)}, not {kind}.")
    return {
        "type": kind,
        "enabled": given["enabled"],
        "authParams": _sign_in(kind, given["authParams"]),
        "extraConfig": _options(given.get("extraConfig")),
        "nonce": entity_id(tenant.world.seed, "external id", tenant.written, version=4),
    }


def _changed(_tenant: Tenant, old: Setting, change: Mapping[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if "enabled" in change:
        facts["enabled"] = change["enabled"]
    if "authParams" in change:
        facts["authParams"] = _sign_in(old.facts["type"], change["authParams"])
    if "extraConfig" in change:
        facts["extraConfig"] = _options(change["extraConfig"])
    return facts


def _kept(_tenant: Tenant, connector: Setting) -> str | None:
    # The schema lets no branch be without its connector.
    return "Repositories are seen through it." if connector.facts["type"] == "github" else None


CONNECTOR_MUTATIONS: Final = mutations(
    Desk(
        kind="connector",
        word="Connector",
        scopes=scoped("connectors"),
        payload="connector",
        made=_made,
        changed=_changed,
        kept=_kept,
    )
)


def _status(connector: Setting, tenant: Tenant) -> str:
    if not connector.facts["enabled"]:
        return "DISABLED"
    return "INITIAL_SCANNING" if connector.created_at == tenant.world.now else "CONNECTED"


CONNECTOR_TESTS: Final[dict[str, Test]] = {
    "search": by_name,
    "enabled": lambda _t, s, v: s.facts["enabled"] is v,
    "connectorType": lambda _t, s, v: s.facts["type"] in v,
    "status": lambda t, s, v: _status(s, t) in v,
}
find_connectors = lister(
    "connector",
    CONNECTOR_TESTS,
    {"CREATED_AT": lambda s: s.created_at, "LAST_ACTIVITY": lambda s: s.updated_at},
)


def _config(connector: Setting, _tenant: Tenant) -> dict[str, Any] | None:
    """What was written, in the one place where the schema names each part."""
    facts = connector.facts
    kind = {"aws": "ConnectorConfigAWS", "gcp": "ConnectorConfigGCP"}.get(facts["type"])
    if kind is None:
        return None
    written = {**facts["authParams"], **(facts["extraConfig"] or {})}
    return {"isManagedIdentity": False, **written, "__typename": kind, "externalIdNonce": facts["nonce"]}


def _type(kind: str) -> dict[str, Any]:
    return {"id": kind, "name": CONNECTOR_TYPES[kind], "authorizeUrls": None}


def connector_type(_root: object, info: GraphQLResolveInfo[Any], id: str) -> dict[str, Any]:
    """One way to connect."""
    request: Request = info.context
    request.need(*SCOPES)
    if id not in CONNECTOR_TYPES:
        raise not_found(info.field_name)
    return _type(id)


def connector_types(_root: object, info: GraphQLResolveInfo[Any]) -> list[dict[str, Any]]:
    """Every way to connect."""
    request: Request = info.context
    request.need(*SCOPES)
    return [_type(kind) for kind in CONNECTOR_TYPES]


CONNECTOR_FIELDS: Final[Fields] = {
    "Connector": {
        **BASIC,
        "type": lambda s, _t: _type(s.facts["type"]),
        "enabled": fact("enabled"),
        "authParams": fact("authParams"),
        "extraConfig": fact("extraConfig"),
        "config": _config,
        "lastActivity": lambda s, t: write(t.world.now) if s.facts["enabled"] else None,
        "status": _status,
    }
}
