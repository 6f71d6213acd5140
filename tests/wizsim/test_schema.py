"""The schema of the look-alike against the real one, and against its own resolvers."""

# ruff: noqa: ANN401  JSON and GraphQL types, read as they come

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    get_named_type,
    is_input_object_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
    parse,
    validate,
)

from callboard.demo.wizsim.answers import FIELDS
from callboard.demo.wizsim.engine import Engine, encode
from callboard.demo.wizsim.filters import software, things
from callboard.demo.wizsim.filters.detections import DETECTION_TESTS
from callboard.demo.wizsim.roots.administration import SCOPE_TESTS
from callboard.demo.wizsim.roots.audit import AUDIT_TESTS
from callboard.demo.wizsim.roots.automation import AUTOMATION_TESTS
from callboard.demo.wizsim.roots.connectors import CONNECTOR_TESTS
from callboard.demo.wizsim.roots.integrations import INTEGRATION_TESTS
from callboard.demo.wizsim.roots.mutations import MUTATIONS
from callboard.demo.wizsim.roots.policies import POLICY_TESTS
from callboard.demo.wizsim.roots.queries import QUERIES
from callboard.demo.wizsim.roots.reports import REPORT_TESTS, RUN_TESTS
from callboard.demo.wizsim.roots.sign_in import SIGN_IN_TESTS
from callboard.demo.wizsim.schema import part, schema
from callboard.demo.wizsim.views import FILTERS

pytest_plugins = ["tests.support.shared_data"]

OUTSIDE = {
    "IssuesGroupedByValue": "fortinet connector",
    "ConfigurationFindingResourceTag": "elastic, cartography",
    "UpdateIssuesError": "wiz-api.md section 11",
    "UpdateIssuesAssigneeError": "wiz-api.md section 11",
    "UpdateIssuesAssigneePatchInput": "wiz-api.md section 11",
    "UpdateIssuesAssigneeOverrideInput": "wiz-api.md section 11",
    "Integration": "fortinet connector",
    "KubernetesCluster": "terraform provider",
    "SAMLIdentityProvider": "terraform provider",
    "NetworkExposureConnection": "xsoar",
    "NetworkExposure": "xsoar",
}
"""Types that the published extract names without describing, and the clients that select them."""

BEYOND = {
    "assets": "elastic, official plugin",
    "threats": "xsoar, elastic, cartography",
    "response": "xsoar",
    "scans": "xsoar",
    "software": "port",
    "graph": "xsoar",
    "reports": "wiz-api.md section 10",
    "administration": "elastic, terraform provider",
    "automation": "terraform provider",
    "connectors": "terraform provider",
    "sign_in": "terraform provider",
    "policies": "terraform provider",
    "rules": "terraform provider",
}
"""Files of the schema that hold types which the extract lacks, and who selects them. They were compared with the whole
printed schema when they were written (2026-08)."""

BEYOND_ROOTS = {
    "detections": "elastic, cartography",
    "technologies": "port",
    "hostedTechnologies": "port",
    "sbomArtifacts": "port",
    "sbomArtifactsGroupedByName": "port",
    "cloudConfigurationRule": "terraform provider",
    "cloudConfigurationRules": "terraform provider",
    "cloudOrganizations": "terraform provider",
    "hostConfigurationRule": "terraform provider",
    "hostConfigurationRules": "terraform provider",
    "kubernetesClusters": "terraform provider",
    "securityFramework": "terraform provider",
    "securityFrameworks": "terraform provider",
    "securitySubCategory": "terraform provider",
    "serviceAccount": "terraform provider",
    "copyResourceForensicsToExternalAccount": "xsoar",
    "createUser": "terraform provider",
    "updateUser": "terraform provider",
    "deleteUser": "terraform provider",
    "deleteServiceAccount": "terraform provider",
    "updateReport": "terraform provider",
    **dict.fromkeys(
        (
            "automationRule",
            "automationRules",
            "cicdScanPolicies",
            "cicdScanPolicy",
            "connector",
            "connectorType",
            "connectorTypes",
            "connectors",
            "integration",
            "integrations",
            "samlIdentityProvider",
            "samlIdentityProviderGroupMappings",
            "samlIdentityProviders",
            "createCICDScanPolicy",
            "createCloudConfigurationRule",
            "createConnector",
            "createControl",
            "createIntegration",
            "createSAMLIdentityProvider",
            "createSecurityFramework",
            "deleteCICDScanPolicy",
            "deleteCloudConfigurationRule",
            "deleteConnector",
            "deleteControl",
            "deleteIntegration",
            "deleteSAMLIdentityProvider",
            "deleteSecurityFramework",
            "modifySAMLIdentityProviderGroupMappings",
            "updateCICDScanPolicy",
            "updateCloudConfigurationRule",
            "updateCloudConfigurationRules",
            "updateConnector",
            "updateControl",
            "updateControls",
            "updateHostConfigurationRule",
            "updateHostConfigurationRules",
            "updateIntegration",
            "updateSAMLIdentityProvider",
            "updateSecurityFramework",
        ),
        "terraform provider",
    ),
}
"""Root fields that the extract lacks, and who calls them."""

