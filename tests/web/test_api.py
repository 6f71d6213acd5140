"""The API's shapes, errors, cursors and ETags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text

from callboard.domain.instant import DAY
from callboard.usecases import browse, first_pages
from callboard.web.wire import board as wire
from callboard.web.wire import work as wire_work
from tests.web.conftest import Door


@pytest.fixture
def api(door: Door) -> Iterator[httpx.Client]:
    """A client with the API token."""
    with door.bearer() as client:
        yield client


def test_every_answer_has_its_shape(door: Door, api: httpx.Client) -> None:
    """Strictly: no field more, no field less, no other type."""
    shapes: dict[str, Any] = {
        "/api/v1/board": wire.Board,
        "/api/v1/components": wire.Components,
        "/api/v1/components/component/default/checkout-api": wire_work.ComponentPage,
        "/api/v1/findings": wire.Findings,
        f"/api/v1/findings/{door.finding_id('due-soon')}": wire.FindingPage,
        "/api/v1/sources": wire.Sources,
        "/api/v1/workers": wire.Workers,
        "/api/v1/bundles": wire_work.Bundles,
        "/api/v1/bundles?q=group:component": wire_work.Bundles,
        "/api/v1/facets": wire_work.Facets,
        "/api/v1/do-now": wire_work.DoNow,
        "/api/v1/do-now?q=owner:checkout": wire_work.DoNow,
        "/api/v1/rollups/group/default/checkout": wire_work.Rollup,
        "/api/v1/views": wire_work.SavedViews,
        "/api/v1/query/help": wire_work.QueryHelp,
        "/api/v1/query/explain?q=severity:high": wire_work.Explained,
    }
    for path, shape in shapes.items():
        answer = api.get(path)
        assert answer.headers["content-type"] == "application/json"
        decoded = msgspec.json.decode(answer.content, type=shape)
        assert msgspec.json.decode(msgspec.json.encode(decoded)) == answer.json()


def test_enumerations_are_words_and_dates_are_utc(door: Door, api: httpx.Client) -> None:
    """Nobody outside learns our numbers."""
    found = api.get(f"/api/v1/findings/{door.finding_id('due-soon')}").json()
    row = found["finding"]
    assert (row["severity"], row["state"], row["kind"]) == ("high", "open", "issue")
    assert row["due_at"] == "2026-01-28T23:59:59.999999Z"
    assert row["ownership"] == {"verdict": "mapped", "reason": None, "components": ["component:default/checkout-api"]}
    assert found["link"] == "https://app.wiz.io/issues#due-soon"
    assert found["detail"]["known_exploited"] is None


def test_an_unsafe_link_is_not_handed_on(door: Door, api: httpx.Client) -> None:
    """It is null, and the reason is in words."""
    found = api.get(f"/api/v1/findings/{door.finding_id('hostile')}").json()
    assert found["link"] is None
    assert found["link_problem"]
    assert found["rule"]["url"] is None


def total_of(api: httpx.Client, query: str) -> int:
    """How long the list of a query is."""
    answer = api.get("/api/v1/findings", params={"limit": 1, "q": query})
    assert answer.status_code == 200, answer.text
    found: int = answer.json()["total"]
    return found


def test_the_board_equals_the_lists(api: httpx.Client) -> None:
    """Every number on the board is the total of the list behind it."""
    board = api.get("/api/v1/board").json()
    assert board["findings"] == total_of(api, "sort:do-now") > 60
    assert board["open"]["total"] == total_of(api, "") == total_of(api, "is:open")
    assert board["open_mapped"]["total"] == total_of(api, "is:open has:component")
    assert board["open"]["total"] - board["open_mapped"]["total"] == total_of(api, "is:open is:unmapped") > 0
    for word, count in board["by_state"].items():
        assert count == total_of(api, f"status:{word}")
    for word, count in board["open_by_kind"].items():
        assert count == total_of(api, f"is:open kind:{word}")
    for word in ("critical", "high", "medium", "unknown", "low", "info"):
        assert board["open"][word] == total_of(api, f"is:open severity:{word}")
    components = api.get("/api/v1/components").json()
    assert board["components"] == components["total"] == len(components["components"])
    assert board["components_without_claims"] == api.get("/api/v1/components?mapped=false").json()["total"]
    for each in components["components"]:
        assert each["open"]["total"] == total_of(api, f"is:open component:{each['ref']}")
        assert each["overdue"] == total_of(api, f"is:open is:overdue component:{each['ref']}")
        assert (each["weeks"] or [each["open"]["total"]])[-1] == each["open"]["total"]


def test_components_are_asked_for_by_reference(api: httpx.Client) -> None:
    """Exactly these rows, equal to those of the whole list; one that does not exist is simply not there."""
    whole = {row["ref"]: row for row in api.get("/api/v1/components").json()["components"]}
    wanted = sorted(whole)[:3]
    asked = [("ref", ref) for ref in (*wanted, "component:default/nobody-made-this")]
    answer = api.get("/api/v1/components", params=asked).json()
    assert {row["ref"]: row for row in answer["components"]} == {ref: whole[ref] for ref in wanted}
    assert answer["total"] == 3
    refused = api.get("/api/v1/components?ref=:")
    assert refused.status_code == 400
    assert refused.json()["field"] == "ref"


@pytest.mark.parametrize("path", ["do-now", "do-now?q=owner:checkout", "rollups/group/default/checkout"])
def test_every_number_of_a_first_page_names_its_list(api: httpx.Client, path: str) -> None:
    """And the list is as long as the number says; so are the bundles."""
    page = api.get(f"/api/v1/{path}").json()
    numbers = page["numbers"]
    assert set(numbers["queries"]) >= {"open", "overdue", "due_soon", "flapping", "suppressed"}
    for name, query in numbers["queries"].items():
        assert numbers[name] == total_of(api, query), name
    assert page["bundles"]
    for bundle in page["bundles"]:
        assert bundle["findings"] == total_of(api, bundle["query"])
        assert (bundle["link"] is None) is (bundle["link_problem"] is not None)
    bundles = api.get("/api/v1/bundles", params={"q": page["query"]}).json()
    assert page["bundle_count"] == bundles["total"]
    assert [each["query"] for each in page["bundles"]] == [each["query"] for each in bundles["bundles"]][:10]


def test_every_facet_names_its_list(api: httpx.Client) -> None:
    """A value's count is the length of the list that it leads to."""
    found = api.get("/api/v1/facets", params={"q": "is:open severity:high"}).json()
    assert found["query"] == "is:open severity:high sort:do-now"
    counted = 0
    for facet in found["facets"]:
        for value in facet["values"]:
            assert value["findings"] == total_of(api, value["query"]), value
            counted += 1
    assert counted > 5


