"""What write calls do to controls, to configuration rules of clouds and to those of hosts, alone and many at once.

A rule that is written here raises nothing: the look-alike scans nothing. One that is disabled resolves its issues, and
enabled again it opens them again.
"""

# ruff: noqa: ANN401, A002  values of GraphQL are typed by its schema, not by Python; `input` is the schema's name

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

from graphql import GraphQLResolveInfo

from callboard.demo.company.ids import entity_id
from callboard.demo.company.ledger import CONTROL_DISABLED, IN_PROGRESS
from callboard.demo.company.values import Rule, RuleKind, Subcategory
from callboard.demo.wizsim.context import change_of, not_found, patch_of
from callboard.demo.wizsim.fields.rules import requirements
from callboard.demo.wizsim.filters.things import (
    CONFIGURATION_RULE_TESTS,
    CONTROL_TESTS,
    HOST_RULE_TESTS,
    Test,
    sift,
)
from callboard.demo.wizsim.hosts import HostRule
from callboard.demo.wizsim.roots.settings import STUB, Resolver, allowed, checked_projects
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.views import bad_input

AnyRule = TypeVar("AnyRule", Rule, HostRule)

_OPEN_TO_ALL: Final = frozenset(
    {
        "enabled",
        "severity",
        "securitySubCategories",
        "functionAsControl",
        "enabledForHBI",
        "enabledForMBI",
        "enabledForLBI",
        "enabledForUnattributed",
    }
)
"""What may be changed about a rule that is built in; our guess, from what shipped clients change (2026-09)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shelf:
    """Where one kind of rule is kept, and what its calls are called."""

    word: str
    resource: str
    """What its scopes are about."""

    member: str
    """The field of an answer that holds a rule."""

    said: tuple[str, ...]
    """What is kept in the words of the schema, since the value of a rule has no room for it."""

    rules: Callable[[Tenant], Sequence[Any]]
    tests: dict[str, Test]
    kind: RuleKind | None = None


def _of_kind(kind: RuleKind) -> Callable[[Tenant], list[Rule]]:
    return lambda tenant: [rule for rule in tenant.world.organisation.rules if rule.kind == kind]


_CONTROLS: Final = Shelf(
    word="Control",
    resource="controls",
    member="control",
    said=(
        "query",
        "scopeQuery",
        "projectId",
        "enabledForHBI",
        "enabledForMBI",
        "enabledForLBI",
        "enabledForUnattributed",
    ),
    rules=_of_kind("Control"),
    tests=CONTROL_TESTS,
    kind="Control",
)
_CONFIGURATIONS: Final = Shelf(
    word="CloudConfigurationRule",
    resource="cloud_configuration",
    member="rule",
    said=("functionAsControl", "iacMatchers", "opaPolicy", "projectId", "scopeAccountIds", "targetNativeTypes"),
    rules=_of_kind("CloudConfigurationRule"),
    tests=CONFIGURATION_RULE_TESTS,
    kind="CloudConfigurationRule",
)
_HOSTS: Final = Shelf(
    word="HostConfigurationRule",
    resource="host_configuration",
    member="rule",
    said=(),
    rules=lambda tenant: tenant.host_rules,
    tests=HOST_RULE_TESTS,
)


def _requirements(tenant: Tenant, ids: Iterable[str]) -> tuple[Subcategory, ...]:
    known = {sub.id: sub for sub in requirements(tenant)}
    wanted = list(dict.fromkeys(ids))
    for id_ in wanted:
        if id_ not in known:
            raise bad_input(f"There is no security sub-category {id_!r}.")
    return tuple(known[id_] for id_ in wanted)


def _facts(tenant: Tenant, change: Mapping[str, Any]) -> dict[str, Any]:
    """The parts of a change that the value of a rule holds."""
    facts = {name: change[name] for name in ("name", "severity", "enabled") if change.get(name) is not None}
    if "description" in change:
        facts["description"] = change["description"] or ""
    for name in ("resolutionRecommendation", "remediationInstructions"):
        if name in change:
            facts["remediation"] = change[name] or ""
    if "securitySubCategories" in change:
        facts["subcategories"] = _requirements(tenant, change["securitySubCategories"] or ())
    return facts


def _said(tenant: Tenant, shelf: Shelf, change: Mapping[str, Any]) -> dict[str, Any]:
    """The other parts, checked."""
    said = {name: change[name] for name in shelf.said if name in change}
    checked_projects(tenant, [said.get("projectId")])
    for name in ("query", "scopeQuery"):
        if not isinstance(said.get(name, {}), dict):
            raise bad_input(f"{name} must be an object.")
    known = {account.id for account in tenant.world.organisation.accounts}
    for id_ in said.get("scopeAccountIds") or ():
        if id_ not in known:
            raise bad_input(f"There is no cloud account {id_!r}.")
    if "targetNativeTypes" in said and not said["targetNativeTypes"]:
        raise bad_input("targetNativeTypes must not be empty.")
    if said.get("iacMatchers"):
        said["iacMatchers"] = [
            {**matcher, "id": entity_id(tenant.world.seed, "matcher", tenant.written, number, version=4)}
            for number, matcher in enumerate(said["iacMatchers"])
        ]
    return said


def _switch(tenant: Tenant, rule: Rule) -> None:
    """Issues of a rule that was disabled are over; those of one that is enabled again are back."""
    ledger, now = tenant.world.issues, tenant.world.now
    index = tenant.world.organisation.rules.index(rule)
    for row, cause in enumerate(ledger.cause):
        if cause != index:
            continue
        if not rule.enabled and ledger.status[row] <= IN_PROGRESS:
            ledger.resolve(row, now, CONTROL_DISABLED)
        elif rule.enabled and ledger.reason[row] == CONTROL_DISABLED:
            ledger.reopen(row, now)
    ledger.revision += 1


def _put(tenant: Tenant, old: AnyRule, new: AnyRule) -> None:
    if isinstance(new, HostRule):
        tenant.host_rules[tenant.host_rules.index(old)] = new
    else:
        organisation = tenant.world.organisation
        rules = tuple(new if rule is old else rule for rule in organisation.rules)
        tenant.world.organisation = replace(organisation, rules=rules)
        tenant.world.organisation_revision += 1
        if new.enabled is not old.enabled:
            _switch(tenant, new)
    tenant.written += 1


def _found(tenant: Tenant, shelf: Shelf, id_: str, field: str) -> Any:
    rule = next((rule for rule in shelf.rules(tenant) if rule.id == id_), None)
    if rule is None:
        raise not_found(field)
    return rule


def _change(tenant: Tenant, shelf: Shelf, rule: Any, change: Mapping[str, Any]) -> Any:
    fixed = sorted(set(change) - _OPEN_TO_ALL)
    if rule.builtin and fixed:
        raise bad_input(f"The rule {rule.name!r} is built in: its {fixed[0]} cannot be changed.")
    said = _said(tenant, shelf, change)
    new = replace(rule, **_facts(tenant, change))
    if said:
        tenant.said[rule.id] = {**tenant.said.get(rule.id, {}), **said}
    _put(tenant, rule, new)
    return new


def _update(shelf: Shelf) -> Resolver:
    def update(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
        tenant = allowed(info, "update", shelf.resource)
        rule = _found(tenant, shelf, input["id"], info.field_name)
        return {shelf.member: _change(tenant, shelf, rule, change_of(input))}

    return update


def _update_many(shelf: Shelf) -> Resolver:
    def update(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
        tenant = allowed(info, "update", shelf.resource)
        if input.get("ids"):
            rules = [_found(tenant, shelf, id_, info.field_name) for id_ in input["ids"]]
        elif input.get("filters"):
            rules = sift(tenant, shelf.rules(tenant), shelf.tests, input["filters"])
        else:
            # An empty filter would hit everything; the look-alike refuses it, as it does for issues.
            raise bad_input("Either ids or filters are required.")
        patch = patch_of(input)
        more = _requirements(tenant, input.get("securitySubCategoriesToAdd") or ())
        fewer = {sub.id for sub in _requirements(tenant, input.get("securitySubCategoriesToRemove") or ())}
        for rule in rules:
            held = patch.get("securitySubCategories", [sub.id for sub in rule.subcategories])
            wanted = [id_ for id_ in (*held, *(sub.id for sub in more)) if id_ not in fewer]
            _change(tenant, shelf, rule, {**patch, "securitySubCategories": wanted})
        return {"successCount": len(rules), "failCount": 0, "errors": None}

    return update


def _create(shelf: Shelf) -> Resolver:
    def create(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
        tenant = allowed(info, "create", shelf.resource)
        given = {name: value for name, value in input.items() if value is not None}
        if not given["name"]:
            raise bad_input("name must not be empty.")
        if any(rule.name == given["name"] for rule in shelf.rules(tenant)):
            raise bad_input(f"The name {given['name']!r} is taken.")
        tenant.written += 1
        said = _said(tenant, shelf, given)
        blank: dict[str, Any] = {"description": "", "remediation": "", "severity": "MEDIUM", "subcategories": ()}
        new = Rule(
            **{**blank, **_facts(tenant, given)},
            id=entity_id(tenant.world.seed, "written rule", tenant.written, version=4),
            short_id=f"Custom-{tenant.written:03d}",
            kind=shelf.kind or "Control",
            applies_to=(),
            risks=(),
            service="",
            created_at=tenant.world.now,
            needs_internet=False,
            builtin=False,
        )
        tenant.said[new.id] = said
        organisation = tenant.world.organisation
        tenant.world.organisation = replace(organisation, rules=(*organisation.rules, new))
        tenant.world.organisation_revision += 1
        return {shelf.member: new}

    return create


def _delete(shelf: Shelf) -> Resolver:
    def delete(_root: object, info: GraphQLResolveInfo[Any], input: dict[str, Any]) -> Any:
        tenant = allowed(info, "delete", shelf.resource)
        rule = _found(tenant, shelf, input["id"], info.field_name)
        if rule.builtin:
            raise bad_input(f"The rule {rule.name!r} is built in and cannot be deleted.")
        # Written rules stand behind all others and have no findings, so no finding's cause moves.
        organisation = tenant.world.organisation
        rules = tuple(other for other in organisation.rules if other is not rule)
        tenant.world.organisation = replace(organisation, rules=rules)
        tenant.world.organisation_revision += 1
        tenant.said.pop(rule.id, None)
        tenant.written += 1
        return STUB

    return delete


RULE_MUTATIONS: Final[dict[str, Resolver]] = {
    f"{verb}{shelf.word}{ending}": make(shelf)
    for shelves, verb, ending, make in (
        ((_CONTROLS, _CONFIGURATIONS), "create", "", _create),
        ((_CONTROLS, _CONFIGURATIONS), "delete", "", _delete),
        ((_CONTROLS, _CONFIGURATIONS, _HOSTS), "update", "", _update),
        ((_CONTROLS, _CONFIGURATIONS, _HOSTS), "update", "s", _update_many),
    )
    for shelf in shelves
}