LEGACY = {
    ("VulnerabilityFindingFilters", "projectId"),
    ("VulnerabilityFindingFilters", "assetId"),
    ("VulnerabilityFindingFilters", "vulnerabilityExternalId"),
    ("IssueFilters", "sourceControl"),
    ("IssueFilters", "sourceControlType"),
    ("UserFilters", "role"),
    ("UserFilters", "source"),
    ("ProjectCloudAccountLinkInput", "resourceTags"),
    ("ProjectCloudOrganizationLinkInput", "resourceTags"),
    ("CloudEventRuntimeDetails", "runtimeExecutionDataId"),
    ("JiraActionAddCommentTemplateParamsInput", "addIssuesReport"),
    ("CreateIntegrationInput", "projectId"),
    ("CreateSAMLIdentityProviderInput", "groupMapping"),
    ("UpdateSAMLIdentityProviderPatch", "groupMapping"),
    ("CreateCloudConfigurationRuleInput", "targetNativeType"),
    ("UpdateSecurityFrameworkInput", "patch"),
}
"""Inputs that shipped clients send and that the extract lacks since introspection hid deprecated inputs."""

INPUTS = {
    "IssueFilters": FILTERS["issue"],
    "VulnerabilityFindingFilters": FILTERS["vulnerability"],
    "ConfigurationFindingFilters": FILTERS["configuration"],
    "ProjectFilters": things.PROJECT_TESTS,
    "CloudResourceFilters": things.RESOURCE_TESTS,
    "CloudResourceV2Filters": things.RESOURCE_V2_TESTS,
    "VersionControlResourceFilters": things.BRANCH_TESTS,
    "RepositoryFilters": things.REPOSITORY_TESTS,
    "ApplicationServiceFilters": things.SERVICE_TESTS,
    "UserFilters": things.USER_TESTS,
    "CloudAccountFilters": things.ACCOUNT_TESTS,
    "ControlFilters": things.CONTROL_TESTS,
    "ServiceAccountFilters": things.SERVICE_ACCOUNT_TESTS,
    "CloudConfigurationRuleFilters": things.CONFIGURATION_RULE_TESTS,
    "HostConfigurationRuleFilters": things.HOST_RULE_TESTS,
    "KubernetesClusterFilters": things.CLUSTER_TESTS,
    "CloudOrganizationFilters": things.ORGANISATION_TESTS,
    "SecurityFrameworkFilters": things.FRAMEWORK_TESTS,
    "DetectionFilters": DETECTION_TESTS,
    "TechnologyFilters": software.TECHNOLOGY_TESTS,
    "HostedTechnologyFilters": software.HOSTED_TESTS,
    "SBOMArtifactFilters": software.ARTIFACT_TESTS,
    "SBOMArtifactsGroupedByNameFilter": software.GROUP_TESTS,
    "AuditLogEntryFilters": AUDIT_TESTS,
    "PermissionScopeFilters": SCOPE_TESTS,
    "ReportFilters": REPORT_TESTS,
    "ReportRunFilters": RUN_TESTS,
    "AutomationRuleFilters": AUTOMATION_TESTS,
    "CICDScanPolicyFilters": POLICY_TESTS,
    "ConnectorFilters": CONNECTOR_TESTS,
    "IntegrationFilters": INTEGRATION_TESTS,
    "SAMLIdentityProviderFilters": SIGN_IN_TESTS,
}


def _written(described: Any) -> str:
    text = described if isinstance(described, str) else str(described["type"])
    return text.partition(" = ")[0]


