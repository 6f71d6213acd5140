"""Write calls in the shapes that public clients send, in an order in which each finds what it needs.

The wording is ours, as in `documents`.
"""

from __future__ import annotations

from typing import Any, Final

from tests.wizsim.setting_documents import SETTING_DOCUMENTS

_UPDATE_ISSUE = """mutation A($issueId: ID!, $patch: UpdateIssuePatch, $override: UpdateIssuePatch) {
  updateIssue(input: { id: $issueId, patch: $patch, override: $override }) { issue { id status dueAt resolutionReason
    notes { id text updatedAt createdAt user { id email } serviceAccount { id name } } } } }"""
_UPDATE_PROJECT = "mutation B($input: UpdateProjectInput!) { updateProject(input: $input) { project { id } } }"
_REPORT = "id name params { ... on ReportParamsGraphQuery { query entityOptions { entityType } } }"

WRITE_DOCUMENTS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "xsoar, reject": (
        _UPDATE_ISSUE,
        {"issueId": "<issue>", "patch": {"status": "REJECTED", "note": "no", "resolutionReason": "WONT_FIX"}},
    ),
    "xsoar, reopen": (_UPDATE_ISSUE, {"issueId": "<issue>", "patch": {"status": "OPEN"}}),
    "xsoar, in progress": (_UPDATE_ISSUE, {"issueId": "<issue>", "patch": {"status": "IN_PROGRESS"}}),
    "xsoar, resolve a threat": (
        _UPDATE_ISSUE,
        {
            "issueId": "<threat>",
            "patch": {"status": "RESOLVED", "note": "done", "resolutionReason": "NOT_MALICIOUS_THREAT"},
        },
    ),
    "xsoar, due date": (_UPDATE_ISSUE, {"issueId": "<issue>", "patch": {"dueAt": "2026-09-01T00:00:00.000Z"}}),
    "xsoar, no due date": (_UPDATE_ISSUE, {"issueId": "<issue>", "override": {"dueAt": None}}),
    "xsoar, note": (
        """mutation C($input: CreateIssueNoteInput!) {
          createIssueNote(input: $input) { issueNote { id text createdAt user { id email } } } }""",
        {"input": {"issueId": "<issue>", "text": "looked at"}},
    ),
    "xsoar, forensics": (
        """mutation D($input: CopyResourceForensicsToExternalAccountInput!) {
          copyResourceForensicsToExternalAccount(input: $input) { systemActivityGroupId } }""",
        {"input": {"id": "<machine>"}},
    ),
    "fortinet, note": (
        "mutation E($input: CreateIssueNoteInput!) { createIssueNote(input: $input) { issueNote { createdAt id text } } }",
        {"input": {"issueId": "<issue>", "text": "seen"}},
    ),
    "terraform, new project": (
        "mutation F($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }",
        {
            "input": {
                "name": "Written",
                "slug": "written",
                "isFolder": False,
                "riskProfile": {"businessImpact": "LBI", "isActivelyDeveloped": "YES"},
                "cloudAccountLinks": [{"cloudAccount": "<account id>", "environment": "PRODUCTION", "shared": True}],
                "projectOwners": ["<user>"],
            }
        },
    ),
    "terraform, changed project": (
        _UPDATE_PROJECT,
        {
            "input": {
                "id": "<project>",
                "override": {
                    "name": "Cart",
                    "slug": "cart",
                    "archived": False,
                    "parentProjectId": "",
                    "cloudAccountLinks": [{"cloudAccount": "<account id>", "environment": "STAGING"}],
                    "cloudOrganizationLinks": None,
                    "kubernetesClusterLinks": None,
                    "riskProfile": {"businessImpact": "HBI"},
                },
            }
        },
    ),
    "terraform, archived project": (
        _UPDATE_PROJECT,
        {"input": {"id": "<project>", "override": {"name": "cart", "slug": "cart", "archived": True}}},
    ),
    "terraform, new user": (
        "mutation G($input: CreateUserInput!) { createUser(input: $input) { user { id } } }",
        {
            "input": {
                "name": "New Person",
                "email": "new@example.org",
                "role": "GLOBAL_READER",
                "sendEmailInvite": False,
            }
        },
    ),
    "terraform, changed user": (
        "mutation H($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }",
        {"input": {"id": "new@example.org", "patch": {"name": "Newer Person", "isSuspended": True}}},
    ),
    "terraform, no user": (
        "mutation I($input: DeleteUserInput!) { deleteUser(input: $input) { _stub } }",
        {"input": {"id": "new@example.org"}},
    ),
    "terraform, new service account": (
        """mutation J($input: CreateServiceAccountInput!) { createServiceAccount(input: $input) { serviceAccount { id name
          clientId clientSecret scopes type createdAt assignedProjects { id } lastRotatedAt } } }""",
        {"input": {"name": "reader", "type": "THIRD_PARTY", "scopes": ["read:issues"]}},
    ),
    "terraform, new report": (
        f"mutation K($input: CreateReportInput!) {{ createReport(input: $input) {{ report {{ {_REPORT} }} }} }}",
        {
            "input": {
                "name": "Buckets",
                "type": "GRAPH_QUERY",
                "projectId": "*",
                "runIntervalHours": 24,
                "graphQueryParams": {"query": {"type": ["BUCKET"], "select": True}},
            }
        },
    ),
    **SETTING_DOCUMENTS,
}
