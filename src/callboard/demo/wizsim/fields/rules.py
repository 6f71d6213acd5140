"""Answers of the rules that raise issues, and of the frameworks they belong to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, TypeVar

from callboard.demo.company.values import Framework, Subcategory
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.moments import write
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
    """Every requirement that a rule of the company checks."""
    rules = tenant.world.organisation.rules
    return tenant.remember("requirements", lambda: _once(sub for rule in rules for sub in rule.subcategories))


def frameworks(tenant: Tenant) -> list[Framework]:
    """Every framework that a rule of the company belongs to."""
    return _once(sub.category.framework for sub in requirements(tenant))


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
        "enabled": lambda _r, _t: True,
        "builtin": lambda _r, _t: True,
        "enabledForHBI": lambda _r, _t: True,
        "enabledForMBI": lambda _r, _t: True,
        "enabledForLBI": lambda _r, _t: True,
        "enabledForUnattributed": lambda _r, _t: True,
        "createdAt": lambda r, _t: write(r.created_at),
        "createdBy": lambda _r, _t: None,
        "query": lambda r, _t: {"type": list(r.applies_to), "select": True},
        "serviceTickets": lambda _r, _t, **_selection: [],
        "sourceCloudConfigurationRule": lambda _r, _t: None,
        "scopeProject": lambda _r, _t: None,
        "scopeQuery": lambda _r, _t: None,
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
        "enabled": lambda _r, _t: True,
        "builtin": lambda _r, _t: True,
        "functionAsControl": lambda _r, _t: True,
        "control": lambda _r, _t: None,
        "createdAt": lambda r, _t: write(r.created_at),
        "updatedAt": lambda r, _t: write(r.created_at),
        "createdBy": lambda _r, _t: None,
        "source": lambda _r, _t: "WIZ_CSPM",
        "subjectEntityType": lambda r, _t: r.applies_to[0],
        "targetNativeTypes": lambda r, _t: [kind.lower() for kind in r.applies_to],
        "externalReferences": lambda _r, _t: None,
        "hasAutoRemediation": lambda _r, _t: False,
        "iacMatchers": lambda _r, _t: None,
        "opaPolicy": lambda _r, _t: None,
        "scopeAccounts": lambda _r, _t: [],
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
        "description": lambda _s, _t: "",
        "category": lambda s, _t: s.category,
        "resolutionRecommendation": lambda _s, _t: None,
    },
    "SecurityCategory": {
        "id": lambda c, _t: c.id,
        "externalId": lambda c, _t: c.external_id,
        "name": lambda c, _t: c.name,
        "description": lambda _c, _t: "",
        "framework": lambda c, _t: c.framework,
        "subCategories": lambda c, t: [s for s in requirements(t) if s.category is c],
    },
    "SecurityFramework": {
        "id": lambda f, _t: f.id,
        "name": lambda f, _t: f.name,
        "version": lambda f, _t: f.version,
        "description": lambda f, _t: f.description,
        "builtin": lambda _f, _t: True,
        "enabled": lambda _f, _t: True,
        "categories": lambda f, t: _once(s.category for s in requirements(t) if s.category.framework is f),
    },
}
