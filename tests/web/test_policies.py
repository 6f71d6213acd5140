"""Policies over the API and on their page: planned, applied, in force for everybody who asks, and only by who may."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from callboard.domain.policy import Roles
from callboard.usecases.plan_policy import Configured
from tests.support.named import NamedDoor, named_door, team, user

ROLES_TEXT = "policy: roles\n"
ROLES = {"policy": "roles", "security": [team("security")], "administrators": [team("admins")]}


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door whose configuration makes sam security and ada administrator; both are also in each other's group."""
    with named_door(tmp_path_factory.mktemp("policies") / "callboard.db") as found:
        configured = Configured(roles=Roles(security=(team("security"),), administrators=(team("admins"),)))
        object.__setattr__(found.services, "configured", configured)  # a frozen value, made anew for this test
        yield found


def both(door: NamedDoor) -> httpx.Client:
    """Somebody who is security and administers."""
    door.move("sam", "security", "admins")
    door.clock.advance(301)
    return door.as_user("sam")


def apply(client: httpx.Client, document: dict[str, Any], **fields: Any) -> httpx.Response:
    """Put it in force over the API."""
    return client.post("/api/v1/policies/apply", json={"document": document, "reason": "test", **fields})


def test_what_is_laid_down_holds_for_everybody_within_seconds(door: NamedDoor) -> None:
    """Numbers for everybody; then somebody becomes security, and is it no more when it is taken back."""
    with both(door) as sam, door.as_user("bo") as bo:
        assert bo.get("/api/v1/components/component/default/bank").status_code == 404
        document = {**ROLES, "organisation_sees": "counts"}
        plan = sam.post("/api/v1/policies/plan", json={"document": document}).json()
        assert (plan["everybody"], plan["opened"], len(plan["asks"])) == (6, 5, 1)
        assert apply(sam, document).json()["state"] == "held"
        assert bo.get("/api/v1/components/component/default/bank").status_code == 404
        assert apply(sam, document, agreed=True).json()["state"] == "applied"
        door.clock.advance(6)
        assert bo.get("/api/v1/components/component/default/bank").status_code == 200
        assert apply(sam, {**ROLES, "security": [team("security"), team("red")]}, agreed=True).json()["revision"] == 2
        door.clock.advance(6)
        assert bo.get("/api/v1/me").json()["roles"] == ["viewer", "owner", "security"]
        assert bo.get("/api/v1/findings").json()["total"] == 6
        assert apply(sam, ROLES, remove=True, expected=2).json()["revision"] == 3
        door.clock.advance(6)
        assert bo.get("/api/v1/findings").json()["total"] == 3
    assert [each.action for each in door.audit() if each.action.startswith("policy.")] == [
        "policy.apply", "policy.apply", "policy.remove",
    ]  # fmt: skip


def test_who_administers_alone_gives_no_sight(door: NamedDoor) -> None:
    """Neither to others nor to themselves; refused over both faces, noted, and nothing changed."""
    own = {**ROLES, "security": [team("security"), team("admins")]}
    with door.as_user("ada") as ada:
        assert apply(ada, own, agreed=True).status_code == 403
        page = ada.post(
            "/policies/apply", data={"document": str(own).replace("'", '"'), "reason": "x", "agreed": "yes"}
        )
        assert page.status_code == 403
        assert "Nobody opens more to others than they see" in page.text
        door.clock.advance(6)
        assert ada.get("/api/v1/findings").json()["total"] == 0
        assert ada.get("/api/v1/policies").json()["items"][0]["revision"] == 0
    assert any(each.action == "access.denied" and each.actor == user("ada") for each in door.audit())


def test_the_page_plans_and_applies(door: NamedDoor) -> None:
    """Each step says what it is about; a text that is none is shown again with what is wrong."""
    with both(door) as sam:
        front = sam.get("/policies").text
        assert "as configured" in front
        assert "What it would do" not in front
        text = "policy: due\ndays: {critical: 3, high: 0}\n"
        shown = sam.post("/policies/preview", data={"document": text, "expected": "0"})
        assert shown.status_code == 200
        assert "get another date" in shown.text
        changed = re.findall(r"<code>days.(\w+)</code></th><td><bdi>(\d+)</bdi></td><td><bdi>(\d+)", shown.text)
        assert changed == [("critical", "15", "3"), ("high", "30", "0")]
        done = sam.post(
            "/policies/apply", data={"document": text, "expected": "0", "reason": "Faster", "agreed": "yes"}
        )
        assert "Applied as revision 1" in done.text
        assert "revision 1 by" in sam.get("/policies").text
        again = sam.post("/policies/apply", data={"document": text, "expected": "0", "reason": "Late"})
        assert again.status_code == 409
        for wrong, words in (
            ("policy: rolls", "This is no policy"),
            ("a: [", "This is no policy. Line "),
            ("policy: roles\n---\npolicy: due", "2 documents"),
            ("policy: roles\nadministrators: [group:default/nobody]", "not in the catalog"),
        ):
            refused = sam.post("/policies/preview", data={"document": wrong})
            assert words in refused.text, wrong
            assert wrong.splitlines()[0] in refused.text


