"""Policies for scans in pipelines: made, changed, deleted and read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from callboard.demo.company.values import Framework, Rule
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.fields.rules import frameworks
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

_KINDS: Final = {
    "diskVulnerabilitiesParams": ("VULNERABILITIES", "CICDScanPolicyParamsVulnerabilities"),
    "diskSecretsParams": ("SECRETS", "CICDScanPolicyParamsSecrets"),
    "iacParams": ("IAC", "CICDScanPolicyParamsIAC"),
}
"""Parameters as they are sent: the type of the policy, and what they are answered as."""

_BLANK: Final[dict[str, dict[str, Any]]] = {
    "VULNERABILITIES": {"packageAllowList": []},
    "SECRETS": {"pathAllowList": []},
    "IAC": {"builtinIgnoreTagsEnabled": False, "ignoredRules": [], "customIgnoreTags": [], "securityFrameworks": []},
}


def _rules(tenant: Tenant, ids: Iterable[str]) -> list[Rule]:
    """Configuration rules that there are, by their ids."""
    rules = {r.id: r for r in tenant.world.organisation.rules if r.kind == "CloudConfigurationRule"}
    return [rules[id_] for id_ in dict.fromkeys(ids) if id_ in rules]


def _check(tenant: Tenant, params: Mapping[str, Any]) -> None:
    tags = params.get("customIgnoreTags") or ()
    ids = [*(params.get("ignoredRules") or ()), *(id_ for tag in tags for id_ in tag.get("ruleIDs") or ())]
    known = {rule.id for rule in _rules(tenant, ids)}
    missing = next((id_ for id_ in ids if id_ not in known), None)
    if missing is not None:
        raise bad_input(f"There is no cloud configuration rule {missing!r}.")
    held = {framework.id for framework in frameworks(tenant)}
    missing = next((id_ for id_ in params.get("securityFrameworks") or () if id_ not in held), None)
    if missing is not None:
        raise bad_input(f"There is no security framework {missing!r}.")
    for name in ("packageCountThreshold", "countThreshold"):
        if params.get(name) is not None and params[name] < 0:
            raise bad_input(f"{name} must not be negative.")


def _params(tenant: Tenant, given: Mapping[str, Any], old: Setting | None) -> dict[str, Any]:
    name, values = only({name: given.get(name) for name in _KINDS}, ", ".join(_KINDS))
    kind, typename = _KINDS[name]
    if old is not None and old.facts["type"] != kind:
        raise bad_input(f"{name} does not belong to a policy of type {old.facts['type']}.")
    before = old.facts["params"] if old is not None else _BLANK[kind]
    params = {**before, **{key: value for key, value in values.items() if value is not None}}
    _check(tenant, params)
    return {"type": kind, "params": {**params, "__typename": typename}}


def _made(tenant: Tenant, given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "description": given.get("description"),
        "default": bool(given.get("default")),
        "projects": checked_projects(tenant, given.get("projectIDs") or ()),
        **_params(tenant, given, None),
    }


def _changed(tenant: Tenant, old: Setting, change: Mapping[str, Any]) -> dict[str, Any]:
    facts = {name: change[name] for name in ("description", "default") if name in change}
    if any(change.get(name) is not None for name in _KINDS):
        facts |= _params(tenant, change, old)
    return facts


POLICY_MUTATIONS: Final = mutations(
    Desk(
        kind="scanPolicy",
        word="CICDScanPolicy",
        scopes=scoped("scan_policies"),
        payload="scanPolicy",
        made=_made,
        changed=_changed,
        gone=lambda policy: {"id": policy.id},
    )
)
POLICY_TESTS: Final[dict[str, Test]] = {
    "search": by_name,
    "builtin": lambda _t, s, v: s.builtin is v,
    "default": lambda _t, s, v: s.facts["default"] is v,
    "names": lambda _t, s, v: s.name in v,
    "projectIDs": lambda _t, s, v: bool(set(v) & set(s.facts["projects"])),
    "type": lambda _t, s, v: s.facts["type"] in v,
}
find_policies = lister("scanPolicy", POLICY_TESTS, {"NAME": lambda s: s.name})


def _frameworks(params: Mapping[str, Any], tenant: Tenant) -> list[Framework]:
    return [f for f in frameworks(tenant) if f.id in params["securityFrameworks"]]


POLICY_FIELDS: Final[Fields] = {
    "CICDScanPolicy": {
        **BASIC,
        "builtin": lambda s, _t: s.builtin,
        "default": fact("default"),
        "description": fact("description"),
        "lifecycleTargets": lambda _s, _t: ["BUILD"],
        "params": fact("params"),
        "policyLifecycleEnforcements": fact("policyLifecycleEnforcements", ()),
        "projects": projects_of,
        "type": fact("type"),
    },
    "CICDScanPolicyParamsIAC": {
        "builtinIgnoreTagsEnabled": lambda p, _t: p["builtinIgnoreTagsEnabled"],
        "countThreshold": lambda p, _t: p["countThreshold"],
        "customIgnoreTags": lambda p, _t: p["customIgnoreTags"],
        "ignoredRules": lambda p, t: _rules(t, p["ignoredRules"]),
        "securityFrameworks": _frameworks,
        "severityThreshold": lambda p, _t: p["severityThreshold"],
    },
    "CICDPolicyCustomIgnoreTag": {
        "ignoreAllRules": lambda g, _t: bool(g.get("ignoreAllRules")),
        "key": lambda g, _t: g["key"],
        "rules": lambda g, t: _rules(t, g.get("ruleIDs") or ()),
        "value": lambda g, _t: g["value"],
    },
}
