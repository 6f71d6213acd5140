"""Pages, cursors, counters and limits."""

# ruff: noqa: ANN401  JSON and GraphQL types, read as they come

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callboard.demo.company.world import make_world
from callboard.demo.wizsim import Options
from callboard.demo.wizsim.engine import Engine, encode
from callboard.demo.wizsim.faults import Faults
from callboard.demo.wizsim.record import make_engine, record_pages, walk_pages
from tests.support.companies import mixed
from tests.wizsim.conftest import NOW

ISSUES = """query($first: Int, $after: String, $filterBy: IssueFilters, $orderBy: IssueOrder) {
  issuesV2(first: $first, after: $after, filterBy: $filterBy, orderBy: $orderBy) {
    totalCount nodes { id severity createdAt } pageInfo { hasNextPage endCursor } } }"""
FINDINGS = """query($first: Int, $after: String) { vulnerabilityFindings(first: $first, after: $after) {
    totalCount maxCountReached nodes { id } pageInfo { hasNextPage endCursor } } }"""


def _code(result: Any) -> str:
    return str(result.errors[0].extensions["code"])


def _walk(engine: Engine, document: str, variables: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for body in walk_pages(engine, document, variables):
        yield next(iter(json.loads(body)["data"].values()))


@pytest.mark.parametrize("order", [None, "SEVERITY", "CREATED_AT", "STATUS_CHANGED_AT", "RESOLVED_AT"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
def test_a_walk_gives_each_row_once(engine: Engine, order: str | None, direction: str) -> None:
    """Whatever the order, pages add up to the total without a repetition."""
    order_by = {"field": order, "direction": direction} if order else None
    pages = list(_walk(engine, ISSUES, {"first": 37, "orderBy": order_by}))
    ids = [node["id"] for page in pages for node in page["nodes"]]
    assert len(ids) == len(set(ids)) == pages[0]["totalCount"]
    assert {page["totalCount"] for page in pages} == {len(ids)}


def test_order_is_kept_across_pages(engine: Engine) -> None:
    """The worst come first, page after page."""
    words = ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFORMATIONAL"]
    pages = _walk(engine, ISSUES, {"first": 50, "orderBy": {"field": "SEVERITY", "direction": "DESC"}})
    ranks = [words.index(node["severity"]) for page in pages for node in page["nodes"]]
    assert ranks == sorted(ranks)


def test_later_pages_of_vulnerabilities_count_nothing(engine: Engine) -> None:
    """`totalCount` is meaningful on the first page only."""
    counts = [page["totalCount"] for page in _walk(engine, FINDINGS, {"first": 300})]
    assert counts[0] == len(engine.tenant.world.vulnerabilities)
    assert set(counts[1:]) == {0}


def test_a_walk_survives_a_change_of_the_world() -> None:
    """A row that leaves the filter during a walk neither hides nor repeats others."""
    engine = make_engine(make_world(seed=4, sizes=mixed(600), now=NOW))
    variables = {"first": 10, "filterBy": {"status": ["OPEN"]}, "orderBy": {"field": "SEVERITY", "direction": "DESC"}}
    before = [node["id"] for page in _walk(engine, ISSUES, variables) for node in page["nodes"]]
    first = json.loads(encode(engine.run(ISSUES, variables)))["data"]["issuesV2"]
    ledger = engine.tenant.world.issues
    for id_ in before[5:10]:
        row = engine.tenant.find("issue", id_)
        assert row is not None
        ledger.resolve(row, NOW)
    ledger.revision += 1
    second = json.loads(encode(engine.run(ISSUES, {**variables, "after": first["pageInfo"]["endCursor"]})))
    assert [node["id"] for node in second["data"]["issuesV2"]["nodes"]] == before[10:20]


def test_first_is_needed_for_nodes_alone(engine: Engine) -> None:
    """Counters need no page size; nodes do."""
    assert engine.run("{ issuesV2 { totalCount criticalSeverityCount } }").errors is None
    refused = engine.run("{ issuesV2 { nodes { id } } }")
    assert (_code(refused), refused.data) == ("BAD_USER_INPUT", None)


def test_pages_over_500_are_refused_or_cut() -> None:
    """What the real one does is not public, so both can be tried."""
    world = make_world(seed=4, sizes=mixed(1_000), now=NOW)
    assert _code(make_engine(world).run(FINDINGS, {"first": 501})) == "BAD_USER_INPUT"
    answer = make_engine(world, Options(first_max="clamp")).run(FINDINGS, {"first": 900})
    assert len(json.loads(encode(answer))["data"]["vulnerabilityFindings"]["nodes"]) == 500


def test_counts_can_be_capped() -> None:
    """`maxCountReached` tells that the total is a floor."""
    engine = make_engine(make_world(seed=4, sizes=mixed(600), now=NOW), Options(count_cap=100))
    page = next(_walk(engine, FINDINGS, {"first": 5}))
    assert (page["totalCount"], page["maxCountReached"]) == (100, True)


def test_a_result_window_ends_the_walk() -> None:
    """No row behind the window is given out, however long one asks."""
    engine = make_engine(make_world(seed=4, sizes=mixed(600), now=NOW), Options(result_window=120))
    assert sum(len(page["nodes"]) for page in _walk(engine, FINDINGS, {"first": 50})) == 120


@pytest.mark.parametrize("cursor", ["nonsense", "e30=", "bm90IGpzb24="])
def test_a_made_up_cursor_is_the_callers_fault(engine: Engine, cursor: str) -> None:
    """Not an empty page, not an internal error."""
    assert _code(engine.run(FINDINGS, {"first": 5, "after": cursor})) == "BAD_USER_INPUT"


def test_one_value_stands_for_a_list(engine: Engine) -> None:
    """Clients send a bare id where the schema wants a list."""
    id_ = next(_walk(engine, ISSUES, {"first": 1}))["nodes"][0]["id"]
    page = next(_walk(engine, ISSUES, {"first": 5, "filterBy": {"id": id_}}))
    assert [node["id"] for node in page["nodes"]] == [id_]


def test_unknown_input_fails_the_whole_call(engine: Engine) -> None:
    """A misspelt filter must not look like no filter."""
    result = engine.run(ISSUES, {"first": 1, "filterBy": {"bogus": 1}})
    assert (_code(result), result.data) == ("BAD_USER_INPUT", None)


def test_a_union_needs_a_fragment(engine: Engine) -> None:
    """As on the real one."""
    result = engine.run("{ vulnerabilityFindings(first: 1) { nodes { vulnerableAsset { id } } } }")
    assert (_code(result), result.data) == ("BAD_USER_INPUT", None)


def test_an_unknown_id_is_not_found(engine: Engine) -> None:
    """The shape of the published error."""
    result = engine.run('{ issue(id: "00000000-0000-4000-8000-000000000000") { id } }')
    assert result.errors is not None
    assert result.errors[0].message == "Resource not found"
    assert result.errors[0].extensions["exception"]["path"] == ["issue"]
    assert result.data is None


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        (Faults(repeated_cursor=True), "repeated"),
        (Faults(null_cursor=True), "null"),
        (Faults(empty_page=True), "empty"),
        (Faults(missing_item=True), "missing"),
        (Faults(duplicate_item=True), "double"),
        (Faults(total_count_zero=True), "uncounted"),
    ],
)
def test_faults_of_paging(engine: Engine, faults: Faults, expected: str) -> None:
    """Each of the ways in which paging goes wrong."""
    first = json.loads(encode(engine.run(ISSUES, {"first": 20}, faults=faults)))["data"]["issuesV2"]
    if expected == "null":
        assert first["pageInfo"] == {"hasNextPage": True, "endCursor": None}
        return
    cursor = first["pageInfo"]["endCursor"]
    second = json.loads(encode(engine.run(ISSUES, {"first": 20, "after": cursor}, faults=faults)))["data"]["issuesV2"]
    right = json.loads(encode(engine.run(ISSUES, {"first": 20, "after": cursor})))["data"]["issuesV2"]["nodes"]
    checks = {
        "repeated": second["pageInfo"]["endCursor"] == cursor,
        "empty": second["nodes"] == [] and second["pageInfo"]["hasNextPage"] is True,
        "missing": second["nodes"] == right[1:],
        "double": second["nodes"] == [first["nodes"][-1], *right],
        "uncounted": second["totalCount"] == 0,
    }
    assert checks[expected]


def test_an_empty_page_is_passed_by_its_cursor(engine: Engine) -> None:
    """Whoever goes on after the empty page gets everything."""
    seen: list[str] = []
    after: str | None = None
    for _ in range(100):
        result = engine.run(ISSUES, {"first": 20, "after": after}, faults=Faults(empty_page=True))
        page = json.loads(encode(result))["data"]["issuesV2"]
        seen += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(seen) == len(set(seen)) == len(engine.tenant.world.issues)


def test_pages_can_be_recorded(tmp_path: Path) -> None:
    """A benchmark replays exactly what a walk would answer."""
    world = make_world(seed=4, sizes=mixed(400), now=NOW)
    counts = record_pages(world, {"findings": FINDINGS}, {"findings": {"first": 100}}, tmp_path)
    files = sorted((tmp_path / "findings").iterdir())
    assert counts["findings"] == len(files) == 3
    assert len(json.loads(files[0].read_bytes())["data"]["vulnerabilityFindings"]["nodes"]) == 100
