"""A2, A7, A8, A22, A23, A24: changing what another team owns, more than one may, or with somebody else's hands."""

from __future__ import annotations

import pytest

from callboard.domain.access import RIGHTS, Right, Role
from callboard.store import schema
from tests.support.named import HOOK_TOKEN, NamedDoor, team, user
from tests.support.portals import wait_for

JSON = {"content-type": "application/json"}


@pytest.mark.attack("A2")
def test_a2_writes_to_another_teams_finding_change_nothing_and_are_noted(fresh: NamedDoor) -> None:
    """404 as for one that is not there, a line in the log, and no row."""
    id_ = fresh.finding("blue-0")
    with fresh.as_user("bo") as client:
        assert client.post(f"/api/v1/findings/{id_}/broken-link").status_code == 404
    with fresh.store.read() as conn:
        assert conn.execute(schema.link_report.select()).all() == []
    wait_for(lambda: fresh.audit("access.denied"))
    (line,) = fresh.audit("access.denied")
    assert line.actor == user("bo")
    assert line.subject == "POST /api/v1/findings/{finding_id}/broken-link"
    assert dict(line.detail)["finding_id"] == str(id_)


@pytest.mark.attack("A2")
def test_a2_another_persons_view_is_not_to_be_removed(fresh: NamedDoor) -> None:
    """Its number is known and no use."""
    view = {"name": "mine", "query": "is:open", "team": team("red")}
    with fresh.as_user("bo") as bo:
        id_ = bo.post("/api/v1/views", json=view).raise_for_status().json()["id"]
    with fresh.as_user("ida") as ida, fresh.as_user("sam") as sam:
        assert ida.delete(f"/api/v1/views/{id_}").status_code == 404
        assert sam.delete(f"/api/v1/views/{id_}").status_code == 404
    with fresh.as_user("bo") as bo:
        assert [each["id"] for each in bo.get("/api/v1/views").json()["views"]] == [id_]
        assert bo.delete(f"/api/v1/views/{id_}").status_code == 204


@pytest.mark.attack("A7")
def test_a7_a_file_of_everything_is_a_file_of_ones_own(door: NamedDoor) -> None:
    """Whoever asks for all gets what they see, in both forms, with the right total."""
    for name, count in (("bo", 3), ("ida", 2), ("cleo", 5), ("nils", 0), ("ada", 0)):
        with door.as_user(name) as client:
            told = client.get("/api/v1/findings.json?q=is:open").json()
            assert told["total"] == len(told["findings"]) == count
            assert len(client.get("/api/v1/findings.csv").text.splitlines()) == count + 1


@pytest.mark.attack("A8")
def test_a8_each_job_needs_its_own_right_and_no_more(door: NamedDoor) -> None:
    """Administrators see no finding, auditors administer nothing, and saying that a link is broken needs no administrator."""
    assert Right.ADMINISTER not in RIGHTS[Role.SECURITY]
    assert {Right.DECIDE, Right.MAP} & RIGHTS[Role.ADMINISTRATOR] == set()
    assert RIGHTS[Role.OWNER] == {Right.DECIDE}
    assert RIGHTS[Role.VIEWER] == RIGHTS[Role.MACHINE] == frozenset()
    with door.as_user("ada") as client:
        assert client.get("/api/v1/findings").json()["total"] == 0
        assert client.get(f"/api/v1/findings/{door.finding('red-0')}").status_code == 404
    with door.as_user("bo") as client:
        assert client.post(f"/api/v1/findings/{door.finding('red-0')}/broken-link").status_code == 200


@pytest.mark.attack("A22")
@pytest.mark.parametrize(
    "extra",
    [
        {"id": 1},
        {"viewer": "laptop"},
        {"mine": True},
        {"made_at": 0},
        {"key": "x"},
        {"severity": "low"},
        {"__proto__": {}},
    ],
)
def test_a22_fields_that_are_not_to_be_set_are_refused(fresh: NamedDoor, extra: dict[str, object]) -> None:
    """A body holds what is asked for and nothing else; nothing is stored."""
    with fresh.as_user("bo") as client:
        answer = client.post("/api/v1/views", json={"name": "x", "query": "is:open", **extra})
        assert answer.status_code == 400
        assert client.get("/api/v1/views").json()["views"] == []


