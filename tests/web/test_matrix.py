"""Every route, every sort of caller. The table below is the access policy; a route that is not in it fails the test."""

from __future__ import annotations

import pytest

from callboard.web import app, routes
from tests.web.conftest import HOOK_TOKEN, Door

BOARD = {"anonymous": 401, "wrong host": 421, "wrong token": 401, "session": 200, "bearer": 200}
NONE = {**BOARD, "session": 404, "bearer": 404}
"""Asked for something that is not there."""
OPEN = {**BOARD, "anonymous": 200, "wrong token": 200}
EXPECTED: dict[tuple[str, str], dict[str, int]] = {
    ("GET", "/"): BOARD,
    ("GET", "/do-now"): BOARD,
    ("GET", "/decide"): {**BOARD, "session": 400, "bearer": 400},  # without a finding
    ("POST", "/decide/say"): {**BOARD, "session": 400, "bearer": 400},  # without an act
    ("GET", "/components"): BOARD,
    ("GET", "/components/{kind}/{namespace}/{name}"): BOARD,
    ("GET", "/findings"): BOARD,
    ("GET", "/findings/{finding_id}"): BOARD,
    ("GET", "/teams/{kind}/{namespace}/{name}"): NONE,  # only groups and users have one
    ("GET", "/teams/{kind}/{namespace}/{name}/week"): NONE,
    ("POST", "/teams/leave-out"): {**BOARD, "session": 400, "bearer": 400},  # without a team
    ("POST", "/api/v1/rollups/{kind}/{namespace}/{name}/left-out"): {**BOARD, "session": 415, "bearer": 415},
    ("GET", "/systems/{namespace}/{name}"): NONE,
    ("GET", "/domains/{namespace}/{name}"): NONE,
    ("GET", "/rules"): {**BOARD, "session": 400, "bearer": 400},  # without an id
    ("GET", "/resources"): {**BOARD, "session": 400, "bearer": 400},
    ("GET", "/projects"): {**BOARD, "session": 400, "bearer": 400},
    ("GET", "/cves/{cve}"): BOARD,
    ("GET", "/search"): {**BOARD, "session": 303, "bearer": 303},
    ("GET", "/sources"): BOARD,
    ("GET", "/enter"): dict.fromkeys(BOARD, 401) | {"wrong host": 421},  # without a good key
    ("GET", "/sign-in"): OPEN,
    ("GET", "/sign-in/begin"): dict.fromkeys(BOARD, 404) | {"wrong host": 421},  # no provider here
    ("GET", "/sign-in/done"): dict.fromkeys(BOARD, 404) | {"wrong host": 421},
    ("POST", "/leave"): BOARD,
    ("GET", "/unsubscribe"): dict.fromkeys(BOARD, 404) | {"wrong host": 421},  # without the token of a mail
    ("POST", "/unsubscribe"): dict.fromkeys(BOARD, 404) | {"wrong host": 421},
    ("GET", "/api/v1/board"): BOARD,
    ("GET", "/api/v1/components"): BOARD,
    ("GET", "/api/v1/components/{kind}/{namespace}/{name}"): BOARD,
    ("GET", "/api/v1/components/{kind}/{namespace}/{name}/sbom"): BOARD,
    ("POST", "/api/v1/components/{kind}/{namespace}/{name}/sbom"): {
        **BOARD,
        "session": 415,
        "bearer": 415,
    },  # without a body
    ("POST", "/api/v1/components/{kind}/{namespace}/{name}/risks"): {
        **BOARD,
        "session": 415,
        "bearer": 415,
    },  # without a body
    ("GET", "/api/v1/components/{kind}/{namespace}/{name}/sbom/{format}"): BOARD,
    ("GET", "/api/v1/components/{kind}/{namespace}/{name}/packages"): BOARD,
    ("GET", "/components/{kind}/{namespace}/{name}/packages"): BOARD,
    ("GET", "/packages"): BOARD,
    ("GET", "/packages/coverage"): BOARD,
    ("GET", "/api/v1/who-uses"): {**BOARD, "session": 400, "bearer": 400},  # without a package
    ("GET", "/api/v1/sbom-coverage"): BOARD,
    ("GET", "/api/v1/metrics/times"): BOARD,
    ("GET", "/api/v1/metrics/times.csv"): BOARD,
    ("GET", "/api/v1/metrics/times.svg"): BOARD,
    ("GET", "/progress"): BOARD,
    ("GET", "/progress/channels"): BOARD,
    ("GET", "/api/v1/metrics/channels"): BOARD,
    ("GET", "/api/v1/metrics/channels.csv"): BOARD,
    ("GET", "/api/v1/metrics/channels.svg"): BOARD,
    ("GET", "/progress/use"): BOARD,
    ("GET", "/api/v1/metrics/use"): BOARD,
    ("GET", "/api/v1/metrics/use.csv"): BOARD,
    ("GET", "/progress/flow"): BOARD,
    ("GET", "/progress/open"): BOARD,
    ("GET", "/progress/due"): BOARD,
    ("GET", "/api/v1/metrics/flow"): BOARD,
    ("GET", "/api/v1/metrics/flow.csv"): BOARD,
    ("GET", "/api/v1/metrics/flow.svg"): BOARD,
    ("GET", "/api/v1/metrics/open"): BOARD,
    ("GET", "/api/v1/metrics/open.csv"): BOARD,
    ("GET", "/api/v1/metrics/open.svg"): BOARD,
    ("GET", "/api/v1/metrics/due"): BOARD,
    ("GET", "/api/v1/metrics/due.csv"): BOARD,
    ("GET", "/api/v1/metrics/due.svg"): BOARD,
    ("GET", "/api/v1/findings"): BOARD,
    ("GET", "/api/v1/findings.csv"): BOARD,
    ("GET", "/api/v1/findings.json"): BOARD,
    ("GET", "/api/v1/findings/{finding_id}"): BOARD,
    ("POST", "/api/v1/findings/{finding_id}/broken-link"): BOARD,
    ("POST", "/api/v1/findings/{finding_id}/followed"): BOARD,
    ("POST", "/api/v1/seen"): {**BOARD, "session": 415, "bearer": 415},  # without a body
    ("POST", "/api/v1/decisions"): {**BOARD, "session": 415, "bearer": 415},  # without a body
    ("POST", "/api/v1/decisions/{decision_id}/undo"): NONE,
    ("GET", "/campaigns"): BOARD,
    ("GET", "/campaigns/{campaign_id}"): NONE,
    ("POST", "/campaigns/begin"): {**BOARD, "session": 400, "bearer": 400},  # without a query
    ("POST", "/campaigns/{campaign_id}/change"): {**BOARD, "session": 404, "bearer": 404},
    ("POST", "/campaigns/{campaign_id}/end"): NONE,
    ("GET", "/api/v1/campaigns"): BOARD,
    ("POST", "/api/v1/campaigns"): {**BOARD, "session": 415, "bearer": 415},  # without a body
    ("GET", "/api/v1/campaigns/{campaign_id}"): NONE,
    ("POST", "/api/v1/campaigns/{campaign_id}"): {**BOARD, "session": 415, "bearer": 415},
    ("POST", "/api/v1/campaigns/{campaign_id}/end"): NONE,
    ("GET", "/api/v1/tickets"): BOARD,
    ("POST", "/api/v1/tickets"): {**BOARD, "session": 415, "bearer": 415},  # without a body
    ("POST", "/api/v1/tickets/{ticket_id}/unlink"): {**BOARD, "session": 415, "bearer": 415},
    ("GET", "/tickets/new"): {**BOARD, "session": 400, "bearer": 400},  # without a finding
    ("POST", "/tickets/file"): {**BOARD, "session": 400, "bearer": 400},
    ("GET", "/api/v1/bundles"): BOARD,
    ("GET", "/api/v1/facets"): BOARD,
    ("GET", "/api/v1/do-now"): BOARD,
    ("GET", "/api/v1/rollups/{kind}/{namespace}/{name}"): NONE,
    ("GET", "/api/v1/views"): BOARD,
    ("POST", "/api/v1/views"): {**BOARD, "session": 415, "bearer": 415},  # without a body
    ("DELETE", "/api/v1/views/{view_id}"): NONE,
    ("GET", "/api/v1/query/help"): BOARD,
    ("GET", "/api/v1/query/explain"): BOARD,
    ("GET", "/api/v1/live"): BOARD,
    ("GET", "/api/v1/ownership/explain"): {**BOARD, "session": 400, "bearer": 400},  # without an id
    ("GET", "/api/v1/ownership/report"): BOARD,
    ("GET", "/api/v1/ownership/rules"): BOARD,
    ("POST", "/api/v1/ownership/plan"): {**BOARD, "session": 400, "bearer": 400},  # without a body
    ("POST", "/api/v1/ownership/plan/resources"): {**BOARD, "session": 400, "bearer": 400},
    ("GET", "/api/v1/ownership/changes"): BOARD,
    ("POST", "/api/v1/ownership/apply"): {**BOARD, "session": 400, "bearer": 400},
    ("POST", "/api/v1/ownership/confirm"): {**BOARD, "session": 400, "bearer": 400},
    ("POST", "/api/v1/ownership/not-ours"): {**BOARD, "session": 400, "bearer": 400},
    ("POST", "/api/v1/ownership/decisions/{decision_id}/undo"): NONE,
    ("GET", "/api/v1/ownership/signals"): BOARD,
    ("POST", "/api/v1/ownership/signals/{signal_id}/close"): NONE,
    ("POST", "/api/v1/ownership/signals/{signal_id}/let-go"): NONE,
    ("GET", "/api/v1/ownership/unmapped"): BOARD,
    ("GET", "/api/v1/ownership/conflicts"): BOARD,
    ("GET", "/api/v1/ownership/alignment"): BOARD,
    ("GET", "/api/v1/ownership/tree"): BOARD,
    ("POST", "/api/v1/ownership/propose"): {**BOARD, "session": 400, "bearer": 400},  # without a body
    ("GET", "/ownership"): BOARD,
    ("GET", "/ownership/unmapped"): BOARD,
    ("GET", "/ownership/conflicts"): BOARD,
    ("GET", "/ownership/alignment"): BOARD,
    ("GET", "/ownership/map"): BOARD,
    ("GET", "/ownership/rules"): BOARD,
    ("GET", "/ownership/plan"): BOARD,
    ("POST", "/ownership/preview"): {**BOARD, "session": 422, "bearer": 422},  # without a rule set
    ("POST", "/ownership/apply"): {**BOARD, "session": 422, "bearer": 422},
    ("GET", "/ownership/of"): {**BOARD, "session": 400, "bearer": 400},  # without an id
    ("POST", "/ownership/say"): NONE,  # without a word
    ("POST", "/ownership/undo"): {**BOARD, "session": 400, "bearer": 400},
    ("POST", "/ownership/looked"): {**BOARD, "session": 400, "bearer": 400},
    ("POST", "/ownership/let-go"): {**BOARD, "session": 400, "bearer": 400},
    ("POST", "/ownership/moves"): {**BOARD, "session": 400, "bearer": 400},  # without a number
    ("GET", "/ownership/changes"): BOARD,
    ("GET", "/ownership/signals"): BOARD,
    ("GET", "/api/v1/sources"): BOARD,
    ("GET", "/api/v1/workers"): BOARD,
    ("GET", "/api/v1/me"): BOARD,
    ("GET", "/api/v1/audit"): BOARD,
    ("GET", "/api/v1/evidence"): {**BOARD, "session": 400, "bearer": 400},  # without a framework, or a number
    ("GET", "/api/v1/evidence.csv"): {**BOARD, "session": 400, "bearer": 400},  # without a framework, or a number
    ("GET", "/api/v1/evidence/rows"): {**BOARD, "session": 400, "bearer": 400},  # without a framework, or a number
    ("GET", "/api/v1/evidence/rows.csv"): {**BOARD, "session": 400, "bearer": 400},  # without a framework, or a number
    ("GET", "/evidence"): BOARD,
    ("GET", "/evidence/rows"): {**BOARD, "session": 400, "bearer": 400},  # without a framework, or a number
    ("GET", "/progress/noise"): BOARD,
    ("GET", "/api/v1/metrics/noise"): BOARD,
    ("GET", "/api/v1/metrics/noise.csv"): BOARD,
    ("GET", "/audit"): BOARD,
    ("GET", "/audit/file"): BOARD,
    ("POST", "/audit/verify"): BOARD,
    ("GET", "/api/v1/portal/risks"): NONE,  # none was kept here
    ("GET", "/portal"): BOARD,
    ("GET", "/api/v1/policies"): BOARD,
    ("POST", "/api/v1/policies/plan"): {**BOARD, "session": 400, "bearer": 400},  # without a body
    ("POST", "/api/v1/policies/plan/findings"): {**BOARD, "session": 400, "bearer": 400},
    ("POST", "/api/v1/policies/apply"): {**BOARD, "session": 400, "bearer": 400},
    ("GET", "/policies"): BOARD,
    ("POST", "/policies/preview"): {**BOARD, "session": 422, "bearer": 422},  # without a policy
    ("POST", "/policies/apply"): {**BOARD, "session": 422, "bearer": 422},
    ("POST", "/policies/dates"): {**BOARD, "session": 400, "bearer": 400},  # without a number
    ("POST", "/api/v1/hooks/wiz/{source}"): dict.fromkeys(BOARD, 401) | {"wrong host": 421},  # has a token of its own
    ("GET", "/healthz"): OPEN,
    ("GET", "/readyz"): OPEN,
    ("GET", "/metrics"): BOARD,
    ("GET", "/openapi.json"): BOARD,
    ("GET", "/.well-known/jwks.json"): dict.fromkeys(BOARD, 404) | {"wrong host": 421},  # not configured here
    ("GET", "/static/{name}"): OPEN,
    ("GET", "/{rest}"): NONE,  # every other address
}


