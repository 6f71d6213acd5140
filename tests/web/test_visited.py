"""What is new since the last visit is told to whoever comes through the portal as well; a program visits nothing."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from sqlalchemy import select

from callboard.domain.access import Depth, Grant
from callboard.domain.instant import HOUR, SECOND, to_datetime
from callboard.store import schema
from tests.support.named import NamedDoor, named_door

AT = "/api/v1/do-now"


def look(door: NamedDoor) -> dict[str, Any]:
    """The numbers that somebody of a team is told through the portal."""
    with door.as_user("ida") as client:
        numbers: dict[str, Any] = client.get(AT).raise_for_status().json()["numbers"]
        return numbers


def noted(door: NamedDoor) -> list[tuple[int, int]]:
    """Every visit that is kept: when it began, and when the one before did."""
    v = schema.visit.c
    with door.store.read() as conn:
        return [(row.at, row.former_at) for row in conn.execute(select(v.at, v.former_at))]


def until_noted(door: NamedDoor, visit: tuple[int, int]) -> None:
    """It is noted after the answer has left."""
    end = time.monotonic() + 60
    while noted(door) != [visit]:
        assert time.monotonic() < end, noted(door)
        time.sleep(0.01)


def test_a_look_through_the_portal_is_a_visit(tmp_path: Path) -> None:
    """The first one knows of none before; looks within an hour are one; then what is new since the former is told."""
    with named_door(tmp_path / "callboard.db") as door:
        first = door.clock.now()
        assert look(door)["new"] is None
        until_noted(door, (first, 0))
        door.clock.advance(HOUR // SECOND // 2)
        assert look(door)["new"] is None
        second = door.clock.advance(HOUR // SECOND)
        look(door)
        until_noted(door, (second, first))
        numbers = look(door)
        assert numbers["new"] == 0
        assert numbers["new_since"][:19] == to_datetime(first).isoformat()[:19]


def test_a_program_visits_nothing(tmp_path: Path) -> None:
    """However often it asks."""
    with named_door(tmp_path / "callboard.db") as door:
        with door.as_program("pipe", Grant(everything=True, deepest=Depth.WORK)) as client:
            for _ in range(3):
                assert client.get(AT).raise_for_status().json()["numbers"]["new"] is None
                door.clock.advance(2 * HOUR // SECOND)
        look(door)
        until_noted(door, (door.clock.now(), 0))
