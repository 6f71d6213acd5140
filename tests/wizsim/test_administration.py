"""Projects, people, machines and the audit log, as tools that manage a tenant change and read them."""

from __future__ import annotations

from typing import Any

from tests.wizsim.conftest import Caller, Start

_UPDATE = """mutation($input: UpdateProjectInput!) { updateProject(input: $input) { project { id slug archived
  cloudAccountLinks { cloudAccount { id } environment shared } riskProfile { businessImpact storesData } } } }"""


def _data(caller: Caller, query: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    body = caller.ask(query, variables).body
    assert "errors" not in body, body["errors"]
    data: dict[str, Any] = body["data"]
    return data


def _issues(caller: Caller, project: str) -> int:
    count = _data(
        caller, "query($p: [String!]) { issuesV2(filterBy: { project: $p }) { totalCount } }", {"p": [project]}
    )
    return int(count["issuesV2"]["totalCount"])


def test_a_new_project_holds_what_its_links_cover(start: Start) -> None:
    """And an archived one holds nothing, nor is it listed."""
    caller = start()
    account = next(a for a in caller.sim.world.organisation.accounts if a.provider == "AWS")
    given = {
        "name": "Everything there",
        "slug": "everything-there",
        "riskProfile": {"businessImpact": "HBI", "storesData": "YES"},
        "cloudAccountLinks": [{"cloudAccount": account.id, "environment": "PRODUCTION", "shared": True}],
    }
    create = "mutation($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }"
    id_ = _data(caller, create, {"input": given})["createProject"]["project"]["id"]
    by_account = "query($a: [String!]) { issuesV2(filterBy: { cloudAccountOrCloudOrganizationId: $a }) { totalCount } }"
    assert _issues(caller, id_) == _data(caller, by_account, {"a": [account.id]})["issuesV2"]["totalCount"] > 0
    profile = _data(
        caller, "query($id: ID) { project(id: $id) { riskProfile { businessImpact storesData } } }", {"id": id_}
    )
    assert profile["project"]["riskProfile"] == {"businessImpact": "HBI", "storesData": "YES"}
    archive = {"id": id_, "override": {"slug": "everything-there", "archived": True}}
    assert _data(caller, _UPDATE, {"input": archive})["updateProject"]["project"]["archived"] is True
    assert _issues(caller, id_) == 0
    listed = _data(caller, '{ projects(first: 50, filterBy: { search: "everything" }) { nodes { id } } }')
    assert listed["projects"]["nodes"] == []


def test_override_replaces_links_and_patch_adds_to_them(start: Start) -> None:
    """An override without a slug is refused, as the provider for Terraform knows."""
    caller = start()
    organisation = caller.sim.world.organisation
    project = next(p for p in organisation.projects if p.component == "cart")
    first, second = organisation.accounts[0], organisation.accounts[1]

    def change(how: str, **more: Any) -> list[dict[str, Any]]:
        updated = _data(caller, _UPDATE, {"input": {"id": project.id, how: more}})["updateProject"]["project"]
        links: list[dict[str, Any]] = updated["cloudAccountLinks"]
        return links

    one = [{"cloudAccount": first.id, "environment": "STAGING"}]
    two = [{"cloudAccount": second.id, "environment": "STAGING"}]
    assert [link["cloudAccount"]["id"] for link in change("override", slug="cart", cloudAccountLinks=one)] == [first.id]
    assert len(change("patch", cloudAccountLinks=two)) == 2
    assert change("override", slug="cart", cloudAccountLinks=None) == []
    refused = caller.ask(_UPDATE, {"input": {"id": project.id, "override": {"name": "x"}}}).body["errors"][0]
    assert refused["extensions"]["code"] == "BAD_USER_INPUT"


def test_a_renamed_folder_is_renamed_in_every_issue(start: Start) -> None:
    """Projects below it and resources follow; membership stays."""
    caller = start()
    folder = next(p for p in caller.sim.world.organisation.projects if p.is_folder and not p.archived)
    before = _issues(caller, folder.id)
    override = {"slug": folder.slug, "name": "Renamed"}
    _data(caller, _UPDATE, {"input": {"id": folder.id, "override": override}})
    assert _issues(caller, folder.id) == before > 0
    query = "query($p: [String!]) { issuesV2(first: 5, filterBy: { project: $p }) { nodes { projects { id name } } } }"
    for node in _data(caller, query, {"p": [folder.id]})["issuesV2"]["nodes"]:
        assert {"id": folder.id, "name": "Renamed"} in node["projects"]


def test_a_new_machine_signs_in_with_its_own_scopes(start: Start) -> None:
    """And not any more once it is deleted."""
    caller = start()
    create = """mutation($input: CreateServiceAccountInput!) { createServiceAccount(input: $input) {
      serviceAccount { id clientId clientSecret } } }"""
    made = _data(caller, create, {"input": {"name": "reader", "scopes": ["read:projects"]}})
    account = made["createServiceAccount"]["serviceAccount"]
    given = {"client_id": account["clientId"], "client_secret": account["clientSecret"]}
    token = caller.ask_token(**given).body["access_token"]
    assert caller.ask("{ projects(first: 1) { nodes { id } } }", token=token).body["data"]
    refused = caller.ask("{ issuesV2 { totalCount } }", token=token).body["errors"][0]
    assert refused["extensions"]["code"] == "UNAUTHORIZED"
    _data(caller, "mutation($i: ID!) { deleteServiceAccount(input: { id: $i }) { _stub } }", {"i": account["id"]})
    assert caller.ask("{ projects(first: 1) { nodes { id } } }", token=token).status == 401
    assert caller.ask_token(**given).status == 401


def test_write_calls_stand_in_the_audit_log(start: Start) -> None:
    """Also those that failed; people stand there too."""
    caller = start()
    issue = _data(caller, "{ issuesV2(first: 1) { nodes { id } } }")["issuesV2"]["nodes"][0]["id"]
    _data(
        caller,
        'mutation($i: ID!) { createIssueNote(input: { issueId: $i, text: "x" }) { issueNote { id } } }',
        {"i": issue},
    )
    caller.ask('mutation { deleteIssueNote(input: { id: "none" }) { _stub } }')
    log = _data(
        caller, "{ auditLogEntries(first: 500) { nodes { action status user { id } serviceAccount { name } } } }"
    )
    found = {(e["action"], e["status"]) for e in log["auditLogEntries"]["nodes"] if e["serviceAccount"]}
    assert found == {("CreateIssueNote", "SUCCESS"), ("DeleteIssueNote", "FAILED")}
    assert any(e["user"] for e in log["auditLogEntries"]["nodes"])


def test_filtered_detections_are_those_that_raised_an_issue(start: Start) -> None:
    """Unless plain matches are asked for by name."""
    caller = start(findings=2_400)
    query = "query($f: DetectionFilters) { detections(first: 500, filterBy: $f) { totalCount nodes { type issue { id } } } }"
    everything = _data(caller, query)["detections"]["nodes"]
    recent = {"updatedAt": {"after": "2020-01-01T00:00:00Z"}}
    raised = _data(caller, query, {"f": recent})["detections"]["nodes"]
    both = {"type": {"equals": ["GENERATED_THREAT", "MATCH_ONLY"]}}
    assert {node["type"] for node in everything} == {"GENERATED_THREAT", "MATCH_ONLY"}
    assert {node["type"] for node in raised} == {"GENERATED_THREAT"}
    assert all(node["issue"] for node in raised)
    assert len(_data(caller, query, {"f": both})["detections"]["nodes"]) == len(everything)
