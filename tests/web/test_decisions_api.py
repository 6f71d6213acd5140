"""`/api/v1/decisions` over a real connection: a whole path, by people with names, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from callboard.domain.access import Grant, Right
from callboard.domain.component import EntityRef
from callboard.store import schema
from tests.support.named import NamedDoor, named_door, team, user
from tests.support.portals import wait_for

AT = "/api/v1/decisions"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door to which people come by name."""
    with named_door(tmp_path_factory.mktemp("decisions") / "callboard.db") as found:
        yield found


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[NamedDoor]:
    """The same for a test that writes."""
    with named_door(tmp_path / "callboard.db") as found:
        yield found


def ok(answer: httpx.Response) -> Any:  # noqa: ANN401 - what it holds is what the test asks
    """The document of an answer that succeeded."""
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_finding_is_taken_snoozed_and_given_back(fresh: NamedDoor) -> None:
    """One of a team takes it, the next is told, lists and pages say so, and undo restores."""
    id_ = fresh.finding("red-0")
    with fresh.as_user("bo") as bo, fresh.as_user("sam") as sam:
        total = ok(bo.get("/api/v1/findings?q=is:open"))["total"]
        taken = ok(bo.post(AT, json={"act": "take", "findings": [id_]}))
        assert (taken["act"], taken["findings"], taken["seen"]) == ("take", [id_], taken["decision"])
        refused = sam.post(AT, json={"act": "take", "findings": [id_]})
        assert (refused.status_code, refused.json()["detail"]) == (409, f"Somebody else has taken it: {user('bo')}.")
        stale = sam.post(AT, json={"act": "snooze", "findings": [id_], "until": "7d", "seen": 0})
        assert stale.status_code == 409
        mine = ok(bo.get("/api/v1/findings?q=taken:@me"))["findings"]
        assert [(each["id"], each["taken_by"], each["set_aside"]) for each in mine] == [(id_, user("bo"), None)]
        body = {"act": "snooze", "findings": [id_], "until": "worse", "note": "<b>later</b>", "seen": taken["seen"]}
        snoozed = ok(sam.post(AT, json=body, headers={"Idempotency-Key": "one"}))
        assert ok(sam.post(AT, json=body, headers={"Idempotency-Key": "one"})) == snoozed
        again = sam.post(AT, json={**body, "note": "other"}, headers={"Idempotency-Key": "one"})
        assert again.status_code == 422
        assert ok(sam.post(AT, json={**body, "key": "one"})) == snoozed
        both = sam.post(AT, json={**body, "key": "one"}, headers={"Idempotency-Key": "two"})
        assert (both.status_code, both.json()["field"]) == (400, "key")
        page = ok(bo.get(f"/api/v1/findings/{id_}"))
        assert (page["finding"]["state"], page["seen"]) == ("snoozed", snoozed["decision"])
        assert [each["act"] for each in page["said"]] == ["take", "snooze"]
        assert page["history"][0]["decision"]["actor"] == user("sam")
        assert (page["history"][0]["old"], page["history"][0]["new"]) == ("open", "snoozed")
        assert ok(bo.get("/api/v1/findings?q=is:open"))["total"] == total - 1
        assert ok(bo.get("/api/v1/findings?q=is:snoozed"))["total"] == 1
        undone = ok(bo.post(f"{AT}/{snoozed['decision']}/undo"))
        assert undone["findings"] == [id_]
        assert ok(bo.get("/api/v1/findings?q=is:open"))["total"] == total
        assert bo.post(f"{AT}/{snoozed['decision']}/undo").status_code == 404
    assert [each.action for each in fresh.audit() if each.action.startswith("finding.")] == [
        "finding.take", "finding.snooze", "finding.undo",
    ]  # fmt: skip
    assert not any("later" in str(each.detail) for each in fresh.audit())


