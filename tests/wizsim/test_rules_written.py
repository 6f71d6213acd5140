"""Rules and frameworks that are written: what is read afterwards, and what becomes of issues and of other rules."""

from __future__ import annotations

from typing import Any

import pytest

from callboard.demo.company.evolve import Evolution, evolve
from callboard.demo.company.world import make_world
from callboard.demo.wizsim.engine import Engine
from callboard.demo.wizsim.record import make_engine
from tests.support.companies import mixed
from tests.wizsim.conftest import answer_of, data_of, refusal_of

_CONTROL = """mutation($i: CreateControlInput!) { createControl(input: $i) { control { id builtin enabled } } }"""
_RULE = "mutation($i: CreateCloudConfigurationRuleInput!) { createCloudConfigurationRule(input: $i) { rule { id } } }"
_READ_RULE = """query($id: ID!) { cloudConfigurationRule(id: $id) { name severity enabled builtin opaPolicy targetNativeTypes
  functionAsControl scopeAccounts { id } securitySubCategories { id } iacMatchers { type regoCode } } }"""


def _control(**more: Any) -> dict[str, Any]:
    given = {"name": "Ours", "query": {"type": ["BUCKET"]}, "scopeQuery": {}, "projectId": "*", "severity": "LOW"}
    return {**given, **more}


def _requirement(engine: Engine) -> str:
    return engine.tenant.world.organisation.rules[0].subcategories[0].id


def test_a_written_configuration_rule_is_read_as_written(fresh: Engine) -> None:
    """A patch changes what it names, and empty lists and texts take away."""
    account = fresh.tenant.world.organisation.accounts[0].id
    given = {
        "name": "Ours",
        "targetNativeTypes": ["account"],
        "opaPolicy": "package wiz",
        "severity": "HIGH",
        "scopeAccountIds": [account],
        "functionAsControl": True,
        "securitySubCategories": [_requirement(fresh)],
        "iacMatchers": [{"type": "TERRAFORM", "regoCode": "package wiz"}],
    }
    id_ = data_of(fresh, _RULE, i=given)["createCloudConfigurationRule"]["rule"]["id"]
    shown = data_of(fresh, _READ_RULE, id=id_)["cloudConfigurationRule"]
    assert shown == {
        "name": "Ours",
        "severity": "HIGH",
        "enabled": True,
        "builtin": False,
        "opaPolicy": "package wiz",
        "targetNativeTypes": ["account"],
        "functionAsControl": True,
        "scopeAccounts": [{"id": account}],
        "securitySubCategories": [{"id": _requirement(fresh)}],
        "iacMatchers": [{"type": "TERRAFORM", "regoCode": "package wiz"}],
    }
    update = """mutation($i: UpdateCloudConfigurationRuleInput!) { updateCloudConfigurationRule(input: $i) { rule { id } } }"""
    data_of(fresh, update, i={"id": id_, "patch": {"opaPolicy": "", "scopeAccountIds": [], "severity": "LOW"}})
    then = data_of(fresh, _READ_RULE, id=id_)["cloudConfigurationRule"]
    assert then == {**shown, "opaPolicy": "", "scopeAccounts": [], "severity": "LOW"}
    listed = '{ cloudConfigurationRules(first: 9, filterBy: { targetNativeType: "account" }) { nodes { id } } }'
    assert data_of(fresh, listed)["cloudConfigurationRules"]["nodes"] == [{"id": id_}]
    data_of(fresh, "mutation($i: ID!) { deleteCloudConfigurationRule(input: { id: $i }) { _stub } }", i=id_)
    assert answer_of(fresh, _READ_RULE, id=id_)["errors"][0]["extensions"]["code"] == "NOT_FOUND"


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"securitySubCategories": ["none"]}, "no security sub-category 'none'"),
        ({"projectId": "none"}, "no project 'none'"),
        ({"query": []}, "query must be an object"),
        ({"name": ""}, "name must not be empty"),
        ({"severity": "URGENT"}, "URGENT"),
    ],
)
def test_a_wrong_control_is_refused(wrong: dict[str, Any], complaint: str, fresh: Engine) -> None:
    """With the part that is wrong, and nothing is kept of it."""
    before = len(fresh.tenant.world.organisation.rules)
    assert complaint in refusal_of(fresh, _CONTROL, i=_control(**wrong))
    assert len(fresh.tenant.world.organisation.rules) == before


