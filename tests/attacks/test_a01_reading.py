"""A1, A3, A4, A5, A6, A9, A27: reading what another team owns, by every door, by its numbers, and by what a refusal tells."""

from __future__ import annotations

import pytest
from sqlalchemy import event, insert, select, update

from callboard.domain.component import EntityRef
from callboard.store import schema
from tests.support.named import NamedDoor, team

FOREIGN = ("blue-0", "blue-1", "blue-vm", "rule-blue", "p-blue", "bank", "vault", "lost-0", "lost-vm", "rule-lost")
"""Everything that is called something of which bo of team red may not know."""


def addresses(door: NamedDoor) -> list[str]:
    """Every address that could tell about team blue."""
    foreign, bank = door.finding("blue-0"), "component/default/bank"
    return [
        f"/findings/{foreign}", f"/api/v1/findings/{foreign}", f"/components/{bank}", f"/api/v1/components/{bank}",
        "/teams/group/default/blue", "/api/v1/rollups/group/default/blue", "/systems/default/vault",
        "/api/v1/rollups/system/default/vault", "/rules?id=rule-blue", "/resources?id=blue-vm-0", "/projects?id=p-blue",
    ]  # fmt: skip


def lists(query: str) -> list[str]:
    """Every address that answers a query."""
    asked = f"?q={query}"
    return [
        f"/api/v1/findings{asked}", f"/api/v1/bundles{asked}", f"/api/v1/facets{asked}", f"/api/v1/findings.csv{asked}",
        f"/api/v1/findings.json{asked}", f"/findings{asked}", f"/findings{asked} group:component",
        f"/findings{asked} group:rule", f"/findings{asked} group:owner", f"/findings{asked} group:resource",
    ]  # fmt: skip


def without(text: str, *asked: str) -> str:
    """An answer without the caller's own words in it."""
    for each in asked:
        text = text.replace(each, "")
    return text


@pytest.mark.attack("A1")
def test_a1_nothing_of_another_team_by_any_door(door: NamedDoor) -> None:
    """Page, API, component, team, system, rule, resource, project: the 404 of what is not there."""
    with door.as_user("bo") as client:
        for path in addresses(door):
            answer = client.get(path)
            assert answer.status_code == 404, path
            unknown = client.get(path.replace("blue", "nowhere").replace("bank", "nowhere").replace("vault", "nowhere"))
            for each in FOREIGN:
                assert each not in without(answer.text, path), path
            if "findings/" not in path:
                assert unknown.status_code == 404


@pytest.mark.attack("A1")
@pytest.mark.parametrize(
    "query",
    ["is:open", "rule:rule-blue", "component:bank", "owner:blue", "resource:blue-vm-0", "project:p-blue", "blue", "bank",
     "system:vault", "is:unmapped", "-owner:red", "no:owner", "severity:high", "source:wiz-main"],
)  # fmt: skip
def test_a1_nothing_of_another_team_by_any_query(door: NamedDoor, query: str) -> None:
    """Lists, groups, facets and files hold own rows or none, whatever is asked."""
    with door.as_user("bo") as client:
        for path in lists(query):
            answer = client.get(path)
            assert answer.status_code in (200, 400), path
            text = without(answer.text, query, *query.split(":"))
            for each in FOREIGN:
                if each not in query:
                    assert each not in text, (path, each)


@pytest.mark.attack("A1")
def test_a1_search_and_saved_views_tell_nothing(door: NamedDoor) -> None:
    """A search for another team's resource leads where a search for nothing leads, and a team's view is the team's."""
    with door.as_user("ida") as ida:
        ida.post(
            "/api/v1/views", json={"name": "secret-view", "query": "is:open", "team": team("blue")}
        ).raise_for_status()
    with door.as_user("bo") as client:
        found = client.get("/search", params={"q": "blue-vm-0"}, follow_redirects=True)
        assert "rule-blue" not in found.text
        assert client.get("/api/v1/views").json()["views"] == []
        stolen = client.post("/api/v1/views", json={"name": "x", "query": "is:open", "team": team("blue")})
        assert stolen.status_code == 400


