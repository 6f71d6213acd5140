"""What a page, the API and the command line tell of a finding that came with a base image, to each side."""

from __future__ import annotations

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer, Visibility
from callboard.domain.component import EntityRef
from callboard.usecases import browse
from callboard.usecases.ownership import speak_for
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from callboard.web.pages import finding
from callboard.web.view import View
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.worlds import World
from tests.web.conftest import Door, apart, opened

IMAGES = EntityRef("component:default/images")
BASE, CART = "registry.example/acme/base", "registry.example/acme/cart"


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Door]:
    """A team that builds a base image, and one that runs an image which was built on it."""
    with opened(tmp_path / "callboard.db", filled=False) as door:
        catalog, world = MadeUpCatalog(), World(door.clock)
        catalog.put(group("red"), group("green"))
        catalog.put(component("shop", "red", projects=["p1"]), component("images", "green", projects=["p3"]))
        fields: dict[str, Any] = {
            "kind": "vulnerability", "package": "ssl", "fixed_version": "3.0.2", "resource_type": "CONTAINER_IMAGE",
        }  # fmt: skip
        world.add("base", resource="base-image", image=BASE, layer="own", projects=("p3",), **fields)
        world.add("cart", resource="cart-image", image=CART, base=BASE, projects=("p1",), **fields)
        apart(sync(door.store, world, clock=door.clock))
        apart(read_catalog(door.store, catalog, clock=door.clock))
        yield door


def confirm(door: Door) -> None:
    """Who may map says whose the base image is."""
    door.clock.advance(60)
    speak_for.confirm(door.store, AT_THE_LAPTOP, "base-image", IMAGES, clock=door.clock)


def page(door: Door, owner: str) -> str:
    """The finding's page, as somebody of a team reads it."""
    sight: Visibility = Readers(frozenset({EntityRef(f"group:default/{owner}")}), Depth.WORK)
    viewer = Viewer("ana", sight, None)
    view = View(services=door.services, viewer=viewer, now=door.clock.now(), path="/", query=(), conditional=None)
    answer = finding.show(view, str(door.finding_id("cart")))
    return unescape(" ".join(str(answer.content).split()))


def test_a_page_says_whose_it_is_to_both_sides(board: Door) -> None:
    """Why it stays, where nobody may be sure; who builds the base, once it is certain; who runs it, to who may know."""
    assert "only by evidence that anybody may have written" in page(board, "red")
    confirm(board)
    red, green = page(board, "red"), page(board, "green")
    for text in (red, green):
        assert "inherited from <bdi>acme/base</bdi>" in text
        assert 'href="/components/default/component/images"' in text or "images</bdi></a>" in text
    assert "shop</bdi></a> sees it here, and rebuilds" in red
    assert "Who runs it sees it as well" in green
    assert "shop" not in green


def test_the_api_tells_it(board: Door) -> None:
    """In a row, and in full."""
    confirm(board)
    with board.bearer() as client:
        (row,) = client.get("/api/v1/findings", params={"q": "is:inherited"}).json()["findings"]
        assert (row["external_id"], row["inherited"], row["ownership"]["components"]) == ("cart", True, [IMAGES])
        full = client.get(f"/api/v1/findings/{row['id']}").json()
        assert full["base"] == {
            "image": CART, "base": BASE, "inherited": True, "builders": [IMAGES], "runners": ["component:default/shop"],
            "why_not": None,
        }  # fmt: skip
        other = client.get(f"/api/v1/findings/{board.finding_id('base')}").json()
        assert (other["finding"]["inherited"], other["base"]) == (False, None)


def test_words_for_a_shell(board: Door) -> None:
    """The same in one line, before and after."""

    def told() -> str:
        number = board.finding_id("cart")
        found = browse.finding(board.store, AT_THE_LAPTOP.visibility, number, now=board.clock.now(), link_hosts=())
        assert found.base is not None
        return found.base.words

    assert told().startswith("base image acme/base; who builds it is known only by evidence")
    confirm(board)
    assert told() == "base image acme/base, for images to fix"


def test_a_component_page_has_it_beside_its_own(board: Door) -> None:
    """As a page, over the API with a query of exactly these, and on the side of who builds the base."""
    confirm(board)
    with board.bearer() as client, board.signed_in() as browser:
        shop = client.get("/api/v1/components/component/default/shop").json()
        (each,) = shop["inherited"]
        assert (each["builder"], each["bases"], each["open"]) == (IMAGES, [BASE], 1)
        assert client.get("/api/v1/findings", params={"q": each["query"]}).json()["total"] == 1
        assert shop["component"]["open"]["total"] == 0
        html = " ".join(browser.get("/components/component/default/shop").text.split())
        assert "inherited from <bdi>acme/base</bdi>, fixed by" in html
        assert "on what others built on its base images" in browser.get("/components/component/default/images").text


def test_the_history_says_where_it_was_found(tmp_path: Path) -> None:
    """A finding that the source tells in another layer than before."""
    with opened(tmp_path / "callboard.db", filled=False) as door:
        world = World(door.clock)
        fields: dict[str, Any] = {"kind": "vulnerability", "resource": "cart-image", "image": CART, "base": BASE}
        world.add("cart", layer="own", **fields)
        for layer in ("base", "own"):
            apart(sync(door.store, world, clock=door.clock))
            door.clock.advance(60)
            world.change("cart", layer=layer)
        apart(sync(door.store, world, clock=door.clock))
        view = View(
            services=door.services, viewer=AT_THE_LAPTOP, now=door.clock.now(), path="/", query=(), conditional=None
        )
        answer = " ".join(str(finding.show(view, str(door.finding_id("cart"))).content).split())
        assert answer.count("Found in the base image") == 1
        assert answer.count("Found in the layers of the image itself") == 1
