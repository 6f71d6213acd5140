"""What two components share, for somebody to whom the portal shows only one of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.ownership import mapping_text
from callboard.usecases.ownership import plan_mapping, speak_for
from tests.support.named import NamedDoor, named_door

CART, BANK = "component:default/cart", "component:default/bank"
SHARED = "red-vm-0"

ASKED = (
    ("/do-now", {}),
    ("/findings", {"q": ""}),
    ("/findings", {"q": "group:component"}),
    ("/findings", {"q": "group:owner"}),
    ("/findings", {"q": "group:resource"}),
    ("/components", {}),
    ("/components/component/default/cart", {}),
    ("/teams/group/default/red", {}),
    ("/systems/default/shop", {}),
    ("/rules", {"id": "rule-red"}),
    ("/resources", {"id": SHARED}),
    ("/projects", {"id": "p-red"}),
    ("/ownership", {}),
    ("/ownership/of", {"id": SHARED}),
    ("/ownership/map", {}),
    ("/ownership/conflicts", {}),
    ("/ownership/alignment", {}),
    ("/api/v1/do-now", {}),
    ("/api/v1/board", {}),
    ("/api/v1/components", {}),
    ("/api/v1/components/component/default/cart", {}),
    ("/api/v1/rollups/group/default/red", {}),
    ("/api/v1/findings", {}),
    ("/api/v1/findings.csv", {}),
    ("/api/v1/findings.json", {}),
    ("/api/v1/bundles", {}),
    ("/api/v1/bundles", {"q": "group:component"}),
    ("/api/v1/bundles", {"q": "group:owner"}),
    ("/api/v1/bundles", {"q": "group:rule"}),
    ("/api/v1/facets", {}),
    ("/api/v1/facets", {"q": "kind:issue age:<9000d"}),
    ("/api/v1/ownership/explain", {"id": SHARED}),
    ("/api/v1/ownership/tree", {}),
    ("/api/v1/ownership/signals", {}),
    ("/api/v1/ownership/conflicts", {}),
    ("/api/v1/ownership/alignment", {}),
)


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """The portal has a say, and a rule gives one resource to both teams' components."""
    path = tmp_path_factory.mktemp("shared") / "callboard.db"
    with named_door(path, portal_decides=True) as found:
        rule = {"name": "both", "reason": "They share it.", "match": {"resource": SHARED}, "owners": [CART, BANK]}
        draft = mapping_text.read({"name": "main", "rules": [rule]})
        done = plan_mapping.apply_mapping(
            found.store, AT_THE_LAPTOP, draft, reason="", clock=found.clock, agreed=True
        )  # fmt: skip
        assert done.state == "applied"
        yield found


def findings(door: NamedDoor, name: str, query: str = "") -> dict[str, list[str]]:
    """What a query lists to a user, with the components that are named."""
    with door.as_user(name) as client:
        rows: list[dict[str, Any]] = (
            client.get("/api/v1/findings", params={"q": query}).raise_for_status().json()["findings"]
        )
    return {row["external_id"]: row["ownership"]["components"] for row in rows}


def test_both_are_named_to_who_may_know_of_both(door: NamedDoor) -> None:
    """By the portal's word, or because all is in sight."""
    for name in ("bo", "ida", "sam"):
        assert findings(door, name, "is:shared") == {"red-0": [BANK, CART]}


@pytest.mark.attack("A5")
def test_the_one_that_the_portal_hides_is_named_nowhere(door: NamedDoor) -> None:
    """On no page, in no list, no facet, no export and no roll-up, though the finding itself is in sight."""
    door.portal.hidden = {BANK}
    id_ = door.finding("red-0")
    with door.as_user("bo") as client:
        for path, params in (*ASKED, (f"/findings/{id_}", {}), (f"/api/v1/findings/{id_}", {})):
            answer = client.get(path, params=params)
            assert answer.status_code == 200, (path, answer.text)
            assert "bank" not in answer.text, path
    assert findings(door, "bo")["red-0"] == [CART]
    assert findings(door, "ida")["red-0"] == [BANK, CART]  # hidden from everybody, and hers


@pytest.mark.attack("A5")
@pytest.mark.parametrize("term", ["component:bank", "system:vault", "owner:blue", "is:shared", "is:co-owned"])
def test_no_question_finds_out_who_shares_it(door: NamedDoor, term: str) -> None:
    """Asking for the hidden one finds nothing, and asking for what is not its finds everything."""
    assert set(findings(door, "bo", term)) == {"red-0"}
    door.portal.hidden = {BANK}
    door.clock.advance(301)
    assert findings(door, "bo", term) == {}
    assert set(findings(door, "bo", f"-{term}")) == {"red-0", "red-1", "red-2"}
    with door.as_user("bo") as client:
        for by in ("component", "owner"):
            groups = client.get("/api/v1/bundles", params={"q": f"group:{by}"}).json()["bundles"]
            assert [group["findings"] for group in groups] == [3]


def test_what_moves_to_a_hidden_component_is_told_without_its_name(door: NamedDoor) -> None:
    """The old owner learns that it is no longer theirs, and not whose it is."""
    door.portal.hidden = {BANK}
    draft = mapping_text.read(
        {"name": "other", "rules": [
            {"name": "moved", "reason": "It is.", "match": {"resource": ["red-vm-1"], "source": "wiz-main"}, "owners": [BANK]}
        ]}
    )  # fmt: skip
    plan_mapping.apply_mapping(door.store, AT_THE_LAPTOP, draft, reason="", clock=door.clock, agreed=True)
    with door.as_user("bo") as client:
        told = client.get("/api/v1/ownership/signals").json()
    assert any(each["kind"] == "resource-moved" for each in told["items"])
    assert "another component" in str(told)
    assert "bank" not in str(told)
    with door.as_user("ida") as client:
        assert BANK in client.get("/api/v1/ownership/signals").text


@pytest.mark.attack("A27")
def test_saying_that_it_is_a_hidden_ones_tells_nothing(door: NamedDoor) -> None:
    """The answer is that for a component that is not there."""
    door.portal.hidden = {BANK}
    answers = []
    with door.as_user("bo") as client:
        for path in ("confirm", "not-ours"):
            for ref in (BANK, "component:default/none"):
                answer = client.post(f"/api/v1/ownership/{path}", json={"resource": SHARED, "component": ref})
                answers.append((answer.status_code, {**answer.json(), "request_id": ""}))
    assert answers[0] == answers[1]
    assert answers[2] == answers[3]
    assert {status for status, _ in answers} == {404}
    assert speak_for.explain(door.store, AT_THE_LAPTOP, SHARED).spoken == ()
