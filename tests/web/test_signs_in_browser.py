"""A sign about a package, and who uses it, in a real browser: at any width and in both schemes.

With CALLBOARD_SCREENSHOTS set to a folder, the pages are also written there.
"""

from __future__ import annotations

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.sync_api import expect

from callboard.advisories.judging import IndexJudge
from callboard.advisories.updating import own_index
from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.packages.signals import WellKnown
from callboard.usecases import browse
from callboard.usecases.package_source import match_packages
from callboard.usecases.packages import manifests
from tests.support.bills import bill, reading
from tests.support.browser import OpenPage, complaints
from tests.web.conftest import Door, enter, opened

pytestmark = pytest.mark.slow

SHOTS = os.environ.get("CALLBOARD_SCREENSHOTS")
SHOP = EntityRef("component:default/checkout-api")
HOUR = 3_600_000_000


def hand_in(door: Door) -> str:
    """Two bills of one component, the second with a name that looks like another; the address of the finding."""
    store, clock = door.services.store, door.services.clock
    for hours, ways in ((48, ("lodash@4.17.21",)), (24, ("lodash@4.17.21", "express@4.0.0 -> loadsh@1.0.0"))):
        at = Instant(clock.now() - hours * HOUR)
        manifests.deliver(store, AT_THE_LAPTOP, SHOP, "sbom", reading(bill(*ways, at=at), at), clock=clock)
    judge = IndexJudge(own_index(Instant(0)), "own", {"npm": WellKnown(["lodash", "express"])})
    # In a thread of its own: the browser's keeps a loop marked as running.
    with ThreadPoolExecutor(1) as one:
        one.submit(lambda: asyncio.run(match_packages(store, judge, clock=clock))).result()
    id_ = browse.finding_by_external_id(store, AT_THE_LAPTOP.visibility, f"{SHOP}|npm|loadsh|SIGN-LOOK-ALIKE")
    return f"/findings/{id_}"


def test_a_sign_reads_as_a_sign(tmp_path: Path, open_page: OpenPage) -> None:
    """On the board, on its own page, and where its package is used."""
    with opened(tmp_path / "callboard.db", filled=True) as door:
        finding = hand_in(door)
        for scheme in ("light", "dark"):
            for width in (1280, 360):
                page = open_page(color_scheme=scheme, width=width, javascript=False)
                said = complaints(page)
                enter(page, door)
                pages = {
                    "sign": finding,
                    "signs": "/findings?q=kind:suspicious-package",
                    "who": "/packages?package=loadsh",
                }
                for name, path in pages.items():
                    page.goto(f"{door.url}{path}")
                    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
                    if SHOTS:
                        page.screenshot(path=Path(SHOTS) / f"{name}-{scheme}-{width}.png", full_page=True)
                expect(page.locator("main")).to_contain_text("by its bill")
                page.goto(f"{door.url}/components/component/default/checkout-api/packages")
                if SHOTS:
                    page.screenshot(path=Path(SHOTS) / f"packages-{scheme}-{width}.png", full_page=True)
                page.get_by_role("link", name="SIGN-LOOK-ALIKE").click()
                expect(page.locator("main")).to_contain_text("1 finding")
                assert said == []