def test_a_written_control_raises_nothing(fresh: Engine) -> None:
    """However often the world moves on, and others keep raising their issues."""
    id_ = data_of(fresh, _CONTROL, i=_control())["createControl"]["control"]["id"]
    evolve(fresh.tenant.world, Evolution(new=0.5))
    count = "query($r: [String!]) { issuesV2(filterBy: { sourceRule: { id: $r } }) { totalCount } }"
    assert data_of(fresh, count, r=[id_])["issuesV2"]["totalCount"] == 0
    busy = fresh.tenant.world.organisation.rules[fresh.tenant.world.issues.cause[-1]]
    assert data_of(fresh, count, r=[busy.id])["issuesV2"]["totalCount"] > 0


def test_a_disabled_rule_resolves_its_issues_until_it_is_enabled_again(fresh: Engine) -> None:
    """They are resolved for that reason, the world does not bring them back, and enabling does."""
    world = fresh.tenant.world
    rules = [
        world.organisation.rules[c] for c, s in zip(world.issues.cause, world.issues.status, strict=True) if s == 0
    ]
    rule = next(rule for rule in rules if rule.kind != "CloudEventRule")
    count = """query($r: [String!], $s: [IssueStatus!], $why: [IssueResolutionReason!]) {
      issuesV2(filterBy: { sourceRule: { id: $r }, status: $s, resolutionReason: $why }) { totalCount } }"""

    def issues(*status: str, why: str | None = None) -> int:
        found = data_of(fresh, count, r=[rule.id], s=list(status), why=[why] if why else None)
        return int(found["issuesV2"]["totalCount"])

    word = rule.kind
    update = f"mutation($i: Update{word}sInput!) {{ update{word}s(input: $i) {{ successCount failCount }} }}"
    before = issues("OPEN", "IN_PROGRESS")
    switched = data_of(fresh, update, i={"ids": [rule.id], "patch": {"enabled": False}})
    assert switched[f"update{word}s"] == {"successCount": 1, "failCount": 0}
    assert issues("OPEN", "IN_PROGRESS") == 0
    assert issues("RESOLVED", why="CONTROL_DISABLED") == before > 0
    evolve(world, Evolution(new=0.3, reopened=1.0))
    assert issues("OPEN", "IN_PROGRESS") == 0
    data_of(fresh, update, i={"ids": [rule.id], "patch": {"enabled": True}})
    assert issues("RESOLVED", why="CONTROL_DISABLED") == 0
    assert issues("OPEN") >= before


def test_a_rule_that_is_built_in_keeps_its_words(fresh: Engine) -> None:
    """Its severity and its requirements may change, and issues show the change."""
    world = fresh.tenant.world
    rule = next(r for i, r in enumerate(world.organisation.rules) if r.kind == "Control" and i in world.issues.cause)
    update = "mutation($i: UpdateControlInput!) { updateControl(input: $i) { control { severity } } }"
    assert "built in" in refusal_of(fresh, update, i={"id": rule.id, "patch": {"name": "x"}})
    delete = "mutation($i: ID!) { deleteControl(input: { id: $i }) { _stub } }"
    assert "built in" in refusal_of(fresh, delete, i=rule.id)
    severity = "LOW" if rule.severity != "LOW" else "HIGH"
    changed = data_of(fresh, update, i={"id": rule.id, "patch": {"severity": severity}})
    assert changed["updateControl"]["control"]["severity"] == severity
    issues = """query($r: [String!]) { issuesV2(first: 5, filterBy: { sourceRule: { id: $r } }) { nodes { sourceRules {
      ... on Control { severity } } } } }"""
    nodes = data_of(fresh, issues, r=[rule.id])["issuesV2"]["nodes"]
    assert nodes
    assert all(node["sourceRules"] == [{"severity": severity}] for node in nodes)


