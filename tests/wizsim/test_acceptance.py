"""The documents of public clients run, and the fast way answers exactly what graphql-core answers."""

# ruff: noqa: ANN401  JSON and GraphQL types, read as they come

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import ExecutionResult

from callboard.demo.company.world import World, make_world
from callboard.demo.wizsim.engine import Call, Engine, encode
from callboard.demo.wizsim.faults import Faults
from callboard.demo.wizsim.projection import ProjectingExecutor
from callboard.demo.wizsim.record import make_engine
from tests.support.companies import mixed
from tests.wizsim.conftest import NOW
from tests.wizsim.documents import DOCUMENTS
from tests.wizsim.write_documents import WRITE_DOCUMENTS


def _stand_ins(world: World, engine: Engine) -> dict[str, str]:
    """Ids of this company in place of the names in the documents."""
    organisation, ledger = world.organisation, world.issues
    kinds = [organisation.rules[cause].kind for cause in ledger.cause]
    return {
        "<project>": next(p.id for p in organisation.projects if p.component == "cart"),
        "<account>": organisation.accounts[0].external_id,
        "<account id>": organisation.accounts[0].id,
        "<azure>": next(a.id for a in organisation.accounts if a.provider == "Azure"),
        "<threat resource>": organisation.resources[ledger.resource[kinds.index("CloudEventRule")]].id,
        "<threat>": ledger.ids.of(kinds.index("CloudEventRule")),
        "<issue>": ledger.ids.of(kinds.index("Control")),
        "<machine>": next(r.id for r in organisation.resources if r.type == "VIRTUAL_MACHINE"),
        "<framework>": organisation.rules[0].subcategories[0].category.framework.id,
        "<control>": next(r.id for r in organisation.rules if r.kind == "Control"),
        "<user>": organisation.people[0].id,
        "<service account>": engine.tenant.account.id,
        "<configuration rule>": next(r.id for r in organisation.rules if r.kind == "CloudConfigurationRule"),
        "<host rule>": engine.tenant.host_rules[0].id,
        "<requirement>": organisation.rules[0].subcategories[0].id,
    }


def _filled(value: Any, stand_ins: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(inner, stand_ins) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, stand_ins) for inner in value]
    return stand_ins.get(value, value) if isinstance(value, str) else value


_LISTS = ("nodes", "rules")
"""What documents call their nodes."""


def _nodes(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(v) if k in _LISTS and isinstance(v, list) else _nodes(v) for k, v in value.items())
    return 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_both_ways_answer_the_same(name: str, engine: Engine, world: World) -> None:
    """A projected page equals the page that graphql-core makes field by field."""
    document, variables = DOCUMENTS[name]
    given = _filled(variables, _stand_ins(world, engine))
    fast, plain = engine.run(document, given), engine.run(document, given, plain=True)
    assert fast.errors is None
    assert plain.errors is None
    answer = json.loads(encode(fast))
    assert answer == json.loads(encode(plain))
    if "nodes" in document:
        assert _nodes(answer["data"]) > 0


CLIENTS = ("backstage plugin", "xsoar", "elastic", "port", "cartography", "fortinet", "terraform", "roadie plugin")
"""Whose documents are here (wiz-api.md section 15)."""


def test_every_client_is_heard() -> None:
    """No client of the list lost its documents, and none is here that the list does not name."""
    assert {name.partition(",")[0] for name in DOCUMENTS} == set(CLIENTS)


def test_every_write_call_is_made() -> None:
    """In their order, on a company of their own."""
    world = make_world(seed=34, sizes=mixed(2_400), now=NOW)
    engine = make_engine(world)
    stand_ins = _stand_ins(world, engine)
    for name, (document, variables) in WRITE_DOCUMENTS.items():
        result = engine.run(document, _filled(variables, stand_ins))
        assert result.errors is None, name
        assert result.data, name
        made = name.partition("terraform, new ")[2]
        for payload in result.data.values() if made else ():
            (stand_ins[f"<made {made}>"],) = (thing["id"] for thing in payload.values())


