"""Bills handed in by a pipeline's token, and questions about them, over the network."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from callboard.domain.access import Grant, Right
from callboard.domain.component import EntityRef
from callboard.web.api.packages import MAX_BILL_BYTES
from tests.support.bills import bill
from tests.support.named import NamedDoor, named_door, team

CART, BANK = EntityRef("component:default/cart"), EntityRef("component:default/bank")
AT_CART, AT_BANK = "/api/v1/components/component/default/cart/sbom", "/api/v1/components/component/default/bank/sbom"
JSON = {"content-type": "application/json"}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door; two pipelines have handed in their bills."""
    with named_door(tmp_path_factory.mktemp("packages") / "callboard.db") as found:
        for at, ref, ways in (
            (AT_CART, CART, ("express@4.0.0 -> qs@6.5.2", "lodash@4.17.20")),
            (AT_BANK, BANK, ("lodash@4.17.21",)),
        ):
            with found.as_program(f"ci-{ref[-4:]}", Grant(component=ref, rights=(Right.DELIVER,))) as client:
                told = client.post(at, content=bill(*ways, at=found.clock.now()), headers=JSON)
                assert told.status_code == 200, told.text
                assert told.json()["standing"] == "current"
        yield found


def test_a_pipeline_hands_in_for_its_component_alone(door: NamedDoor) -> None:
    """With the right, what is readable, called what it is, and of a bounded size; what was there stays."""
    good = bill("lodash@4.17.20", "express@4.0.0 -> qs@6.5.2", at=door.clock.now())
    with door.as_program("reader", Grant(component=CART)) as client:
        assert client.post(AT_CART, content=good, headers=JSON).status_code == 403
    with door.as_program("cart", Grant(component=CART, rights=(Right.DELIVER,))) as client:
        assert client.post(AT_BANK, content=good, headers=JSON).status_code == 404
        assert client.post(f"{AT_CART}?nmae=x", content=good, headers=JSON).status_code == 400
        for headers in ({"content-type": "text/plain"}, JSON | {"content-encoding": "gzip"}):
            assert client.post(AT_CART, content=good, headers=headers).status_code == 415
        assert client.post(AT_CART, content=b" " * (MAX_BILL_BYTES + 1), headers=JSON).status_code == 413
        for broken in (b"{", b"<!DOCTYPE x><bom/>", b'{"bomFormat": "CycloneDX"}', b'{"hello": 1}'):
            told = client.post(AT_CART, content=broken, headers=JSON)
            assert (told.status_code, told.headers["content-type"]) == (422, "application/problem+json")
            assert "sbom" in told.json()["detail"]
        page = client.get(AT_CART).json()
        assert page["packages"] == 3
        assert page["manifests"][0]["problem"]
        again = client.post(AT_CART, content=good, headers=JSON).json()
        assert (again["standing"], again["packages"], again["added"], again["removed"]) == ("same", 3, 0, 0)
    assert {entry.detail for entry in door.audit("sbom.deliver")}


def test_who_uses_it_is_told_to_who_may_know(door: NamedDoor) -> None:
    """One's own, by the way from the component; and a whole answer to a precise question."""
    with door.as_program("red", Grant(owners=(EntityRef(team("red")),))) as client:
        found = client.get("/api/v1/who-uses", params={"package": "qs"}).json()
        (use,) = found["uses"]
        assert (use["component"], use["owner"], use["purl"], use["direct"], use["scope"]) == (
            CART, team("red"), "pkg:npm/qs@6.5.2", False, "production",
        )  # fmt: skip
        assert [step["name"] for step in use["path"]] == ["express", "qs"]
        assert found["total"] == found["components"] == found["manifests"] == 1
        assert use["place"] == "the bill sbom, handed in"
        assert client.get("/api/v1/who-uses", params={"package": "lodash@>4.17.20"}).json()["total"] == 0
        assert client.get(AT_BANK).status_code == 404
        assert client.get(f"{AT_BANK}/cyclonedx-1.6").status_code == 404
        assert [row["component"] for row in client.get("/api/v1/sbom-coverage").json()["rows"]] == [CART]
    with door.as_program("all", Grant(everything=True)) as client:
        asked = {"package": "lodash"}
        both = client.get("/api/v1/who-uses", params=asked)
        assert both.json()["versions"] == ["4.17.20", "4.17.21"]
        first = client.get("/api/v1/who-uses", params=asked | {"limit": "1"}).json()
        rest = client.get("/api/v1/who-uses", params=asked | {"limit": "1", "cursor": first["next_cursor"]}).json()
        assert [use["component"] for use in first["uses"] + rest["uses"]] == [BANK, CART]
        tag = {"if-none-match": both.headers["etag"]}
        assert client.get("/api/v1/who-uses", params=asked, headers=tag).status_code == 304
        for wrong in (
            {}, {"package": "x", "at": "1"}, {"package": "x", "between": "2026-01-01"}, {"package": "x@<"},
            {"package": "x", "cursor": "y"}, {"package": "pkg:"}, {"package": "x" * 999 + "@1"},
        ):  # fmt: skip
            answer = client.get("/api/v1/who-uses", params=wrong)
            assert answer.status_code in (200, 400), wrong
            assert answer.status_code == 400 or "1" in wrong["package"]
        past = client.get("/api/v1/who-uses", params=asked | {"between": "2020-01-01..2020-02-01"}).json()
        assert (past["total"], past["start"], past["end"]) == (0, "2020-01-01T00:00:00Z", "2020-02-02T00:00:00Z")


def test_a_bill_can_be_taken_away(door: NamedDoor) -> None:
    """As a file in each format, the same bytes every time."""
    with door.as_program("takes", Grant(component=CART)) as client:
        answer = client.get(f"{AT_CART}/cyclonedx-1.6")
        assert "attachment" in answer.headers["content-disposition"]
        document = json.loads(answer.content)
        assert {each["purl"] for each in document["components"]} == {
            "pkg:npm/express@4.0.0", "pkg:npm/lodash@4.17.20", "pkg:npm/qs@6.5.2",
        }  # fmt: skip
        edges = {each["ref"]: each.get("dependsOn", []) for each in document["dependencies"]}
        assert edges["pkg:npm/express@4.0.0"] == ["pkg:npm/qs@6.5.2"]
        assert client.get(f"{AT_CART}/cyclonedx-1.6").content == answer.content
        assert json.loads(client.get(f"{AT_CART}/spdx-2.3").content)["spdxVersion"] == "SPDX-2.3"
        assert client.get(f"{AT_CART}/word").status_code == 404


def test_coverage_tells_why_not(door: NamedDoor) -> None:
    """Each component without a bill has a reason."""
    with door.as_program("covers", Grant(everything=True)) as client:
        found = client.get("/api/v1/sbom-coverage").json()
        assert found["covered"] == 2
        assert found["components"] == len(found["rows"]) == 2 + sum(each["components"] for each in found["reasons"])
        for row in found["rows"]:
            assert (row["missing"] is None) == (row["component"] in {CART, BANK})