def test_numbers_of_due_dates_lead_to_the_findings_that_they_count(door: NamedDoor) -> None:
    """On the page and over the API, for who sees all of them; who only administers reads the numbers."""
    text = "policy: due\ndays: {critical: 3, high: 0}\n"
    document = {"policy": "due", "days": {"critical": 3, "high": 0}}
    with door.as_user("ada") as ada:
        shown = ada.post("/policies/preview", data={"document": text}).text
        assert 'action="/policies/dates"' in shown
        assert 'form="planned"' not in shown
        refused = ada.post("/policies/dates", data={"document": text, "of": "moved"})
        assert refused.status_code == 403
        asked = {"document": document, "of": "moved"}
        assert ada.post("/api/v1/policies/plan/findings", json=asked).status_code == 403
    with both(door) as sam:
        shown = sam.post("/policies/preview", data={"document": text}).text
        pressed = re.findall(r'name="of" value="([^"]+)" type="submit">([^<]+)</button>', shown)
        plan = sam.post("/api/v1/policies/plan", json={"document": document}).json()["dates"]
        counted = {word.replace("_", "-") for word, n in plan.items() if word not in ("open", "examples") and n}
        assert {of for of, _ in pressed} == counted
        for of, told in pressed:
            page = sam.post("/policies/dates", data={"document": text, "of": of}).text
            assert page.count('href="/findings/') == int(told) == plan[of.replace("-", "_")], of
            found = sam.post("/api/v1/policies/plan/findings", json={"document": document, "of": of}).json()
            assert (found["findings"], len(found["items"]), found["next_skip"]) == (int(told), int(told), None)
        wrong = sam.post("/policies/dates", data={"document": ROLES_TEXT, "of": "moved"})
        assert wrong.status_code == 422
        assert "moves no due dates" in wrong.text
        assert sam.post("/policies/dates", data={"document": text, "of": "nonsense"}).status_code == 400


def test_numbers_of_sight_lead_to_the_findings_that_they_count(door: NamedDoor) -> None:
    """What somebody would see more of, who becomes security, and less of, who ceases to be; never what both see."""
    more = {**ROLES, "security": [team("security"), team("red")]}
    text = f"policy: roles\nsecurity: [{team('security')}, {team('red')}]\nadministrators: [{team('admins')}]\n"
    with door.as_user("ada") as ada:
        asked = {"document": more, "of": f"sees-more:{user('bo')}"}
        assert ada.post("/api/v1/policies/plan/findings", json=asked).status_code == 403
    with both(door) as sam:
        plan = sam.post("/api/v1/policies/plan", json={"document": more}).json()
        (bo,) = (each for each in plan["people"] if each["person"] == user("bo"))
        assert (bo["sees_more"], bo["sees_less"]) == (3, 0)
        found = sam.post("/api/v1/policies/plan/findings", json=asked).json()
        assert found["findings"] == len(found["items"]) == 3
        with door.as_user("bo") as seen:
            own = {each["id"] for each in seen.get("/api/v1/findings").json()["findings"]}
        assert own.isdisjoint({each["finding_id"] for each in found["items"]})
        none = sam.post("/api/v1/policies/plan/findings", json={**asked, "of": f"sees-less:{user('bo')}"}).json()
        assert none["findings"] == 0
        page = sam.post("/policies/preview", data={"document": text}).text
        pressed = dict(re.findall(r'name="of" value="(sees-[^"]+)" type="submit">\+?([^<]+)</button>', page))
        assert pressed == {f"sees-more:{user('bo')}": "3"}
        listed = sam.post("/policies/dates", data={"document": text, "of": f"sees-more:{user('bo')}"})
        assert "3 open findings would come into the sight of bo" in re.sub(r"<[^>]+>|\s+", " ", listed.text).replace(
            "  ", " "
        )
        for wrong in ("sees-more", "sees-more:", "sees-more:a b/c:d", "sees"):
            refused = sam.post("/api/v1/policies/plan/findings", json={**asked, "of": wrong})
            assert refused.status_code == 400, wrong
        due = {"document": {"policy": "due", "days": {"high": 0}}, "of": f"sees-more:{user('bo')}"}
        assert sam.post("/api/v1/policies/plan/findings", json=due).status_code == 422
        assert apply(sam, more, agreed=True).json()["state"] == "applied"
        less = sam.post(
            "/api/v1/policies/plan/findings", json={"document": ROLES, "of": f"sees-less:{user('bo')}"}
        ).json()
        assert {each["finding_id"] for each in less["items"]} == {each["finding_id"] for each in found["items"]}
