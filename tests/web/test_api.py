"""The API's shapes, errors, cursors and ETags."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import text

from callboard.usecases import browse
from callboard.web import wire
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
        "/api/v1/components/component/default/checkout-api": wire.ComponentPage,
        "/api/v1/findings": wire.Findings,
        f"/api/v1/findings/{door.finding_id('due-soon')}": wire.FindingPage,
        "/api/v1/sources": wire.Sources,
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
    assert row["due_at"] == "2026-03-04T08:00:00Z"
    assert row["ownership"] == {"verdict": "mapped", "reason": None, "components": ["component:default/checkout-api"]}
    assert found["link"] == "https://app.wiz.io/issues#due-soon"
    assert found["detail"]["known_exploited"] is None


def test_an_unsafe_link_is_not_handed_on(door: Door, api: httpx.Client) -> None:
    """It is null, and the reason is in words."""
    found = api.get(f"/api/v1/findings/{door.finding_id('hostile')}").json()
    assert found["link"] is None
    assert found["link_problem"]
    assert found["rule"]["url"] is None


def test_the_board_equals_the_lists(api: httpx.Client) -> None:
    """Every number on the board is the total of the list behind it."""
    board = api.get("/api/v1/board").json()
    total = lambda query: api.get(f"/api/v1/findings?limit=1&{query}").json()["total"]  # noqa: E731
    assert board["findings"] == total("state=any") > 60
    assert board["open"]["total"] == total("")
    assert board["open_mapped"]["total"] == total("mapped=true")
    assert board["open"]["total"] - board["open_mapped"]["total"] == total("mapped=false") > 0
    for word, count in board["by_state"].items():
        assert count == total(f"state={word}")
    for word, count in board["open_by_kind"].items():
        assert count == total(f"kind={word}")
    for word in ("critical", "high", "medium", "unknown", "low", "info"):
        assert board["open"][word] == total(f"severity={word}")
    components = api.get("/api/v1/components").json()
    assert board["components"] == components["total"] == len(components["components"])
    assert board["components_without_claims"] == api.get("/api/v1/components?mapped=false").json()["total"]
    for each in components["components"]:
        assert each["open"]["total"] == total(f"component={each['ref']}")


def test_a_rule_group_links_to_exactly_its_findings(api: httpx.Client) -> None:
    """Count and list agree."""
    page = api.get("/api/v1/components/component/default/checkout-api").json()
    assert page["groups"]
    for group in page["groups"]:
        listed = api.get("/api/v1" + group["url"]).json()
        assert listed["total"] == group["count"]
        assert {row["rule"]["id"] for row in listed["findings"]} == {group["rule_id"]}


@pytest.mark.parametrize("sort", ["severity", "first"])
def test_a_cursor_walk_sees_each_finding_once(api: httpx.Client, sort: str) -> None:
    """In the order of the whole list."""
    whole = [row["id"] for row in api.get(f"/api/v1/findings?limit=500&state=any&sort={sort}").json()["findings"]]
    walked: list[int] = []
    cursor = ""
    while True:
        page = api.get(f"/api/v1/findings?limit=7&state=any&sort={sort}&cursor={cursor}").json()
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
        ("/api/v1/findings?sev=high", "sev", "severity"),
        ("/api/v1/findings?severity=hihg", "severity", "high"),
        ("/api/v1/findings?state=opn", "state", "open"),
        ("/api/v1/findings?state=any,open", "state", ""),
        ("/api/v1/findings?sort=rank;DROP", "sort", ""),
        ("/api/v1/findings?limit=0", "limit", ""),
        ("/api/v1/findings?limit=501", "limit", ""),
        ("/api/v1/findings?limit=-1", "limit", ""),
        ("/api/v1/findings?limit=%D9%A1", "limit", ""),
        ("/api/v1/findings?component=a/b/c", "component", "component:default/name"),
        ("/api/v1/findings?cursor=%00%01", "cursor", ""),
        ("/api/v1/findings?cursor=abc", "cursor", "first page"),
        ("/api/v1/findings?q=a&q=b", "q", ""),
        ("/api/v1/findings?mapped=maybe", "mapped", ""),
        ("/api/v1/findings?q=" + "x" * 1001, "q", ""),
        ("/api/v1/findings?" + "rule=x&" * 201, "rule", ""),
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
    assert body.get("field") in (field, "rule")
    assert hint in body.get("hint", "")


def test_a_question_too_long_is_refused(api: httpx.Client) -> None:
    """Before anything reads it."""
    assert api.get("/api/v1/findings?q=" + "x" * 20_000).status_code == 414


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/findings/999999999",
        "/api/v1/findings/0x10",
        "/api/v1/findings/99999999999999999999999",
        "/api/v1/components/component/default/nobody",
        "/api/v1/components/component/default/a b",
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


def test_an_etag_spares_the_second_reading(door: Door, api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """304 without a look at the data; another question, or a change, has another tag."""
    for path in ("/api/v1/board", "/api/v1/findings", "/api/v1/components", "/api/v1/sources"):
        first = api.get(path)
        tag = first.headers["etag"]
        assert tag.startswith('W/"')
        again = api.get(path, headers={"if-none-match": f'"other", {tag}'})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
        assert api.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    assert api.get("/api/v1/findings?severity=high").headers["etag"] != api.get("/api/v1/findings").headers["etag"]

    monkeypatch.setattr(browse, "board", lambda *_args, **_named: pytest.fail("read for nothing"))
    tag = api.get("/api/v1/sources").headers["etag"]
    assert tag
    monkeypatch.setattr(browse, "revision", lambda _store: 10_000)
    assert api.get("/api/v1/sources").headers["etag"] != tag


def test_an_inner_error_tells_nothing_of_itself(door: Door, api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """No message, no type, no trace: the request's id only."""

    def broken(*_args: object, **_named: object) -> None:
        with door.store.read() as conn:
            conn.execute(text("SELECT secret_thing FROM nowhere"))

    monkeypatch.setattr(browse, "board", broken)
    for path in ("/api/v1/board", "/components"):
        answer = api.get(path)
        assert answer.status_code in (500, 503)
        assert "secret_thing" not in answer.text
        assert "Error" not in answer.text
        assert answer.headers["x-request-id"] in answer.text


def test_the_description_names_every_api_route(api: httpx.Client) -> None:
    """OpenAPI 3.1 with every address and every parameter."""
    from callboard.web import params, routes

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