def test_the_table_holds_every_route(door: Door) -> None:
    """A route that is added without a line here fails."""
    made = app.create_app(door.services)
    found = {
        (method, route.path_format)
        for route in made.routes
        for handler in getattr(route, "route_handlers", ())
        for method in handler.http_methods
        if method != "OPTIONS"
    }
    assert found == set(EXPECTED)
    assert len(routes.ALL) == len(EXPECTED)


@pytest.mark.parametrize(("method", "path"), EXPECTED)
def test_each_caller_gets_what_the_policy_says(door: Door, method: str, path: str) -> None:
    """Anonymous, wrong Host, wrong token, session, bearer."""
    filled = path.format(
        kind="component",
        namespace="default",
        name="look.css" if "static" in path else "checkout-api",
        finding_id=door.finding_id("due-soon"),
        source="wiz-main",
        cve="CVE-1999-0001",
        view_id="4711",
        decision_id="4711",
        campaign_id="4711",
        signal_id="4711",
        ticket_id="4711",
        format="cyclonedx-1.6",
        rest="nowhere",
    )
    if path == "/api/v1/live":
        # It does not end as long as the door is open.
        door.services.closing.set()
    # Wrong tokens are slowed down: this many of them would be.
    door.clock.advance(2)
    answers = {}
    with door.client() as client:
        answers["anonymous"] = client.request(method, filled)
        answers["wrong host"] = client.request(method, filled, headers={"host": "evil.example"})
        # A wrong token is not made up for by a good cookie.
        client.get(door.services.gate.sign_in_link())
        answers["wrong token"] = client.request(method, filled, headers={"authorization": "Bearer wrong"})
    with door.signed_in() as client:
        answers["session"] = client.request(method, filled)
    with door.bearer() as client:
        answers["bearer"] = client.request(method, filled)
    door.services.closing.clear()
    assert {who: answer.status_code for who, answer in answers.items()} == EXPECTED[method, path]
    for who, answer in answers.items():
        assert answer.headers["content-security-policy"].startswith("default-src 'none'"), who
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        if "static" not in path:
            assert answer.headers["cache-control"] == "private, no-store"
    if EXPECTED[method, path]["anonymous"] == 401 and not path.startswith(("/api", "/metrics", "/openapi")):
        assert "callboard serve" in answers["anonymous"].text
        assert "checkout-api" not in answers["anonymous"].text


