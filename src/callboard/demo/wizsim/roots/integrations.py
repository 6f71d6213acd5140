"""Integrations with other systems: made, changed, deleted and read."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.filters.things import Test
from callboard.demo.wizsim.roots.settings import (
    BASIC,
    Desk,
    by_name,
    checked_projects,
    fact,
    lister,
    mutations,
    only,
    projects_of,
    scoped,
)
from callboard.demo.wizsim.settings import Setting
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import bad_input

_HIDDEN: Final = ""
"""What passwords and tokens are answered with: they are not kept. Shipped clients do not read them either."""

Params = dict[str, Any]


def _sns(tenant: Tenant, given: Mapping[str, Any], old: Params) -> Params:
    access = given.get("accessMethod") or {}
    method = access.get("type") or old.get("accessMethod")
    role = access.get("customerRoleARN") or (None if access else old.get("customerRoleARN"))
    connector = access.get("accessConnectorId") or (None if access else old.get("accessConnector"))
    if method == "ASSUME_SPECIFIED_ROLE" and not role:
        raise bad_input("customerRoleARN is required for ASSUME_SPECIFIED_ROLE.")
    if method == "ASSUME_CONNECTOR_ROLE" and tenant.settings.get("connector", connector or "") is None:
        raise bad_input(f"There is no connector {connector!r}.")
    topic = given.get("topicARN") or old.get("topicARN") or ""
    if not topic.startswith("arn:"):
        raise bad_input(f"topicARN is not the name of a topic: {topic!r}.")
    return {"topicARN": topic, "accessMethod": method, "customerRoleARN": role, "accessConnector": connector}


def _address(given: Mapping[str, Any], old: Params, name: str = "url") -> str:
    address = str(given.get(name) or old.get("url") or "")
    if not address.startswith(("https://", "http://")):
        raise bad_input(f"{name} is not an address: {address!r}.")
    return address


def _secured(given: Mapping[str, Any], old: Params) -> Params:
    """How the connection itself is made."""
    on_premises = given.get("isOnPrem")
    held = (old.get("onPremConfig") or {}).get("isOnPrem", False)
    return {
        "onPremConfig": {"isOnPrem": held if on_premises is None else on_premises},
        "tlsConfig": given["tlsConfig"] if given.get("tlsConfig") else old.get("tlsConfig"),
    }


def _jira(_tenant: Tenant, given: Mapping[str, Any], old: Params) -> Params:
    return {
        "url": _address(given, old, "serverUrl"),
        "serverType": given.get("serverType") or old["serverType"],
        "inboundActionsAllowed": given.get("inboundActionsAllowed"),
        "authorization": _jira_sign_in(given.get("authorization"), old),
        **_secured(given, old),
    }


def _jira_sign_in(given: Mapping[str, Any] | None, old: Params) -> Params:
    named = {name for name, value in (given or {}).items() if value}
    if not named and old:
        kept: Params = old["authorization"]
        return kept
    if named == {"personalAccessToken"}:
        return {"__typename": "JiraIntegrationTokenBearerAuthorization", "token": _HIDDEN}
    if given and named == {"username", "password"}:
        return {
            "__typename": "JiraIntegrationBasicAuthorization",
            "username": given["username"],
            "password": _HIDDEN,
        }
    raise bad_input("authorization needs username and password, or personalAccessToken.")


def _service_now(_tenant: Tenant, given: Mapping[str, Any], old: Params) -> Params:
    return {
        "url": _address(given, old),
        "inboundActionsAllowed": given.get("inboundActionsAllowed"),
        "authorization": _service_now_sign_in(given.get("authorization"), old),
    }


def _service_now_sign_in(given: Mapping[str, Any] | None, old: Params) -> Params:
    named = {name for name, value in (given or {}).items() if value}
    if not named and old:
        kept: Params = old["authorization"]
        return kept
    basic = {"username": (given or {}).get("username"), "password": _HIDDEN}
    if named == {"username", "password"}:
        return {"__typename": "ServiceNowIntegrationBasicAuthorization", **basic}
    if given and named == {"username", "password", "clientId", "clientSecret"}:
        more = {"clientId": given["clientId"], "clientSecret": _HIDDEN}
        return {"__typename": "ServiceNowIntegrationOAuthAuthorization", **basic, **more}
    raise bad_input("authorization needs username and password, and for OAuth also clientId and clientSecret.")


def _webhook(_tenant: Tenant, given: Mapping[str, Any], old: Params) -> Params:
    sign_in = {name: value for name, value in (given.get("authorization") or {}).items() if value}
    authorization: Params | None = old.get("authorization")
    if set(sign_in) == {"token"}:
        authorization = {"__typename": "WebhookIntegrationBearerAuthorization", "token": _HIDDEN}
    elif set(sign_in) == {"username", "password"}:
        typename = "WebhookIntegrationBasicAuthorization"
        authorization = {"__typename": typename, "username": sign_in["username"], "password": _HIDDEN}
    elif sign_in:
        raise bad_input("authorization needs username and password, or token.")
    return {
        "url": _address(given, old),
        "headers": given.get("headers") or old.get("headers") or [],
        "authorization": authorization,
        **_secured(given, old),
    }


_READ: Final[dict[str, tuple[str, str, Callable[[Tenant, Mapping[str, Any], Params], Params]]]] = {
    "awsSNS": ("AWS_SNS", "AwsSNSIntegrationParams", _sns),
    "jira": ("JIRA", "JiraIntegrationParams", _jira),
    "serviceNow": ("SERVICE_NOW", "ServiceNowIntegrationParams", _service_now),
    "webhook": ("WEBHOOK", "WebhookIntegrationParams", _webhook),
}
"""Parameters as they are sent: which type of integration they belong to, what they are answered as, how they are read."""


def _params(tenant: Tenant, kind: str, given: Mapping[str, Any], old: Params) -> Params:
    name, values = only(given, f"params.{', params.'.join(_READ)}")
    wanted, typename, read = _READ[name]
    if kind != wanted:
        raise bad_input(f"params.{name} belongs to integrations of type {wanted}, not {kind}.")
    return {"__typename": typename, **read(tenant, values, old)}


def _made(tenant: Tenant, given: Mapping[str, Any]) -> dict[str, Any]:
    kind = given["type"]
    if kind not in {wanted for wanted, _typename, _read in _READ.values()}:
        raise bad_input(f"The look-alike keeps no integrations of type {kind}.")
    return {
        "type": kind,
        "projects": checked_projects(tenant, [*(given.get("projects") or ()), given.get("projectId")]),
        "isAccessibleToAllProjects": given.get("isAccessibleToAllProjects"),
        "params": _params(tenant, kind, given.get("params") or {}, {}),
    }


def _changed(tenant: Tenant, old: Setting, change: Mapping[str, Any]) -> dict[str, Any]:
    if not change.get("params"):
        return {}
    return {"params": _params(tenant, old.facts["type"], change["params"], old.facts["params"])}


def rules_using(integration: Setting, tenant: Tenant) -> list[Setting]:
    """The automation rules that have an action for it."""
    rules = tenant.settings.all("automationRule")
    return [r for r in rules if any(action["integration"] == integration.id for action in r.facts["actions"])]


def _kept(tenant: Tenant, integration: Setting) -> str | None:
    # The schema lets no action be without its integration, so one that is in use has to stay.
    used = rules_using(integration, tenant)
    return f"It is used by the automation rule {used[0].name!r}." if used else None


INTEGRATIONS: Final = Desk(
    kind="integration",
    word="Integration",
    scopes=scoped("integrations"),
    payload="integration",
    made=_made,
    changed=_changed,
    kept=_kept,
)
INTEGRATION_MUTATIONS: Final = mutations(INTEGRATIONS)
INTEGRATION_TESTS: Final[dict[str, Test]] = {
    "search": by_name,
    "type": lambda _t, s, v: s.facts["type"] in v,
    "typeNotEquals": lambda _t, s, v: s.facts["type"] not in v,
    "projectId": lambda _t, s, v: v == "*" or v in s.facts["projects"] or not s.facts["projects"],
}
find_integrations = lister("integration", INTEGRATION_TESTS)


def _only_project(integration: Setting, tenant: Tenant) -> Any:
    return next(iter(projects_of(integration, tenant) or ()), None)


INTEGRATION_FIELDS: Final[Fields] = {
    "Integration": {
        **BASIC,
        "type": fact("type"),
        "typeConfiguration": lambda s, _t: {
            "type": s.facts["type"],
            "iconUrl": f"{s.facts['type'].lower()}.svg",
        },
        "params": fact("params"),
        "project": _only_project,
        "projects": projects_of,
        "isAccessibleToAllProjects": fact("isAccessibleToAllProjects"),
        "usedByRules": rules_using,
    },
    "AwsSNSIntegrationParams": {
        "topicARN": lambda p, _t: p["topicARN"],
        "accessMethod": lambda p, _t: p["accessMethod"],
        "customerRoleARN": lambda p, _t: p["customerRoleARN"],
        "accessConnector": lambda p, t: t.settings.get("connector", p["accessConnector"] or ""),
    },
}
