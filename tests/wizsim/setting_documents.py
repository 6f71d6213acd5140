"""Documents of the public provider for Terraform about what is set up in a tenant: made, read, changed and taken away.

The wording is ours, as in `documents`. `<made X>` stands for the id that the document named `terraform, new X` answered.
"""

from __future__ import annotations

from typing import Any, Final

from tests.wizsim.rule_documents import RULE_DOCUMENTS
from tests.wizsim.shapes import Documents, create, delete, read, update


def _integration(params: str) -> str:
    return read(
        "integration",
        f"""name createdAt updatedAt project {{ id }} type isAccessibleToAllProjects usedByRules {{ id }}
        kind: params {{ type: __typename }} params {{ {params} }}""",
    )


def _automation(params: str) -> str:
    return read(
        "automationRule",
        f"""name description createdAt triggerSource triggerType filters enabled project {{ id }}
        actions {{ id actionTemplateType integration {{ id }} actionTemplateParams {{ {params} }} }}""",
    )


def _rule(action: str, integration: str, **params: Any) -> dict[str, Any]:
    return {
        "name": f"On {action}",
        "description": "written",
        "triggerSource": "ISSUES",
        "triggerType": ["CREATED", "REOPENED"],
        "filters": {"severity": ["CRITICAL"], "relatedEntity": {"cloudPlatform": ["AWS"]}},
        "enabled": True,
        "actions": [{"integrationId": integration, "actionTemplateType": action, "actionTemplateParams": params}],
    }


_SNS = "... on AwsSNSIntegrationParams { topicARN accessMethod customerRoleARN accessConnector { id } }"
_JIRA = """... on JiraIntegrationParams { url serverType onPremConfig { isOnPrem }
  tlsConfig { allowInsecureTLS serverCA clientCertificateAndPrivateKey } authorization {
    ... on JiraIntegrationBasicAuthorization { password username } ... on JiraIntegrationTokenBearerAuthorization { token } } }"""
_SERVICE_NOW = """... on ServiceNowIntegrationParams { url kind: authorization { type: __typename } authorization {
    ... on ServiceNowIntegrationBasicAuthorization { password username }
    ... on ServiceNowIntegrationOAuthAuthorization { password username clientId clientSecret } } }"""
_TICKET = {"project": "OPS", "issueType": "Bug", "summary": "{{issue.id}}", "description": "{{issue.description}}"}
_ROLE = {"type": "ASSUME_SPECIFIED_ROLE", "customerRoleARN": "arn:aws:iam::100000000009:role/wiz"}

_INTEGRATIONS: Documents = {
    "terraform, new integration": (
        create("Integration", "integration"),
        {
            "input": {
                "name": "Topic",
                "type": "AWS_SNS",
                "params": {"awsSNS": {"topicARN": "arn:aws:sns:eu-west-1:100000000009:wiz", "accessMethod": _ROLE}},
                "isAccessibleToAllProjects": False,
                "projectId": "<project>",
            }
        },
    ),
    "terraform, integration": (_integration(_SNS), {"id": "<made integration>"}),
    "terraform, changed integration": (
        update("Integration", "integration"),
        {
            "input": {
                "id": "<made integration>",
                "patch": {"name": "Topics", "params": {"awsSNS": {"accessMethod": _ROLE}}},
            }
        },
    ),
    "terraform, new jira": (
        create("Integration", "integration"),
        {
            "input": {
                "name": "Jira",
                "type": "JIRA",
                "params": {
                    "jira": {
                        "serverUrl": "https://jira.example",
                        "serverType": "SELF_HOSTED",
                        "isOnPrem": False,
                        "tlsConfig": {"allowInsecureTLS": False},
                        "authorization": {"personalAccessToken": "p"},
                    }
                },
            }
        },
    ),
    "terraform, jira": (_integration(_JIRA), {"id": "<made jira>"}),
    "terraform, new servicenow": (
        create("Integration", "integration"),
        {
            "input": {
                "name": "ServiceNow",
                "type": "SERVICE_NOW",
                "params": {
                    "serviceNow": {
                        "url": "https://now.example",
                        "authorization": {"username": "u", "password": "p", "clientId": "c", "clientSecret": "s"},
                    }
                },
            }
        },
    ),
    "terraform, servicenow": (_integration(_SERVICE_NOW), {"id": "<made servicenow>"}),
}
_ACTIONS: Final = {
    "topic": ("AWS_SNS", "integration", "... on AwsSnsActionTemplateParams { body }", {"awsSNS": {"body": "{}"}}),
    "comment": (
        "JIRA_ADD_COMMENT",
        "jira",
        "... on JiraActionAddCommentTemplateParams { projectKey comment addIssuesReport }",
        {"jiraAddComment": {"projectKey": "OPS", "comment": "again", "addIssuesReport": False}},
    ),
    "ticket": (
        "JIRA_CREATE_TICKET",
        "jira",
        """... on JiraActionCreateTicketTemplateParams { fields { summary description issueType assignee components fixVersion labels
          priority project alternativeDescriptionField customFields attachEvidenceCSV } }""",
        {"jiraCreateTicket": {"fields": {**_TICKET, "labels": ["wiz"], "customFields": {"customfield_1": "x"}}}},
    ),
    "transition": (
        "JIRA_TRANSITION_TICKET",
        "jira",
        """... on JiraActionTransitionTicketTemplateParams { project transitionId advancedFields comment commentOnTransition
          attachEvidenceCSV }""",
        {"jiraTransitionTicket": {"project": "OPS", "transitionId": "Done", "commentOnTransition": True}},
    ),
    "incident": (
        "SERVICE_NOW_CREATE_TICKET",
        "servicenow",
        """... on ServiceNowActionCreateTicketTemplateParams { fields { tableName customFields summary description
          attachEvidenceCSV } }""",
        {"serviceNowCreateTicket": {"fields": {"tableName": "incident", "summary": "s", "description": "d"}}},
    ),
    "update of an incident": (
        "SERVICE_NOW_UPDATE_TICKET",
        "servicenow",
        "... on ServiceNowActionUpdateTicketTemplateParams { tableName fields attachIssuesReport }",
        {"serviceNowUpdateTicket": {"tableName": "incident", "fields": {"state": "6"}, "attachIssuesReport": False}},
    ),
}