def test_every_name_is_one_of_the_real_schema(shared_data: Path) -> None:
    """Types, fields, arguments, inputs and enum values exist there with the same type."""
    real = json.loads((shared_data / "wiz/schema/wiz-schema-subset.json").read_text())["types"]
    beyond = {name for file in BEYOND for name in re.findall(r"^(?:\w+) (\w+)", part(file), re.MULTILINE)}
    wrong: list[str] = []
    for name, kind in schema().type_map.items():
        if name.startswith("__") or name in OUTSIDE or name in ("String", "Int", "Float", "Boolean", "ID"):
            continue
        if name not in real and name in beyond:
            continue
        if name not in real:
            wrong.append(name)
        elif isinstance(kind, GraphQLEnumType):
            values = {v if isinstance(v, str) else v["name"] for v in real[name]["values"]}
            wrong += [f"{name}.{value}" for value in kind.values if value not in values]
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            fields = real[name]["fields"]
            for field, definition in kind.fields.items():
                if (name, field) in LEGACY or (name in ("Query", "Mutation") and field in BEYOND_ROOTS):
                    continue
                if field not in fields or _written(fields[field]) != str(definition.type):
                    wrong.append(f"{name}.{field}: {definition.type}")
                for argument, given in getattr(definition, "args", {}).items():
                    known = fields.get(field, {})
                    there = known.get("args", {}) if isinstance(known, dict) else {}
                    if argument not in there or _written(there[argument]) != str(given.type):
                        wrong.append(f"{name}.{field}({argument}: {given.type})")
    assert wrong == []


def test_every_older_input_is_still_taken() -> None:
    """None of those that only clients tell of was lost from the schema."""
    there = {(name, field) for name, kind in schema().type_map.items() for field in getattr(kind, "fields", ())}
    assert set(LEGACY) - there == set()


def test_every_field_has_an_answer() -> None:
    """No field of a type with a table is forgotten, and every root field is answered."""
    built = schema()
    for name, table in FIELDS.items():
        kind = built.type_map[name]
        assert is_object_type(kind)
        assert set(kind.fields) - set(table) == set(), name
    assert built.query_type is not None
    assert built.mutation_type is not None
    assert set(built.query_type.fields) == set(QUERIES)
    assert set(built.mutation_type.fields) == set(MUTATIONS)


@pytest.mark.parametrize("name", INPUTS)
def test_every_filter_is_obeyed(name: str) -> None:
    """A filter field stands in the schema exactly when a function decides about it."""
    kind = schema().type_map[name]
    assert is_input_object_type(kind)
    assert set(kind.fields) == set(INPUTS[name])


def _everything(kind: Any, depth: int, above: tuple[str, ...] = ()) -> str:
    """A selection of all fields, some levels deep, without coming back to a type that stands above."""
    named = get_named_type(kind)
    if is_leaf_type(named):
        return ""
    if isinstance(named, GraphQLUnionType | GraphQLInterfaceType):
        parts = (f"... on {t.name} {_fields(t, depth, above, t.name)}" for t in schema().get_possible_types(named))
        return "{ __typename " + " ".join(parts) + " }"
    return _fields(named, depth, above)


def _fields(kind: Any, depth: int, above: tuple[str, ...], alias: str = "") -> str:
    chosen = []
    for name, field in kind.fields.items():
        below = get_named_type(field.type)
        if any(is_required_argument(a) for a in field.args.values()) or below.name in above:
            continue
        call = f"{alias}_{name}: {name}" if alias else name
        call += "(first: 2)" if "first" in field.args else ""
        if is_leaf_type(below):
            chosen.append(call)
        elif depth:
            chosen.append(call + _everything(field.type, depth - 1, (*above, kind.name)))
    return "{ " + (" ".join(chosen) or "__typename") + " }"


def _lists() -> list[str]:
    query = schema().query_type
    fields = query.fields if query else {}
    return sorted(
        name
        for name, field in fields.items()
        if "first" in field.args and not any(is_required_argument(a) for a in field.args.values())
    )


@pytest.mark.parametrize("root", _lists())
def test_everything_can_be_selected(root: str, engine: Engine) -> None:
    """Each list answers all its fields, levels deep, without an error and equally on both ways."""
    query = schema().query_type
    assert query is not None
    document = f"{{ {root}(first: 9) {_everything(query.fields[root].type, 3)} }}"
    assert validate(schema(), parse(document)) == []
    fast, plain = engine.run(document), engine.run(document, plain=True)
    assert fast.errors is None
    assert json.loads(encode(fast)) == json.loads(encode(plain))
