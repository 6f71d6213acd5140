"""What is set up in a tenant is kept: read as it was written, changed, listed page by page, and gone once it is deleted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest

from callboard.demo.wizsim.engine import Engine
from tests.wizsim.conftest import answer_of, data_of, refusal_of


@dataclass(frozen=True)
class Case:
    """One kind of setting: how it is called, what is written and what is read afterwards."""

    word: str
    one: str
    many: str
    payload: str
    selection: str
    given: dict[str, Any]
    shown: dict[str, Any]
    patch: dict[str, Any]
    shown_then: dict[str, Any]
    wrong: dict[str, Any]
    """A change that makes the input of a new one wrong."""

    complaint: str
    gone: str = "_stub"


_HOOK = {"url": "https://callboard.example/hooks/wiz", "authorization": {"token": "t"}}
_ROLE = {"type": "ASSUME_SPECIFIED_ROLE", "customerRoleARN": "arn:aws:iam::1:role/wiz"}
CASES = {
    "integration": Case(
        word="Integration",
        one="integration",
        many="integrations",
        payload="integration",
        selection="name type params { ... on WebhookIntegrationParams { url authorization { __typename } } }",
        given={"name": "Board", "type": "WEBHOOK", "params": {"webhook": _HOOK}},
        shown={
            "name": "Board",
            "type": "WEBHOOK",
            "params": {"url": _HOOK["url"], "authorization": {"__typename": "WebhookIntegrationBearerAuthorization"}},
        },
        patch={"name": "The board"},
        shown_then={"name": "The board"},
        wrong={"params": {"awsSNS": {"topicARN": "arn:aws:sns:x", "accessMethod": _ROLE}}},
        complaint="params.awsSNS belongs to integrations of type AWS_SNS, not WEBHOOK.",
    ),
    "automation rule": Case(
        word="AutomationRule",
        one="automationRule",
        many="automationRules",
        payload="automationRule",
        selection="""name enabled triggerType filters actions { integration { id } actionTemplateParams {
          ... on JiraActionCreateTicketTemplateParams { fields { project summary } } } }""",
        given={
            "name": "Tell",
            "triggerSource": "ISSUES",
            "triggerType": "CREATED",
            "filters": {"severity": ["HIGH"]},
            "actions": [
                {
                    "integrationId": "tracker",
                    "actionTemplateType": "JIRA_CREATE_TICKET",
                    "actionTemplateParams": {
                        "jiraCreateTicket": {
                            "fields": {"project": "OPS", "issueType": "Bug", "summary": "s", "description": "d"}
                        }
                    },
                }
            ],
        },
        shown={
            "name": "Tell",
            "enabled": True,
            "triggerType": ["CREATED"],
            "filters": {"severity": ["HIGH"]},
            "actions": [
                {
                    "integration": {"id": "tracker"},
                    "actionTemplateParams": {"fields": {"project": "OPS", "summary": "s"}},
                }
            ],
        },
        patch={"enabled": False, "triggerType": ["REOPENED"]},
        shown_then={"enabled": False, "triggerType": ["REOPENED"]},
        wrong={"triggerType": []},
        complaint="triggerType must not be empty.",
    ),
    "connector": Case(
        word="Connector",
        one="connector",
        many="connectors",
        payload="connector",
        selection="name enabled status type { id } config { ... on ConnectorConfigAWS { customerRoleARN optedInRegions } }",
        given={
            "name": "One",
            "type": "aws",
            "authParams": {"customerRoleARN": "arn:aws:iam::1:role/wiz"},
            "extraConfig": {"optedInRegions": ["eu-west-1"]},
        },
        shown={
            "name": "One",
            "enabled": True,
            "status": "INITIAL_SCANNING",
            "type": {"id": "aws"},
            "config": {"customerRoleARN": "arn:aws:iam::1:role/wiz", "optedInRegions": ["eu-west-1"]},
        },
        patch={"enabled": False, "extraConfig": {"optedInRegions": []}},
        shown_then={
            "enabled": False,
            "status": "DISABLED",
            "config": {"customerRoleARN": "arn:aws:iam::1:role/wiz", "optedInRegions": []},
        },
        wrong={"authParams": {}},
        complaint="authParams needs customerRoleARN for a connector of type aws.",
    ),
    "identity provider": Case(
        word="SAMLIdentityProvider",
        one="samlIdentityProvider",
        many="samlIdentityProviders",
        payload="samlIdentityProvider",
        selection="name loginURL domains groupMapping { providerGroupId role { id } }",
        given={
            "name": "SSO",
            "loginURL": "https://sso.example/login",
            "certificate": "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----",
            "useProviderManagedRoles": False,
            "domains": ["example.org"],
            "groupMapping": [{"providerGroupId": "g", "role": "GLOBAL_READER"}],
        },
        shown={
            "name": "SSO",
            "loginURL": "https://sso.example/login",
            "domains": ["example.org"],
            "groupMapping": [{"providerGroupId": "g", "role": {"id": "GLOBAL_READER"}}],
        },
        patch={"domains": [], "loginURL": None},
        shown_then={"domains": [], "loginURL": "https://sso.example/login"},
        wrong={"certificate": "none"},
        complaint="certificate is not a certificate in PEM form.",
    ),
    "scan policy": Case(
        word="CICDScanPolicy",
        one="cicdScanPolicy",
        many="cicdScanPolicies",
        payload="scanPolicy",
        selection="""name builtin type params { ... on CICDScanPolicyParamsSecrets { countThreshold pathAllowList } }""",
        given={"name": "Secrets", "diskSecretsParams": {"countThreshold": 3}},
        shown={
            "name": "Secrets",
            "builtin": False,
            "type": "SECRETS",
            "params": {"countThreshold": 3, "pathAllowList": []},
        },
        patch={"diskSecretsParams": {"pathAllowList": ["/etc"]}},
        shown_then={"params": {"countThreshold": 3, "pathAllowList": ["/etc"]}},
        wrong={"iacParams": {"severityThreshold": "HIGH", "countThreshold": 1}},
        complaint="Exactly one of diskVulnerabilitiesParams, diskSecretsParams, iacParams is required.",
        gone="id",
    ),
}


def _calls(case: Case) -> tuple[str, str, str, str]:
    create, update, delete = (f"{verb}{case.word}" for verb in ("create", "update", "delete"))
    return (
        f"mutation($i: Create{case.word}Input!) {{ {create}(input: $i) {{ {case.payload} {{ id }} }} }}",
        f"query($id: ID!) {{ {case.one}(id: $id) {{ {case.selection} }} }}",
        f"mutation($i: Update{case.word}Input!) {{ {update}(input: $i) {{ {case.payload} {{ id }} }} }}",
        f"mutation($i: Delete{case.word}Input!) {{ {delete}(input: $i) {{ {case.gone} }} }}",
    )


def _listed(engine: Engine, case: Case, **filter_by: Any) -> list[str]:
    """Ids of every one, walked in pages of one."""
    words = case.word
    document = f"""query($after: String, $f: {words}Filters) {{ {case.many}(first: 1, after: $after, filterBy: $f) {{
      totalCount pageInfo {{ hasNextPage endCursor }} nodes {{ id }} }} }}"""
    ids: list[str] = []
    after = None
    while True:
        page = data_of(engine, document, after=after, f=filter_by)[case.many]
        ids += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(ids)
            return ids
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize("name", CASES)
def test_what_was_set_up_is_kept_until_it_is_deleted(name: str, fresh: Engine) -> None:
    """Written, read, changed, read again, listed, deleted, and then it is not found."""
    case = CASES[name]
    create, read, update, delete = _calls(case)
    before = _listed(fresh, case)
    id_ = data_of(fresh, create, i=case.given)[f"create{case.word}"][case.payload]["id"]
    assert data_of(fresh, read, id=id_)[case.one] == case.shown
    assert _listed(fresh, case) == [*before, id_]
    data_of(fresh, update, i={"id": id_, "patch": case.patch})
    assert data_of(fresh, read, id=id_)[case.one] == {**case.shown, **case.shown_then}
    assert _listed(fresh, case, search=data_of(fresh, read, id=id_)[case.one]["name"]) == [id_]
    assert case.gone in data_of(fresh, delete, i={"id": id_})[f"delete{case.word}"]
    assert _listed(fresh, case) == before
    for document, variables in ((read, {"id": id_}), (delete, {"i": {"id": id_}})):
        missing = answer_of(fresh, document, **variables)
        assert missing["data"] is None
        assert missing["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_named_and_changes_nothing(name: str, fresh: Engine) -> None:
    """A part that does not fit, a name that is taken, and a caller who may not."""
    case = CASES[name]
    create, *_rest = _calls(case)
    before = _listed(fresh, case)
    assert refusal_of(fresh, create, i={**case.given, **case.wrong}) == case.complaint
    assert _listed(fresh, case) == before
    data_of(fresh, create, i=case.given)
    assert "is taken" in refusal_of(fresh, create, i=case.given)
    refused = fresh.run(create, {"i": {**case.given, "name": "another"}}, scopes=frozenset({"read:all"}))
    assert refused.errors is not None
    assert (refused.errors[0].extensions or {})["code"] == "UNAUTHORIZED"


def test_an_integration_in_use_stays(fresh: Engine) -> None:
    """It names the rule that uses it, and goes once that rule is gone."""
    used = data_of(fresh, '{ integration(id: "tracker") { usedByRules { id name } } }')["integration"]["usedByRules"]
    delete = 'mutation { deleteIntegration(input: { id: "tracker" }) { _stub } }'
    assert used[0]["name"] in refusal_of(fresh, delete)
    rule = "mutation($id: ID!) { deleteAutomationRule(input: { id: $id }) { _stub } }"
    data_of(fresh, rule, id=used[0]["id"])
    data_of(fresh, delete)
    tickets = "{ issuesV2(first: 500, filterBy: { hasServiceTicket: true }) { nodes { serviceTickets { integration { id } } } } }"
    nodes = data_of(fresh, tickets)["issuesV2"]["nodes"]
    assert nodes
    assert all(ticket["integration"] is None for node in nodes for ticket in node["serviceTickets"])


def test_an_action_needs_an_integration_of_its_own_kind(fresh: Engine) -> None:
    """And parameters of its own template."""
    create = _calls(CASES["automation rule"])[0]
    given = CASES["automation rule"].given
    action = {
        "integrationId": "tracker",
        "actionTemplateType": "WEBHOOK",
        "actionTemplateParams": {"webhook": {"body": ""}},
    }
    assert "integration of type WEBHOOK" in refusal_of(fresh, create, i={**given, "actions": [action]})
    action = {**action, "actionTemplateType": "JIRA_ADD_COMMENT"}
    assert "jiraAddComment" in refusal_of(fresh, create, i={**given, "actions": [action]})
    assert "no integration" in refusal_of(fresh, create, i={**given, "actions": [{**action, "integrationId": "none"}]})


def test_what_is_built_in_stays(fresh: Engine) -> None:
    """The company's policy can be neither changed nor deleted."""
    policy = data_of(fresh, "{ cicdScanPolicies(first: 1, filterBy: { builtin: true }) { nodes { id } } }")
    id_ = policy["cicdScanPolicies"]["nodes"][0]["id"]
    for document in _calls(CASES["scan policy"])[2:]:
        given = {"id": id_, "patch": {"name": "x"}} if "Update" in document else {"id": id_}
        assert "built in" in refusal_of(fresh, document, i=given)


