"""What may be said about findings, on pages: without a script, every form leads to a page; and what is said is text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import httpx
import pytest

from tests.support.named import NamedDoor, named_door

FORM = re.compile(r'<form action="/decide/say" method="post"[^>]*>(.*?)</form>', re.DOTALL)
FIELD = re.compile(r'<input[^>]*name="([a-z_]+)"[^>]*value="([^"]*)"')


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[NamedDoor]:
    """A company behind a door to which people come by name."""
    with named_door(tmp_path / "callboard.db") as found:
        yield found


def form(page: str, act: str) -> dict[str, str]:
    """What the form of an act sends before anything is filled in."""
    for inner in FORM.findall(page):
        fields = {name: unescape(value) for name, value in FIELD.findall(inner)}
        if fields["act"] == act:
            return fields
    raise AssertionError(f"there is no form to {act}")


def get(client: httpx.Client, path: str, **query: str) -> str:
    """A page."""
    return client.get(path, params=query).raise_for_status().text


def test_a_finding_is_snoozed_on_its_page_and_given_back(fresh: NamedDoor) -> None:
    """The forms are on the page; what was said is told as text, with who said it; Undo is one step away."""
    id_ = fresh.finding("red-0")
    with fresh.as_user("bo") as bo:
        page = get(bo, f"/findings/{id_}")
        sent = form(page, "snooze") | {"until": "worse", "note": "<b>bold</b>"}
        done = bo.post("/decide/say", data=sent)
        assert done.status_code == 200
        assert "1 finding snoozed." in done.text
        page = get(bo, f"/findings/{id_}")
        assert "snoozed by bo until it is worse" in page
        assert "&lt;b&gt;bold&lt;/b&gt;" in page
        assert "<b>bold</b>" not in page
        bo.post("/decide/say", data=form(done.text, "undo")).raise_for_status()
        assert "Taken back by bo (snoozed → open)" in get(bo, f"/findings/{id_}")


def test_all_of_a_list_are_dismissed_after_a_look(fresh: NamedDoor) -> None:
    """The page lists what it is about; a reason is needed; a list that has grown is looked at again."""
    with fresh.as_user("bo") as bo:
        page = get(bo, "/decide", q="is:open", act="dismiss")
        assert "3 findings" in page
        sent = form(page, "dismiss")
        assert bo.post("/decide/say", data=sent).status_code == 400
        assert bo.post("/decide/say", data=sent | {"reason": "mitigated", "count": "2"}).status_code == 409
        done = bo.post("/decide/say", data=sent | {"reason": "mitigated"})
        assert "3 findings dismissed." in done.text
        assert "mitigated" in get(bo, f"/findings/{fresh.finding('red-0')}")
        assert 'href="/decide' in get(bo, "/findings", q="is:dismissed")


def test_who_may_say_nothing_is_not_asked(fresh: NamedDoor) -> None:
    """No button on rows, no form on pages, and a form sent all the same is refused."""
    with fresh.as_user("ida") as ida:
        assert ida.get("/decide", params={"id": str(fresh.finding("red-0"))}).status_code == 404
    with fresh.as_user("ada") as ada:
        assert "data-decide" not in get(ada, "/findings")
        answer = ada.post("/decide/say", data={"act": "take", "id": str(fresh.finding("red-0"))})
        assert answer.status_code == 403


@pytest.mark.parametrize("query", [{}, {"id": "1", "q": "is:open"}, {"q": "is:oben"}, {"act": "take"}])
def test_what_is_asked_wrongly_is_said(fresh: NamedDoor, query: dict[str, str]) -> None:
    """One thing to say something about, in a query that can be read."""
    with fresh.as_user("bo") as bo:
        assert bo.get("/decide", params=query).status_code == 400
