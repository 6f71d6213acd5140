"""A finding is put off by keys alone, in place, and given back; without letter keys nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import OpenPage, complaints
from tests.web.conftest import Door, opened

pytestmark = pytest.mark.slow


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Door]:
    """A board of its own, which a test may change."""
    with opened(tmp_path / "callboard.db", filled=True) as found:
        yield found


def test_a_row_is_snoozed_by_key_and_given_back(board: Door, open_page: OpenPage) -> None:
    """`j`, `h`: the form is open; what was said is answered there, and Undo too; `h` on a page opens the form that is there."""
    page = open_page()
    said = complaints(page)
    page.goto(board.services.gate.sign_in_link())
    page.wait_for_url(f"{board.url}/")
    page.goto(f"{board.url}/findings?q=resource:ry")
    page.keyboard.press("j")
    page.keyboard.press("h")
    pop = page.locator(".pop")
    expect(pop.locator("h1")).to_be_focused()
    expect(pop).to_have_attribute("aria-label", "What to say about it")
    expect(pop.locator("details[data-act=snooze]")).to_have_attribute("open", "")
    pop.locator("details[data-act=snooze]").get_by_role("button", name="Snooze").click()
    expect(pop).to_contain_text("1 finding snoozed.")
    pop.get_by_role("button", name="Undo").click()
    expect(pop).to_contain_text("1 finding as before.")
    page.keyboard.press("Escape")
    expect(pop).to_be_hidden()
    page.locator("[data-row] .open").first.click()
    page.wait_for_url("**/findings/*")
    page.keyboard.press("d")
    expect(page.locator("#decide details[data-act=dismiss]")).to_have_attribute("open", "")
    expect(page.locator("#decide details[data-act=dismiss] select").first).to_be_focused()
    assert [each for each in said if "/api/v1/live" not in each] == []