@pytest.mark.attack("A25")
@pytest.mark.parametrize("host", ["127.0.0.1", "evil.example", "127.0.0.1:1", "localhost.evil.example:{port}", ""])
def test_a_foreign_host_is_refused_everywhere(door: Door, host: str) -> None:
    """DNS rebinding: also on addresses that do not exist, and for signed-in callers."""
    with door.bearer() as client:
        for path in ("/", "/nowhere", "/healthz", "/static/look.css"):
            answer = client.get(path, headers={"host": host.format(port=door.running.port)})
            assert answer.status_code == 421
            assert answer.headers["content-type"].startswith("text/plain")


def test_every_name_of_loopback_is_a_good_host(door: Door) -> None:
    """127.0.0.1, localhost and [::1], with the port."""
    with door.client() as client:
        for host in ("127.0.0.1", "localhost", "LOCALHOST", "[::1]"):
            answer = client.get("/healthz", headers={"host": f"{host}:{door.running.port}"})
            assert answer.status_code == 200


@pytest.mark.attack("A24")
def test_a_page_of_another_origin_writes_nothing(door: Door) -> None:
    """The Origin header is checked on every writing request, whatever its credentials."""
    hook = "/api/v1/hooks/wiz/wiz-main"
    with door.bearer() as client:
        for method, path in (("POST", "/api/v1/views"), ("DELETE", "/api/v1/views/1"), ("POST", "/leave")):
            for site in ({"origin": "https://evil.example"}, {"origin": "null", "sec-fetch-site": "cross-site"}):
                assert client.request(method, path, headers=site).status_code == 403
    token = {"authorization": f"Bearer {HOOK_TOKEN}"}
    with door.client() as client:
        for origin in ("https://evil.example", "http://127.0.0.1:1", "null"):
            assert client.post(hook, headers={**token, "origin": origin}).status_code == 403
        assert client.post(hook, headers={**token, "origin": "null", "sec-fetch-site": "cross-site"}).status_code == 403
        assert client.post(hook, headers=token, content=b"{}").status_code == 202
        assert client.post(hook, headers={**token, "origin": door.url}).status_code == 202
        assert (
            client.post(hook, headers={**token, "origin": "null", "sec-fetch-site": "same-origin"}).status_code == 202
        )
    assert door.hooked[-3:] == [b"{}", b"", b""]


