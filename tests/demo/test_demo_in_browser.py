"""The demo as a person meets it: one command, one link, a board, a component, a finding, and the click into Wiz.

With CALLBOARD_SCREENSHOTS set to a folder, the pages are also written there as pictures (the ones in `docs/images`).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import OpenPage, complaints

SHOTS = os.environ.get("CALLBOARD_SCREENSHOTS")
SIZE = "medium" if SHOTS else "small"


@pytest.fixture(scope="module")
def link() -> Iterator[str]:
    """The sign-in link of a running demo."""
    command = [sys.executable, "-m", "callboard", "demo", "--size", SIZE, "--port", "0"]
    environ = {key: value for key, value in os.environ.items() if not key.startswith("CALLBOARD_")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environ
    ) as running:
        assert running.stdout is not None
        try:
            for line in running.stdout:
                if found := re.search(r"http://\S+/enter\?key=\S+", line):
                    yield found[0]
                    break
            else:
                pytest.fail("the demo ended without a link")
        finally:
            running.terminate()
            assert running.wait(30) == 0


@pytest.fixture(scope="module")
def session(link: str) -> dict[str, str]:
    """What stays of the one sign-in that the link allows: filled by the first page that opens it."""
    return {"link": link}


def board(open_page: OpenPage, session: dict[str, str], *, scheme: str = "light", width: int = 1280) -> Page:
    """A page on the board, signed in."""
    page = open_page(color_scheme=scheme, width=width)
    parts = urlsplit(session["link"])
    base = f"{parts.scheme}://{parts.netloc}"
    if "cookie" in session:
        page.context.add_cookies([{"name": session["name"], "value": session["cookie"], "url": base}])
        page.goto(f"{base}/")
    else:
        page.goto(session["link"])
        page.wait_for_url(f"{base}/")
        cookie = page.context.cookies()[0]
        session |= {"name": cookie["name"], "cookie": cookie["value"]}
    return page


def follow(page: Page, link: Locator) -> None:
    """Click what leads to another page, and wait until that is there."""
    with page.expect_navigation():
        link.click()


def at_wiz(page: Page) -> Locator:
    """The rows of work that lead there: what Callboard matched itself, like packages made to harm, has no page elsewhere."""
    return page.locator("main [data-row]", has=page.get_by_role("link", name=re.compile("Open in Wiz")))


def test_from_the_link_to_the_exact_place_in_wiz(open_page: OpenPage, session: dict[str, str]) -> None:
    """Acceptance test 1: three clicks, none of them typing, lead from the sign-in to the same finding at the source."""
    page = board(open_page, session)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).hostname or ""))
    follow(page, at_wiz(page).locator("a[href^='/components/component']").first)
    follow(page, at_wiz(page).locator("a[href^='/findings/']").first)
    external_id = page.locator("dl.facts code").last.inner_text().replace("\u200b", "").strip()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("Open in Wiz")).click()
    there = opened.value
    there.wait_for_load_state()
    expect(there.locator("body")).to_contain_text(external_id)
    assert set(asked) == {"127.0.0.1"}
    assert complaints(page) == []


def test_what_was_made_to_harm_comes_first_and_offers_no_way_out(open_page: OpenPage, session: dict[str, str]) -> None:
    """The poisoned release is the first row; what to do stands on its page; no button promises a page that is not there."""
    page = board(open_page, session)
    first = page.locator("main [data-row]").first
    expect(first).to_contain_text("Remove event-stream")
    expect(first).to_contain_text("there is no page elsewhere")
    expect(first.get_by_text("Open in")).to_have_count(0)
    expect(first).to_contain_text("developer-portal (bill of materials)")
    expect(first.get_by_role("link", name=re.compile("^Who uses it"))).to_have_attribute(
        "href", "/packages?package=event-stream"
    )
    follow(page, first.locator("a.open"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("is malicious")
    expect(page.locator("main")).to_contain_text("Remove event-stream")
    expect(page.locator("main").get_by_text("Open in")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("package-lock.json:")
    expect(page.locator("main")).not_to_contain_text(re.compile(r"sbom:\d"))
    follow(page, page.get_by_role("link", name=re.compile("^Who uses it")))
    expect(page.get_by_role("heading", level=1)).to_contain_text("1 component")
    expect(page.get_by_role("row").nth(1)).to_contain_text("@acme/pager-tools 2.4.0")


@pytest.mark.parametrize("kind", ["issue", "vulnerability", "misconfiguration"])
def test_each_kind_opens_at_its_own_place(open_page: OpenPage, session: dict[str, str], kind: str) -> None:
    """The link of a finding opens the look-alike's page of that very one: its id, its name, its resource, its state."""
    page = board(open_page, session)
    page.goto(f"{page.url.rpartition('/')[0]}/findings?q=is:open+kind:{kind}")
    follow(page, page.locator("main a[href^='/findings/']").first)
    external_id = page.locator("dl.facts code").last.inner_text().replace("\u200b", "").strip()
    resource = page.locator("dl.facts a[href^='/resources?']").first.inner_text().replace("\u200b", "").strip()
    title = page.get_by_role("heading", level=1).inner_text().replace("\u200b", "").strip()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=re.compile("Open in Wiz")).click()
    there = opened.value
    expect(there.locator("main[data-ready]")).to_have_attribute("data-id", external_id)
    shown = there.locator("main")
    expect(shown).to_contain_text(external_id)
    expect(shown.get_by_role("cell", name="severity", exact=True)).to_be_visible()
    expect(shown.get_by_role("cell", name="status", exact=True)).to_be_visible()
    assert shown.get_by_role("heading", level=1).inner_text() in title
    # A file in a repository stands on the repository's branch there.
    words = shown.inner_text()
    assert any(resource[:end] in words for end in range(len(resource) // 2, len(resource) + 1))


def test_a_link_that_names_nothing_shows_nothing(open_page: OpenPage, session: dict[str, str]) -> None:
    """An id that nobody knows is not found; a link of another form names nothing, though an id stands somewhere in it."""
    page = board(open_page, session)
    page.goto(f"{page.url.rpartition('/')[0]}/findings?q=is:open+kind:issue")
    follow(page, page.locator("main a[href^='/findings/']").first)
    link = page.get_by_role("link", name=re.compile("Open in Wiz")).get_attribute("href") or ""
    start, _, id_ = link.partition("~(issue~'")
    unknown = "00000000-0000-4000-8000-000000000000"
    for fragment, words in {
        f"~(issue~'{unknown})": "Not found",
        f"~(filters~(text~'issue*7e*27{id_[:-1]}))": "names no issue",
        f"~(issue~'{id_}~(": "names no issue",
        f"~(filters~(status~())~issue~'{id_}": id_[:-1],
    }.items():
        there = open_page()
        there.goto(start + fragment)
        expect(there.locator("main")).to_contain_text(words)


def test_what_went_out_is_told(open_page: OpenPage, session: dict[str, str]) -> None:
    """A ticket for each piece of work that was planted; a decision that Wiz took, and one that it refused in its own words."""
    page = board(open_page, session)
    base = page.url.removesuffix("/")
    page.goto(f"{base}/findings?q=is:open+kind:malicious-package")
    rows = page.locator("main [data-row]")
    expect(rows).to_have_count(3)
    for number in range(3):
        expect(rows.nth(number)).to_contain_text(re.compile(r"acme/security#\d open"))
    listed = page.request.get(f"{base}/api/v1/findings?q=is:open+kind:issue&limit=200").json()["findings"]
    pages = (
        page.request.get(f"{base}/api/v1/findings/{each['id']}").json()
        for each in listed
        if each["taken_by"] is not None
    )
    found = next(each for each in pages if {"done", "refused"} <= {write["state"] for write in each["writes"]})
    page.goto(f"{base}/findings/{found['finding']['id']}")
    expect(page.locator("main")).to_contain_text("access denied, at least one of the following is required")


Step = str | Callable[[Page], object]
Walk = tuple[tuple[str, tuple[Step, ...]], ...]


def follow_wiz(page: Page) -> None:
    """By way of its component to a finding that Wiz has, and with it a project."""
    follow(page, at_wiz(page).locator("a[href^='/components/component']").first)
    follow(page, at_wiz(page).locator("a[href^='/findings/']").first)


WALK: Walk = (
    ("do-now", ("/",)),
    ("findings", ("nav a[href='/findings']",)),
    ("findings-grouped", ("/findings?q=is:open+group:fix",)),
    ("components", ("nav a[href='/components']",)),
    ("component", ("main a[href^='/components/component']",)),
    ("finding", ("main a[href^='/findings/']",)),
    ("team", ("/components", "main a[href^='/teams/group']")),
    ("rule", ("/findings?q=is:open+kind:issue", "main a[href^='/findings/']", ".facts a[href^='/rules?']")),
    ("resource", ("/findings?q=is:open+kind:issue", "main a[href^='/findings/']", ".facts a[href^='/resources?']")),
    ("project", ("/", follow_wiz, ".facts a[href^='/projects?']")),
    ("cve", ("/findings?q=is:open+kind:vulnerability", "main a[href^='/findings/']", ".facts a[href^='/cves/']")),
    ("sources", ("nav a[href='/sources']",)),
)
"""What each page is called, and how it is reached from the one before: by an address, a click that leads there, or what a person does."""


def follow_whose(page: Page) -> None:
    """Open whose something is as a page of its own."""
    href = page.locator("main a[href^='/ownership/of']").first.get_attribute("href")
    page.goto(f"{page.url.partition('/findings')[0]}{href}")


def open_whose(page: Page) -> None:
    """Open whose something is in place."""
    page.locator("main [data-row] [data-pop]").first.click()
    expect(page.locator(".pop h1")).to_be_focused()


def write_policy(page: Page) -> None:
    """Other days than now."""
    page.get_by_label("The policy, in YAML or JSON").fill("policy: due\ndays: {critical: 7, high: 21}\n")


OWNERSHIP: Walk = (
    ("popover", ("/findings?q=is:open+-is:unmapped", open_whose)),
    ("whose", ("/findings?q=is:open+-is:unmapped", follow_whose)),
    ("ownership", ("/ownership",)),
    ("changes", ("/ownership/changes",)),
    ("unmapped", ("/ownership/unmapped",)),
    ("conflicts", ("/ownership/conflicts",)),
    ("alignment", ("/ownership/alignment",)),
    ("map", ("/ownership/map",)),
    ("map-accounts", ("/ownership/map?by=account",)),
    ("plan", ("/ownership/unmapped", "main a[href^='/ownership/plan?']", "button:has-text('See what would move')")),
    ("moves", (".three button[value='moved']",)),
    ("rules", ("/ownership/rules",)),
    ("policies", ("/policies?id=due", write_policy, "button:has-text('See what it would do')")),
    ("audit", ("/audit",)),
)
"""The pages about whose things are, and who may what."""


RULES = """\
name: platform
rules:
  - name: shared workers
    match: {resource: "*shared-worker*"}
    owners: [component:default/search-api]
    reason: The search team runs them for everybody.
    until: 2027-06-30
"""


def lay_down(page: Page, session: dict[str, str]) -> None:
    """A rule set, once: so that there are rules, changes and entries in the log to look at."""
    if "laid down" not in session:
        parts = urlsplit(page.url)
        base = f"{parts.scheme}://{parts.netloc}"
        form = {"document": RULES, "reason": "They asked for it", "agreed": "yes"}
        answer = page.request.post(f"{base}/ownership/apply", form=form, headers={"origin": base})
        assert "Applied as revision 1" in answer.text(), answer.text()[:2_000]
        session["laid down"] = "yes"


CUT = """
[...document.querySelectorAll(".strip")].filter((strip) => {
  const { right, width } = strip.getBoundingClientRect();
  return width && right > strip.parentElement.closest("li, td, .leaf, .headline").getBoundingClientRect().right + 0.5;
}).map((strip) => strip.parentElement.innerText)
"""
"""Counts by severity that stick out of the place they stand in, and are cut off there."""

ASIDE = '[...document.querySelectorAll(".frame")].filter((frame) => frame.scrollWidth > frame.clientWidth + 1).length'
"""Tables with columns that are only seen by scrolling sideways."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("walk", [WALK, OWNERSHIP], ids=["board", "ownership"])
def test_pages_fit_and_are_quiet(
    open_page: OpenPage, session: dict[str, str], walk: Walk, scheme: str, width: int
) -> None:
    """No page of the demo scrolls sideways, cuts a count off or says anything on the console, light and dark, wide and narrow."""
    page = board(open_page, session, scheme=scheme, width=width)
    parts = urlsplit(page.url)
    if walk is OWNERSHIP:
        lay_down(page, session)
    for name, steps in walk:
        for step in steps:
            if callable(step):
                step(page)
            elif step.startswith("/"):
                page.goto(f"{parts.scheme}://{parts.netloc}{step}")
            else:
                follow(page, page.locator(step).first)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        assert page.evaluate(CUT) == [], name
        if width >= 1280:
            assert page.evaluate(ASIDE) == 0, name
        if SHOTS:
            folder = Path(SHOTS)
            folder.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=folder / f"{name}-{scheme}-{width}.png")
    assert complaints(page) == []