def test_a_query_is_looked_at_before_it_is_dismissed(fresh: NamedDoor) -> None:
    """The preview lists what it would touch; the number has to be the one that was seen; one's own alone are touched."""
    body: dict[str, Any] = {"act": "dismiss", "q": "is:open", "reason": "mitigated"}
    with fresh.as_user("bo") as bo:
        tried = ok(bo.post(AT, json=body | {"preview": True}))
        own = ok(bo.get("/api/v1/findings?q=is:open"))
        assert sorted(tried["findings"]) == sorted(each["id"] for each in own["findings"])
        assert tried["decision"] is None
        assert bo.post(AT, json=body | {"count": own["total"] + 1}).status_code == 409
        assert len(ok(bo.post(AT, json=body | {"count": own["total"]}))["findings"]) == own["total"]
        assert ok(bo.get("/api/v1/findings?q=is:open"))["total"] == 0
        assert ok(bo.get("/api/v1/do-now"))["numbers"]["suppressed"] == own["total"]
    with fresh.as_user("ida") as ida:
        assert ok(ida.get("/api/v1/findings?q=is:dismissed"))["total"] < own["total"]


def test_a_risk_needs_two(fresh: NamedDoor) -> None:
    """The owner asks, security agrees; not the other way round, and nobody agrees to their own."""
    id_ = fresh.finding("red-0")
    ask = {"act": "ask", "findings": [id_], "until": "2026-06-30", "note": "The vendor mends it in summer."}
    with fresh.as_user("bo") as bo, fresh.as_user("sam") as sam:
        until = ok(bo.get(f"/api/v1/findings/{id_}"))["finding"]["first_detected_at"][:4]
        ask["until"] = f"{int(until)}-12-31" if int(until) != 2026 else "2026-12-31"
        asked = ok(bo.post(AT, json=ask))
        assert bo.post(AT, json={"act": "accept", "of": asked["decision"]}).status_code == 403
        agreed = ok(sam.post(AT, json={"act": "accept", "of": asked["decision"]}))
        assert agreed["findings"] == [id_]
        found = ok(bo.get(f"/api/v1/findings/{id_}"))["finding"]
        assert (found["state"], found["set_aside"]["actor"]) == ("accepted", user("sam"))
        assert found["acceptance_asked"] is None
        own = ok(sam.post(AT, json=ask | {"findings": [fresh.finding("blue-0")]}))
        assert sam.post(AT, json={"act": "accept", "of": own["decision"]}).status_code == 403


@pytest.mark.attack("A2")
def test_a2_another_teams_finding_is_not_to_be_decided(fresh: NamedDoor) -> None:
    """404 as for one that is not there, a line in the log and no row; among others it is left out without a word more."""
    theirs, own = fresh.finding("blue-0"), fresh.finding("red-0")
    with fresh.as_user("bo") as bo:
        for id_ in (theirs, 999_999):
            assert bo.post(AT, json={"act": "take", "findings": [id_]}).status_code == 404
        done = ok(bo.post(AT, json={"act": "take", "findings": [own, theirs, 999_999]}))
        assert done["findings"] == [own]
        assert [(each["why"], each["words"]) for each in done["left_out"]] == [
            ("not-found", "It is not there, or not yours to decide.")
        ] * 2
    with fresh.as_user("ida") as ida:
        assert ida.post(f"{AT}/{done['decision']}/undo").status_code == 404
    wait_for(lambda: len(fresh.audit("access.denied")) == 3)
    with fresh.store.read() as conn:
        assert len(conn.execute(schema.decided.select()).all()) == 1


