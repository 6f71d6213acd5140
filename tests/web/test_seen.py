"""What was on somebody's screen is counted: two seconds, in a short list, by whose look; never who, and not for who asks not to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from callboard.domain.access import Depth, Grant, Right
from callboard.domain.remediation.engagement import MOST_SEEN, Engagement
from callboard.domain.remediation.engagement import Door as Through
from callboard.store import Store, schema
from callboard.usecases.people import sessions
from callboard.web.view import LOOKS_PER_MINUTE
from tests.support.browser import OpenPage
from tests.support.named import NamedDoor, named_door, user
from tests.support.providers import MadeUpProvider
from tests.web.conftest import Door, enter, opened

AT = "/api/v1/seen"
LOOKS = (Engagement.SEEN, Engagement.SEEN_BY_SECURITY, Engagement.SEEN_BY_OTHERS)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[NamedDoor]:
    """Two teams that see each other's work."""
    path, public = tmp_path / "callboard.db", "http://board.example"
    with named_door(path, public=public, provider=MadeUpProvider.config, organisation_sees="work") as found:
        yield found


@pytest.fixture
def many(tmp_path: Path) -> Iterator[Door]:
    """Sixty findings, and the person at the machine."""
    with opened(tmp_path / "callboard.db", filled=True) as found:
        yield found


def kept(store: Store) -> set[tuple[int, str, str]]:
    """Every look that is kept: the finding, whose look, and the door."""
    e = schema.engagement.c
    with store.read() as conn:
        rows = conn.execute(select(e.finding_id, e.kind, e.door).where(e.kind.in_([int(each) for each in LOOKS])))
        return {(row.finding_id, Engagement(row.kind).word, Through(row.door).word) for row in rows}


def test_whose_look_it_was(door: NamedDoor) -> None:
    """Of the team that owns it, of security, of others; a program sees nothing, and once an hour is enough."""
    red = door.finding("red-0")
    for name in ("bo", "ida", "sam", "cleo"):
        with door.as_user(name) as client:
            told = client.post(AT, json={"findings": [red, red]}).raise_for_status().json()
            assert told == {"counted": 0 if name == "cleo" else 1}, name
            assert client.post(AT, json={"findings": [red]}).json() == {"counted": 0}
    with door.as_program("pipe", Grant(everything=True, deepest=Depth.WORK, rights=(Right.DECIDE,))) as client:
        assert client.post(AT, json={"findings": [red]}).json() == {"counted": 0}
    assert kept(door.store) == {
        (red, "seen", "plugin"), (red, "seen-by-others", "plugin"), (red, "seen-by-security", "plugin"),
    }  # fmt: skip


def test_what_is_not_in_sight_is_not_counted(tmp_path: Path) -> None:
    """It is as if there were none; what else was told counts."""
    with named_door(tmp_path / "callboard.db") as door, door.as_user("ida") as client:
        red, blue = door.finding("red-0"), door.finding("blue-0")
        told = [client.post(AT, json={"findings": [each]}).text for each in (red, 4711, 0, -1, 2**63)]
        assert set(told) == {'{"counted":0}'}
        assert client.post(AT, json={"findings": [red, blue, 4711]}).json() == {"counted": 1}
        assert kept(door.store) == {(blue, "seen", "plugin")}


def test_it_is_bounded(door: NamedDoor) -> None:
    """In how much is told at once, and in how often."""
    with door.as_user("bo") as client:
        for wrong in ([], list(range(1, MOST_SEEN + 2)), ["1"], None):
            assert client.post(AT, json={"findings": wrong}).status_code == 400
        assert client.post(AT, json={"findings": [1], "who": "bo"}).status_code == 400
        codes = [client.post(AT, json={"findings": [1]}).status_code for _ in range(LOOKS_PER_MINUTE + 1)]
        assert codes == [200] * LOOKS_PER_MINUTE + [429]
        door.clock.advance(60)
        assert client.post(AT, json={"findings": [1]}).status_code == 200


def test_who_asks_not_to_be_counted_is_not(door: NamedDoor) -> None:
    """By either header, and the answer is as for everybody."""
    red = door.finding("red-0")
    with door.as_user("bo") as client:
        for header in ("sec-gpc", "dnt"):
            assert client.post(AT, json={"findings": [red]}, headers={header: "1"}).json() == {"counted": 0}
    assert kept(door.store) == set()


def sign_in(page: Page, door: NamedDoor, name: str) -> Page:
    """A browser in which somebody is signed in, with a clock that stands still."""
    identity = door.services.identity
    assert identity is not None
    session = sessions.begin(door.store, user(name), clock=door.clock, limits=identity.limits)  # type: ignore[arg-type]
    page.context.add_cookies([{"name": door.services.gate.named_cookie, "value": session, "url": door.url}])
    return still(page)


def still(page: Page) -> Page:
    """A page whose clock moves only when it is told to."""
    page.clock.install(time=0)
    page.clock.pause_at(1000)
    return page


def look(page: Page, address: str) -> None:
    """Open a list, until the rows in sight have been noticed."""
    page.goto(address)
    noticed(page)


