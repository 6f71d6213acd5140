"""Answers of the rules that raise issues, and of the frameworks they belong to."""

from __future__ import annotations

import re
from typing import Final

from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.moments import write

_EVENT_SOURCES: Final = {"VIRTUAL_MACHINE": "WIZ_SENSOR", "CONTAINER": "WIZ_SENSOR"}


def _plain(markdown: str) -> str:
    return re.sub(r"[#*`]+ ?", "", markdown)


def _service(service: str) -> str | None:
    return service or None


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
    },
    "SecurityFramework": {
        "id": lambda f, _t: f.id,
        "name": lambda f, _t: f.name,
        "version": lambda f, _t: f.version,
        "description": lambda f, _t: f.description,
        "builtin": lambda _f, _t: True,
        "enabled": lambda _f, _t: True,
    },
}
