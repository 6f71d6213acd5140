"""Tickets and the way out of a mail in a real browser: in place and as pages, at any width and in both schemes.

With CALLBOARD_SCREENSHOTS set to a folder, the pages are also written there.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from callboard.domain.remediation.ticket import Place
from callboard.usecases.remediation import tell
from tests.support.browser import OpenPage, complaints
from tests.web.conftest import enter, opened
from tests.web.test_states import Board, filled

pytestmark = pytest.mark.slow

SHOTS = os.environ.get("CALLBOARD_SCREENSHOTS")
PLACES = (
    Place(name="security", kind="github", base="https://github.com", project="acme/security"),
    Place(name="planning", kind="jira", base="https://acme.atlassian.net", project="SEC"),
)


def test_a_ticket_is_filed_in_place_and_on_a_page(tmp_path: Path, open_page: OpenPage) -> None:
    """From the row of work in the popover, and from the finding's page; nothing scrolls sideways anywhere."""
    with opened(tmp_path / "callboard.db", filled=False) as door:
        object.__setattr__(door.services, "trackers", PLACES)
        filled(Board(door))
        page = open_page()
        said = complaints(page)
        enter(page, door)
        page.get_by_role("link", name="Create ticket").first.click()
        pop = page.get_by_role("dialog")
        expect(pop.get_by_role("button", name="Create ticket")).to_be_visible()
        shoot(page, "ticket-popover-light-1280")
        pop.locator("select[name=tracker]").select_option("planning")
        pop.get_by_role("button", name="Create ticket").click()
        expect(pop.get_by_role("status")).to_contain_text("being made in planning")
        page.goto(f"{door.url}/findings?q=has:ticket")
        page.locator("a.open").first.click()
        page.wait_for_url("**/findings/*")
        expect(page.locator(".chips").get_by_text("ticket in planning being made")).to_be_visible()
        page.locator(".lede").get_by_role("link", name="Ticket").click()
        pop.get_by_text("Link an existing ticket").click()
        pop.get_by_label("Its key or address").fill("https://github.com/acme/shop/issues/12")
        pop.get_by_role("button", name="Link it").click()
        expect(pop.get_by_role("status")).to_contain_text("the ticket acme/shop#12")
        finding = page.url.partition("?")[0].removeprefix(door.url)
        id_ = finding.rpartition("/")[2]
        leave = f"/unsubscribe?token={tell.leave_token(door.services.store, 'email', 'ana@example.com')}"
        for scheme in ("light", "dark"):
            for width in (1280, 360, 320):
                look = open_page(color_scheme=scheme, width=width, javascript=False)
                enter(look, door)
                pages = {
                    "ticket-now": "/",
                    "ticket-finding": finding,
                    "ticket": f"/tickets/new?id={id_}",
                    "leave": leave,
                }
                for name, path in pages.items():
                    look.goto(door.url + path)
                    assert look.evaluate("document.documentElement.scrollWidth") <= width, path
                    shoot(look, f"{name}-{scheme}-{width}")
        assert said == []


def shoot(page: Page, name: str) -> None:
    """Keep what it looks like."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)