def noticed(page: Page) -> None:
    """Until what watches the rows has heard of them: whoever watches later hears later."""
    page.evaluate(
        """async () => {
            for (const row of document.querySelectorAll('[data-seen]')) {
                await new Promise(done => new IntersectionObserver(done, { threshold: 0.5 }).observe(row));
            }
        }"""
    )


def after(page: Page, milliseconds: int) -> None:
    """So much time passes."""
    page.clock.run_for(milliseconds)


def leave(page: Page) -> None:
    """As when another page is opened: what waits to be told is told."""
    page.evaluate("dispatchEvent(new Event('pagehide'))")


def test_two_seconds_in_sight_are_a_look(door: NamedDoor, open_page: OpenPage) -> None:
    """By somebody of the team it is the team's, by somebody of another one it is not."""
    red, blue = ({door.finding(f"{team}-{n}") for n in range(count)} for team, count in (("red", 3), ("blue", 2)))
    page = sign_in(open_page(), door, "bo")
    look(page, f"{door.url}/findings?q=is:open rule:rule-red,rule-blue")
    with page.expect_response(lambda answer: answer.url.endswith(AT)) as answered:
        after(page, 2_000)
        after(page, 10_000)
    assert answered.value.json() == {"counted": 5}
    assert kept(door.store) == {
        *((id_, "seen", "page") for id_ in red),
        *((id_, "seen-by-others", "page") for id_ in blue),
    }


def test_half_a_second_is_none(door: NamedDoor, open_page: OpenPage) -> None:
    """Also when time goes on once the rows are out of sight."""
    page = sign_in(open_page(), door, "bo")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    look(page, f"{door.url}/findings?q=is:open rule:rule-red")
    after(page, 500)
    page.evaluate("document.querySelectorAll('[data-seen]').forEach(row => { row.style.display = 'none'; })")
    page.wait_for_function("document.querySelector('[data-seen]').getBoundingClientRect().height === 0")
    noticed(page)
    after(page, 20_000)
    leave(page)
    page.goto(f"{door.url}/sources")
    assert not any(each.endswith(AT) for each in sent)
    assert kept(door.store) == set()


def test_a_hidden_tab_sees_nothing(door: NamedDoor, open_page: OpenPage) -> None:
    """The time begins anew when it is looked at."""
    page = sign_in(open_page(), door, "bo")
    page.add_init_script(
        "Object.defineProperty(document, 'hidden', { get: () => globalThis.asideNow !== false, configurable: true })"
    )
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    look(page, f"{door.url}/findings?q=is:open rule:rule-red")
    after(page, 20_000)
    leave(page)
    assert not any(each.endswith(AT) for each in sent)
    page.evaluate("globalThis.asideNow = false; document.dispatchEvent(new Event('visibilitychange'))")
    after(page, 1_999)
    leave(page)
    assert not any(each.endswith(AT) for each in sent)
    with page.expect_response(lambda answer: answer.url.endswith(AT)):
        after(page, 1)
        leave(page)
    assert len(kept(door.store)) == 3


def test_a_long_list_is_skimmed(many: Door, open_page: OpenPage) -> None:
    """Of 51 rows none counts, of 50 those in sight do."""
    page = still(open_page())
    enter(page, many)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    look(page, f"{many.url}/findings?q=is:open&limit=51")
    assert page.locator("[data-seen]").count() == 51
    after(page, 20_000)
    leave(page)
    look(page, f"{many.url}/findings?q=is:open&limit=50")
    assert not any(each.endswith(AT) for each in sent)
    with page.expect_response(lambda answer: answer.url.endswith(AT)):
        after(page, 2_000)
        leave(page)
    seen = kept(many.store)
    assert 0 < len(seen) < 50
    assert {who for _, who, _ in seen} == {"seen-by-others"}


def test_a_piece_of_work_counts_for_the_finding_that_it_names(door: NamedDoor, open_page: OpenPage) -> None:
    """As following its link does; how many more it closes is a number, and nobody saw them."""
    page = sign_in(open_page(), door, "bo")
    look(page, f"{door.url}/")
    named = {int(each.get_attribute("data-seen") or 0) for each in page.locator("[data-seen]").all()}
    with page.expect_response(lambda answer: answer.url.endswith(AT)):
        after(page, 2_000)
        leave(page)
    assert {id_ for id_, _, _ in kept(door.store)} == named
    assert named < {door.finding(f"red-{n}") for n in range(3)} | {door.finding(f"blue-{n}") for n in range(2)}


def test_a_browser_that_asks_not_to_be_tracked_tells_nothing(door: NamedDoor, open_page: OpenPage) -> None:
    """By its own signal."""
    page = sign_in(open_page(), door, "bo")
    page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    look(page, f"{door.url}/findings?q=is:open rule:rule-red")
    after(page, 20_000)
    leave(page)
    page.goto(f"{door.url}/sources")
    assert not any(each.endswith(AT) for each in sent)
    assert kept(door.store) == set()
