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
        "id": lambda r, t: r.id,
        "name": lambda r, t: r.name,
        "description": lambda r, t: r.description,
        "descriptionPlainText": lambda r, t: _plain(r.description),
        "resolutionRecommendation": lambda r, t: r.remediation,
        "resolutionRecommendationPlainText": lambda r, t: _plain(r.remediation),
        "severity": lambda r, t: r.severity,
        "type": lambda r, t: "SECURITY_GRAPH",
        "risks": lambda r, t: r.risks,
        "securitySubCategories": lambda r, t: r.subcategories,
        "enabled": lambda r, t: True,
        "builtin": lambda r, t: True,
        "enabledForHBI": lambda r, t: True,
        "enabledForMBI": lambda r, t: True,
        "enabledForLBI": lambda r, t: True,
        "enabledForUnattributed": lambda r, t: True,
        "createdAt": lambda r, t: write(r.created_at),
        "createdBy": lambda r, t: None,
        "query": lambda r, t: {"type": list(r.applies_to), "select": True},
        "serviceTickets": lambda r, t, selection=None: [],
        "sourceCloudConfigurationRule": lambda r, t: None,
        "tags": lambda r, t: [],
    },
    "CloudConfigurationRule": {
        "id": lambda r, t: r.id,
        "shortId": lambda r, t: r.short_id,
        "graphId": lambda r, t: r.id,
        "name": lambda r, t: r.name,
        "description": lambda r, t: r.description,
        "findingTitle": lambda r, t: r.name,
        "remediationInstructions": lambda r, t: r.remediation,
        "severity": lambda r, t: r.severity,
        "risks": lambda r, t: r.risks,
        "securitySubCategories": lambda r, t: r.subcategories,
        "serviceType": lambda r, t: _service(r.service),
        "cloudProvider": lambda r, t: r.service if r.service in ("AWS", "Azure", "GCP", "Kubernetes", "GitHub") else None,
        "enabled": lambda r, t: True,
        "builtin": lambda r, t: True,
        "functionAsControl": lambda r, t: True,
        "control": lambda r, t: None,
        "createdAt": lambda r, t: write(r.created_at),
        "updatedAt": lambda r, t: write(r.created_at),
        "createdBy": lambda r, t: None,
        "source": lambda r, t: "WIZ_CSPM",
        "subjectEntityType": lambda r, t: r.applies_to[0],
        "targetNativeTypes": lambda r, t: [kind.lower() for kind in r.applies_to],
    },
    "CloudEventRule": {
        "id": lambda r, t: r.id,
        "name": lambda r, t: r.name,
        "description": lambda r, t: r.description,
        "severity": lambda r, t: r.severity,
        "risks": lambda r, t: r.risks,
        "securitySubCategories": lambda r, t: r.subcategories,
        "subCategories": lambda r, t: r.subcategories,
        "sourceType": lambda r, t: _EVENT_SOURCES.get(r.applies_to[0], "WIZ"),
        "type": lambda r, t: "SINGLE",
        "enabled": lambda r, t: True,
        "builtin": lambda r, t: True,
        "generateIssues": lambda r, t: True,
        "generateFindings": lambda r, t: True,
        "createdAt": lambda r, t: write(r.created_at),
        "updatedAt": lambda r, t: write(r.created_at),
    },
    "SecuritySubCategory": {
        "id": lambda s, t: s.id,
        "externalId": lambda s, t: s.external_id,
        "title": lambda s, t: s.title,
        "description": lambda s, t: "",
        "category": lambda s, t: s.category,
        "resolutionRecommendation": lambda s, t: None,
    },
    "SecurityCategory": {
        "id": lambda c, t: c.id,
        "externalId": lambda c, t: c.external_id,
        "name": lambda c, t: c.name,
        "description": lambda c, t: "",
        "framework": lambda c, t: c.framework,
    },
    "SecurityFramework": {
        "id": lambda f, t: f.id,
        "name": lambda f, t: f.name,
        "version": lambda f, t: f.version,
        "description": lambda f, t: f.description,
        "builtin": lambda f, t: True,
        "enabled": lambda f, t: True,
    },
}