def test_groups_are_mapped_one_by_one(fresh: Engine) -> None:
    """A group that is sent again is put in place of the old one, others stay, and deleted ones go."""
    read = """query($first: Int!, $after: String) { samlIdentityProviderGroupMappings(id: "sso", first: $first, after: $after) {
      pageInfo { hasNextPage endCursor } nodes { providerGroupId role { id } projects { id } } } }"""
    modify = """mutation($p: ModifySAMLGroupMappingPatch!) {
      modifySAMLIdentityProviderGroupMappings(input: { id: "sso", patch: $p }) { _stub } }"""

    def groups() -> dict[str, str]:
        found: dict[str, str] = {}
        after = None
        while True:
            page = data_of(fresh, read, first=2, after=after)["samlIdentityProviderGroupMappings"]
            found |= {node["providerGroupId"]: node["role"]["id"] for node in page["nodes"]}
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    before = groups()
    assert len(before) > 2
    other = next(name for name in before if name != "security")
    data_of(fresh, modify, p={"upsert": [{"providerGroupId": "security", "role": "GLOBAL_READER"}], "delete": [other]})
    after = {**before, "security": "GLOBAL_READER"}
    del after[other]
    assert groups() == after
    assert "needs projects" in refusal_of(
        fresh, modify, p={"upsert": [{"providerGroupId": "x", "role": "PROJECT_ADMIN"}]}
    )
    assert "no role" in refusal_of(fresh, modify, p={"upsert": [{"providerGroupId": "x", "role": "KING"}]})