def test_programs_say_what_their_token_may(fresh: NamedDoor) -> None:
    """By the token's name; without the right nothing."""
    id_ = fresh.finding("red-0")
    red = (EntityRef(team("red")),)
    with fresh.as_program("reader", Grant(owners=red)) as reader:
        assert reader.post(AT, json={"act": "take", "findings": [id_]}).status_code == 403
    with fresh.as_program("bot", Grant(owners=red, rights=(Right.DECIDE,))) as bot:
        assert bot.post(AT, json={"act": "take", "findings": [id_]}).status_code == 200
        assert ok(bot.get(f"/api/v1/findings/{id_}"))["finding"]["taken_by"] == "token:bot"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"act": "explode", "findings": [1]}, "act"),
        ({"act": "return", "findings": [1]}, "act"),
        ({"act": "take"}, "findings"),
        ({"act": "take", "findings": [1], "q": "is:open"}, "q"),
        ({"act": "take", "q": "is:oben"}, "q"),
        ({"act": "snooze", "findings": [1], "until": "tomorrow"}, "until"),
        ({"act": "dismiss", "findings": [1], "reason": "because"}, "reason"),
        ({"act": "dismiss", "findings": [1], "reason": "wont-fix-retiring", "until": "2026-13-01"}, "until"),
        ({"act": "dismiss", "findings": [1], "reason": "mitigated", "to": "group:default/red"}, "to"),
        ({"act": "take", "findings": [1], "duplicate_of": 2}, "duplicate_of"),
        ({"act": "assign", "findings": [1]}, "to"),
        ({"act": "assign", "findings": [1], "to": "group:default/nowhere"}, "to"),
        ({"act": "take", "findings": [1], "actor": "user:default/ida"}, None),
        ({"act": "take", "findings": ["1"]}, None),
    ],
)
def test_what_is_wrong_is_named(door: NamedDoor, body: dict[str, Any], field: str | None) -> None:
    """Nothing else is in a body than what belongs there."""
    with door.as_user("bo") as client:
        answer = client.post(AT, json=body)
        assert answer.status_code == 400, answer.text
        assert answer.json().get("field") == field


def test_a24_a_body_that_a_form_could_send_is_refused(door: NamedDoor) -> None:
    """JSON as plain text, and a key that is no key."""
    with door.as_user("bo") as client:
        body = '{"act": "take", "findings": [1]}'
        assert client.post(AT, content=body, headers={"content-type": "text/plain"}).status_code == 415
        long = {"Idempotency-Key": "x" * 201}
        assert client.post(AT, json={"act": "take", "findings": [1]}, headers=long).status_code == 400


def test_what_may_be_said_is_told_beforehand(fresh: NamedDoor) -> None:
    """Of one finding and of a list; what is answered there is what is then let pass, and nothing that is refused."""
    id_ = fresh.finding("red-0")

    def told(client: httpx.Client) -> tuple[set[str], list[int]]:
        page = ok(client.get(f"/api/v1/findings/{id_}"))
        return set(page["may"]), page["may_undo"]

    every = {"take", "assign", "snooze", "dismiss", "ask", "not-useful", "comment"}
    with fresh.as_user("bo") as bo, fresh.as_user("sam") as sam:
        listed = ok(bo.get("/api/v1/findings?q=is:open"))
        assert (set(listed["may"]), listed["seen"]) == (every, 0)
        assert told(bo) == (every, [])
        asked = ok(bo.post(AT, json={"act": "ask", "findings": [id_], "until": "2026-12-31", "note": "It retires."}))
        noted = ok(bo.post(AT, json={"act": "comment", "findings": [id_], "note": "See the plan."}))
        assert told(bo) == (every, [asked["decision"], noted["decision"]])
        assert told(sam) == (every | {"accept"}, [asked["decision"]])
        assert ok(bo.get("/api/v1/findings?q=is:open"))["seen"] == noted["seen"]
        ok(sam.post(AT, json={"act": "take", "findings": [id_]}))
        assert "take" not in told(bo)[0]
    with fresh.as_program("reader", Grant(owners=(EntityRef(team("red")),))) as reader:
        assert told(reader) == (set(), [])
        assert ok(reader.get("/api/v1/findings?q=is:open"))["may"] == []


def test_what_is_only_seen_is_not_offered(tmp_path: Path) -> None:
    """Where the organisation opens the work of all to all, what is another team's is for that team to decide."""
    with named_door(tmp_path / "callboard.db", organisation_sees="work") as open_door, open_door.as_user("bo") as bo:
        theirs, own = open_door.finding("blue-0"), open_door.finding("red-0")
        assert ok(bo.get(f"/api/v1/findings/{theirs}"))["may"] == []
        assert bo.post(AT, json={"act": "take", "findings": [theirs]}).status_code == 403
        assert "take" in ok(bo.get(f"/api/v1/findings/{own}"))["may"]
        page = bo.get(f"/findings/{theirs}").text
        assert 'action="/decide/say"' not in page
        assert "for whoever owns it and may decide" in page