def _automations() -> Documents:
    found: Documents = {}
    for name, (action, integration, selection, params) in _ACTIONS.items():
        made = {"id": f"<made {name} rule>"}
        written = _rule(action, f"<made {integration}>", **params)
        found |= {
            f"terraform, new {name} rule": (create("AutomationRule", "automationRule"), {"input": written}),
            f"terraform, {name} rule": (_automation(selection), made),
            f"terraform, changed {name} rule": (
                update("AutomationRule", "automationRule"),
                {"input": {**made, "patch": {"enabled": False, "actions": written["actions"]}}},
            ),
            f"terraform, no {name} rule": (delete("AutomationRule"), {"input": made}),
        }
    return found


_CONNECTORS: Documents = {
    "terraform, new aws connector": (
        create("Connector", "connector"),
        {
            "input": {
                "name": "One account",
                "type": "aws",
                "enabled": True,
                "authParams": {"customerRoleARN": "arn:aws:iam::100000000009:role/wiz"},
                "extraConfig": {"skipOrganizationScan": True, "optedInRegions": ["eu-west-1"], "excludedAccounts": []},
            }
        },
    ),
    "terraform, aws connector": (
        """query F($id: ID!) { connector(id: $id) { id name enabled authParams extraConfig config { ... on ConnectorConfigAWS {
          region excludedAccounts excludedOUs externalIdNonce optedInRegions customerRoleARN auditLogMonitorEnabled
          skipOrganizationScan cloudTrailConfig { bucketName bucketSubAccount trailOrg } } } type { ...Type } } }
        fragment Type on ConnectorType { id name authorizeUrls }""",
        {"id": "<made aws connector>"},
    ),
    "terraform, changed aws connector": (
        """mutation G($input: UpdateConnectorInput!) { updateConnector(input: $input) { connector { id name enabled
          extraConfig } } }""",
        {"input": {"id": "<made aws connector>", "patch": {"enabled": False, "extraConfig": {"excludedOUs": ["x"]}}}},
    ),
    "terraform, no aws connector": (delete("Connector"), {"input": {"id": "<made aws connector>"}}),
    "terraform, new gcp connector": (
        create("Connector", "connector"),
        {"input": {"name": "Org", "type": "gcp", "authParams": {"isManagedIdentity": True, "organization_id": "o-1"}}},
    ),
    "terraform, gcp connector": (
        """query H($id: ID!) { connector(id: $id) { id name enabled authParams extraConfig config { ... on ConnectorConfigGCP {
          auditLogMonitorEnabled includedFolders excludedFolders excludedProjects delegateUser projects organization_id project_id
          folder_id auditLogsConfig { pub_sub { topicName subscriptionID } } } } type { id name authorizeUrls } } }""",
        {"id": "<made gcp connector>"},
    ),
}
_GROUPS = [{"providerGroupId": "readers", "role": "PROJECT_READER", "projects": ["<project>"]}]
_SIGN_IN: Documents = {
    "terraform, new sign-in": (
        create("SAMLIdentityProvider", "samlIdentityProvider"),
        {
            "input": {
                "name": "SSO",
                "issuerURL": "https://sso.example/saml",
                "loginURL": "https://sso.example/login",
                "useProviderManagedRoles": True,
                "certificate": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----",
                "domains": [],
                "groupMapping": _GROUPS,
            }
        },
    ),
    "terraform, sign-in": (
        read(
            "samlIdentityProvider",
            """name issuerURL loginURL logoutURL useProviderManagedRoles allowManualRoleOverride certificate domains
            mergeGroupsMappingByRole groupMapping { providerGroupId role { id } projects { id } }""",
        ),
        {"id": "<made sign-in>"},
    ),
    "terraform, changed sign-in": (
        update("SAMLIdentityProvider", "samlIdentityProvider"),
        {
            "input": {
                "id": "<made sign-in>",
                "patch": {"logoutURL": "", "domains": ["example.org"], "groupMapping": _GROUPS},
            }
        },
    ),
    "terraform, mapped groups": (
        "mutation I($input: ModifySAMLGroupMappingInput!) { modifySAMLIdentityProviderGroupMappings(input: $input) { _stub } }",
        {
            "input": {
                "id": "<made sign-in>",
                "patch": {
                    "upsert": [
                        {"providerGroupId": "admins", "role": "GLOBAL_ADMIN", "projects": [], "description": "a"}
                    ],
                    "delete": ["readers"],
                },
            }
        },
    ),
    "terraform, group mappings": (
        """query J($id: ID!, $first: Int! $after: String) { samlIdentityProviderGroupMappings(id: $id, first: $first after: $after) {
          pageInfo { hasNextPage endCursor } nodes { providerGroupId role { id } projects { id } description } } }""",
        {"id": "<made sign-in>", "first": 100},
    ),
    "terraform, no sign-in": (delete("SAMLIdentityProvider"), {"input": {"id": "<made sign-in>"}}),
}
_POLICY = read(
    "cicdScanPolicy",
    """name description builtin kind: params { type: __typename } params {
    ... on CICDScanPolicyParamsVulnerabilities { severity packageCountThreshold ignoreUnfixed packageAllowList }
    ... on CICDScanPolicyParamsSecrets { countThreshold pathAllowList }
    ... on CICDScanPolicyParamsIAC { builtinIgnoreTagsEnabled countThreshold severityThreshold ignoredRules { id }
      customIgnoreTags { key value ignoreAllRules rules { id } } securityFrameworks { id } } }""",
)
_LIMITS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "policy for images": (
        "diskVulnerabilitiesParams",
        {"severity": "HIGH", "packageCountThreshold": 3, "ignoreUnfixed": True, "packageAllowList": ["lsof"]},
    ),
    "policy for secrets": ("diskSecretsParams", {"countThreshold": 3, "pathAllowList": ["/etc"]}),
    "policy for code": (
        "iacParams",
        {
            "severityThreshold": "CRITICAL",
            "countThreshold": 3,
            "builtinIgnoreTagsEnabled": False,
            "ignoredRules": ["<configuration rule>"],
            "customIgnoreTags": [
                {"key": "k", "value": "v", "ruleIDs": ["<configuration rule>"], "ignoreAllRules": False}
            ],
            "securityFrameworks": ["<framework>"],
        },
    ),
}


def _policies() -> Documents:
    found: Documents = {}
    for name, (member, limits) in _LIMITS.items():
        made = {"id": f"<made {name}>"}
        found |= {
            f"terraform, new {name}": (
                """mutation K($input: CreateCICDScanPolicyInput!) { createCICDScanPolicy(input: $input) {
                  scanPolicy { id builtin } } }""",
                {"input": {"name": name, "description": "d", member: limits}},
            ),
            f"terraform, {name}": (_POLICY, made),
            f"terraform, changed {name}": (
                update("CICDScanPolicy", "scanPolicy", mark=""),
                {"input": {**made, "patch": {"name": f"{name}, again", member: limits}}},
            ),
            f"terraform, no {name}": (delete("CICDScanPolicy", "id"), {"input": made}),
        }
    return found


SETTING_DOCUMENTS: Final[Documents] = {
    **_INTEGRATIONS,
    **_automations(),
    "terraform, no integration": (delete("Integration"), {"input": {"id": "<made integration>"}}),
    **_CONNECTORS,
    **_SIGN_IN,
    **_policies(),
    **RULE_DOCUMENTS,
}
