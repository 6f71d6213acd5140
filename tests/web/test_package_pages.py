"""Pages about packages: for those who may know, true to the API, and safe with hostile names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from callboard.domain.access import AT_THE_LAPTOP, Grant
from callboard.domain.component import EntityRef
from callboard.usecases.packages import manifests
from tests.support.bills import bill, reading
from tests.support.named import NamedDoor, named_door, team

CART = EntityRef("component:default/cart")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door on a board that knows one bill."""
    with named_door(tmp_path_factory.mktemp("pages") / "callboard.db") as found:
        now = found.clock.now()
        ways = [f"express@4.0.0 -> part-{number}@1.0.0" for number in range(60)]
        read = reading(bill("lodash@4.17.20", "<b>bold@1.0.0", *ways, at=now), now)
        manifests.deliver(found.store, AT_THE_LAPTOP, CART, "<i>sbom", read, clock=found.clock)
        yield found


def test_who_uses_a_package(door: NamedDoor) -> None:
    """Found, not found, not understood, and not for everybody."""
    with door.as_user("bo") as client:
        page = client.get("/packages").raise_for_status().text
        assert "1 of 1 component" in page
        found = client.get("/packages", params={"package": "part-7"}).raise_for_status().text
        assert '<a class="open" href="/components/component/default/cart/packages">' in found
        assert "express" in found
        hostile = client.get("/packages", params={"package": "<b>bold"}).text
        assert "<b>bold" not in hostile
        assert "&lt;b&gt;bold" in hostile
        assert "That is not understood" in client.get("/packages", params={"package": "x@<"}).text
        assert "Nobody, as far as is known" in client.get("/packages", params={"package": "left-pad"}).text
        past = {"package": "lodash", "from": "2020-01-01", "to": "2020-01-02"}
        assert "Nothing is known of what components consisted of" in client.get("/packages", params=past).text
        assert "needs its first day" in client.get("/packages", params={"package": "lodash", "to": "2020-01-02"}).text
        assert client.get("/packages", params={"q": "x"}).status_code == 400
    with door.as_user("ida") as client:
        other = client.get("/packages", params={"package": "lodash"}).raise_for_status().text
        assert "cart" not in other
        assert client.get("/components/component/default/cart/packages").status_code == 404


def test_what_a_component_consists_of(door: NamedDoor) -> None:
    """Page by page, with the bill to take away, and where it is known from."""
    with door.as_program("red", Grant(owners=(EntityRef(team("red")),))) as client:
        first = client.get("/components/component/default/cart/packages").raise_for_status().text
        assert "63 packages" in first
        assert "1 to 50 of 63" in first
        assert "/api/v1/components/component/default/cart/sbom/spdx-2.3" in first
        assert "&lt;i&gt;sbom" in first
        rest = client.get("/components/component/default/cart/packages", params={"start": "50"}).text
        assert "51 to 63 of 63" in rest
        listed = client.get("/api/v1/components/component/default/cart/packages", params={"limit": "500"}).json()
        assert (listed["total"], len(listed["packages"]), listed["next_start"]) == (63, 63, None)
        for each in listed["packages"]:
            assert (each["name"] in first) or (each["name"] in rest) or "<" in each["name"]
        assert (
            '<a href="/components/component/default/cart/packages">what it consists of</a>'
            in client.get("/components/component/default/cart").text
        )


def test_coverage_says_why_not(door: NamedDoor) -> None:
    """A component without a bill has its reason, and no number."""
    with door.as_program("all", Grant(everything=True)) as client:
        page = client.get("/packages/coverage").raise_for_status().text
        assert "1 of 2 components" in page
        assert "names no repository" in page
        empty = client.get("/components/component/default/bank/packages").raise_for_status().text
        assert "Not known" in empty