@pytest.mark.attack("A3")
def test_a3_numbers_count_own_rows_only(door: NamedDoor) -> None:
    """Board, first page, sources, sparklines, metrics: without rights all of them are nought."""
    with door.as_user("nils") as client:
        board = client.get("/api/v1/board").json()
        assert board["open"]["total"] == board["components"] == 0
        first = client.get("/api/v1/do-now").json()
        assert (first["numbers"]["open"], first["bundles"], first["bundle_count"]) == (0, [], 0)
        assert [each["findings"] for each in client.get("/api/v1/sources").json()["sources"]] == [0]
        for facet in client.get("/api/v1/facets").json()["facets"]:
            assert all(value["findings"] == 0 for value in facet["values"]), facet
    with door.as_user("bo") as client:
        assert client.get("/api/v1/board").json()["open"]["total"] == 3
        assert [each["findings"] for each in client.get("/api/v1/sources").json()["sources"]] == [3]


@pytest.mark.attack("A4")
def test_a4_one_address_two_people_and_a_cache_in_between(door: NamedDoor) -> None:
    """Bodies and ETags differ, nothing may be stored, and another's ETag brings no "not modified"."""
    with door.as_user("bo") as bo, door.as_user("ida") as ida:
        for path in ("/api/v1/findings", "/api/v1/board", "/api/v1/components", "/api/v1/bundles", "/api/v1/do-now"):
            one, two = bo.get(path), ida.get(path)
            assert one.headers["etag"] != two.headers["etag"]
            assert one.text != two.text
            assert ida.get(path, headers={"if-none-match": one.headers["etag"]}).status_code == 200
            assert bo.get(path, headers={"if-none-match": one.headers["etag"]}).status_code == 304
            for answer in (one, two):
                assert answer.headers["cache-control"] == "private, no-store"
                assert "Authorization" in answer.headers["vary"]


@pytest.mark.attack("A5")
def test_a5_nothing_nested_names_another_team(door: NamedDoor) -> None:
    """A finding that was another component's once, and could be another's still, names neither."""
    id_ = door.finding("red-2")
    with door.store.write() as conn:
        bank = conn.execute(schema.entity.select().where(schema.entity.c.ref == "component:default/bank")).one().id
        resource = conn.execute(schema.finding.select().where(schema.finding.c.id == id_)).one().resource_id
        held = conn.execute(schema.holding_route.select().where(schema.holding_route.c.entity_id == bank)).first()
        assert held is not None
        conn.execute(
            schema.candidate.insert().values(
                resource_id=resource, entity_id=bank, form="tag", value="bank", tier=4, evidence="a tag says bank",
                won=False, seen_at=1,
            )
        )  # fmt: skip
        conn.execute(
            schema.ownership_spell.insert().values(resource_id=resource, from_at=1, to_at=2, holding_id=held.holding_id)
        )
    with door.as_user("bo") as client:
        for path in (f"/findings/{id_}", f"/api/v1/findings/{id_}", "/resources?id=red-vm-2"):
            text = client.get(path).raise_for_status().text
            assert "bank" not in text, path
        assert "another component" in client.get(f"/findings/{id_}").text
    with door.as_user("cleo") as client:
        assert "bank" in client.get(f"/api/v1/findings/{id_}").text


@pytest.mark.attack("A6")
def test_a6_what_is_not_in_the_menu_is_not_there_by_its_address(door: NamedDoor) -> None:
    """The log for who may not read it, and the figures."""
    with door.as_user("bo") as client:
        assert client.get("/api/v1/audit").status_code == 403
        assert client.get("/metrics").status_code == 403
        assert client.get("/audit").status_code == 403
        assert client.get("/log").status_code == 404


