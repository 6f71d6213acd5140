"""Answers of the rules that raise issues, and of the frameworks they belong to."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeVar

from callboard.demo.company.frameworks import subcategories
from callboard.demo.company.values import Category, CloudAccount, Framework, Project, Rule, Subcategory
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.software import technologies
from callboard.demo.wizsim.tenant import Tenant
from callboard.demo.wizsim.threats.events import rule_origins

T = TypeVar("T")

_EVENT_SOURCES: Final = {"VIRTUAL_MACHINE": "WIZ_SENSOR", "CONTAINER": "WIZ_SENSOR"}


def _plain(markdown: str) -> str:
    return re.sub(r"[#*`]+ ?", "", markdown)


def _service(service: str) -> str | None:
    return service or None


def _once(things: Iterable[T]) -> list[T]:
    """The things in their order, each once."""
    return list(dict.fromkeys(things))


def requirements(tenant: Tenant) -> list[Subcategory]:
    """Every requirement that a rule can check: the published ones, and those that write calls made."""
    return [*subcategories().values(), *tenant.requirements]


def frameworks(tenant: Tenant) -> list[Framework]:
    """Every framework, in the same order."""
    return [*_once(sub.category.framework for sub in subcategories().values()), *tenant.frameworks]


def categories(tenant: Tenant, framework: Framework) -> list[Category]:
    """The categories of one framework; one that was written may be empty."""
    all_ = [*(sub.category for sub in requirements(tenant)), *tenant.chapters]
    return _once(category for category in all_ if category.framework is framework)


def _said(name: str, otherwise: Callable[[Any, Tenant], Any]) -> Callable[..., Any]:
    """What write calls said about a thing under that name, or else what is true of it anyway."""

    def answer(thing: Any, tenant: Tenant, **_selection: object) -> Any:
        said = tenant.said.get(thing.id, {}).get(name)
        return otherwise(thing, tenant) if said is None else said

    return answer


def _yes(_thing: object, _tenant: Tenant) -> bool:
    return True


def _nothing(_thing: object, _tenant: Tenant) -> None:
    return None


def _empty(_thing: object, _tenant: Tenant) -> str:
    return ""


def _scope_project(rule: Rule, tenant: Tenant) -> Project | None:
    wanted = tenant.said.get(rule.id, {}).get("projectId")
    return next((p for p in tenant.world.organisation.projects if p.id == wanted), None)


def scope_accounts(rule: Rule, tenant: Tenant) -> list[CloudAccount]:
    """The accounts that a rule is kept to; none for all."""
    wanted = tenant.said.get(rule.id, {}).get("scopeAccountIds") or ()
    return [account for account in tenant.world.organisation.accounts if account.id in wanted]


def _subject(rule: Rule, _tenant: Tenant) -> str:
    # A written rule names native types only; what they are on the graph is not public.
    return rule.applies_to[0] if rule.applies_to else "CLOUD_RESOURCE"


def native_types(rule: Rule, tenant: Tenant) -> list[str]:
    """The kinds of resources that a rule looks at, as their cloud calls them."""
    said: list[str] | None = tenant.said.get(rule.id, {}).get("targetNativeTypes")
    return [kind.lower() for kind in rule.applies_to] if said is None else said


RULE_FIELDS: Final[Fields] = {
    "Control": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "description": lambda r, _t: r.description,
        "descriptionPlainText": lambda r, _t: _plain(r.description),
        "resolutionRecommendation": lambda r, _t: r.remediation,
        "resolutionRecommendationPlainText": lambda r, _t: _plain(r.remediation),
        "severity": lambda r, _t: r.severity,
        "type": lambda _r, _t: "SECURITY_GRAPH",
        "risks": lambda r, _t: r.risks,
        "securitySubCategories": lambda r, _t: r.subcategories,
        "enabled": lambda r, _t: r.enabled,
        "builtin": lambda r, _t: r.builtin,
        "enabledForHBI": _said("enabledForHBI", _yes),
        "enabledForMBI": _said("enabledForMBI", _yes),
        "enabledForLBI": _said("enabledForLBI", _yes),
        "enabledForUnattributed": _said("enabledForUnattributed", _yes),
        "createdAt": lambda r, _t: write(r.created_at),
        "createdBy": lambda _r, _t: None,
        "query": _said("query", lambda r, _t: {"type": list(r.applies_to), "select": True}),
        "serviceTickets": lambda _r, _t, **_selection: [],
        "sourceCloudConfigurationRule": lambda _r, _t: None,
        "scopeProject": _scope_project,
        "scopeQuery": _said("scopeQuery", _nothing),
        "tagsV2": lambda _r, _t: [],
        "securityScoreImpact": lambda _r, _t, **_selection: 0.0,
        "threats": lambda _r, _t: None,
        "tags": lambda _r, _t: [],
    },
    "CloudConfigurationRule": {
        "id": lambda r, _t: r.id,
        "shortId": lambda r, _t: r.short_id,
        "graphId": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "description": lambda r, _t: r.description,
        "findingTitle": lambda r, _t: r.name,
        "remediationInstructions": lambda r, _t: r.remediation,
        "severity": lambda r, _t: r.severity,
        "risks": lambda r, _t: r.risks,
        "securitySubCategories": lambda r, _t: r.subcategories,
        "serviceType": lambda r, _t: _service(r.service),
        "cloudProvider": lambda r, _t: (
            r.service if r.service in ("AWS", "Azure", "GCP", "Kubernetes", "GitHub") else None
        ),
        "enabled": lambda r, _t: r.enabled,
        "builtin": lambda r, _t: r.builtin,
        "functionAsControl": _said("functionAsControl", lambda r, _t: r.builtin),
        "control": lambda _r, _t: None,
        "createdAt": lambda r, _t: write(r.created_at),
        "updatedAt": lambda r, _t: write(r.created_at),
        "createdBy": lambda _r, _t: None,
        "source": lambda _r, _t: "WIZ_CSPM",
        "subjectEntityType": _subject,
        "targetNativeTypes": native_types,
        "externalReferences": lambda _r, _t: None,
        "hasAutoRemediation": lambda _r, _t: False,
        "iacMatchers": _said("iacMatchers", _nothing),
        "opaPolicy": _said("opaPolicy", _nothing),
        "scopeAccounts": scope_accounts,
        "supportsNRT": lambda _r, _t: False,
        "tags": lambda _r, _t: None,
        "securityScoreImpact": lambda _r, _t, **_selection: 0.0,
        "threats": lambda _r, _t: None,
    },
    "CloudEventRule": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "description": lambda r, _t: r.description,
        "severity": lambda r, _t: r.severity,
        "risks": lambda r, _t: r.risks,
        "securitySubCategories": lambda r, _t: r.subcategories,
        "subCategories": lambda r, _t: r.subcategories,
        "sourceType": lambda r, _t: _EVENT_SOURCES.get(r.applies_to[0], "WIZ"),
        "type": lambda _r, _t: "SINGLE",
        "enabled": lambda _r, _t: True,
        "builtin": lambda _r, _t: True,
        "generateIssues": lambda _r, _t: True,
        "generateFindings": lambda _r, _t: True,
        "builtInId": lambda r, _t: r.short_id,
        "createdBy": lambda _r, _t: None,
        "params": lambda _r, _t: None,
        "securityScoreImpact": lambda _r, _t, **_selection: 0.0,
        "threats": lambda _r, _t: None,
        "origins": lambda r, _t: rule_origins(r),
        "createdAt": lambda r, _t: write(r.created_at),
        "updatedAt": lambda r, _t: write(r.created_at),
    },
    "SecuritySubCategory": {
        "id": lambda s, _t: s.id,
        "externalId": lambda s, _t: s.external_id,
        "title": lambda s, _t: s.title,
        "description": _said("description", _empty),
        "category": lambda s, _t: s.category,
        "resolutionRecommendation": _said("resolutionRecommendation", _nothing),
    },
    "SecurityCategory": {
        "id": lambda c, _t: c.id,
        "externalId": lambda c, _t: c.external_id,
        "name": lambda c, _t: c.name,
        "description": _said("description", _empty),
        "framework": lambda c, _t: c.framework,
        "subCategories": lambda c, t: [s for s in requirements(t) if s.category is c],
    },
    "SecurityFramework": {
        "id": lambda f, _t: f.id,
        "name": lambda f, _t: f.name,
        "version": lambda f, _t: f.version,
        "description": lambda f, _t: f.description,
        "builtin": lambda f, t: f not in t.frameworks,
        "enabled": _said("enabled", _yes),
        "categories": lambda f, t: categories(t, f),
    },
    "HostConfigurationRule": {
        "id": lambda r, _t: r.id,
        "externalId": lambda r, _t: r.short_name,
        "shortName": lambda r, _t: r.short_name,
        "name": lambda r, _t: r.name,
        "description": lambda r, _t: r.description,
        "severity": lambda r, _t: r.severity,
        "enabled": lambda r, _t: r.enabled,
        "builtin": lambda r, _t: r.builtin,
        "directOVAL": lambda _r, _t: None,
        "securitySubCategories": lambda r, _t: r.subcategories,
        "targetPlatforms": lambda r, t: [p for p in technologies(t) if p.key in r.platforms],
    },
}
