"""The page of the log: by person, action, object and time, page by page, checked, and as a file."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from callboard.store import schema
from callboard.usecases.people import audit_log
from tests.support.named import NamedDoor, named_door, user


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """A door whose log holds 120 entries of two people over two days."""
    with named_door(tmp_path_factory.mktemp("audit") / "callboard.db") as found:
        for n in range(120):
            found.clock.advance(1_440)
            actor = user("bo") if n % 3 else "token:dashboard"
            action = "ownership.confirm" if n % 2 else "ownership.undo"
            audit_log.note(
                found.store, at=found.clock.now(), actor=actor, action=action, subject=f"resource:{n}",
                detail={"reason": "<b>it is</b>"},
            )  # fmt: skip
        yield found


def test_all_of_it_page_by_page(door: NamedDoor) -> None:
    """The newest first, each once, in as many pages as there are; text is text."""
    with door.as_user("ada") as ada:
        seen, url = [], "/audit"
        while True:
            html = ada.get(url).raise_for_status().text
            assert "<b>it is</b>" not in html
            seen += [part.partition("<")[0] for part in html.split('data-label="Entry" class="n">')[1:]]
            if 'rel="next"' not in html:
                break
            url = html.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
        numbers = [int(each) for each in seen]
        assert numbers == sorted(numbers, reverse=True)
        assert len(numbers) == len(set(numbers)) >= 120


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"actor": "token:dashboard"}, 40),
        ({"actor": "token:dash"}, 0),
        ({"action": "ownership.confirm"}, 60),
        ({"action": "ownership."}, 120),
        ({"action": "ownership"}, 0),
        ({"subject": "resource:11"}, 11),
        ({"subject": "%"}, 0),
        ({"actor": "token:dashboard", "action": "ownership.undo", "subject": "resource:"}, 20),
    ],
)
def test_what_is_asked_for_is_what_is_listed_and_taken(door: NamedDoor, query: dict[str, str], expected: int) -> None:
    """The number at the top, and the rows of the file."""
    with door.as_user("sam") as sam:
        html = sam.get("/audit", params=query).raise_for_status().text
        assert f"<h1>{expected} entr" in html
        rows = [json.loads(line) for line in sam.get("/audit/file", params=query).text.splitlines()]
        assert len(rows) == expected
        assert all(row["actor"] == query.get("actor", row["actor"]) for row in rows)
    assert [each.action for each in door.audit("audit.export")] == ["audit.export"]


def test_days_are_whole_days(door: NamedDoor) -> None:
    """Both ends are in; what is no day is said."""
    first = door.audit("ownership.undo")[0]
    with door.as_user("ada") as ada:
        from callboard.domain.instant import to_text

        day = to_text(first.at)[:10]
        on = ada.get("/audit", params={"from": day, "to": day}).text
        before = ada.get("/audit", params={"to": "2001-01-01"}).text
        assert "<h1>0 entr" in before
        assert "No entry matches" in before
        assert "<h1>0 entr" not in on
        for wrong in ({"from": "yesterday"}, {"to": "2026-13-01"}, {"before": "x"}, {"who": "ada"}):
            assert ada.get("/audit", params=wrong).status_code == 400


def test_the_button_tells_whether_it_holds(door: NamedDoor) -> None:
    """And whether a hash that was kept is in it; one that was touched is found out."""
    with door.as_user("ada") as ada:
        told = ada.post("/audit/verify").text
        assert "It holds." in told
        newest = told.partition("The newest hash: <code>")[2].partition("</code>")[0].replace("<wbr>", "")
        assert "that you kept is among them" in ada.post("/audit/verify", data={"hash": newest}).text
        assert "not in the log" in ada.post("/audit/verify", data={"hash": "ab" * 32}).text
        with door.store.write() as conn:
            conn.execute(schema.audit.update().where(schema.audit.c.seq == 5).values(actor="user:default/ida"))
        assert "It does not hold at entry 5" in ada.post("/audit/verify").text


def test_only_who_may_read_it_is_shown_the_way(door: NamedDoor) -> None:
    """The link stands in the foot of the pages of those alone."""
    for name, shown in (("ada", True), ("sam", True), ("bo", False)):
        with door.as_user(name) as client:
            assert ('href="/audit"' in client.get("/components").text) is shown