@pytest.mark.attack("A9")
def test_a9_any_project_of_the_source(door: NamedDoor) -> None:
    """Project ids are known to many; only those that hold findings of one's own answer."""
    with door.as_user("bo") as client:
        assert client.get("/projects?id=p-red").status_code == 200
        for id_ in ("p-blue", "p-nobody", "p-unknown", "", "*", "%"):
            assert client.get("/projects", params={"id": id_}).status_code in (400, 404)


@pytest.mark.attack("A27")
@pytest.mark.parametrize(
    ("foreign", "unknown"),
    [
        ("/api/v1/findings/{blue}", "/api/v1/findings/999999"),
        ("/findings/{blue}", "/findings/999999"),
        ("/rules?id=rule-blue", "/rules?id=rule-none"),
        ("/rules?id=rule-lost&source=wiz-main", "/rules?id=rule-none&source=wiz-main"),
        ("/resources?id=blue-vm-0", "/resources?id=blue-vm-9"),
        ("/projects?id=p-blue", "/projects?id=p-none"),
        ("/projects?id=p-nobody", "/projects?id=p-none"),
        ("/ownership/of?id=blue-vm-0", "/ownership/of?id=blue-vm-9"),
        ("/api/v1/ownership/explain?id=lost-vm", "/api/v1/ownership/explain?id=lost-vmm"),
        ("/cves/CVE-2026-1111", "/cves/CVE-2026-2222"),
    ],
)
def test_a27_existence_is_not_told_by_the_work_it_makes(door: NamedDoor, foreign: str, unknown: str) -> None:
    """What is somebody else's and what does not exist are the same questions to the database, and the same answer."""
    asked: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "audit" not in statement:  # that it was refused is noted later, in another thread
            asked.append(statement)

    rule = schema.rule.c
    with door.store.write() as conn:  # the others' rule is an advisory as well
        blue = conn.execute(select(schema.rule).where(rule.external_id == "rule-blue")).one()
        if conn.execute(select(rule.id).where(rule.external_id == "CVE-2026-1111")).first() is None:
            conn.execute(insert(schema.rule).values({**blue._mapping, "id": 9_999, "external_id": "CVE-2026-1111"}))
            conn.execute(update(schema.finding).where(schema.finding.c.external_id == "blue-1").values(rule_id=9_999))
    found = []
    event.listen(door.store.engine, "before_cursor_execute", note)
    try:
        with door.as_user("bo") as client:
            client.get("/api/v1/me")  # whatever is looked up once for this person is looked up
            for path in (foreign.format(blue=door.finding("blue-0")), unknown):
                client.get(path)
                asked.clear()
                answer = client.get(path)
                found.append((answer.status_code, tuple(asked)))
    finally:
        event.remove(door.store.engine, "before_cursor_execute", note)
    assert found[0] == found[1]
    assert len(found[0][1]) > 1


@pytest.mark.attack("A27")
def test_a27_writes_tell_nothing_either(door: NamedDoor) -> None:
    """403 and 404 fall the same way for what is foreign and what is unknown."""
    for name, status in (("bo", 404), ("nils", 403)):
        with door.as_user(name) as client:
            foreign = client.post(f"/api/v1/findings/{door.finding('blue-0')}/broken-link")
            unknown = client.post("/api/v1/findings/999999/broken-link")
        assert foreign.status_code == unknown.status_code == status
        assert {**foreign.json(), "request_id": ""} == {**unknown.json(), "request_id": ""}


def test_the_group_above_reads_down_and_nobody_reads_up(door: NamedDoor) -> None:
    """A parent group sees what its teams own; a team sees neither its sister's nor what the parent alone would own."""
    assert EntityRef(team("company"))
    with door.as_user("cleo") as client:
        assert client.get("/api/v1/findings").json()["total"] == 5
        assert client.get("/api/v1/do-now").json()["query"].startswith("is:open")
    with door.as_user("bo") as client:
        assert client.get("/api/v1/findings?q=owner:company").json()["total"] == 0
