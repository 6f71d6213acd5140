"""What people do with findings is counted by door: a page, the portal's plugin, a program; unless they ask not to be."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from callboard.domain.access import Depth, Grant, Right
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.store import schema
from tests.support.named import NamedDoor, named_door


@pytest.fixture
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NamedDoor]:
    """An open door of its own."""
    with named_door(tmp_path_factory.mktemp("engaged") / "callboard.db") as found:
        yield found


def counted(door: NamedDoor, *, least: int) -> set[tuple[str, str, int]]:
    """What is kept, once there is so much of it: it is written after the answer."""
    e = schema.engagement.c
    for _ in range(3_000):
        with door.store.read() as conn:
            rows = conn.execute(select(e.kind, e.door, e.finding_id)).all()
        if len(rows) >= least:
            break
        time.sleep(0.02)
    return {(Engagement(row.kind).word, Door(row.door).word, row.finding_id) for row in rows}


def test_doors_are_told_apart(door: NamedDoor) -> None:
    """Who comes through the portal is a person there, a token of ours is a program; who may not see it counts nothing."""
    red = door.finding("red-0")
    with door.as_user("bo") as client:
        client.get(f"/api/v1/findings/{red}").raise_for_status()
        body = {"act": "take", "findings": [red]}
        client.post("/api/v1/decisions", json=body).raise_for_status()
    with door.as_program("pipe", Grant(everything=True, deepest=Depth.WORK, rights=(Right.DECIDE,))) as client:
        client.get(f"/api/v1/findings/{red}").raise_for_status()
        client.get(f"/findings/{red}").raise_for_status()
    with door.as_user("ida") as client:
        assert client.get(f"/api/v1/findings/{red}").status_code == 404
    assert counted(door, least=4) == {
        ("opened", "plugin", red), ("seen", "plugin", red), ("acted", "plugin", red), ("opened", "api", red),
    }  # fmt: skip


def test_who_asks_not_to_be_tracked_is_not_counted(door: NamedDoor) -> None:
    """By either header; and everything works the same."""
    red = door.finding("red-0")
    with door.as_user("bo") as client:
        for header in ("sec-gpc", "dnt"):
            client.get(f"/api/v1/findings/{red}", headers={header: "1"}).raise_for_status()
        client.get(f"/api/v1/findings/{door.finding('red-1')}").raise_for_status()
    other = door.finding("red-1")
    assert counted(door, least=2) == {("opened", "plugin", other), ("seen", "plugin", other)}


def test_use_is_told(door: NamedDoor) -> None:
    """By page and by API; two teams are too few for a share."""
    with door.as_user("sam") as client:
        told = client.get("/api/v1/metrics/use").raise_for_status().json()
        assert told["share"] is None
        assert {row["door"] for row in told["rows"]} == {
            *("page", "api", "plugin", "message"),
            *("slack", "email", "portal", "webhook"),
        }
        assert "Too few teams to tell" in client.get("/progress/use").raise_for_status().text
        assert client.get("/api/v1/metrics/use.csv").text.splitlines()[0] == "what,door,findings"