@pytest.mark.attack("A23")
@pytest.mark.parametrize(
    "asked",
    ["q=is:open&q=is:fixed", "limit=1&limit=500", "cursor=a&cursor=b", "q=is:open&team=x", "q=is:open&Q=is:open"],
)
def test_a23_a_parameter_counts_once(door: NamedDoor, asked: str) -> None:
    """Given twice with two values, or one that is not known: an error, never a guess."""
    with door.as_user("bo") as client:
        assert client.get(f"/api/v1/findings?{asked}").status_code == 400


@pytest.mark.attack("A23")
def test_a23_a_body_does_not_add_to_the_address(door: NamedDoor) -> None:
    """An answer to a question without a body is the same with one."""
    with door.as_user("bo") as client:
        plain = client.get("/api/v1/findings?limit=1").json()
        assert client.request("GET", "/api/v1/findings?limit=1", json={"limit": 500}).json() == plain


@pytest.mark.attack("A24")
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a24_a_page_of_another_site_writes_nothing(door: NamedDoor, origin: str) -> None:
    """Whatever cookie the browser adds, and whatever the body is called."""
    view = '{"name": "x", "query": "is:open"}'
    with door.client() as client:
        client.get(door.services.gate.sign_in_link()).raise_for_status()
        for kind in ("application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
            headers = {"origin": origin, "content-type": kind, "sec-fetch-site": "cross-site"}
            assert client.post("/api/v1/views", content=view, headers=headers).status_code == 403
            assert client.post("/leave", headers=headers).status_code == 403
        assert client.get("/api/v1/me").status_code == 200


@pytest.mark.attack("A24")
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_a24_json_under_another_name_is_not_taken(door: NamedDoor, kind: str) -> None:
    """A form of another site can send these without asking; our own pages say what they send."""
    with door.as_user("bo") as client:
        answer = client.post(
            "/api/v1/views", content='{"name": "x", "query": "is:open"}', headers={"content-type": kind}
        )
    assert answer.status_code == 415


@pytest.mark.attack("A24")
def test_a24_reading_changes_nothing(fresh: NamedDoor) -> None:
    """No address that is read by GET writes more than when somebody looked, and that somebody did."""
    from tests.web.role_matrix import MATRIX

    def rows() -> dict[str, int]:
        quiet = {"visit", "engagement", "membership", "membership_group", "audit", "session"}
        with fresh.store.read() as conn:
            return {
                table.name: len(conn.execute(table.select()).all())
                for table in schema.metadata.sorted_tables
                if table.name not in quiet
            }

    before = rows()
    with fresh.as_user("bo") as client:
        for method, path in MATRIX:
            if method == "GET" and path != "/api/v1/live":
                filled = path.format(
                    kind="component", namespace="default", name="cart", finding_id=fresh.finding("red-0"), source="wiz-main",
                    cve="CVE-1999-0001", view_id="1", campaign_id="1", format="cyclonedx-1.6", rest="nowhere",
                )  # fmt: skip
                client.get(filled)
    assert rows() == before


@pytest.mark.attack("A30")
def test_a30_a_forged_webhook_does_nothing(door: NamedDoor) -> None:
    """Its token is compared whole; people's and programs' tokens are none."""
    hook = "/api/v1/hooks/wiz/wiz-main"
    with door.client() as client:
        for token in ("", "Bearer", "Bearer x", f"Basic {HOOK_TOKEN}", HOOK_TOKEN, f"Bearer {HOOK_TOKEN}x"):
            assert (
                client.post(hook, content=b"{}", headers={"authorization": token} if token else {}).status_code == 401
            )
        assert client.post(hook, content=b"{}", headers={"authorization": f"Bearer {HOOK_TOKEN}"}).status_code == 202
    for name in ("bo", "sam"):
        with door.as_user(name) as client:
            assert client.post(hook, content=b"{}").status_code == 401
