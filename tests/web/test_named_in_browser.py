"""Signing in, one's own board, and what is not one's own, in a browser: words, nothing that goes wrong, and pictures.

With CALLBOARD_SCREENSHOTS set to a folder, each page is also written there, light and dark, wide and narrow.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from callboard.domain.access import AT_THE_LAPTOP
from callboard.usecases.packages import keep_register
from callboard.usecases.people import sessions
from tests.support.browser import OpenPage, complaints
from tests.support.named import NamedDoor, named_door, user
from tests.support.providers import MadeUpProvider
from tests.support.registers import made_up_register

pytestmark = pytest.mark.slow

SHOTS = os.environ.get("CALLBOARD_SCREENSHOTS")


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """A board on loopback to which people sign in with a provider; numbers are open to everybody."""
    path = tmp_path_factory.mktemp("named-browser") / "callboard.db"
    provider = MadeUpProvider.config
    with named_door(path, public="http://board.example", provider=provider, organisation_sees="counts") as found:
        yield found


@pytest.fixture
def look(door: NamedDoor, open_page: OpenPage) -> Any:  # noqa: ANN401
    """Open an address as somebody, in four pages, and return the text of the first."""

    def looked(path: str, name: str, who: str | None = None) -> str:
        told = ""
        for scheme, width in (("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)):
            page = open_page(color_scheme=scheme, width=width)  # type: ignore[arg-type]
            if who is not None:
                identity = door.services.identity
                assert identity is not None
                session = sessions.begin(door.store, user(who), clock=door.clock, limits=identity.limits)  # type: ignore[arg-type]
                cookie = {"name": door.services.gate.named_cookie, "value": session, "url": door.url}
                page.context.add_cookies([cookie])  # type: ignore[list-item]
            page.goto(door.url + path)
            told = told or page.inner_text("body")
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (path, width, wide)
            refused = [each for each in complaints(page) if "401" not in each and "404" not in each]
            assert refused == []
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"{name}-{scheme}-{width}.png", full_page=True)
        return told

    return looked


def test_signed_out(look: Any) -> None:  # noqa: ANN401
    """A way in, and what Callboard is."""
    told = look("/findings", "sign-in")
    assert "Sign in with Example" in told
    assert "asks who you are" in told


def test_a_sign_in_that_went_wrong(look: Any) -> None:  # noqa: ANN401
    """Why, and how to begin again."""
    told = look("/sign-in/done?code=x&state=y", "sign-in-refused")
    assert "was not begun in this browser" in told
    assert "Sign in with Example" in told


def test_the_first_page_of_an_owner(look: Any) -> None:  # noqa: ANN401
    """Who one is, with a way out."""
    told = look("/", "named-do-now", "bo")
    assert "Sign out" in told
    assert "bo" in told


def test_what_is_withheld_is_said(look: Any, door: NamedDoor) -> None:  # noqa: ANN401
    """On a finding of one's own whose evidence needs more than was shown."""
    assert "Withheld: evidence; notes left at the source." in look(
        f"/findings/{door.finding('red-0')}", "withheld", "bo"
    )


def test_nothing_is_mine(look: Any) -> None:  # noqa: ANN401
    """Who is in no team is told so, and what to do."""
    assert "Nothing here is yours." in look("/", "nothing-mine", "nils")


def test_numbers_only(look: Any) -> None:  # noqa: ANN401
    """Components of others, in the list and on their page."""
    assert "numbers only" in look("/components", "numbers-list", "bo")
    told = look("/components/component/default/bank", "numbers-page", "bo")
    assert "You do not own this component" in told
    assert "Ask group:default/blue." in told


def test_not_mine_and_not_there(look: Any, door: NamedDoor) -> None:  # noqa: ANN401
    """One page for both."""
    one = look(f"/findings/{door.finding('blue-0')}", "no-access", "bo")
    two = look("/findings/999999", "not-there", "bo")
    assert "There is no such thing, or you may not see it" in one
    assert one.partition("Request")[0] == two.partition("Request")[0]


def test_the_risks_of_the_portal(look: Any, door: NamedDoor) -> None:  # noqa: ANN401
    """Nothing yet, and then lines with their numbers, what to do, and why behind a fold."""
    assert "Nothing was judged yet" in look("/portal", "portal-empty", "ada")
    keep_register.keep(door.services.store, AT_THE_LAPTOP, made_up_register(door.clock.now()))
    told = look("/portal", "portal", "ada")
    assert "was made to harm" in told
    assert "Blast radius" in told