def test_evidence_of_a_threat_is_whole(engine: Engine, world: World) -> None:
    """It names who, what, when and why, and the evidence of other issues is a query that finds their resource."""
    document, variables = DOCUMENTS["xsoar, evidence of a threat"]
    data = json.loads(encode(engine.run(document, _filled(variables, _stand_ins(world, engine)))))["data"]
    details = data["issues"]["nodes"][0]["threatDetectionDetails"]
    events = [event for group in details["cloudEventGroups"]["nodes"] for event in group["cloudEvents"]]
    assert details["mainDetection"]["id"] == details["detections"]["nodes"][0]["id"]
    assert details["actors"][0]["name"]
    assert {event["subjectResource"]["id"] for event in events} == {r["id"] for r in details["resources"]}
    assert all(event["timestamp"] and event["rawAuditLogRecord"] for event in events)
    document, variables = DOCUMENTS["xsoar, evidence of any issue"]
    plain = json.loads(encode(engine.run(document, variables)))["data"]["issues"]["nodes"]
    other = next(node for node in plain if node["type"] != "THREAT_DETECTION")
    assert other["threatDetectionDetails"] is None
    document, variables = DOCUMENTS["xsoar, paths of evidence"]
    found = json.loads(encode(engine.run(document, {**variables, "query": other["evidenceQuery"]})))["data"]
    assert found["graphSearch"]["totalCount"] == 1


@pytest.mark.parametrize(
    "name", ["xsoar, issues", "xsoar, evidence of any issue", "elastic, vulnerabilities", "elastic, configuration"]
)
def test_lists_of_nodes_take_the_fast_way(name: str, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that silently fell back to graphql-core would be slow and nobody would notice."""
    fallbacks: list[str] = []
    usual = Call.__init__

    def watch(self: Call, *args: Any, **kwargs: Any) -> None:
        usual(self, *args, **kwargs)
        self.fallbacks = fallbacks

    monkeypatch.setattr(Call, "__init__", watch)
    document, variables = DOCUMENTS[name]
    engine.run(document, variables)
    assert fallbacks == []


def test_directives_are_read_for_each_call(engine: Engine) -> None:
    """The same document with another value of a directive's variable is another shape."""
    document = "query($deep: Boolean!) { issuesV2(first: 1) { nodes { id status @include(if: $deep) type @skip(if: $deep) } } }"
    deep = json.loads(encode(engine.run(document, {"deep": True})))["data"]["issuesV2"]["nodes"][0]
    flat = json.loads(encode(engine.run(document, {"deep": False})))["data"]["issuesV2"]["nodes"][0]
    assert set(deep) == {"id", "status"}
    assert set(flat) == {"id", "type"}


def test_arguments_inside_nodes_are_read_for_each_call(engine: Engine) -> None:
    """Variables of nested connections do not stick to the plan."""
    document = """query($n: Int, $f: IssueFilters) { vulnerabilityFindings(first: 40) {
        nodes { id relatedIssues(first: $n, filterBy: $f) { totalCount nodes { id status } } } } }"""
    for variables in ({"n": 1}, {"n": 3}, {"n": 3, "f": {"status": "RESOLVED"}}):
        fast, plain = engine.run(document, variables), engine.run(document, variables, plain=True)
        assert json.loads(encode(fast)) == json.loads(encode(plain))


def test_a_value_that_does_not_fit_is_worded_by_graphql(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """An impossible value gives graphql-core's error with the node's path, not a wrong page."""
    from callboard.demo.wizsim import answers

    monkeypatch.setitem(answers.FIELDS["Issue"], "status", lambda _issue, _tenant: "NO_SUCH_STATUS")
    document = "{ issuesV2(first: 2) { nodes { id status createdAt } } } # its own text, so no plan is remembered"
    result = engine.run(document)
    assert result.errors is not None
    assert result.errors[0].path == ["issuesV2", "nodes", 0, "status"]
    engine._plans.clear()


def test_an_empty_run_makes_no_plan(engine: Engine) -> None:
    """Counters alone need no nodes, and a document without them no plan."""
    result: ExecutionResult = engine.run("{ issuesV2 { totalCount } }", faults=Faults())
    assert result.errors is None
    assert ProjectingExecutor.__mro__[1].__name__ == "Executor"
