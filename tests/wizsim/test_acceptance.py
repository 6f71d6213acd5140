"""The documents of public clients run, and the fast way answers exactly what graphql-core answers."""

# ruff: noqa: ANN401  JSON and GraphQL types, read as they come

from __future__ import annotations

import json
from typing import Any

import pytest
from graphql import ExecutionResult

from callboard.demo.company.world import World
from callboard.demo.wizsim.engine import Call, Engine, encode
from callboard.demo.wizsim.faults import Faults
from callboard.demo.wizsim.projection import ProjectingExecutor
from tests.wizsim.documents import DOCUMENTS


def _variables(world: World, variables: dict[str, Any]) -> dict[str, Any]:
    stand_ins = {
        "<project>": next(p.id for p in world.organisation.projects if p.component == "cart"),
        "<account>": world.organisation.accounts[0].external_id,
    }
    return {name: stand_ins.get(value, value) if isinstance(value, str) else value for name, value in variables.items()}


def _nodes(value: Any) -> int:
    if isinstance(value, dict):
        return sum(len(v) if k == "nodes" and isinstance(v, list) else _nodes(v) for k, v in value.items())
    return 0


@pytest.mark.parametrize("name", DOCUMENTS)
def test_both_ways_answer_the_same(name: str, engine: Engine, world: World) -> None:
    """A projected page equals the page that graphql-core makes field by field."""
    document, variables = DOCUMENTS[name]
    given = _variables(world, variables)
    fast, plain = engine.run(document, given), engine.run(document, given, plain=True)
    assert fast.errors is None
    assert plain.errors is None
    answer = json.loads(encode(fast))
    assert answer == json.loads(encode(plain))
    if "nodes" in document:
        assert _nodes(answer["data"]) > 0


@pytest.mark.parametrize("name", ["xsoar, issues", "elastic, vulnerabilities", "elastic, configuration"])
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