def test_the_language_tells_of_itself(api: httpx.Client) -> None:
    """Every key with its words; every example is a query; a query in plain words."""
    told = api.get("/api/v1/query/help").json()
    assert total_of(api, told["default"]) == total_of(api, "")
    assert {"is", "severity", "owner"} <= {key["name"] for key in told["keys"]}
    for key in told["keys"]:
        answer = api.get("/api/v1/query/explain", params={"q": key["example"]})
        assert answer.status_code == 200
    told = api.get("/api/v1/query/explain", params={"q": "severity:high,critical group:rule"}).json()
    assert told["parts"] == ["severity is critical or high"]
    assert (told["query"], told["group"]) == ("severity:critical,high group:rule sort:do-now", "rule")


def test_nobody_is_me_at_the_laptop(api: httpx.Client) -> None:
    """`owner:@me` is refused with a hint, never answered with nothing."""
    for path in ("findings", "bundles", "facets", "do-now", "findings.csv", "findings.json"):
        answer = api.get(f"/api/v1/{path}", params={"q": "owner:@me"})
        assert answer.status_code == 400
        assert "owner:payments" in answer.json()["hint"]


def test_a_view_is_kept_replaced_and_removed(api: httpx.Client) -> None:
    """By its name; the query is kept in its canonical text."""
    made = api.post("/api/v1/views", json={"name": "  Late   ones", "query": "is:overdue is:open"})
    assert made.status_code == 201
    view = made.json()
    assert (view["name"], view["query"], view["mine"]) == ("Late ones", "is:open is:overdue sort:do-now", True)
    again = api.post("/api/v1/views", json={"name": "Late ones", "query": "severity:high", "team": "checkout"}).json()
    (kept,) = api.get("/api/v1/views").json()["views"]
    assert kept == again
    assert (kept["query"], kept["team"]) == ("severity:high sort:do-now", "group:default/checkout")
    assert api.get("/api/v1" + kept["url"]).json()["total"] == total_of(api, "severity:high")
    assert api.delete(f"/api/v1/views/{kept['id']}").status_code == 204
    assert api.delete(f"/api/v1/views/{kept['id']}").status_code == 404
    assert api.get("/api/v1/views").json() == {"views": []}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON document"),
        (b"{", "no JSON document"),
        (b"\xff", "no JSON document"),
        (b"[]", "Expected `object`"),
        (b'{"name": "x"}', "query"),
        (b'{"name": "x", "query": "is:open", "nmae": 1}', "nmae"),
        (b'{"name": "", "query": "is:open"}', "name"),
        (b'{"name": "x", "query": "sev:high"}', "Unknown filter"),
        (b'{"name": "x", "query": "is:open", "team": "a/b/c"}', "entity reference"),
    ],
)
def test_a_view_that_cannot_be_kept_says_why(api: httpx.Client, body: bytes, said: str) -> None:
    """And nothing is kept."""
    answer = api.post("/api/v1/views", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    assert api.get("/api/v1/views").json() == {"views": []}


def test_a_broken_link_is_counted_once_a_day(door: Door, api: httpx.Client) -> None:
    """And shows among the sources."""
    path = f"/api/v1/findings/{door.finding_id('due-soon')}/broken-link"
    assert api.get("/api/v1/sources").json()["broken_links_30d"] == {}
    assert api.post(path).json() == {"counted": True}
    assert api.post(path).json() == {"counted": False}
    assert api.get("/api/v1/sources").json()["broken_links_30d"] == {"wiz-main": 1}
    assert api.post("/api/v1/findings/999999999/broken-link").status_code == 404


def test_a_rule_group_links_to_exactly_its_findings(api: httpx.Client) -> None:
    """Count and list agree."""
    page = api.get("/api/v1/components/component/default/checkout-api").json()
    assert page["groups"]
    for group in page["groups"]:
        listed = api.get("/api/v1" + group["url"]).json()
        assert listed["total"] == group["count"]
        assert {row["rule"]["id"] for row in listed["findings"]} == {group["rule_id"]}


def test_a_component_comes_with_what_to_do_first(api: httpx.Client) -> None:
    """The same work in the same order as the list of bundles about it, and as many of them as that list has."""
    page = api.get("/api/v1/components/component/default/checkout-api").json()
    listed = api.get("/api/v1/bundles?q=is:open -is:flapping component:default/checkout-api sort:do-now").json()
    assert page["bundle_count"] == listed["total"] > 3
    assert page["bundles"] == listed["bundles"][:3]


@pytest.mark.fault("F33")
@pytest.mark.parametrize("sort", ["do-now", "severity", "due", "newest", "oldest"])
def test_a_cursor_walk_sees_each_finding_once(api: httpx.Client, sort: str) -> None:
    """In the order of the whole list."""
    whole = [row["id"] for row in api.get(f"/api/v1/findings?limit=500&q=sort:{sort}").json()["findings"]]
    walked: list[int] = []
    cursor = ""
    while True:
        page = api.get(f"/api/v1/findings?limit=7&q=sort:{sort}&cursor={cursor}").json()
        walked += [row["id"] for row in page["findings"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == whole
    assert len(set(walked)) == len(walked) > 60


@pytest.mark.parametrize("sort", ["worst", "name", "oldest"])
def test_a_cursor_walk_sees_each_component_once(api: httpx.Client, sort: str) -> None:
    """As with findings."""
    whole = [row["ref"] for row in api.get(f"/api/v1/components?sort={sort}").json()["components"]]
    walked: list[str] = []
    cursor = ""
    while True:
        page = api.get(f"/api/v1/components?limit=2&sort={sort}&cursor={cursor}").json()
        walked += [row["ref"] for row in page["components"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert walked == whole


@pytest.mark.parametrize(
    ("path", "field", "hint"),
    [
        ("/api/v1/findings?severity=high", "severity", "q=severity:"),
        ("/api/v1/findings?limt=1", "limt", "limit"),
        ("/api/v1/findings?q=sev:high", "q", "severity:"),
        ("/api/v1/findings?q=severity:hihg", "q", "severity:high"),
        ("/api/v1/findings?q=sort:rank;DROP", "q", ""),
        ("/api/v1/findings?q=component:a/b/c", "q", "component:default/name"),
        ("/api/v1/findings?limit=0", "limit", ""),
        ("/api/v1/findings?limit=501", "limit", ""),
        ("/api/v1/findings?limit=-1", "limit", ""),
        ("/api/v1/findings?limit=%D9%A1", "limit", ""),
        ("/api/v1/findings?cursor=%00%01", "cursor", ""),
        ("/api/v1/findings?cursor=abc", "cursor", "first page"),
        ("/api/v1/findings?q=abc&q=def", "q", ""),
        ("/api/v1/findings?q=" + "x" * 1001, "q", ""),
        ("/api/v1/findings?q=" + "%20".join(f"word{n}" for n in range(41)), "q", ""),
        ("/api/v1/bundles?cursor=abc", "cursor", "first page"),
        ("/api/v1/bundles?q=group:team", "q", ""),
        ("/api/v1/facets?limit=1", "limit", ""),
        ("/api/v1/do-now?q=severity:high", "q", "owner"),
        ("/api/v1/findings.csv?cursor=x", "cursor", ""),
        ("/api/v1/query/explain?q=is:opn", "q", "is:open"),
        ("/api/v1/live?x=1", "x", ""),
        ("/api/v1/components?" + "owner=x&" * 201, "owner", ""),
        ("/api/v1/components?ownr=x", "ownr", "owner"),
        ("/api/v1/components?cursor=WzEsMl0", "cursor", ""),
        ("/api/v1/board?x=1", "x", ""),
        ("/api/v1/findings/1?x=1", "x", ""),
    ],
)
def test_a_bad_question_names_its_parameter(api: httpx.Client, path: str, field: str, hint: str) -> None:
    """400 with the parameter and, where there is one, a suggestion; never an unfiltered list."""
    answer = api.get(path)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == 400
    assert body["request_id"] == answer.headers["x-request-id"]
    assert body["field"] == field
    assert hint in body.get("hint", "")


def test_a_question_too_long_is_refused(api: httpx.Client) -> None:
    """Before anything reads it, and told as every refusal is."""
    answer = api.get("/api/v1/findings?q=" + "x" * 20_000)
    assert (answer.status_code, answer.headers["content-type"]) == (414, "application/problem+json")
    assert answer.json()["request_id"] == answer.headers["x-request-id"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    page = api.get("/findings?q=" + "x" * 20_000)
    assert (page.status_code, page.headers["content-type"]) == (414, "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/findings/999999999",
        "/api/v1/findings/0x10",
        "/api/v1/findings/99999999999999999999999",
        "/api/v1/components/component/default/nobody",
        "/api/v1/components/component/default/a b",
        "/api/v1/rollups/group/default/nobody-at-all",
        "/api/v1/rollups/component/default/checkout-api",
        "/api/v1/rollups/system/default/never-described",
        "/api/v1/nowhere",
    ],
)
def test_unknown_things_look_alike(api: httpx.Client, path: str) -> None:
    """One text for everything that is not there or may not be seen."""
    answer = api.get(path)
    assert answer.status_code == 404
    body = answer.json()
    assert body.pop("request_id")
    assert body == {"title": "There is no such thing, or you may not see it.", "status": 404}


def test_a_wrong_method_says_which_are_right(api: httpx.Client) -> None:
    """405 with Allow."""
    answer = api.delete("/api/v1/findings")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]
    assert answer.headers["content-type"] == "application/problem+json"


CONDITIONAL = (
    "/api/v1/board", "/api/v1/findings", "/api/v1/components", "/api/v1/sources", "/api/v1/bundles", "/api/v1/facets",
    "/api/v1/do-now", "/api/v1/rollups/group/default/checkout", "/api/v1/query/help",
)  # fmt: skip


def test_an_etag_spares_the_second_reading(api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """304 without a look at the data; another question, or a change, has another tag."""
    for path in CONDITIONAL:
        first = api.get(path)
        tag = first.headers["etag"]
        assert tag.startswith('W/"')
        again = api.get(path, headers={"if-none-match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert api.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert api.get("/api/v1/findings?q=is:kev").headers["etag"] != api.get("/api/v1/findings").headers["etag"]

    tag = api.get("/api/v1/board").headers["etag"]
    monkeypatch.setattr(first_pages, "board", lambda *_args, **_named: pytest.fail("read for nothing"))
    assert api.get("/api/v1/board", headers={"if-none-match": tag}).status_code == 304
    tag = api.get("/api/v1/sources").headers["etag"]
    monkeypatch.setattr(browse, "revision", lambda _store: 10_000)
    assert api.get("/api/v1/sources").headers["etag"] != tag


def test_an_etag_moves_with_the_clock_where_the_answer_does(door: Door, api: httpx.Client) -> None:
    """With the day, because of what is overdue; sooner where ages, visits or staleness are asked for."""

    def tags() -> list[str]:
        paths = ("findings", "components", "findings?q=due:today", "findings?q=age:>2d", "findings?q=is:stale", "board")
        return [api.get(f"/api/v1/{path}").headers["etag"] for path in paths]

    def moved() -> list[bool]:
        return [old != new for old, new in zip(before, tags(), strict=True)]

    before = tags()
    door.clock.advance(6 * 60)
    try:
        assert moved() == [False, False, False, True, True, True]
        door.clock.advance(DAY // 1_000_000)
        assert moved() == [True] * 6
    finally:
        door.clock.advance(-6 * 60 - DAY // 1_000_000)


def test_an_inner_error_tells_nothing_of_itself(door: Door, api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """No message, no type, no trace: the request's id only."""

    def broken(*_args: object, **_named: object) -> None:
        with door.store.read() as conn:
            conn.execute(text("SELECT secret_thing FROM nowhere"))

    monkeypatch.setattr(first_pages, "board", broken)
    for path in ("/api/v1/board", "/api/v1/components"):
        answer = api.get(path)
        assert answer.status_code in (500, 503)
        assert "secret_thing" not in answer.text
        assert "Error" not in answer.text
        assert answer.headers["x-request-id"] in answer.text


def test_the_description_names_every_api_route(api: httpx.Client) -> None:
    """OpenAPI 3.1 with every address and every parameter."""
    from callboard.web import routes
    from callboard.web.params import board as params

    document = api.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    declared = {path.replace(":str", "") for handler in routes.API for path in handler.paths}
    assert declared <= set(document["paths"])
    listed = document["paths"]["/api/v1/findings"]["get"]["parameters"]
    assert {each["name"] for each in listed} == set(params.FINDING_PARAMETERS)
    listed = document["paths"]["/api/v1/components"]["get"]["parameters"]
    assert {each["name"] for each in listed} == set(params.COMPONENT_PARAMETERS)
    references = [part.split('"')[0] for part in api.get("/openapi.json").text.split("#/components/schemas/")[1:]]
    assert references
    assert set(references) <= set(document["components"]["schemas"])


def test_metrics_hold_no_address_and_no_name(api: httpx.Client) -> None:
    """Routes are templates; the board's numbers are there."""
    api.get("/api/v1/findings?q=very-secret-search")
    told = api.get("/metrics").text
    assert 'callboard_http_requests_total{method="GET",route="/api/v1/findings",status="200"}' in told
    assert 'callboard_open_findings{mapped="yes",severity="critical"}' in told
    assert "very-secret-search" not in told


def test_ready_tells_its_parts_to_signed_in_callers_only(door: Door, api: httpx.Client) -> None:
    """Anonymous probes learn yes or no."""
    assert api.get("/readyz").json()["status"] == "ready"
    with door.client() as anonymous:
        assert anonymous.get("/readyz").json() == {"status": "ready", "parts": {}}
