"""Whose something is opens in place by mouse and by key, answers there, and lets go; without a script it is a page."""

from __future__ import annotations

from collections.abc import Iterator
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


def test_it_opens_by_key_answers_in_place_and_lets_go(board: Door, open_page: OpenPage) -> None:
    """`j`, `w`: the evidence; Confirm is answered there, Undo too; Escape leaves the reader where they were."""
    page = open_page()
    said = complaints(page)
    enter(page, board)
    page.goto(f"{board.url}/findings?q=is:open+is:unmapped")
    page.keyboard.press("j")
    expect(page.locator("[data-row] .open").first).to_be_focused()
    page.keyboard.press("w")
    pop = page.locator(".pop")
    expect(pop.locator("h1")).to_be_focused()
    expect(pop).to_contain_text("Nobody’s yet")
    page.keyboard.press("Escape")
    expect(pop).to_be_hidden()
    expect(page.locator("[data-row] .open").first).to_be_focused()
    page.goto(f"{board.url}/findings?q=resource:ry")
    page.locator("[data-pop]").first.click()
    pop.get_by_role("button", name="Confirm").first.click()
    expect(pop).to_contain_text("Confirmed for everybody")
    assert page.url.startswith(f"{board.url}/findings")
    pop.get_by_role("button", name="Undo").click()
    expect(pop).to_contain_text("Taken back")
    pop.get_by_role("link", name="Whose it is now").click()
    expect(pop).to_contain_text("What people said")
    assert said == []


def test_pressed_twice_is_said_once(board: Door, open_page: OpenPage) -> None:
    """In place and on a page: who double-clicks is not told that somebody was quicker."""
    page = open_page()
    enter(page, board)
    page.goto(f"{board.url}/findings?q=resource:ry")
    page.get_by_role("link", name="Decide").first.click()
    page.locator(".pop").get_by_role("button", name="Take").dblclick()
    expect(page.locator(".pop")).to_contain_text("1 finding taken.")
    page.goto(f"{board.url}/findings/{board.finding_id('hostile')}")
    page.locator("#decide").get_by_role("button", name="Take").dblclick()
    expect(page.locator("main [role=status]")).to_contain_text("1 finding taken.")


def test_no_answer_is_told_where_it_was_said(board: Door, open_page: OpenPage) -> None:
    """The form stays, nothing is navigated to, and nobody is told that it worked."""
    page = open_page()
    enter(page, board)
    page.goto(f"{board.url}/findings?q=resource:ry")
    page.get_by_role("link", name="Decide").first.click()
    pop = page.locator(".pop")
    expect(pop.locator("h1")).to_be_focused()
    page.route("**/decide/say", lambda route: route.abort())
    pop.get_by_role("button", name="Take").click()
    expect(pop.get_by_role("alert")).to_contain_text("Callboard did not answer")
    assert page.url.startswith(f"{board.url}/findings?")
    page.unroute("**/decide/say")
    pop.get_by_role("button", name="Take").click()
    expect(pop).to_contain_text("1 finding taken.")


def test_without_a_script_it_is_a_page(board: Door, open_page: OpenPage) -> None:
    """The same link and the same forms, one after the other."""
    page = open_page(javascript=False)
    enter(page, board)
    page.goto(f"{board.url}/findings?q=resource:ry")
    page.locator("[data-pop]").first.click()
    expect(page.locator("h1")).to_have_text("Machine ry")
    page.get_by_role("button", name="Not theirs").first.click()
    expect(page.locator("h1")).to_have_text("Noted as not theirs")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("h1")).to_have_text("Taken back")
