"""The pages in a real browser: keys, width, both colour schemes, no script at all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from callboard.store.database import bump_revision
from tests.support.browser import OpenPage, complaints
from tests.web.conftest import Door

PAGES = (
    "/",
    "/?q=owner:checkout",
    "/components",
    "/components/component/default/checkout-api",
    "/components/component/default/fraud-score",
    "/findings",
    "/findings?q=is:open+is:unmapped+severity:critical,high,medium",
    "/findings?q=is:open+group:fix",
    "/findings?q=sev:high",
    "/findings/{hostile}",
    "/findings/{due-soon}",
    "/progress",
    "/progress/flow",
    "/progress/open?by=team",
    "/progress/due",
    "/sources",
)


def _enter(page: Page, door: Door) -> Page:
    page.goto(door.services.gate.sign_in_link())
    page.wait_for_url(f"{door.url}/")
    return page


def _address(door: Door, path: str) -> str:
    return door.url + re.sub(r"\{([\w-]+)\}", lambda match: str(door.finding_id(match[1])), path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768, 360, 320])
def test_no_page_scrolls_sideways(door: Door, open_page: OpenPage, scheme: str, width: int) -> None:
    """At any width, in either scheme; and nothing is thrown, refused or asked of anybody else."""
    page = _enter(open_page(color_scheme=scheme, width=width), door)  # type: ignore[arg-type]
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(door.url) else None)
    for path in PAGES:
        page.goto(_address(door, path))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert foreign == []
    # An icon that is still on its way when the next page is opened is given up by the browser.
    # A query that cannot be read is answered with 400, which the console notes.
    assert [each for each in complaints(page) if "ERR_ABORTED" not in each and "400 (Bad Request)" not in each] == []


def test_slash_goes_to_the_search(door: Door, page: Page) -> None:
    """And typing there is typing; an exact id opens its page."""
    _enter(page, door)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("machine rx/jk?")
    assert page.locator("[data-search]").input_value() == "machine rx/jk?"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.name") != "q"
    page.keyboard.press("/")
    page.keyboard.type("due-soon")
    page.keyboard.press("Enter")
    page.wait_for_url(_address(door, "/findings/{due-soon}"))


def test_j_and_k_walk_the_rows(door: Door, page: Page) -> None:
    """Down, up, and Enter opens."""
    _enter(page, door).goto(_address(door, "/components"))
    links = page.locator("[data-row] .open")
    at = "document.activeElement.getAttribute('href')"
    page.keyboard.press("j")
    assert page.evaluate(at) == links.nth(0).get_attribute("href")
    page.keyboard.press("j")
    assert page.evaluate(at) == links.nth(1).get_attribute("href")
    page.keyboard.press("k")
    assert page.evaluate(at) == links.nth(0).get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url("**/components/component/default/**")


def test_single_keys_can_be_switched_off(door: Door, page: Page) -> None:
    """For people whose speech or hands type letters by accident; it is remembered."""
    _enter(page, door)
    page.keyboard.press("?")
    page.get_by_label("Single keys do these things").uncheck()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="hidden")
    for _ in range(2):
        page.keyboard.press("j")
        assert page.evaluate("document.activeElement.tagName") in ("BODY", "BUTTON")
        page.reload()


def test_filters_and_pages_work_without_a_script(door: Door, open_page: OpenPage) -> None:
    """A menu opens, a choice filters, its chip takes it away again."""
    page = _enter(open_page(javascript=False), door)
    page.goto(_address(door, "/components"))
    page.get_by_text("severity ▾").click()
    page.locator(".menu a", has_text="critical").click()
    assert "severity=critical" in page.url
    page.locator(".chip.on").click()
    assert page.url.endswith("/components")
    page.goto(_address(door, "/findings"))
    page.get_by_text("severity ▾").click()
    page.locator(".menu a", has_text="critical").click()
    assert page.locator("#q").input_value() == "is:open severity:critical sort:do-now"
    page.locator(".chip.on", has_text="severity").click()
    assert page.locator("#q").input_value() == "is:open sort:do-now"


def test_g_goes_places(door: Door, page: Page) -> None:
    """To what to do now, and to the component and the team of the row in focus."""
    _enter(page, door)
    page.keyboard.press("j")
    row = page.locator("[data-row]").first
    component = row.locator("a[href^='/components/']").first.get_attribute("href")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"{door.url}{component}")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(f"{door.url}/")
    page.keyboard.press("j")
    team = row.locator("a[href^='/teams/']").first.get_attribute("href")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url(f"{door.url}{team}")


def test_o_opens_the_row_at_its_source(door: Door, page: Page) -> None:
    """In a tab of its own; a row without a link says so."""
    _enter(page, door).goto(_address(door, "/findings?q=is:open+id:due-soon,hostile"))
    page.context.route("https://app.wiz.io/**", lambda route: route.fulfill(body="there"))
    rows = page.locator("[data-row]")
    for at in range(2):
        page.keyboard.press("j")
        link = rows.nth(at).locator("[data-deep]")
        if link.count():
            with page.context.expect_page() as opened:
                page.keyboard.press("o")
            assert opened.value.url == link.get_attribute("href")
            page.bring_to_front()
        else:
            page.keyboard.press("o")
            expect(page.locator("[data-status]")).to_have_text("This row has no link to its source.")


def test_a_broken_link_is_reported_with_thanks(door: Door, page: Page) -> None:
    """Once a day; the status region says so."""
    _enter(page, door).goto(_address(door, "/findings/{due-soon}"))
    page.get_by_role("button", name="Link is broken").click()
    expect(page.locator("[data-status]")).to_contain_text("Thanks.")
    expect(page.get_by_role("button", name="Reported, thanks")).to_be_disabled()


def test_a_query_is_kept_as_a_view(door: Door, page: Page) -> None:
    """Saved under a name, found in the menu, removed again."""
    _enter(page, door).goto(_address(door, "/findings?q=severity:critical"))
    page.get_by_text("views ▾").click()
    page.get_by_label("Name").fill("Worst of all")
    with page.expect_navigation():  # the page is read again once the view is kept
        page.get_by_role("button", name="Save this list").click()
    page.get_by_text("views ▾").click()
    expect(page.get_by_role("link", name="Worst of all")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Remove the view Worst of all").click()
    expect(page.get_by_role("link", name="Worst of all")).to_have_count(0)


def test_a_list_follows_the_board_without_losing_the_place(door: Door, page: Page) -> None:
    """What changed is there without a reload; the row in focus stays in focus, and the status region says it."""
    _enter(page, door)
    with page.expect_request("**/api/v1/live"):
        page.goto(_address(door, "/findings"))
    page.wait_for_timeout(1500)  # the first event tells the revision that the page has
    for _ in range(5):
        page.keyboard.press("j")
    key = "document.activeElement.closest('[data-row]')?.dataset.key"
    was, top = page.evaluate(key), page.evaluate("scrollY")
    page.evaluate("document.querySelector('[data-row] h3').textContent = 'Not from the board'")
    with door.store.write() as conn:
        bump_revision(conn)
    expect(page.locator("[data-status]")).to_contain_text("Updated at")
    assert page.get_by_text("Not from the board").count() == 0
    assert page.evaluate(key) == was
    assert abs(page.evaluate("scrollY") - top) < 30


def test_leaving_signs_out(door: Door, page: Page) -> None:
    """The form's own request passes the check of its origin, and the session is over."""
    _enter(page, door)
    page.get_by_role("button", name="Sign out").click()
    assert page.get_by_role("heading", level=1).inner_text() == "Signed out"
    page.goto(_address(door, "/findings"))
    assert page.get_by_role("heading", level=1).inner_text() == "Signed out"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(door: Door, open_page: OpenPage, scheme: str) -> None:
    """4.5 to 1 for every text on every page (WCAG 1.4.3)."""
    page = _enter(open_page(color_scheme=scheme), door)  # type: ignore[arg-type]
    for path in PAGES:
        page.goto(_address(door, path))
        assert page.evaluate(CONTRAST) == [], path


CONTRAST = """() => {
  const parse = (colour) => {
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *")) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest(".unseen, .skip")) continue;
    const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) found.push(element.outerHTML.slice(0, 120) + " " + ((a + 0.05) / (b + 0.05)).toFixed(2));
  }
  return found;
}"""
