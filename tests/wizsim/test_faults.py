"""Everything that goes wrong on purpose, over real HTTP."""

from __future__ import annotations

import json
from email.utils import parsedate_to_datetime
from http.client import IncompleteRead
from typing import Any

import pytest

from callboard.demo.wizsim.faults import NAMES, Faults, UnknownFaultError, change, parse_fault
from tests.wizsim.conftest import Caller, Start

COUNT = "{ issuesV2 { totalCount } }"
NODES = """{ issuesV2(first: 60) { nodes { id status severity type description projects { id } serviceTickets { id } } } }"""


def _nodes(caller: Caller) -> list[dict[str, Any]]:
    return list(caller.ask(NODES).body["data"]["issuesV2"]["nodes"])


@pytest.mark.parametrize("status", [500, 502, 503])
def test_server_errors_end_after_their_number(start: Start, status: int) -> None:
    """Two calls fail, the third is answered."""
    caller = start(**{f"http_{status}": 2})
    token = caller.token()
    assert [caller.ask(COUNT, token=token).status for _ in range(3)] == [status, status, 200]


def test_counted_faults_can_begin_later(start: Start) -> None:
    """`http_503=1@2`: two calls pass first."""
    caller = start(**parse_fault("http_503=1@2"))
    token = caller.token()
    assert [caller.ask(COUNT, token=token).status for _ in range(4)] == [200, 200, 503, 200]


@pytest.mark.fault("F9")
@pytest.mark.parametrize("form", ["http", "seconds", "date"])
def test_too_many_calls_are_429(start: Start, form: str) -> None:
    """Above the rate, with Retry-After in either spelling or none."""
    caller = start(rate_limit=2, rate_form=form, retry_after=7)
    token = caller.token()
    answers = [caller.ask(COUNT, token=token) for _ in range(3)]
    assert [a.status for a in answers] == [200, 200, 429]
    header = answers[-1].headers["Retry-After"]
    if form == "http":
        assert header is None
    elif form == "seconds":
        assert header == "7"
    else:
        assert parsedate_to_datetime(header).tzinfo is not None


