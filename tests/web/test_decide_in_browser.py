"""A finding is put off by keys alone, in place, and given back; without letter keys nothing happens."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.support.browser import OpenPage, complaints
from tests.web.conftest import Door, enter, opened

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
    enter(page, board)
    page.goto(f"{board.url}/findings?q=resource:ry")
    page.keyboard.press("j")
    expect(page.locator("[data-row] .open").first).to_be_focused()
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
    assert said == []


def test_selected_rows_are_taken_together_and_given_back_by_a_key(board: Door, open_page: OpenPage) -> None:
    """`x` marks rows, `a` is about all of them, `u` takes it back also when the answer was closed; `n` opens whose it is."""
    page = open_page()
    said = complaints(page)
    enter(page, board)
    page.goto(f"{board.url}/findings?q=is:open")
    page.clock.set_fixed_time(datetime.now(UTC))  # what was said is taken back by a key for ten seconds
    pop, status = page.locator(".pop"), page.locator("[data-status]")
    page.keyboard.press("x")
    expect(status).to_have_text("Nothing here is yours to decide.")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(status).to_have_text("2 rows selected.")
    expect(page.locator("[data-row][data-on]")).to_have_count(2)
    page.keyboard.press("a")
    expect(pop.locator("h1")).to_have_text("2 findings")
    expect(page.locator("[data-row][data-on]")).to_have_count(0)
    pop.get_by_role("button", name="Take").click()
    expect(pop).to_contain_text("2 findings taken.")
    page.keyboard.press("Escape")
    expect(pop).to_be_hidden()
    page.keyboard.press("u")
    expect(pop).to_contain_text("2 findings as before.")
    page.keyboard.press("Escape")
    expect(pop).to_be_hidden()
    page.keyboard.press("u")
    expect(status).to_have_text("Nothing was said here in the last 10 seconds.")
    page.keyboard.press("j")
    expect(page.locator("[data-row] .open:focus")).to_have_count(1)
    page.keyboard.press("n")
    expect(pop).to_have_attribute("aria-label", "Whose it is")
    assert said == []


def test_a_list_says_until_when_something_is_put_off(board: Door, open_page: OpenPage) -> None:
    """And who has it, beside what waits for somebody who agrees."""
    page = open_page()
    enter(page, board)
    page.goto(f"{board.url}/findings?q=resource:ry")
    for act, until in (("snooze", "7d"), ("snooze", "worse")):
        page.goto(f"{board.url}/findings?q=resource:ry+is:open,snoozed")
        page.locator("[data-row] .open").first.click()
        page.wait_for_url("**/findings/*")
        form = page.locator(f"#decide details[data-act={act}]")
        form.locator("summary").click()
        form.locator("select").select_option(until)
        form.get_by_role("button", name="Snooze").click()
        expect(page.locator("main [role=status]")).to_contain_text("snoozed.")
        page.goto(f"{board.url}/findings?q=resource:ry+is:snoozed")
        words = "snoozed until it is worse" if until == "worse" else "snoozed until "
        expect(page.locator("[data-row] .chips").first).to_contain_text(words)
