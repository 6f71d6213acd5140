"""What a pipeline found in a portal becomes its register: for its own component, and for nobody else's eyes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from callboard.domain.access import Depth, Grant, Right
from callboard.domain.component import EntityRef
from callboard.domain.finding import Severity
from callboard.domain.packages.package import Package
from callboard.domain.posture import Advice, Fault, Hits, Judged, Place, Reach
from callboard.domain.risk.judgement import Judgement
from callboard.domain.risk.weakness import Users, Weakness
from callboard.web.api.portal import MAX_JUDGEMENT_BYTES
from tests.support.bills import bill
from tests.support.named import NamedDoor, named_door, team

CART, BANK = EntityRef("component:default/cart"), EntityRef("component:default/bank")
AT_CART, AT_BANK = (f"/api/v1/components/component/default/{name}/risks" for name in ("cart", "bank"))
JSON = {"content-type": "application/json"}
GUESTS = Advice(
    key="guests", number=2, title="Guests may sign in", severity=Severity.CRITICAL, reach=Reach.ANYBODY, hits=Hits.PORTAL,
    why="Anybody is a user.", remedy="Remove the provider.", before="guest: {}", after="",
)  # fmt: skip
FOUND = Judgement(
    portal="stage",
    files=("app-config.yaml",),
    production=True,
    checks=(
        Judged(advice=GUESTS, faults=(Fault(path="auth.providers.guest", said="so", place=Place("app-config.yaml", 3)),)),
        Judged(advice=msgspec.structs.replace(GUESTS, key="dim", title="Dim"), not_evaluated="it stands elsewhere"),
    ),
    weaknesses=(
        Weakness(
            package=Package(ecosystem="npm", name="lodash", version="4.17.20"), advisory="GHSA-1", severity=Severity.HIGH,
            users=Users(components=999, teams=999),
        ),
    ),
)  # fmt: skip


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door; two components have the weak package."""
    with named_door(tmp_path_factory.mktemp("registers") / "callboard.db") as found:
        for ref in (CART, BANK):
            with found.as_program(f"bill-{ref[-4:]}", Grant(component=ref, rights=(Right.DELIVER,))) as client:
                at = f"/api/v1/components/component/default/{ref[-4:]}/sbom"
                told = client.post(at, content=bill("lodash@4.17.20", at=found.clock.now()), headers=JSON)
                assert told.status_code == 200, told.text
        yield found


def sent(found: Judgement = FOUND, **changes: Any) -> bytes:
    """What a pipeline sends, with keys of the outermost object changed."""
    return json.dumps(msgspec.to_builtins(found) | changes).encode()


BROKEN = [
        b"{", b"[]", b"{}", b"[" * 100_000, b"\xff", sent(portal=""), sent(portal="a\nb"), sent(portal="x" * 201), sent(production=3),
        sent(checks=[{"advice": {}}]), sent(weaknesses=[{"package": {"ecosystem": "npm", "name": "", "version": "1"}}]),
        sent(msgspec.structs.replace(FOUND, weaknesses=(
            msgspec.structs.replace(FOUND.weaknesses[0], package=Package(ecosystem="npm", name="", version="1")),
        ))),
        sent().replace(b'"severity": 6', b'"severity": 1e999'), sent().replace(b'"reach": 5', b'"reach": 7'),
    ]  # fmt: skip
"""What is no judgement."""


def test_a_pipeline_hands_in_for_its_component_alone(door: NamedDoor) -> None:
    """It learns how many lines there are, and nothing of what the board knows; who sees everything is shown the register."""
    with door.as_program("reader", Grant(component=CART)) as client:
        assert client.post(AT_CART, content=sent(), headers=JSON).status_code == 403
    with door.as_program("cart-1", Grant(component=CART, rights=(Right.DELIVER,))) as client:
        assert client.post(AT_BANK, content=sent(), headers=JSON).status_code == 404
        told = client.post(AT_CART, content=sent(), headers=JSON)
        assert told.status_code == 200, told.text
        assert told.json().keys() == {"component", "portal", "at", "risks"}
        assert (told.json()["portal"], told.json()["risks"]) == ("stage", 2)
        assert client.get("/api/v1/portal/risks").status_code == 403
    with door.as_program("red", Grant(owners=(EntityRef(team("red")),))) as client:
        assert client.get("/api/v1/portal/risks").status_code == 403
    with door.as_program("all", Grant(everything=True, deepest=Depth.SENSITIVE)) as client:
        kept = client.get("/api/v1/portal/risks", params={"name": "stage"}).json()
    assert [each["key"] for each in kept["risks"]] == ["check:guests", "package:npm:lodash"]
    assert kept["not_evaluated"] == ["Dim: it stands elsewhere"]
    # Counted here, whatever was sent, and without the portal's own component.
    assert "1 other component of 1 team" in kept["risks"][1]["blast_radius"]["because"]
    assert kept["components"] is not None
    assert {entry.subject for entry in door.audit("portal.deliver")} == {CART}


def test_the_name_of_a_portal_belongs_to_who_was_first(door: NamedDoor) -> None:
    """Else a pipeline could put a clean register in the place of another portal's."""
    with door.as_program("bank", Grant(component=BANK, rights=(Right.DELIVER,))) as client:
        mine = client.post(AT_BANK, content=sent(portal="ours"), headers=JSON)
        assert mine.status_code == 200
    with door.as_program("cart-2", Grant(component=CART, rights=(Right.DELIVER,))) as client:
        told = client.post(AT_CART, content=sent(portal="ours"), headers=JSON)
        assert told.status_code == 409
        assert "ours" in told.json()["detail"]


def test_what_is_no_judgement_is_refused_with_its_place(door: NamedDoor) -> None:
    """And nothing is kept of it."""
    with door.as_program("cart-3", Grant(component=CART, rights=(Right.DELIVER,))) as client:
        for body in BROKEN:
            told = client.post(AT_CART, content=body, headers=JSON)
            assert (told.status_code, told.headers["content-type"]) == (422, "application/problem+json"), body[:80]
            assert "expected" in told.json()["detail"]


def test_size_and_sort_are_bounded_before_anything_is_read(door: NamedDoor) -> None:
    """As for bills."""
    with door.as_program("cart-4", Grant(component=CART, rights=(Right.DELIVER,))) as client:
        assert client.post(f"{AT_CART}?x=1", content=sent(), headers=JSON).status_code == 400
        for headers in ({"content-type": "text/plain"}, JSON | {"content-encoding": "gzip"}):
            assert client.post(AT_CART, content=sent(), headers=headers).status_code == 415
        assert client.post(AT_CART, content=b" " * (MAX_JUDGEMENT_BYTES + 1), headers=JSON).status_code == 413
