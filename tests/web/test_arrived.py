"""A link in a message says by which sort of channel it is followed; that is counted, opens nothing, and is gone from the address."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from sqlalchemy import select

from callboard.channels import backstage, mail, slack, webhook
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, SECOND, Instant
from callboard.domain.remediation.engagement import CHANNELS, Engagement
from callboard.domain.remediation.engagement import Door as Through
from callboard.domain.remediation.message import Line, Message, Part, list_path
from callboard.store import Store, schema
from tests.support.browser import OpenPage
from tests.support.named import NamedDoor, named_door
from tests.web.conftest import enter, opened

BOARD = "http://board.example"
TOLD: dict[str, Callable[[Message], str]] = {
    "slack": lambda message: msgspec.json.encode(slack.body_of(message)).decode(),
    "email": lambda message: (
        mail.mail_of(message, "ana@example.com", sender="callboard@example.com").get_body(("plain",)).get_content()
    ),  # type: ignore[union-attr, attr-defined]
    "portal": lambda message: msgspec.json.encode(backstage.body_of(message)).decode(),
    "webhook": lambda message: msgspec.json.encode(webhook.body_of(message)).decode(),
}
"""What each sort of channel sends."""


@pytest.fixture
def door(tmp_path: Path) -> Iterator[NamedDoor]:
    """Two teams behind an open door."""
    with named_door(tmp_path / "callboard.db") as found:
        yield found


def digest(finding: int) -> Message:
    """A digest of team red that names a finding, and leads to what is open there."""
    line = Line(
        finding=finding, severity="high", title="a", components=(), due_at=None, path=f"/findings/{finding}"
    )  # fmt: skip
    path = list_path("is:open owner:group:default/red")
    return Message(
        key="k", sort="digest", team=EntityRef("group:default/red"), title="red", at=Instant(0), board=BOARD, open=1,
        path=path, parts=(Part(what="new", title="New", count=1, path=list_path(f"id:{finding}"), lines=(line,)),),
        unsubscribe="/unsubscribe?token=abc",
    )  # fmt: skip


def addresses(text: str) -> set[str]:
    """Every address of the board in a message, without the board."""
    return set(re.findall(r"http://board\.example(/[^\s\"|>\\]*)", text.replace("&amp;", "&")))


def kept(store: Store, *, least: int = 0) -> set[tuple[int, str]]:
    """Whoever came: the finding and the channel. It is written after the answer."""
    e = schema.engagement.c
    for _ in range(3_000):
        with store.read() as conn:
            rows = conn.execute(select(e.finding_id, e.door).where(e.kind == int(Engagement.ARRIVED))).all()
        if len(rows) >= least:
            break
        time.sleep(0.02)
    return {(row.finding_id, Through(row.door).word) for row in rows}


def test_every_sort_of_channel_has_its_mark() -> None:
    """And none is forgotten here."""
    assert set(TOLD) == {door.word for door in CHANNELS}


@pytest.mark.parametrize("channel", TOLD)
def test_a_link_of_each_channel_is_counted_as_its_own(door: NamedDoor, channel: str) -> None:
    """Its links say the channel and nothing else; the reader ends at the address without it; what it leads to is counted."""
    red = door.finding("red-0")
    found = addresses(TOLD[channel](digest(red)))
    marked = {each for each in found if each.startswith("/findings")}
    assert marked
    assert found - marked <= {"/unsubscribe?token=abc"}
    for each in marked:
        assert parse_qs(urlsplit(each).query)["via"] == [channel]
    with door.as_user("bo") as client:
        for each in sorted(marked):
            sent = client.get(each)
            assert sent.status_code == 303
            assert "via" not in sent.headers["location"]
            assert client.get(sent.headers["location"]).status_code == 200
        told = kept(door.store, least=3)
        assert told == {(door.finding(f"red-{n}"), channel) for n in range(3)}
    door.clock.advance(DAY // SECOND)  # the day that it is told of is over
    with door.as_user("sam") as client:
        rows = client.get("/api/v1/metrics/use").json()["rows"]
        assert {row["door"] for row in rows if row["what"] == "arrived"} == set(TOLD)
        assert {row["findings"] for row in rows if row["door"] == channel and row["what"] == "arrived"} == {None}
        assert "Notifications of the portal" in client.get("/progress/use").text


def test_a_mark_opens_nothing(door: NamedDoor) -> None:
    """Who is not let in, or may not see it, is told the same as without, and counts nothing."""
    red = door.finding("red-0")
    with door.client() as nobody:
        assert nobody.get(f"/findings/{red}?via=slack").status_code == 401
    with door.as_user("ida") as client:
        sent = client.get(f"/findings/{red}?via=slack")
        assert (sent.status_code, sent.headers["location"]) == (303, f"/findings/{red}")
        assert client.get(sent.headers["location"]).status_code == 404
        assert client.get("/findings?via=slack&q=id:nonsense%3A%3A").status_code == 303
        assert client.get("/api/v1/findings?via=slack").status_code == 400
    with door.as_user("bo") as client:
        client.get(f"/findings/{door.finding('red-1')}?via=email")
    assert kept(door.store, least=1) == {(door.finding("red-1"), "email")}


@pytest.mark.parametrize(
    "query", ["via=page", "via=plugin", "via=nonsense", "via=", "via=slack&via=email", "via=//evil.example/"]
)
def test_a_mark_that_nobody_made_is_only_taken_away(door: NamedDoor, query: str) -> None:
    """The rest of the address stays as it was."""
    with door.as_user("bo") as client:
        sent = client.get(f"/findings?q=is%3Aopen+rule%3Arule-red&{query}&limit=2")
        assert sent.status_code == 303
        there = urlsplit(sent.headers["location"])
        assert there[:3] == ("", "", "/findings")
        assert parse_qs(there.query) == {"q": ["is:open rule:rule-red"], "limit": ["2"]}
        client.get(f"/findings/{door.finding('red-1')}?via=email")
    assert kept(door.store, least=1) == {(door.finding("red-1"), "email")}


def test_who_asks_not_to_be_tracked_is_not_counted(door: NamedDoor) -> None:
    """The link leads there all the same."""
    with door.as_user("bo") as client:
        for header in ("sec-gpc", "dnt"):
            sent = client.get(f"/findings/{door.finding('red-0')}?via=slack", headers={header: "1"})
            assert client.get(sent.headers["location"]).status_code == 200
        client.get(f"/findings/{door.finding('red-1')}?via=email")
    assert kept(door.store, least=1) == {(door.finding("red-1"), "email")}


def test_what_is_shared_from_the_browser_has_no_mark(tmp_path: Path, open_page: OpenPage) -> None:
    """Also not for who goes back."""
    with opened(tmp_path / "callboard.db", filled=True) as at:
        page = enter(open_page(), at)
        number = at.finding_id("due-soon")
        page.goto(f"{at.url}/findings/{number}?via=webhook")
        assert page.url == f"{at.url}/findings/{number}"
        page.go_back()
        page.wait_for_url(f"{at.url}/")
        assert kept(at.store, least=1) == {(number, "webhook")}
