"""What every field of every type answers, as one table: type name, field name, function of (source, tenant, **arguments).

A type that is missing here has plain dictionaries as sources, read by field name; a name that is absent is null.
"""

# ruff: noqa: ANN401  values of GraphQL are typed by its schema, not by Python

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from callboard.demo.company.values import (
    ApplicationService,
    Branch,
    CloudAccount,
    Person,
    Project,
    Repository,
    Resource,
    Rule,
    Subcategory,
)
from callboard.demo.wizsim.fields.assets import ASSET_FIELDS
from callboard.demo.wizsim.fields.configurations import CONFIGURATION_FIELDS
from callboard.demo.wizsim.fields.inventory import INVENTORY_FIELDS
from callboard.demo.wizsim.fields.issues import ISSUE_FIELDS
from callboard.demo.wizsim.fields.people import PEOPLE_FIELDS
from callboard.demo.wizsim.fields.projects import PROJECT_FIELDS
from callboard.demo.wizsim.fields.rules import RULE_FIELDS
from callboard.demo.wizsim.fields.software import SOFTWARE_FIELDS
from callboard.demo.wizsim.fields.threats import THREAT_FIELDS
from callboard.demo.wizsim.fields.vulnerabilities import VULNERABILITY_FIELDS
from callboard.demo.wizsim.roots.audit import AUDIT_FIELDS
from callboard.demo.wizsim.roots.automation import AUTOMATION_FIELDS
from callboard.demo.wizsim.roots.connections import CONNECTION_FIELDS, NESTED
from callboard.demo.wizsim.roots.connectors import CONNECTOR_FIELDS
from callboard.demo.wizsim.roots.integrations import INTEGRATION_FIELDS
from callboard.demo.wizsim.roots.policies import POLICY_FIELDS
from callboard.demo.wizsim.roots.reports import REPORT_FIELDS
from callboard.demo.wizsim.roots.sign_in import SIGN_IN_FIELDS

Answer = Callable[..., Any]

FIELDS: Final[dict[str, dict[str, Answer]]] = {
    **ISSUE_FIELDS,
    **RULE_FIELDS,
    **VULNERABILITY_FIELDS,
    **CONFIGURATION_FIELDS,
    **PROJECT_FIELDS,
    **ASSET_FIELDS,
    **INVENTORY_FIELDS,
    **PEOPLE_FIELDS,
    **THREAT_FIELDS,
    **SOFTWARE_FIELDS,
    **REPORT_FIELDS,
    **AUDIT_FIELDS,
    **INTEGRATION_FIELDS,
    **AUTOMATION_FIELDS,
    **CONNECTOR_FIELDS,
    **SIGN_IN_FIELDS,
    **POLICY_FIELDS,
    **CONNECTION_FIELDS,
}

for _type, _fields in NESTED.items():
    FIELDS[_type] = {**FIELDS[_type], **_fields}

LASTING: Final = frozenset(
    {ApplicationService, Branch, CloudAccount, Person, Project, Repository, Resource, Rule, Subcategory}
)
"""Values that many findings share and that only change with the world's version: their answers are worth keeping."""


def answer(type_name: str, field_name: str) -> Answer:
    """The function that answers a field."""
    known = FIELDS.get(type_name)
    if known is not None:
        return known[field_name]
    return lambda source, _tenant, **_arguments: source.get(field_name)


def typename(abstract: str, value: Any) -> str:
    """Which object type a value of an interface or union is."""
    if isinstance(value, Rule):
        return value.kind
    if isinstance(value, Resource):
        return f"VulnerableAsset{value.asset or 'Common'}"
    return "IgnoreRule" if abstract == "SelectedIgnoreRule" else str(value["__typename"])
