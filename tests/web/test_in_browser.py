"""The pages in a real browser: keys, width, both colour schemes, no script at all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.support.browser import OpenPage, complaints
from tests.web.conftest import Door

PAGES = (
    "/components",
    "/components/component/default/checkout-api",
    "/components/component/default/fraud-score",
    "/findings",
    "/findings?mapped=false&severity=critical,high,medium",
    "/findings/{hostile}",
    "/findings/{due-soon}",
    "/sources",
)


def _enter(page: Page, door: Door) -> Page:
    page.goto(door.services.gate.sign_in_link())
    page.wait_for_url("**/components")
    return page


def _address(door: Door, path: str) -> str:
    return door.url + re.sub(r"\{([\w-]+)\}", lambda match: str(door.finding_id(match[1])), path)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 768, 360])
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
    assert [each for each in complaints(page) if "ERR_ABORTED" not in each] == []


def test_slash_goes_to_the_search(door: Door, page: Page) -> None:
    """And typing there is typing."""
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
    page.wait_for_url("**/findings?q=due-soon")


def test_j_and_k_walk_the_rows(door: Door, page: Page) -> None:
    """Down, up, and Enter opens."""
    _enter(page, door)
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
    page.get_by_text("severity ▾").click()
    page.locator(".menu a", has_text="critical").click()
    assert "severity=critical" in page.url
    page.locator(".chip.on").click()
    assert page.url.endswith("/components")


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
