"""A sender that is killed at any moment sends each message at least once, and the receiver can tell a repeat."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from tests.support.killed_sender import begin
from tests.support.receivers import Receiver, receiving

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]
LATER = 3_600
"""Seconds after which a sender that was cut off is not waited for any more."""


async def work(url: str, receiver: Receiver, moment: int, seconds: int = 0) -> int | None:
    """Run a sender in a process of its own. Returns how many moments it lived through; None: it was killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.support.killed_sender", url, receiver.url, str(moment), str(seconds),
        cwd=ROOT, env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await process.communicate()
    if process.returncode == -signal.SIGKILL:
        return None
    assert process.returncode == 0, err.decode()
    return int(out.splitlines()[-1])


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


async def check(folder: Path, kills: int) -> int:
    """Kill at so many moments. Returns how many repeats the receiver met."""
    template = folder / "template.db"
    await begin(f"sqlite:///{template}")
    repeats = 0
    async with receiving() as receiver:

        def board(name: str) -> str:
            shutil.copy(template, folder / name)
            receiver.got.clear()
            return f"sqlite:///{folder / name}"

        moments = await work(board("undisturbed.db"), receiver, 0)
        assert moments is not None
        wanted = sorted(told(receiver).values(), key=repr)
        assert [(team, len(lines)) for team, lines in wanted] == [("group:default/blue", 2), ("group:default/red", 4)]
        draw = random.Random(7)  # noqa: S311 - repeats
        # Most of what can go wrong with a message does so near the end.
        chosen = {*draw.sample(range(1, moments + 1), kills // 2), *range(moments - kills // 2, moments + 1)}
        for moment in sorted(chosen):
            url = board(f"{moment}.db")
            assert await work(url, receiver, moment) is None, moment
            assert await work(url, receiver, 0, LATER) is not None
            found = told(receiver)
            assert sorted(found.values(), key=repr) == wanted, moment
            repeats += len(receiver.got) - len(found)
    return repeats


@pytest.mark.fault("F2")
def test_a_killed_sender_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Between a message's arrival and the note of it lies a moment in which it has to come twice: that was met."""
    assert asyncio.run(check(tmp_path, kills=24)) > 0