@pytest.mark.parametrize(
    ("word", "root"),
    [
        ("Control", "controls"),
        ("CloudConfigurationRule", "cloudConfigurationRules"),
        ("HostConfigurationRule", "hostConfigurationRules"),
    ],
)
def test_requirements_are_added_to_many_rules_and_taken_away(word: str, root: str, fresh: Engine) -> None:
    """By ids or by a filter, never to all by accident, and each once."""
    new = "wsct-id-7036"
    read = f"{{ {root}(first: 500) {{ nodes {{ id securitySubCategories {{ id }} }} }} }}"
    update = f"mutation($i: Update{word}sInput!) {{ update{word}s(input: $i) {{ successCount errors {{ reason }} }} }}"

    def held() -> dict[str, list[str]]:
        nodes = data_of(fresh, read)[root]["nodes"]
        return {node["id"]: [sub["id"] for sub in node["securitySubCategories"]] for node in nodes}

    before = held()
    chosen = [id_ for id_, subs in before.items() if new not in subs][:2]
    for _twice in range(2):
        data_of(fresh, update, i={"ids": chosen, "securitySubCategoriesToAdd": [new]})
    assert held() == {id_: [*subs, new] if id_ in chosen else subs for id_, subs in before.items()}
    done = data_of(fresh, update, i={"filters": {"frameworkCategory": [new]}, "securitySubCategoriesToRemove": [new]})
    assert done[f"update{word}s"]["successCount"] >= 2
    assert new not in {sub for id_ in chosen for sub in held()[id_]}
    assert "ids or filters" in refusal_of(fresh, update, i={"securitySubCategoriesToAdd": [new]})
    assert "no security sub-category" in refusal_of(
        fresh, update, i={"ids": chosen, "securitySubCategoriesToAdd": ["x"]}
    )


def test_a_framework_keeps_the_parts_that_are_named_and_drops_the_others(fresh: Engine) -> None:
    """Rules follow: what they pointed at stays, is renamed, or is gone."""
    create = (
        """mutation($i: CreateSecurityFrameworkInput!) { createSecurityFramework(input: $i) { framework { id } } }"""
    )
    read = """query($id: ID!) { securityFramework(id: $id) { name description enabled builtin
      categories { id name description subCategories { id title description } } } }"""
    update = "mutation($i: UpdateSecurityFrameworkInput!) { updateSecurityFramework(input: $i) { framework { id } } }"
    parts = [{"title": "First", "description": "one"}, {"title": "Second", "description": "two"}]
    given = {
        "name": "Ours",
        "categories": [{"name": "Chapter", "subCategories": parts}, {"name": "Empty", "subCategories": []}],
    }
    id_ = data_of(fresh, create, i=given)["createSecurityFramework"]["framework"]["id"]
    shown = data_of(fresh, read, id=id_)["securityFramework"]
    chapter, empty = shown["categories"]
    assert (shown["enabled"], shown["builtin"], empty["subCategories"]) == (True, False, [])
    first, second = (sub["id"] for sub in chapter["subCategories"])
    control = data_of(fresh, _CONTROL, i=_control(securitySubCategories=[first, second]))["createControl"]["control"][
        "id"
    ]
    renamed = {"id": chapter["id"], "name": "Chapter", "subCategories": [{"id": first, "title": "1st"}]}
    for how in ("patch", "patchStrict"):
        data_of(fresh, update, i={"id": id_, how: {"description": "ours", "categories": [renamed]}})
        then = data_of(fresh, read, id=id_)["securityFramework"]
        assert then["description"] == "ours"
        assert [part["id"] for part in then["categories"]] == [chapter["id"]]
        assert then["categories"][0]["subCategories"] == [{"id": first, "title": "1st", "description": ""}]
    points = "query($id: ID!) { control(id: $id) { securitySubCategories { id title } } }"
    assert data_of(fresh, points, id=control)["control"]["securitySubCategories"] == [{"id": first, "title": "1st"}]
    unknown = {"id": id_, "patch": {"categories": [{"id": "none", "name": "x", "subCategories": []}]}}
    assert "no part 'none'" in refusal_of(fresh, update, i=unknown)
    data_of(fresh, update, i={"id": id_, "patch": {"enabled": False}})
    assert data_of(fresh, read, id=id_)["securityFramework"]["enabled"] is False
    delete = "mutation($i: ID!) { deleteSecurityFramework(input: { id: $i }) { _stub } }"
    data_of(fresh, delete, i=id_)
    assert data_of(fresh, points, id=control)["control"]["securitySubCategories"] == []
    builtin = fresh.tenant.world.organisation.rules[0].subcategories[0].category.framework.id
    assert "built in" in refusal_of(fresh, delete, i=builtin)


