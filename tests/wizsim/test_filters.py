"""Filters let through exactly the rows that a look at every single one would."""

# ruff: noqa: ANN401  JSON and GraphQL types, read as they come

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from callboard.demo.wizsim import moments
from callboard.demo.wizsim.engine import Engine, encode

Node = dict[str, Any]

ISSUES = """query($first: Int, $after: String, $f: IssueFilters) { issuesV2(first: $first, after: $after, filterBy: $f) {
  totalCount nodes { id type status severity createdAt statusChangedAt resolvedAt dueAt resolutionReason reopenedAt
    projects { id slug } sourceRules { id name } serviceTickets { id } notes { id } assignee { id }
    entitySnapshot { id type region cloudPlatform } applicationServices { id } }
  pageInfo { hasNextPage endCursor } } }"""
FINDINGS = """query($first: Int, $after: String, $f: VulnerabilityFindingFilters) {
  vulnerabilityFindings(first: $first, after: $after, filterBy: $f) {
  nodes { id name status severity vendorSeverity firstDetectedAt updatedAt hasExploit hasCisaKevExploit hasFix detailedName score
    codeToCloudPipelineStage isMaliciousPackage projects { id slug } vulnerableAsset { ... on VulnerableAssetBase { id type tags } } }
  pageInfo { hasNextPage endCursor } } }"""
CONFIGURATIONS = """query($first: Int, $after: String, $f: ConfigurationFindingFilters) {
  configurationFindings(first: $first, after: $after, filterBy: $f) {
  nodes { id status severity result deleted updatedAt analyzedAt rule { id } resource { id type projects { id slug } } }
  pageInfo { hasNextPage endCursor } } }"""


def _all(engine: Engine, document: str, filter_by: Any = None) -> list[Node]:
    nodes: list[Node] = []
    after = None
    while True:
        result = engine.run(document, {"first": 500, "after": after, "f": filter_by})
        assert result.errors is None
        page = next(iter(json.loads(encode(result))["data"].values()))
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return nodes


def _in(node: Node, slug: str) -> bool:
    return any(p["slug"] == slug for p in node["projects"] or ())


def _after(text: str | None, edge: str) -> bool:
    return text is not None and moments.read(text) > moments.read(edge)


EDGE = "2026-03-01T12:00:00Z"

ISSUE_CASES: list[tuple[dict[str, Any], Callable[[Node], bool]]] = [
    ({"status": ["OPEN", "IN_PROGRESS"]}, lambda n: n["status"] in ("OPEN", "IN_PROGRESS")),
    (
        {"severity": "HIGH", "type": ["CLOUD_CONFIGURATION"]},
        lambda n: n["severity"] == "HIGH" and n["type"] == "CLOUD_CONFIGURATION",
    ),
    ({"project": ["payments"]}, lambda n: _in(n, "payments")),
    ({"projectIsSet": False}, lambda n: not n["projects"]),
    ({"createdAt": {"after": EDGE}}, lambda n: _after(n["createdAt"], EDGE)),
    ({"statusChangedAt": {"before": EDGE}}, lambda n: not _after(n["statusChangedAt"], EDGE)),
    ({"resolvedAt": {"after": EDGE}, "status": ["RESOLVED"]}, lambda n: _after(n["resolvedAt"], EDGE)),
    ({"hasServiceTicket": True}, lambda n: bool(n["serviceTickets"])),
    ({"hasNote": True}, lambda n: bool(n["notes"])),
    ({"hasDueDate": False}, lambda n: n["dueAt"] is None),
    ({"assignee": {"isSet": True}}, lambda n: n["assignee"] is not None),
    ({"relatedEntity": {"type": ["BUCKET"]}}, lambda n: n["entitySnapshot"]["type"] == "BUCKET"),
    ({"search": "no memory limit"}, lambda n: n["sourceRules"][0]["name"] == "Container has no memory limit"),
    ({"resolutionReason": ["OBJECT_DELETED"]}, lambda n: n["resolutionReason"] == "OBJECT_DELETED"),
    ({"applicationService": {"isSet": True}}, lambda n: bool(n["applicationServices"])),
    ({"dueAt": {"before": EDGE}}, lambda n: n["dueAt"] is not None and not _after(n["dueAt"], EDGE)),
    ({"status": [], "severity": None}, lambda _: True),
]
FINDING_CASES: list[tuple[dict[str, Any], Callable[[Node], bool]]] = [
    ({"severity": ["CRITICAL"], "status": ["OPEN"]}, lambda n: n["severity"] == "CRITICAL" and n["status"] == "OPEN"),
    ({"projectIdV2": {"equals": ["commerce"]}}, lambda n: _in(n, "commerce")),
    ({"projectIdV2": {"notEquals": ["commerce"]}}, lambda n: not _in(n, "commerce")),
    ({"projectId": "commerce"}, lambda n: _in(n, "commerce")),
    (
        {"firstSeenAt": {"after": EDGE, "before": "2026-04-01T00:00:00Z"}},
        lambda n: _after(n["firstDetectedAt"], EDGE) and not _after(n["firstDetectedAt"], "2026-04-01T00:00:00Z"),
    ),
    ({"updatedAt": {"after": EDGE}}, lambda n: _after(n["updatedAt"], EDGE)),
    ({"hasExploit": True}, lambda n: n["hasExploit"] is True),
    ({"hasCisaKevExploit": False}, lambda n: n["hasCisaKevExploit"] is False),
    ({"hasFix": False}, lambda n: n["hasFix"] is False),
    ({"vulnerabilityExternalIdV2": {"equals": ["CVE-2021-4034"]}}, lambda n: n["name"] == "CVE-2021-4034"),
    ({"vulnerabilityExternalId": ["CVE-2021-4034"]}, lambda n: n["name"] == "CVE-2021-4034"),
    ({"assetType": ["REPOSITORY_BRANCH"]}, lambda n: n["vulnerableAsset"]["type"] == "REPOSITORY_BRANCH"),
    ({"codeToCloudPipelineStage": ["CODE"]}, lambda n: n["codeToCloudPipelineStage"] == "CODE"),
    ({"detailedNameV2": {"startsWith": ["org.spring"]}}, lambda n: n["detailedName"].startswith("org.spring")),
    ({"vendorSeverity": ["LOW"]}, lambda n: n["vendorSeverity"] == "LOW"),
    ({"isMaliciousPackage": True}, lambda n: n["isMaliciousPackage"] is True),
    (
        {"assetTags": {"containsAny": [{"key": "team", "value": "ledger"}]}},
        lambda n: (n["vulnerableAsset"]["tags"] or {}).get("team") == "ledger",
    ),
]
CONFIGURATION_CASES: list[tuple[dict[str, Any], Callable[[Node], bool]]] = [
    ({"result": ["FAIL"]}, lambda n: n["result"] == "FAIL"),
    ({"includeDeleted": False, "status": ["OPEN", "RESOLVED"]}, lambda n: n["status"] in ("OPEN", "RESOLVED")),
    ({"resource": {"type": ["BUCKET"]}}, lambda n: n["resource"]["type"] == "BUCKET"),
    ({"resource": {"projectId": ["commerce"]}}, lambda n: _in(n["resource"], "commerce")),
    ({"updatedAt": {"after": EDGE}}, lambda n: _after(n["updatedAt"], EDGE)),
    (
        {"analyzedAt": {"inLast": {"amount": 2, "unit": "DurationFilterValueUnitDays"}}},
        lambda n: _after(n["analyzedAt"], "2026-05-26T20:26:40Z"),
    ),
]


