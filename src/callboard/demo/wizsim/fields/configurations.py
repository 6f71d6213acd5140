"""Answers of a configuration finding and of the resource it judges."""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from typing import Any, Final

from callboard.demo.company.ids import entity_id
from callboard.demo.company.ledger import FINDING_REASONS, RESOLVED, RESULTS, SEVERITIES, STATUSES
from callboard.demo.company.values import Resource
from callboard.demo.wizsim.fields.issues import Fields
from callboard.demo.wizsim.moments import write
from callboard.demo.wizsim.nodes import ConfigurationRow
from callboard.demo.wizsim.tenant import Edit, Tenant

_NONE: Final = Edit()


def pairs(tags: dict[str, str] | None) -> list[dict[str, str]] | None:
    """Tags as a list of pairs, the form of this part of the schema."""
    return None if tags is None else [{"key": key, "value": value} for key, value in tags.items()]


def _edit(c: ConfigurationRow, tenant: Tenant) -> Edit:
    return tenant.edits.get(("configuration", c.row), _NONE)


def _evidence(c: ConfigurationRow, _t: Tenant) -> dict[str, str | None]:
    failed = c.ledger.result[c.row] == 0
    return {
        "currentValue": f"{c.rule.name}: {'yes' if failed else 'no'}",
        "expectedValue": f"{c.rule.name}: no",
        "configurationPath": c.rule.short_id.lower().replace("-", "."),
        "cloudConfigurationLink": c.resource.url,
    }


def _last(values: Any) -> Any:
    return values[-1] if values else None


def is_deleted(resource: Resource) -> bool:
    """Whether findings of this resource only show when deleted ones are asked for."""
    return resource.deleted_at is not None


CONFIGURATION_FIELDS: Final[Fields] = {
    "ConfigurationFinding": {
        "id": lambda c, _t: c.id,
        "name": lambda c, _t: c.rule.name,
        "result": lambda c, _t: RESULTS[c.ledger.result[c.row]],
        "severity": lambda c, _t: SEVERITIES[c.ledger.severity[c.row]],
        "status": lambda c, _t: STATUSES[c.ledger.status[c.row]],
        "source": lambda _c, _t: "WIZ_CSPM",
        "type": lambda _c, _t: "WIZ_CSPM",
        "analyzedAt": lambda c, _t: write(c.ledger.seen[c.row], c.row),
        "firstSeenAt": lambda c, _t: write(c.ledger.created[c.row], c.row),
        "updatedAt": lambda c, _t: write(c.ledger.updated[c.row], c.row),
        "statusChangedAt": lambda c, _t: write(c.ledger.changed[c.row], c.row),
        "deleted": lambda c, _t: is_deleted(c.resource),
        "rule": lambda c, _t: c.rule,
        "remediation": lambda c, _t: c.rule.remediation if c.row % 3 else None,
        "resource": lambda c, _t: c.resource,
        "subscription": lambda c, _t: c.resource.account,
        "evidence": _evidence,
        "targetExternalId": lambda c, _t: c.resource.external_id,
        "targetObjectProviderUniqueId": lambda c, _t: c.resource.provider_id,
        "resolutionReason": lambda c, t: (
            _edit(c, t).reason or FINDING_REASONS[c.ledger.reason[c.row]]
            if c.ledger.status[c.row] >= RESOLVED
            else None
        ),
        "rejectionExpiredAt": lambda c, t: _edit(c, t).rejection_expires_at,
        "ignoreRules": lambda _c, _t: None,
        "securitySubCategories": lambda c, _t: c.rule.subcategories,
        "note": lambda c, t: _last(_edit(c, t).notes),
    },
    "ConfigurationFindingNote": {
        "id": lambda n, _t: n.id,
        "text": lambda n, _t: n.text,
        "createdAt": lambda n, _t: write(n.at),
        "updatedAt": lambda n, _t: write(n.edited_at),
        "user": lambda n, _t: n.author,
    },
    "ConfigurationFindingResource": {
        "id": lambda r, _t: r.id,
        "name": lambda r, _t: r.name,
        "type": lambda r, _t: r.type,
        "nativeType": lambda r, _t: r.native_type,
        "providerId": lambda r, _t: r.provider_id,
        "region": lambda r, _t: r.region or None,
        "cloudPlatform": lambda r, _t: r.platform,
        "cloudProviderUrl": lambda r, _t: r.url,
        "status": lambda r, _t: r.status,
        "subscription": lambda r, _t: r.account,
        "resourceGroupId": lambda r, t: (
            entity_id(t.world.seed, "group", r.resource_group) if r.resource_group else None
        ),
        "projects": lambda r, _t: r.projects or None,
        "tags": lambda r, _t: pairs(r.tags),
        "hasSensitiveData": lambda r, _t: r.sensitive,
        "isAccessibleFromInternet": lambda r, _t: r.internet,
        "isOpenToAllInternet": lambda r, _t: r.internet,
    },
}
