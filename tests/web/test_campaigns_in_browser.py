"""Campaigns in a real browser: begun from a list, burnt down over weeks, at any width and in both schemes.

With CALLBOARD_SCREENSHOTS set to a folder, the pages are also written there.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from callboard.domain.instant import DAY, to_datetime
from tests.support.browser import OpenPage, complaints
from tests.web.conftest import enter, opened
from tests.web.test_states import Board, filled

pytestmark = pytest.mark.slow

SHOTS = os.environ.get("CALLBOARD_SCREENSHOTS")


def test_a_campaign_is_begun_and_burns_down(tmp_path: Path, open_page: OpenPage) -> None:
    """By clicks alone; weeks later its page tells how it went, without scrolling sideways anywhere."""
    with opened(tmp_path / "callboard.db", filled=False) as door:
        board = Board(door)
        filled(board)
        page = open_page()
        said = complaints(page)
        enter(page, door)
        page.goto(f"{door.url}/findings?q=is:open+severity:critical,high")
        page.get_by_role("link", name="Campaign").click()
        page.get_by_label("Name").fill("No critical or high one before the launch")
        page.get_by_label("What it is for").fill("The new checkout goes live in six weeks.")
        page.get_by_label("Seen to by").fill("checkout")
        page.get_by_label("Last day").fill((to_datetime(door.clock.now()) + timedelta(days=35)).date().isoformat())
        page.get_by_role("button", name="Begin").click()
        expect(page.get_by_text("The campaign has begun.")).to_be_visible()
        ids = [id_ for id_, record in board.world.records.items() if record.severity in ("critical", "high")]
        for week in range(3):
            board.wait(6 * DAY)
            for id_ in ids[week * 3 : week * 3 + 3]:
                board.world.resolve(id_)
            board.sync()
        enter(page, door)
        page.goto(f"{door.url}/campaigns/1")
        expect(page.locator("svg.flow")).to_have_attribute("aria-label", f"Open: {len(ids)} at the end of the first day, "
            f"{len(ids) - 9} after 18 days. Its last day is 6 Apr.")  # fmt: skip
        for scheme in ("light", "dark"):
            for width in (1280, 360, 320):
                look = open_page(color_scheme=scheme, width=width)
                enter(look, door)
                for name, path in (("campaign", "/campaigns/1"), ("campaigns", "/campaigns?q=is:open+severity:low")):
                    look.goto(door.url + path)
                    assert look.evaluate("document.documentElement.scrollWidth") <= width, path
                    if SHOTS:
                        look.screenshot(path=Path(SHOTS) / f"{name}-{scheme}-{width}.png", full_page=True)
        assert said == []
