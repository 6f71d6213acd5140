"""Tickets on pages and in the API: offered where a tracker is, to who may decide; filed, linked, shown, exported."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace

import pytest

from callboard.domain.remediation.ticket import Place
from callboard.store import tickets
from callboard.web.app import create_app
from tests.web.conftest import Door

GITHUB = Place(name="security", kind="github", base="https://github.com", project="acme/security")


@pytest.fixture
def tracked(door: Door) -> Iterator[Door]:
    """The door of a board with a tracker."""
    woken: list[None] = []
    before = door.services.trackers, door.services.wake
    for name, value in (("trackers", (GITHUB,)), ("wake", lambda: woken.append(None))):
        object.__setattr__(door.services, name, value)
    yield door
    for name, value in zip(("trackers", "wake"), before, strict=True):
        object.__setattr__(door.services, name, value)
    with door.services.store.write() as conn:
        for table in (tickets.schema.ticket_finding, tickets.schema.ticket):
            conn.execute(table.delete())


def test_nothing_is_offered_without_a_tracker(door: Door) -> None:
    """No button leads nowhere."""
    with door.signed_in() as client:
        assert "Create ticket" not in client.get("/").text
        assert "No tracker is set up" in client.get(f"/tickets/new?id={door.finding_id('due-soon')}").text
        answer = client.post("/api/v1/tickets", json={"finding": door.finding_id("due-soon")})
        assert answer.status_code == 400
        assert "No tracker is set up" in answer.json()["detail"]


def test_a_piece_of_work_gets_a_ticket_from_its_row(tracked: Door) -> None:
    """From the row to the form to the finding's page, without a script."""
    id_ = tracked.finding_id("due-soon")
    with tracked.signed_in() as client:
        assert "/tickets/new?q=" in client.get("/").text
        page = client.get(f"/findings/{id_}").text
        assert f"/tickets/new?id={id_}" in page
        form = client.get(f"/tickets/new?id={id_}").text
        assert "security: acme/security" in form
        done = client.post("/tickets/file", data={"id": str(id_), "tracker": "security"})
        assert done.status_code == 200
        assert "being made in security" in done.text
        again = client.post("/tickets/file", data={"id": str(id_), "tracker": "security"})
        assert "0 more findings have" in again.text
        page = client.get(f"/findings/{id_}").text
        assert "ticket in security" in page
        assert "being made" in page
        assert "Has the ticket in security" in page
        row = client.get("/findings", params={"q": "has:ticket"}).text
        assert "ticket in security" in row
        work = client.get("/api/v1/bundles", params={"q": "has:ticket is:open"}).json()["bundles"]
        assert [each["filed"][0]["state"] for each in work] == ["making"]


def test_one_that_is_there_is_linked_and_told_everywhere(tracked: Door) -> None:
    """On the page with its address, in the API, by the query language, in both exports; and it can be taken back."""
    id_ = tracked.finding_id("due-soon")
    with tracked.bearer() as client:
        done = client.post("/api/v1/tickets", json={"finding": id_, "ticket": "#12"}).json()
        assert (done["ticket"]["key"], done["findings"], done["is_new"]) == ("acme/security#12", 1, True)
        found = client.get("/api/v1/findings", params={"q": "ticket:acme/security#12"}).json()
        assert [each["id"] for each in found["findings"]] == [id_]
        assert found["findings"][0]["filed"][0]["url"] == "https://github.com/acme/security/issues/12"
        assert found["findings"][0]["tickets"] == 1
        listed = client.get("/api/v1/tickets").json()
        assert [(each["ticket"]["key"], each["findings"]) for each in listed["tickets"]] == [("acme/security#12", 1)]
        query = listed["tickets"][0]["query"]
        assert client.get("/api/v1/findings", params={"q": query}).json()["total"] == 1
        assert listed["trackers"] == [{"name": "security", "kind": "github", "project": "acme/security"}]
        (row,) = csv.DictReader(io.StringIO(client.get("/api/v1/findings.csv", params={"q": "has:ticket"}).text))
        assert (row["id"], row["ticket_keys"], row["ticket_states"]) == (str(id_), "acme/security#12", "open")
        exported = client.get("/api/v1/findings.json", params={"q": "has:ticket"}).json()["findings"]
        assert [each["ticket_keys"] for each in exported] == [["acme/security#12"]]
        number = done["ticket"]["id"]
        gone = client.post(f"/api/v1/tickets/{number}/unlink", json={"finding": id_})
        assert gone.json() == {"findings": 1}
        assert client.get("/api/v1/findings", params={"q": "has:ticket"}).json()["total"] == 0
        assert client.post(f"/api/v1/tickets/{number}/unlink", json={"finding": id_}).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "q"),
        ({"finding": 1, "q": "is:open"}, "q"),
        ({"q": "is:open", "ticket": "https://evil.example/acme/security/issues/1"}, "ticket"),
        ({"q": "is:open", "tracker": "nowhere"}, "tracker"),
        ({"q": "is:open"}, "q"),
    ],
)
def test_what_cannot_be_filed_is_told(tracked: Door, body: dict[str, object], field: str) -> None:
    """With the field that is wrong; nothing is written."""
    with tracked.bearer() as client:
        answer = client.post("/api/v1/tickets", json=body)
        assert answer.status_code == 400
        assert answer.json()["field"] == field
        assert client.get("/api/v1/tickets").json()["tickets"] == []


def test_the_app_is_made_with_its_trackers(door: Door) -> None:
    """They are part of what the door is given."""
    assert create_app(replace(door.services, trackers=(GITHUB,))).state.services.trackers == (GITHUB,)
