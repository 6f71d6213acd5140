"""An open page follows the board: what changed is there without a reload, and nothing that the reader has is lost by it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from callboard.store.database import bump_revision
from tests.support.browser import OpenPage, complaints
from tests.web.conftest import Door, enter, opened

HEARD = """
window.EventSource = class extends window.EventSource {
  constructor(...address) {
    super(...address);
    // Once everybody who listens has heard it.
    this.addEventListener("revision", () => setTimeout(() => document.documentElement.setAttribute("data-heard", "")));
  }
};
"""
"""Marks a page that has heard news."""

STALE = "document.querySelector('main h1').append(' Not from the board')"
"""What only a page that was read again has lost."""


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Door]:
    """A board of its own, which a test may change."""
    with opened(tmp_path / "callboard.db", filled=True) as found:
        yield found


def follow(page: Page, door: Door, path: str) -> None:
    """Open a page, until it has heard which revision it shows."""
    page.goto(door.url + path)
    expect(page.locator("html[data-heard]")).to_have_count(1)


def change(page: Page, door: Door) -> None:
    """Something on the board is another now, and the page has been read again."""
    page.evaluate(STALE)
    with door.store.write() as conn:
        bump_revision(conn)
    expect(page.get_by_text("Not from the board")).to_have_count(0)


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """A page that says when it has heard news."""
    found = open_page()
    found.add_init_script(HEARD)
    return found


def test_a_list_follows_the_board_without_losing_the_place(door: Door, page: Page) -> None:
    """What changed is there without a reload; the row in focus stays in focus, and the status region says it."""
    enter(page, door)
    follow(page, door, "/findings")
    for at in range(5):
        page.keyboard.press("j")
        expect(page.locator("[data-row] .open").nth(at)).to_be_focused()
    key = "document.activeElement.closest('[data-row]')?.dataset.key"
    was, top = page.evaluate(key), page.evaluate("scrollY")
    change(page, door)
    expect(page.locator("[data-status]")).to_contain_text("Updated at")
    assert page.evaluate(key) == was
    assert abs(page.evaluate("scrollY") - top) < 30


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/components",
        "/components/component/default/checkout-api",
        "/components/component/default/mistyped",
        "/teams/group/default/checkout",
        "/systems/default/shop",
        "/findings/{due-soon}",
        "/findings?q=is:open+group:fix",
        "/rules?id=rule-1",
        "/cves/CVE-2021-44228",
        "/resources?id=ry",
        "/projects?id=pay",
        "/sources",
    ],
)
def test_every_page_about_findings_follows(board: Door, page: Page, path: str) -> None:
    """Whatever it is about; and what it shows has not grown or lost a part by it."""
    enter(page, board)
    follow(page, board, re.sub(r"\{([\w-]+)\}", lambda match: str(board.finding_id(match[1])), path))
    shown = page.locator("main").inner_text()
    change(page, board)
    assert page.locator("main").inner_text().splitlines()[0] == shown.splitlines()[0]
    assert len(page.locator("main").inner_text().splitlines()) == len(shown.splitlines())
    assert complaints(page) == []


def test_views_are_kept_and_removed_after_news_as_well(board: Door, page: Page) -> None:
    """What needs a script is there and works, however often the page was read again."""
    enter(page, board)
    follow(page, board, "/findings?q=severity:critical")
    change(page, board)
    page.get_by_text("views ▾").click()
    page.get_by_label("Name").fill("Worst of all")
    with page.expect_navigation():
        page.get_by_role("button", name="Save this list").click()
    follow(page, board, "/findings?q=severity:critical")
    change(page, board)
    page.get_by_text("views ▾").click()
    page.get_by_role("button", name="Remove the view Worst of all").click()
    expect(page.get_by_role("link", name="Worst of all")).to_have_count(0)


def test_selected_rows_stay_selected(board: Door, page: Page) -> None:
    """A sync that ends while somebody selects takes nothing away from them."""
    enter(page, board)
    follow(page, board, "/findings?q=is:open")
    for key in "jxjx":
        page.keyboard.press(key)
    expect(page.locator("[data-row][data-on]")).to_have_count(2)
    change(page, board)
    expect(page.locator("[data-row][data-on]")).to_have_count(2)
    page.keyboard.press("a")
    expect(page.locator(".pop h1")).to_have_text("2 findings")


def test_what_somebody_is_writing_stays(board: Door, page: Page) -> None:
    """Also while the focus is elsewhere; the rest of the page goes on."""
    enter(page, board)
    follow(page, board, f"/findings/{board.finding_id('due-soon')}")
    form = page.locator("#decide details[data-act=snooze]")
    form.locator("summary").click()
    form.get_by_label("Why").fill("After the launch")
    page.locator("main h1").click()
    change(page, board)
    expect(form).to_have_attribute("open", "")
    expect(form.get_by_label("Why")).to_have_value("After the launch")


def test_a_text_that_is_being_copied_stays_selected(board: Door, page: Page) -> None:
    """Whoever drags over an id has it, whatever comes meanwhile; and where only time went by, nothing is made anew."""
    enter(page, board)
    follow(page, board, f"/findings/{board.finding_id('due-soon')}")
    page.evaluate("getSelection().selectAllChildren([...document.querySelectorAll('dl.facts code')].at(-1))")
    page.evaluate("document.querySelector('dl.facts').append('Changed')")
    page.evaluate("document.querySelector('[data-live=told] h2').made = 1")
    change(page, board)
    assert page.evaluate("String(getSelection())").replace("\u200b", "") == "due-soon"
    page.evaluate("getSelection().removeAllRanges()")
    change(page, board)
    expect(page.get_by_text("Changed", exact=True)).to_have_count(0)
    assert page.evaluate("document.querySelector('[data-live=told] h2').made") == 1


def test_the_focus_stays_on_what_it_was_on(board: Door, page: Page) -> None:
    """Also outside of lists, and where it goes back to once a popover is closed."""
    enter(page, board)
    follow(page, board, f"/findings/{board.finding_id('due-soon')}")
    link = page.locator("dl.facts a").first
    link.focus()
    change(page, board)
    expect(link).to_be_focused()
    opener = page.locator("[data-pop]").first
    opener.click()
    expect(page.locator(".pop h1")).to_be_focused()
    change(page, board)
    page.keyboard.press("Escape")
    expect(page.locator(".pop")).to_be_hidden()
    expect(opener).to_be_focused()


def test_an_id_is_copied_after_news_as_well(board: Door, page: Page) -> None:
    """The button is there, and says what it did."""
    enter(page, board)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    follow(page, board, f"/findings/{board.finding_id('due-soon')}")
    change(page, board)
    page.get_by_role("button", name="Copy").last.click()
    expect(page.locator("[data-status]")).to_have_text("Copied.")
    assert page.evaluate("navigator.clipboard.readText()") == "due-soon"


def test_a_page_that_cannot_be_read_anew_says_from_when_it_is(board: Door, page: Page) -> None:
    """And no longer once it can: "12 min ago" does not go on looking true while nobody answers."""
    page.clock.install()
    enter(page, board)
    follow(page, board, "/")
    told = page.get_by_role("alert")
    page.context.set_offline(offline=True)
    page.clock.fast_forward(6 * 60 * 1000)
    expect(told).to_contain_text(re.compile(r"Callboard does not answer\. What stands here is as of \d\d:\d\d"))
    page.context.set_offline(offline=False)
    page.clock.fast_forward(31_000)
    expect(told).to_have_count(0)


def test_who_is_signed_out_meanwhile_is_told(board: Door, page: Page) -> None:
    """Nothing new is shown to them, and what stands there does not pass for it."""
    page.clock.install()
    enter(page, board)
    follow(page, board, "/findings")
    page.context.clear_cookies()
    page.clock.fast_forward(6 * 60 * 1000)
    expect(page.get_by_role("alert")).to_contain_text("You are signed out.")
    page.get_by_role("alert").get_by_role("link", name="Open it again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Signed out")


def test_a_page_looks_for_itself_where_there_is_no_line(board: Door, page: Page) -> None:
    """As where more pages are open than may listen: news comes later, and comes."""
    page.route("**/api/v1/live", lambda route: route.fulfill(status=204))
    page.clock.install()
    enter(page, board)
    page.goto(f"{board.url}/findings")
    page.evaluate(STALE)
    page.clock.fast_forward(6 * 60 * 1000)
    expect(page.get_by_text("Not from the board")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)