@pytest.mark.attack("A30")
def test_an_unknown_hook_and_a_wrong_token_look_the_same(door: Door) -> None:
    """Neither tells which sources there are."""
    with door.client(authorization="Bearer wrong") as client:
        known = client.post("/api/v1/hooks/wiz/wiz-main", content=b"{}").json()
        unknown = client.post("/api/v1/hooks/wiz/other", content=b"{}").json()
    assert {**known, "request_id": ""} == {**unknown, "request_id": ""}


def test_a_hook_with_a_huge_body_is_cut_off(door: Door) -> None:
    """More than a mebibyte is not read."""
    with door.client(authorization=f"Bearer {HOOK_TOKEN}") as client:
        answer = client.post("/api/v1/hooks/wiz/wiz-main", content=b"x" * 2_000_000)
    assert answer.status_code == 413


def test_a_sign_in_link_opens_once(door: Door) -> None:
    """The second use is refused, the first one's session goes on, and leaving ends it."""
    link = door.services.gate.sign_in_link()
    with door.client() as first, door.client() as second:
        answer = first.get(link)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert second.get(link).status_code == 401
        assert first.get("/components").status_code == 200
        assert second.get("/components").status_code == 401
        second.cookies.update(first.cookies)
        assert second.get("/components").status_code == 200
        assert first.post("/leave").status_code == 200
        assert second.get("/components").status_code == 401


def test_a_route_without_a_policy_is_not_served(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app is not made."""
    from litestar.handlers import get

    from callboard.errors import ConfigError

    def said_nothing() -> None: ...

    bare = get("/bare", sync_to_thread=False)(said_nothing)
    monkeypatch.setattr(routes, "ALL", [*routes.ALL, bare])
    with pytest.raises(ConfigError, match="policy"):
        app.create_app(door.services)