def test_no_secret_is_read_back(fresh: Engine) -> None:
    """Neither from the integration nor from the audit log."""
    create = _calls(CASES["integration"])[0]
    secrets = {"username": "someone", "password": "hunter2", "clientId": "c", "clientSecret": "hunter3"}
    params = {"serviceNow": {"url": "https://now.example", "authorization": secrets}}
    data_of(fresh, create, i={"name": "Now", "type": "SERVICE_NOW", "params": params})
    everything = """{ integrations(first: 50) { nodes { params { ... on ServiceNowIntegrationParams { authorization {
      ... on ServiceNowIntegrationOAuthAuthorization { username password clientId clientSecret } } } } } }
      auditLogEntries(first: 500) { nodes { actionParameters } } }"""
    text = json.dumps(data_of(fresh, everything))
    assert "someone" in text
    assert "hunter" not in text


def test_accounts_name_the_connector_that_they_came_through(fresh: Engine) -> None:
    """And a connector of another cloud is not named."""
    read = "{ cloudAccounts(first: 50) { nodes { cloudProvider sourceConnectors { type { name } } } } }"
    for node in data_of(fresh, read)["cloudAccounts"]["nodes"]:
        assert {c["type"]["name"] for c in node["sourceConnectors"]} == {node["cloudProvider"]}