@pytest.mark.parametrize("case", range(len(ISSUE_CASES)))
def test_issues(engine: Engine, case: int) -> None:
    """Filters of issues."""
    _same(engine, ISSUES, *ISSUE_CASES[case])


@pytest.mark.parametrize("case", range(len(FINDING_CASES)))
def test_vulnerabilities(engine: Engine, case: int) -> None:
    """Filters of vulnerability findings, old and new names."""
    _same(engine, FINDINGS, *FINDING_CASES[case])


@pytest.mark.parametrize("case", range(len(CONFIGURATION_CASES)))
def test_configurations(engine: Engine, case: int) -> None:
    """Filters of configuration findings."""
    _same(engine, CONFIGURATIONS, *CONFIGURATION_CASES[case])


def _same(engine: Engine, document: str, filter_by: dict[str, Any], keep: Callable[[Node], bool]) -> None:
    found = {node["id"] for node in _all(engine, document, filter_by)}
    wanted = {node["id"] for node in _all(engine, document) if keep(node)}
    assert found == wanted
    assert wanted, "the case says nothing in this world"


def test_deleted_configuration_findings_show_only_when_asked(engine: Engine) -> None:
    """As a full-posture reader expects."""
    shown, everything = _all(engine, CONFIGURATIONS), _all(engine, CONFIGURATIONS, {"includeDeleted": True})
    assert not any(node["deleted"] for node in shown)
    assert any(node["deleted"] for node in everything)


def test_times_compare_to_the_microsecond(engine: Engine) -> None:
    """Strictly later than a row's own time leaves that row out, and a microsecond less lets it in."""
    node = next(n for n in _all(engine, FINDINGS) if "." in n["updatedAt"])
    only = {"id": [node["id"]]}
    assert _all(engine, FINDINGS, {**only, "updatedAt": {"after": node["updatedAt"]}}) == []
    earlier = moments.read(node["updatedAt"]) - 1
    text = moments.write(earlier // 1_000_000)[:-1] + f".{earlier % 1_000_000:06d}Z"
    assert len(_all(engine, FINDINGS, {**only, "updatedAt": {"after": text}})) == 1


def test_groups_agree_with_their_issues(engine: Engine) -> None:
    """The counters of a group are those of the issues that it names."""
    document = """query($by: IssuesGroupedByValueField!) { issuesGroupedByValue(groupBy: $by, first: 500) {
        totalCount nodes { id issues(first: 500) { totalCount nodes { id } } } } }"""
    for by in ("PROJECT", "RESOURCE", "SOURCE_RULE", "SUBSCRIPTION"):
        result = engine.run(document, {"by": by})
        groups = json.loads(encode(result))["data"]["issuesGroupedByValue"]
        assert groups["totalCount"] == len(groups["nodes"])
        assert all(g["issues"]["totalCount"] == len(g["issues"]["nodes"]) > 0 for g in groups["nodes"])
    by_rule = {n["sourceRules"][0]["id"] for n in _all(engine, ISSUES)}
    result = engine.run(document, {"by": "SOURCE_RULE"})
    assert {g["id"] for g in json.loads(encode(result))["data"]["issuesGroupedByValue"]["nodes"]} == by_rule