@pytest.mark.fault("F9")
def test_too_many_calls_as_a_graphql_error(start: Start) -> None:
    """Status 200 and a code."""
    caller = start(rate_limit=1, rate_form="graphql")
    token = caller.token()
    caller.ask(COUNT, token=token)
    limited = caller.ask(COUNT, token=token)
    assert limited.status == 200
    assert limited.body["errors"][0]["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"


@pytest.mark.fault("F8")
def test_partial_data_comes_with_errors(start: Start) -> None:
    """Status 200, data, and an error that names the missing field."""
    body = start(partial=1).ask(NODES).body
    assert body["data"]["issuesV2"]["nodes"][0]["projects"] is None
    assert body["errors"][0]["path"] == ["issuesV2", "nodes", 0, "projects"]


def test_a_cut_body_is_no_json(start: Start) -> None:
    """The length fits, the text does not end."""
    answer = start(truncated=1).ask(NODES)
    assert answer.status == 200
    with pytest.raises(json.JSONDecodeError):
        _ = answer.body


def test_a_connection_can_break_in_the_body(start: Start) -> None:
    """The promised length never arrives."""
    caller = start(reset=1)
    token = caller.token()
    with pytest.raises((IncompleteRead, ConnectionError)):
        caller.ask(NODES, token=token)
    assert caller.ask(NODES, token=token).status == 200


def test_a_page_of_html_instead_of_json(start: Start) -> None:
    """What a proxy in between answers."""
    assert b"<html>" in start(not_json=1).ask(COUNT).raw


def test_a_token_can_be_revoked_between_pages(start: Start) -> None:
    """The third call with it is 401; a new token works."""
    caller = start(revoke_after=2)
    token = caller.token()
    assert [caller.ask(COUNT, token=token).status for _ in range(3)] == [200, 200, 401]
    assert caller.ask(COUNT).status == 200


@pytest.mark.parametrize(("style", "value"), [("list", []), ("blank", "")])
def test_empty_lists_in_other_spellings(start: Start, style: str, value: object) -> None:
    """Null is usual; [] and "" were seen too."""
    nodes = _nodes(start(empties=style))
    assert any(node["serviceTickets"] == value for node in nodes)
    assert all(node["serviceTickets"] is not None for node in nodes)


def test_empty_lists_can_be_left_out(start: Start) -> None:
    """An absent key is neither null nor empty."""
    assert any("serviceTickets" not in node for node in _nodes(start(empties="absent")))


def test_fields_can_vanish_or_change_their_type(start: Start) -> None:
    """Without a word in `errors`."""
    assert all("description" not in node for node in _nodes(start(vanishing_field="description")))
    assert all(node["severity"] == 17 for node in _nodes(start(wrong_type="severity")))


@pytest.mark.fault("F15")
def test_unknown_words_appear(start: Start) -> None:
    """Enumerations grow over the years."""
    statuses = {node["status"] for node in _nodes(start(unknown_enum=True))}
    assert "DEFERRED" in statuses


def test_the_source_can_fall_silent_about_a_share(start: Start) -> None:
    """Fewer findings, no error: what a run must not take for fixed."""
    caller = start()
    before = caller.ask(COUNT).body["data"]["issuesV2"]["totalCount"]
    caller.admin("/admin/faults", {"drop_share": 0.5})
    assert caller.ask(COUNT).body["data"]["issuesV2"]["totalCount"] < before * 0.7


def test_all_ids_can_change(start: Start) -> None:
    """The old ones are unknown then."""
    caller = start()
    old = _nodes(caller)
    caller.admin("/admin/faults", {"id_change": 1})
    new = _nodes(caller)
    assert len(new) == len(old)
    assert not {n["id"] for n in old} & {n["id"] for n in new}


def test_heavy_pages_can_be_refused(start: Start) -> None:
    """The caller halves `first` and gets through."""
    caller = start(cost_limit=50)
    assert "input exceeded" in caller.ask(NODES).body["errors"][0]["message"]
    assert caller.ask("{ issuesV2(first: 50) { nodes { id } } }").body["data"] is not None


def test_addresses_can_be_forbidden(start: Start) -> None:
    """The allow list of the tenant."""
    answer = start(forbidden_ip=True).ask(COUNT)
    assert (answer.status, answer.body["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN_IP")


def test_switches_are_guarded_and_can_be_reset(start: Start) -> None:
    """Admin routes need the admin token; a wrong name says what is known."""
    caller = start(http_503=5)
    assert caller.admin("/admin/state", token="wrong").status == 401
    assert caller.admin("/admin/faults", {"bogus": 1}).status == 400
    assert caller.admin("/admin/nothing", {}).status == 404
    assert caller.admin("/admin/faults", {"reset": True}).body["http_503"] == 0
    assert caller.ask(COUNT).status == 200


def test_tokens_can_be_revoked_at_once(start: Start) -> None:
    """All of them."""
    caller = start()
    token = caller.token()
    assert caller.admin("/admin/revoke-tokens", {}).body == {"revoked": 1}
    assert caller.ask(COUNT, token=token).status == 401


@pytest.mark.parametrize("name", NAMES)
def test_every_switch_can_be_read_from_text(name: str) -> None:
    """`--fault NAME=1` works for numbers and truth values, and bare names for all."""
    usual = getattr(Faults(), name)
    text = {"empties": "list", "rate_form": "date"}.get(name, "1")
    value = getattr(change(Faults(), parse_fault(f"{name}={text}")), name)
    assert type(value) is type(usual)
    assert value != usual or name == "retry_after"


@pytest.mark.parametrize("text", ["no_such_fault", "http_503=many", "latency_ms=x"])
def test_unreadable_switches_are_refused(text: str) -> None:
    """With a sentence, not a trace."""
    with pytest.raises(UnknownFaultError):
        parse_fault(text)


def test_a_body_that_is_no_request_is_400(start: Start) -> None:
    """Not a crash."""
    caller = start()
    head = {"Authorization": f"Bearer {caller.token()}", "Content-Type": "application/json"}
    for body in ("", "[]", "{}", '{"query": 5}', '{"query": "{ a }", "variables": []}'):
        assert caller.send("/graphql", body, head).status == (200 if body.endswith("[]}") else 400)


def test_the_endpoint_answers_without_its_path(start: Start) -> None:
    """The address is written with and without /graphql."""
    caller = start()
    head = {"Authorization": f"Bearer {caller.token()}", "Content-Type": "application/json"}
    assert caller.send("/", json.dumps({"query": COUNT}), head).status == 200
