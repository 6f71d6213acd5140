"""Campaigns on pages, and over the API: one use case behind both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import httpx
import pytest

from callboard.domain.instant import to_datetime
from tests.support.named import NamedDoor, named_door
from tests.web.conftest import opened

FIELD = re.compile(r'<input[^>]*name="([a-z_]+)"[^>]*?(?: value="([^"]*)")?>')


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[NamedDoor]:
    """A company behind a door to which people come by name."""
    with named_door(tmp_path / "callboard.db") as found:
        yield found


def form(page: str, action: str) -> dict[str, str]:
    """What a form sends before anything is filled in."""
    found = re.search(rf'<form[^>]*action="{action}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert found is not None, f"there is no form for {action}"
    return {name: unescape(value or "") for name, value in FIELD.findall(found[1])}


def get(client: httpx.Client, path: str, **query: str) -> str:
    """A page."""
    return client.get(path, params=query or None).raise_for_status().text


def test_a_campaign_on_its_pages(fresh: NamedDoor) -> None:
    """From the list of findings to a campaign, changed and ended, without a script; texts are text."""
    day = (to_datetime(fresh.clock.now()) + timedelta(days=9)).date().isoformat()
    with fresh.as_user("bo") as bo:
        link = re.search(r'href="(/campaigns\?q=[^"]*)"', get(bo, "/findings", q="is:open"))
        assert link is not None
        page = get(bo, unescape(link[1]))
        assert "3 findings" in page
        sent = form(page, "/campaigns/begin") | {"name": "<b>gone</b>", "aim": "before the launch", "due": day}
        assert sent["count"] == "3"
        assert sent["owner"] == "group:default/red"
        assert bo.post("/campaigns/begin", data=sent | {"count": "2"}).status_code == 409
        begun = bo.post("/campaigns/begin", data=sent).raise_for_status().text
        assert "The campaign has begun." in begun
        assert "&lt;b&gt;gone&lt;/b&gt;" in begun
        assert "<b>gone</b>" not in begun
        assert "3 open at first" in begun
        assert "campaign:1" in begun
        changed = form(begun, "/campaigns/1/change")
        assert (changed["due"], changed["owner"]) == (day, "group:default/red")
        page = bo.post("/campaigns/1/change", data=changed | {"name": "gone"}).raise_for_status().text
        assert "It is changed." in page
        assert 'aria-label="Open: 3 at the end of the first day' in page
    with fresh.as_user("ida") as ida:
        assert "No campaign runs" in get(ida, "/campaigns")
        assert ida.get("/campaigns/1").status_code == ida.get("/campaigns/2").status_code == 404
    with fresh.as_user("nils") as nils:
        assert "/campaigns/begin" not in get(nils, "/campaigns", q="is:open")
    with fresh.as_user("bo") as bo:
        assert "It has ended." in bo.post("/campaigns/1/end").raise_for_status().text
        page = get(bo, "/campaigns/1")
        assert "/change" not in page
        assert "Ended" in get(bo, "/campaigns")
    assert [entry.action for entry in fresh.audit() if entry.action.startswith("campaign")] == [
        "campaign.begin", "campaign.change", "campaign.end",
    ]  # fmt: skip


def test_the_api_tells_each_number_with_its_query(fresh: NamedDoor) -> None:
    """Whoever looks: every number is the total of the list that its query asks for."""
    with fresh.as_user("sam") as sam, fresh.as_user("bo") as bo, fresh.as_user("nils") as nils:
        body = {"name": "All", "q": "is:open", "due": "2026-13-01"}
        assert sam.post("/api/v1/campaigns", json=body).json()["field"] == "due"
        made = sam.post("/api/v1/campaigns", json={"name": "All", "q": "is:open"})
        assert made.status_code == 201
        sam.post("/api/v1/decisions", json={"act": "snooze", "findings": [fresh.finding("red-0")], "until": "7d"})
        totals = []
        for client in (sam, bo):
            told = client.get("/api/v1/campaigns/1").raise_for_status().json()["campaign"]
            for name, query in told["queries"].items():
                listed = client.get("/api/v1/findings", params={"q": query}).json()["total"]
                assert listed == told[name], name
            totals.append((told["findings"], told["open"], told["suppressed"]))
            assert client.get("/api/v1/campaigns").json()["campaigns"] == [told]
        assert totals == [(6, 5, 1), (3, 2, 1)]
        assert nils.get("/api/v1/campaigns").json() == {"campaigns": []}
        assert bo.post("/api/v1/campaigns/1/end").status_code == 403
        assert sam.post("/api/v1/campaigns/1", json={"name": "All", "owner": "red"}).json()["owner"] == (
            "group:default/red"
        )
        assert bo.post("/api/v1/campaigns/1/end").json()["ended_by"] == "user:default/bo"


def test_an_answer_is_fresh_after_a_decision(tmp_path: Path) -> None:
    """The ETag moves with what the campaign counts."""
    with opened(tmp_path / "callboard.db", filled=True) as door, door.bearer() as client:
        client.post("/api/v1/campaigns", json={"name": "All", "q": "is:open"}).raise_for_status()
        first = client.get("/api/v1/campaigns/1")
        again = client.get("/api/v1/campaigns/1", headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304
        id_ = client.get("/api/v1/findings", params={"q": "campaign:1"}).json()["findings"][0]["id"]
        client.post("/api/v1/decisions", json={"act": "snooze", "findings": [id_], "until": "7d"}).raise_for_status()
        told = client.get("/api/v1/campaigns/1", headers={"if-none-match": first.headers["etag"]})
        assert told.status_code == 200
        assert told.json()["campaign"]["suppressed"] == 1
