"""What the board promises its readers, one test for each promise; `docs/assurance/index.md` lists where the others are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.finding import Severity
from callboard.domain.instant import MINUTE
from callboard.domain.query import parse
from callboard.domain.run import Scope
from callboard.errors import SourceUnreachableError
from callboard.usecases import ask
from tests.support.browser import OpenPage
from tests.web.conftest import enter, opened
from tests.web.test_states import Board, filled

ORDER = ("critical", "high", "medium", "unknown", "low", "info")


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    """A board that nothing was read for yet."""
    with opened(tmp_path / "callboard.db", filled=False) as door:
        yield Board(door)


def test_one_search_finds_every_affected_component(board: Board, page: Page) -> None:
    """Acceptance test 2: who is given a CVE id finds all own components that it affects by one search, without a filter."""
    board.read_catalog()
    board.world.fill(20, projects=("pay",))
    for number in range(3):
        board.world.add(
            f"c{number}", kind="vulnerability", rule="CVE-2024-1111", resource=f"rc{number}", projects=("pay",)
        )
    board.sync()
    enter(page, board.door)
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.type("cve-2024-1111")
    page.keyboard.press("Enter")
    page.wait_for_url("**/cves/CVE-2024-1111")
    expect(page.get_by_role("heading", level=1)).to_have_text("CVE-2024-1111")
    rows = page.locator("table").first.locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("checkout-api")
    expect(rows.first.locator("[data-label=Findings]")).to_have_text("3")


def test_the_keyboard_alone_is_enough(board: Board, page: Page) -> None:
    """Acceptance test 7: from the first page through a row to the finding and into the source, by keys and without a trap."""
    filled(board)
    page.context.route("https://app.wiz.io/**", lambda route: route.fulfill(body="there"))
    enter(page, board.door)
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Skip to the content")
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    seen = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        focus = page.locator(":focus")
        assert focus.evaluate("each => each.checkVisibility() && each.getBoundingClientRect().height > 0")
        assert focus.evaluate("each => !!getComputedStyle(each).outlineWidth")
        seen.add(focus.evaluate("each => each.outerHTML"))
    assert len(seen) > 8, "focus moves on"
    page.keyboard.press("j")
    expect(page.locator("[data-row] .open:focus")).to_have_count(1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/findings/*")
    with page.context.expect_page() as there:
        page.keyboard.press("o")
    assert there.value.url.startswith("https://app.wiz.io/")


def test_screen_readers_are_told_what_is_seen(board: Board, page: Page) -> None:
    """Acceptance test 7: landmarks, headings, names of numbers and severities, in the order of the page."""
    filled(board)
    enter(page, board.door)
    expect(page.locator("body")).to_match_aria_snapshot("""
        - link "Skip to the content"
        - banner:
          - link "Callboard"
          - search:
            - searchbox "Find findings by rule, CVE or resource, or by a query"
          - navigation "Main":
            - link "Do now"
        - main:
          - heading "Do now" [level=1]
          - paragraph:
            - link /\\d+ overdue/
            - link /\\d+ due in 7 days/
          - region "Do now":
            - list:
              - listitem:
                - img "Critical severity"
                - heading "Rule rule-0" [level=3]
                - link "5 findings"
                - link "Open in Wiz"
          - complementary:
            - region "Are we getting better?":
              - heading "Are we getting better?" [level=2]
              - img /Per week.* Opened:.* Closed:/
        - contentinfo:
          - status
    """)


@pytest.mark.fault("F15")
def test_unknown_severity_is_never_low(board: Board, page: Page) -> None:
    """Acceptance test 9: it has its own word, mark and column, and is sorted above low."""
    board.read_catalog()
    board.world.scope = Scope(severities=tuple(Severity))
    for word in ORDER:
        board.world.add(f"s-{word}", severity=word, projects=("pay",), resource=f"r-{word}", rule=f"rule-{word}")
    board.sync()
    door = board.door
    listed = ask.list_findings(door.store, AT_THE_LAPTOP, parse("sort:severity"), now=door.clock.now()).rows
    assert [row.severity.word for row in listed] == list(ORDER)
    enter(page, door)
    page.goto(f"{door.url}/findings?q=sort:severity")
    marks = page.locator(".work .sev")
    assert [each.get_attribute("aria-label") for each in marks.all()] == [f"{word.title()} severity" for word in ORDER]
    unknown = marks.nth(ORDER.index("unknown"))
    expect(unknown).to_have_text("?")
    looks = "each => { const s = getComputedStyle(each); return [s.backgroundColor, s.borderStyle, s.borderRadius, s.clipPath].join() }"
    assert len({each.evaluate(looks) for each in marks.all()}) == len(ORDER)
    page.goto(f"{door.url}/findings?q=severity:low")
    expect(page.get_by_role("heading", level=1)).to_have_text("1 finding")
    page.goto(f"{door.url}/components")
    cells = page.locator("tbody tr", has_text="checkout-api").locator(".strip > *")
    words = [re.sub(r"[^a-z ]", "", cell.inner_text().lower()) for cell in cells.all()]
    assert [word for word in ORDER if any(word in told for told in words)] == list(ORDER)


@pytest.mark.fault("F7")
def test_a_page_that_fails_fixes_nothing(board: Board, open_page: OpenPage) -> None:
    """Acceptance test 10: partial data shows its banner, and no fixed count rises because a page failed."""
    filled(board)
    door = board.door

    def fixed() -> int:
        return ask.list_findings(door.store, AT_THE_LAPTOP, parse("is:fixed"), now=door.clock.now(), limit=1).total

    def open_now() -> int:
        return ask.count_open(door.store, AT_THE_LAPTOP, now=door.clock.now())

    before = (open_now(), fixed())
    # What the broken part would have held is gone from the source as well.
    board.world.remove("f0007", "f0010")
    board.wait(MINUTE)
    board.world.failing.clear()
    board.world.failing["issue/severe"] = (1, SourceUnreachableError("no answer within 30 s"))
    board.sync()
    assert (open_now(), fixed()) == before
    page = enter(open_page(), door)
    expect(page.locator(".banner").first).to_contain_text("read only in part")
    expect(page.locator(".banner").first).to_contain_text("not counted as fixed until a full sync")
