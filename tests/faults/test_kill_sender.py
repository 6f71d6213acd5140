"""A sender that is killed at any moment sends each message at least once, and the receiver can tell a repeat."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import msgspec
import pytest

from tests.support.killed_sender import begin
from tests.support.lives import lives
from tests.support.receivers import Receiver, receiving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

LATER = 3_600
"""Seconds after which a sender that was cut off is not waited for any more."""


def told(receiver: Receiver) -> dict[str, tuple[str, frozenset[tuple[str, int]]]]:
    """By the message's id, its team and what it tells of which finding; a repeat has to be the same to the byte."""
    bodies: dict[str, bytes] = {}
    for headers, body in receiver.got:
        assert bodies.setdefault(headers["webhook-id"], body) == body
    found = {}
    for id_, body in bodies.items():
        document = msgspec.json.decode(body)
        lines = {(part["what"], line["finding"]) for part in document["parts"] for line in part["findings"]}
        found[id_] = (document["team"], frozenset(lines))
    return found


async def check(folder: Path) -> int:
    """Kill at every moment in turn, until a life passes untouched. Returns how many repeats the receiver met."""
    template = folder / "template.db"
    await begin(f"sqlite:///{template}")
    repeats = 0
    async with receiving() as receiver, lives("tests.support.killed_sender") as sender:

        def board() -> str:
            for each in ("board.db-wal", "board.db-shm"):
                (folder / each).unlink(missing_ok=True)
            shutil.copy(template, folder / "board.db")
            receiver.got.clear()
            return f"sqlite:///{folder / 'board.db'}"

        assert await sender.live(0, board(), receiver.url, "0") is not None
        wanted = sorted(told(receiver).values(), key=repr)
        assert [(team, len(lines)) for team, lines in wanted] == [("group:default/blue", 2), ("group:default/red", 4)]
        moment = 0
        while True:
            moment += 1
            url = board()
            if await sender.live(moment, url, receiver.url, "0") is not None:
                break
            assert await sender.live(0, url, receiver.url, str(LATER)) is not None
            found = told(receiver)
            assert sorted(found.values(), key=repr) == wanted, moment
            repeats += len(receiver.got) - len(found)
    return repeats


@pytest.mark.fault("F2")
def test_a_killed_sender_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Between a message's arrival and the note of it lies a moment in which it has to come twice: that was met."""
    assert asyncio.run(check(tmp_path)) > 0
