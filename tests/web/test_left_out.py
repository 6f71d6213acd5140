"""What a team leaves out of its list, on its page, over the API and in who may say so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from callboard.usecases.people import sessions
from tests.support.browser import OpenPage
from tests.support.named import NamedDoor, named_door, user
from tests.support.providers import MadeUpProvider

SHOTS = os.environ.get("CALLBOARD_SHOTS")
TEAM, AT = "/teams/group/default/red", "/api/v1/rollups/group/default/red"


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """Two teams behind an open door."""
    with named_door(tmp_path_factory.mktemp("left-out") / "callboard.db") as found:
        yield found


def test_its_members_say_it_over_the_api(door: NamedDoor) -> None:
    """The answer tells what is left out, with the list behind each number; others may not, and nonsense is refused."""
    with door.as_user("bo") as bo, door.as_user("ida") as ida:
        assert bo.get(AT).json()["left_out"] is None
        whole = bo.get(AT).json()["numbers"]
        done = bo.post(f"{AT}/left-out", json={"terms": "-severity:low,medium,info"}).raise_for_status().json()
        assert (done["left_out"]["actor"], done["left_out"]["team"]) == (user("bo"), "group:default/red")
        assert done["numbers"]["open"] == whole["open"]
        for part in done["left_out"]["parts"]:
            assert bo.get("/api/v1/findings", params={"q": part["query"]}).json()["total"] == part["findings"]
        assert ida.post(f"{AT}/left-out", json={"terms": "-rule:x"}).status_code in (403, 404)
        assert bo.post(f"{AT}/left-out", json={"terms": "severity:low"}).status_code == 400
        assert bo.post(f"{AT}/left-out", json={"terms": "-rule:x", "more": 1}).status_code == 400
        assert bo.post("/api/v1/rollups/user/default/bo/left-out", json={"terms": "-rule:x"}).status_code == 404
        assert bo.post(f"{AT}/left-out", json={"terms": ""}).json()["left_out"] is None
    assert [each.action for each in door.audit("team.leave-out")] == ["team.leave-out"] * 2


def test_the_page_says_it_and_has_the_form_for_those_who_may(door: NamedDoor) -> None:
    """What is left out is said to everybody who sees the page; the form is the team's own."""
    with door.as_user("bo") as bo, door.as_user("cleo") as cleo:
        origin = {"origin": door.url}
        sent = bo.post("/teams/leave-out", data={"team": "group:default/red", "terms": "-severity:low"}, headers=origin)
        assert (sent.status_code, sent.headers["location"]) == (303, TEAM)
        for client, has_form in ((bo, True), (cleo, False)):
            html = client.get(TEAM).raise_for_status().text
            assert "Left out of this list, by <bdi>bo</bdi>" in html
            assert "<code>-severity:low</code>" in html
            assert ('action="/teams/leave-out"' in html) is has_form
        assert "Left out of this list" in bo.get("/").text
        assert bo.post("/teams/leave-out", data={"team": "nonsense", "terms": ""}, headers=origin).status_code in (
            400,
            404,
        )


def test_it_looks_right(tmp_path: Path, open_page: OpenPage) -> None:
    """Wide and narrow."""
    with named_door(tmp_path / "callboard.db", public="http://board.example", provider=MadeUpProvider.config) as door:
        _look(door, open_page)


def _look(door: NamedDoor, open_page: OpenPage) -> None:
    with door.as_user("bo") as bo:
        bo.post(f"{AT}/left-out", json={"terms": "-severity:low,medium -env:test"}).raise_for_status()
    identity = door.services.identity
    assert identity is not None
    for scheme, width in (("light", 1280), ("dark", 360)):
        page = open_page(color_scheme=scheme, width=width)  # type: ignore[arg-type]
        session = sessions.begin(door.store, user("bo"), clock=door.clock, limits=identity.limits)  # type: ignore[arg-type]
        page.context.add_cookies([{"name": door.services.gate.named_cookie, "value": session, "url": door.url}])
        page.goto(door.url + TEAM)
        assert "Left out of this list" in page.inner_text("main")
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
        if SHOTS:
            page.screenshot(path=Path(SHOTS) / f"left-out-{scheme}-{width}.png", full_page=True)
