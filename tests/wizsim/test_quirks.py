"""Where the source speaks two ways at once, the look-alike does so too."""

from __future__ import annotations

from callboard.demo.company.evolve import Evolution, evolve
from callboard.demo.wizsim.engine import Engine
from tests.wizsim.conftest import data_of


def test_tags_are_a_map_on_issues_and_a_list_on_configuration_findings(engine: Engine) -> None:
    """Of the very same resource."""
    read = """{ issuesV2(first: 500) { nodes { entitySnapshot { id tags } } }
      configurationFindings(first: 500) { nodes { resource { id tags { key value } } } } }"""
    found = data_of(engine, read)
    maps = {n["entitySnapshot"]["id"]: n["entitySnapshot"]["tags"] for n in found["issuesV2"]["nodes"]}
    lists = {n["resource"]["id"]: n["resource"]["tags"] for n in found["configurationFindings"]["nodes"]}
    both = [id_ for id_ in maps.keys() & lists.keys() if maps[id_]]
    assert both
    for id_ in both:
        assert {tag["key"]: tag["value"] for tag in lists[id_]} == maps[id_]


def test_older_and_present_fields_of_a_rule_are_filled_at_once(engine: Engine) -> None:
    """`control` only where the rule is one."""
    read = """{ issuesV2(first: 500) { nodes { type sourceRule { ... on Control { id } ... on CloudConfigurationRule { id }
      ... on CloudEventRule { id } } sourceRules { __typename ... on Control { id } ... on CloudConfigurationRule { id }
      ... on CloudEventRule { id } } control { id } } } }"""
    nodes = data_of(engine, read)["issuesV2"]["nodes"]
    assert {node["sourceRules"][0].pop("__typename") for node in nodes} == {
        "Control",
        "CloudConfigurationRule",
        "CloudEventRule",
    }
    for node in nodes:
        assert node["sourceRules"] == [node["sourceRule"]]
        assert node["control"] in (None, node["sourceRule"])
        assert (node["control"] is None) is (node["type"] != "TOXIC_COMBINATION")


def test_the_lowest_severity_has_another_word_on_issues(engine: Engine) -> None:
    """INFORMATIONAL there, NONE on findings, whose counter is called informational all the same."""
    schema_words = """{ issue: __type(name: "Severity") { enumValues { name } }
      finding: __type(name: "VulnerabilitySeverity") { enumValues { name } } }"""
    words = {kind: {v["name"] for v in part["enumValues"]} for kind, part in data_of(engine, schema_words).items()}
    assert words["issue"] - words["finding"] == {"INFORMATIONAL"}
    assert words["finding"] - words["issue"] == {"NONE"}
    counts = """{ vulnerabilityFindings { informationalSeverityCount totalCount
      criticalSeverityCount highSeverityCount mediumSeverityCount lowSeverityCount } }"""
    found = data_of(engine, counts)["vulnerabilityFindings"]
    assert found.pop("totalCount") == sum(found.values())


def test_an_issue_of_a_deleted_resource_is_resolved_for_that(fresh: Engine) -> None:
    """Deleted is not fixed: the reason says so, and the snapshot of the resource stays."""
    world = fresh.tenant.world
    world.now += 86_400
    evolve(world, Evolution(new=0.0, resolved=0.0, deleted=0.1, reopened=0.0, flapping=0.0, changed=0.0))
    read = """{ issuesV2(first: 500, filterBy: { resolutionReason: [OBJECT_DELETED] }) { nodes { status resolutionReason
      entitySnapshot { id name } } } }"""
    nodes = data_of(fresh, read)["issuesV2"]["nodes"]
    assert nodes
    for node in nodes:
        assert (node["status"], node["resolutionReason"]) == ("RESOLVED", "OBJECT_DELETED")
        assert node["entitySnapshot"]["name"]