def test_threats_are_found_by_origin_and_by_resource() -> None:
    """As the desk of XSOAR asks for them; other issues have neither."""
    fresh = make_engine(make_world(seed=3, sizes=mixed(3_000)))
    read = """query($f: IssueFilters) { issuesV2(first: 500, filterBy: $f) { totalCount nodes { id type entitySnapshot { id }
      threatDetectionDetails { eventOrigin } } } }"""

    def ids(**filter_by: Any) -> set[str]:
        return {node["id"] for node in data_of(fresh, read, f=filter_by)["issuesV2"]["nodes"]}

    threats = data_of(fresh, read, f={"type": ["THREAT_DETECTION"]})["issuesV2"]["nodes"]
    origins = [o for n in threats for o in n["threatDetectionDetails"]["eventOrigin"]]
    origin = min(origins, key=origins.count)
    same = {n["id"] for n in threats if origin in n["threatDetectionDetails"]["eventOrigin"]}
    assert ids(eventOrigin={"equals": [origin]}) == same
    assert same < ids(type=["THREAT_DETECTION"])
    assert ids(type=["THREAT_DETECTION"], eventOrigin={"notEquals": [origin]}) == {n["id"] for n in threats} - same
    resource = threats[0]["entitySnapshot"]["id"]
    assert ids(threatResource={"ids": [resource]}) == {
        n["id"] for n in threats if n["entitySnapshot"]["id"] == resource
    }
    known = {n["entitySnapshot"]["id"] for n in threats}
    everything = data_of(fresh, read)["issuesV2"]["nodes"]
    quiet = next(n["entitySnapshot"]["id"] for n in everything if n["entitySnapshot"]["id"] not in known)
    assert ids(threatResource={"ids": [quiet]}) == set()


def test_notes_that_the_caller_once_wrote_can_be_cleared(fresh: Engine) -> None:
    """Also those that the company began with; those of people cannot."""
    read = "{ issuesV2(first: 500, filterBy: { hasNote: true }) { nodes { id notes { id user { id } } } } }"
    update = "mutation($i: UpdateIssueNoteInput!) { updateIssueNote(input: $i) { issueNote { text } } }"
    delete = "mutation($i: ID!) { deleteIssueNote(input: { id: $i }) { _stub } }"
    notes = [note for node in data_of(fresh, read)["issuesV2"]["nodes"] for note in node["notes"]]
    own = [note["id"] for note in notes if note["user"] is None]
    others = [note["id"] for note in notes if note["user"] is not None]
    assert own
    assert others
    data_of(fresh, update, i={"id": own[0], "patch": {"text": "changed"}})
    for id_ in own:
        data_of(fresh, delete, i=id_)
    left = [note["id"] for node in data_of(fresh, read)["issuesV2"]["nodes"] for note in node["notes"]]
    assert left == others
    assert answer_of(fresh, delete, i=others[0])["errors"][0]["extensions"]["code"] == "UNAUTHORIZED"
