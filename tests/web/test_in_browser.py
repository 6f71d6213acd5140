"""The pages in a real browser: keys, width, both colour schemes, no script at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import OpenPage, complaints
from tests.web.conftest import Door, enter

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


def _address(door: Door, path: str) -> str:
    return door.url + re.sub(r"\{([\w-]+)\}", lambda match: str(door.finding_id(match[1])), path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768, 360, 320])
def test_no_page_scrolls_sideways(door: Door, open_page: OpenPage, scheme: str, width: int) -> None:
    """At any width, in either scheme; and nothing is thrown, refused or asked of anybody else."""
    page = enter(open_page(color_scheme=scheme, width=width), door)  # type: ignore[arg-type]
    foreign: list[str] = []
    page.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(door.url) else None)
    for path in PAGES:
        page.goto(_address(door, path))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert foreign == []
    # A query that cannot be read is answered with 400, which the console notes.
    assert [each for each in complaints(page) if "400 (Bad Request)" not in each] == []


def test_slash_goes_to_the_search(door: Door, page: Page) -> None:
    """And typing there is typing; an exact id opens its page."""
    enter(page, door)
    search = page.locator("[data-search]")
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("machine rx/jk?")
    expect(search).to_have_value("machine rx/jk?")
    page.keyboard.press("Escape")
    expect(search).not_to_be_focused()
    page.keyboard.press("/")
    expect(search).to_be_focused()
    page.keyboard.type("due-soon")
    page.keyboard.press("Enter")
    page.wait_for_url(_address(door, "/findings/{due-soon}"))


def test_j_and_k_walk_the_rows(door: Door, page: Page) -> None:
    """Down, up, and Enter opens."""
    enter(page, door).goto(_address(door, "/components"))
    links = page.locator("[data-row] .open")
    for key, at in (("j", 0), ("j", 1), ("k", 0)):
        page.keyboard.press(key)
        expect(links.nth(at)).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/components/component/default/**")


def test_single_keys_can_be_switched_off(door: Door, page: Page) -> None:
    """For people whose speech or hands type letters by accident; it is remembered."""
    enter(page, door)
    page.keyboard.press("?")
    page.get_by_label("Single keys do these things").uncheck()
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="hidden")
    for _ in range(2):
        page.keyboard.press("j")
        page.keyboard.press("/")  # heard after that letter, and as little
        assert page.locator("[data-search]:focus, [data-row] :focus").count() == 0
        page.reload()


def test_a_key_is_heard_the_moment_the_list_of_keys_closes(door: Door, page: Page) -> None:
    """A browser leaves the focus on what the dialog held until it draws again; that is no place to type in."""
    enter(page, door)
    page.keyboard.press("?")
    page.get_by_label("Single keys do these things").focus()
    page.evaluate(
        """() => {
            document.querySelector("[data-keys-dialog]").close();
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "/", bubbles: true, cancelable: true }));
        }"""
    )
    assert page.locator("[data-search]:focus").count() == 1


def test_filters_and_pages_work_without_a_script(door: Door, open_page: OpenPage) -> None:
    """A menu opens, a choice filters, its chip takes it away again."""
    page = enter(open_page(javascript=False), door)
    page.goto(_address(door, "/components"))
    page.get_by_text("severity ▾").click()
    page.locator(".menu a", has_text="critical").click()
    expect(page).to_have_url(re.compile("severity=critical"))
    page.locator(".chip.on").click()
    expect(page).to_have_url(re.compile("/components$"))
    page.goto(_address(door, "/findings"))
    page.get_by_text("severity ▾").click()
    page.locator(".menu a", has_text="critical").click()
    expect(page.locator("#q")).to_have_value("is:open severity:critical sort:do-now")
    page.locator(".chip.on", has_text="severity").click()
    expect(page.locator("#q")).to_have_value("is:open sort:do-now")


def test_g_goes_places(door: Door, page: Page) -> None:
    """To what to do now, and to the component and the team of the row in focus."""
    page.clock.set_fixed_time(datetime.now(UTC))  # `g` waits for its letter for a moment only
    enter(page, door)
    row = page.locator("[data-row]").first
    page.keyboard.press("j")
    expect(row.locator(".open")).to_be_focused()
    component = row.locator("a[href^='/components/']").first.get_attribute("href")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(f"{door.url}{component}")
    page.keyboard.press("g")
    page.keyboard.press("i")
    page.wait_for_url(f"{door.url}/")
    page.keyboard.press("j")
    expect(row.locator(".open")).to_be_focused()
    team = row.locator("a[href^='/teams/']").first.get_attribute("href")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url(f"{door.url}{team}")


def test_o_opens_the_row_at_its_source(door: Door, page: Page) -> None:
    """In a tab of its own; a row without a link says so."""
    enter(page, door).goto(_address(door, "/findings?q=is:open+id:due-soon,hostile"))
    page.context.route("https://app.wiz.io/**", lambda route: route.fulfill(body="there"))
    rows = page.locator("[data-row]")
    for at in range(2):
        page.keyboard.press("j")
        expect(rows.nth(at).locator(".open")).to_be_focused()
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
    enter(page, door).goto(_address(door, "/findings/{due-soon}"))
    page.get_by_role("button", name="Report a broken link").click()
    expect(page.locator("[data-status]")).to_contain_text("Thanks.")
    expect(page.get_by_role("button", name="Reported, thanks")).to_be_disabled()


def test_a_query_is_kept_as_a_view(door: Door, page: Page) -> None:
    """Saved under a name, found in the menu, removed again."""
    enter(page, door).goto(_address(door, "/findings?q=severity:critical"))
    page.get_by_text("views ▾").click()
    page.get_by_label("Name").fill("Worst of all")
    with page.expect_navigation():  # the page is read again once the view is kept
        page.get_by_role("button", name="Save this list").click()
    page.get_by_text("views ▾").click()
    expect(page.get_by_role("link", name="Worst of all")).to_have_attribute("aria-current", "true")
    page.get_by_role("button", name="Remove the view Worst of all").click()
    expect(page.get_by_role("link", name="Worst of all")).to_have_count(0)


def test_leaving_signs_out(door: Door, page: Page) -> None:
    """The form's own request passes the check of its origin, and the session is over."""
    enter(page, door)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Signed out")
    page.goto(_address(door, "/findings"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Signed out")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(door: Door, open_page: OpenPage, scheme: str) -> None:
    """4.5 to 1 for every text on every page (WCAG 1.4.3)."""
    page = enter(open_page(color_scheme=scheme), door)  # type: ignore[arg-type]
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
