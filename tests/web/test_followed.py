"""A click into the source is counted: what, how bad a sort, through which door, in which hour; never who, and never what was asked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select, text

from callboard.domain.instant import HOUR, SECOND
from callboard.domain.remediation.engagement import Door as Through
from callboard.domain.remediation.engagement import Engagement
from callboard.store import schema
from tests.support.browser import OpenPage
from tests.web.conftest import Door, enter, opened

FOLLOWED = int(Engagement.FOLLOWED)
ASKED = "a-very-private-question"


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """A board of its own: every test counts from nothing."""
    with opened(tmp_path / "callboard.db", filled=True) as found:
        yield found


def kept(door: Door) -> list[tuple[int, str]]:
    """Every click that is kept: the finding and the door."""
    e = schema.engagement.c
    with door.store.read() as conn:
        rows = conn.execute(select(e.finding_id, e.door).where(e.kind == FOLLOWED).order_by(e.hour, e.door))
        return [(row.finding_id, Through(row.door).word) for row in rows]


def test_a_click_is_counted_once_an_hour(door: Door) -> None:
    """By page and by API apart, also in the figures for Prometheus; an unknown finding is not found."""
    number = door.finding_id("due-soon")
    path = f"/api/v1/findings/{number}/followed"
    with door.bearer() as api:
        assert [api.post(path).json()["counted"] for _ in range(2)] == [True, False]
        assert api.post("/api/v1/findings/4711/followed").status_code == 404
        assert api.post("/api/v1/findings/nothing/followed").status_code in (400, 404)
        assert api.get(path).status_code == 405
        with door.signed_in() as reader:
            assert reader.post(path).json() == {"counted": True}
            # A page of another origin counts nothing.
            assert reader.post(path, headers={"origin": "https://evil.example"}).status_code == 403
        door.clock.advance(HOUR // SECOND)
        assert api.post(path).json() == {"counted": True}
        told = api.get("/metrics").text
    assert kept(door) == [(number, "page"), (number, "api"), (number, "api")]
    assert 'callboard_engagements_total{door="api",kind="issue",what="followed"} 2.0' in told
    assert 'callboard_engagements_total{door="page",kind="issue",what="followed"} 1.0' in told


def test_nothing_about_a_person_or_a_question_is_kept(door: Door, capfd: pytest.CaptureFixture[str]) -> None:
    """Neither in the table nor in any other, nor in the log: no session, no browser, no address, no search text."""
    number = door.finding_id("due-soon")
    browser = "Browser of somebody/1.0"
    with door.signed_in() as reader:
        session = reader.cookies[door.services.gate.cookie]
        reader.get("/findings", params={"q": ASKED})
        answer = reader.post(
            f"/api/v1/findings/{number}/followed",
            headers={
                "user-agent": browser,
                "referer": f"{door.url}/findings?q={ASKED}",
                "x-forwarded-for": "203.0.113.7",
            },
            content=ASKED.encode(),
        )
        assert answer.json() == {"counted": True}
    assert kept(door) == [(number, "page")]
    with door.store.read() as conn:
        for table in schema.metadata.sorted_tables:
            stored = str(conn.execute(text(f'SELECT * FROM "{table.name}"')).all())  # noqa: S608 - our own names
            for secret in (ASKED, session, browser, "203.0.113.7"):
                assert secret not in stored, table.name
    said = "".join(capfd.readouterr())
    assert not any(secret in said for secret in (ASKED, session, browser, "203.0.113.7"))


def _enter(page: Page, door: Door) -> Page:
    page.context.route("https://app.wiz.io/**", lambda route: route.fulfill(body="there"))
    enter(page, door)
    page.goto(f"{door.url}/findings?q=id:due-soon")
    return page


def test_a_click_in_a_browser_arrives(door: Door, open_page: OpenPage) -> None:
    """The link opens, and a beacon says so with the finding's number."""
    page = _enter(open_page(), door)
    with page.expect_response(re.compile("/followed$")) as answered, page.context.expect_page() as there:
        page.get_by_role("link", name=re.compile("Open in Wiz")).click()
    assert there.value.url.startswith("https://app.wiz.io/")
    assert answered.value.status == 200
    assert kept(door) == [(door.finding_id("due-soon"), "page")]


def test_without_a_script_the_link_works_and_nothing_is_counted(door: Door, open_page: OpenPage) -> None:
    """It is a plain link."""
    page = _enter(open_page(javascript=False), door)
    with page.context.expect_page() as there:
        page.get_by_role("link", name=re.compile("Open in Wiz")).click()
    assert there.value.url.startswith("https://app.wiz.io/")
    assert kept(door) == []


def test_who_asks_not_to_be_tracked_is_not_counted(door: Door, open_page: OpenPage) -> None:
    """By the browser's own signal; the link works as ever."""
    page = open_page()
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    _enter(page, door)
    with page.context.expect_page() as there:
        page.get_by_role("link", name=re.compile("Open in Wiz")).click()
    assert there.value.url.startswith("https://app.wiz.io/")
    assert not any(url.endswith("/followed") for url in sent)
    assert kept(door) == []
