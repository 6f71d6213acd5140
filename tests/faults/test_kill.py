"""A worker that is killed without warning, at any moment, loses nothing and doubles nothing."""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from callboard.domain.run import RunState
from callboard.store import open_store
from callboard.store.intake import recount
from callboard.usecases.sync import sync
from tests.support.dumps import Dump, differences, dump
from tests.support.killed import run, world_of
from tests.support.postgres import Postgres

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

ROOT = Path(__file__).parents[2]

SEEN = ("finding", "history", "project", "resource", "candidate", "cube")
"""What a reader sees of a run, before it or after it."""

Make = Callable[[], str]
"""Makes a database in the state that the phase begins with; returns its URL."""


def work(url: str, phase: str, moment: int) -> int | None:
    """Run a worker in a process of its own. Returns how many moments it lived through; None: it was killed."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.killed", url, phase, str(moment)],
        check=False,
        capture_output=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")])},
    )
    if done.returncode == -signal.SIGKILL:
        return None
    assert done.returncode == 0, done.stderr.decode()
    return int(done.stdout)


def state(url: str) -> Dump:
    """Everything on the board, its counters checked."""
    store = open_store(url)
    with store.read() as conn:
        assert recount.differences(conn) == {}
    found = dump(store)
    store.close()
    return found


def again(url: str, phase: str) -> int:
    """How many changes one more sync of the same world finds."""
    world, clock = world_of(phase)
    world.slip = {}
    clock.advance(60)
    store = open_store(url)
    report = asyncio.run(sync(store, world, clock=clock))
    store.close()
    assert report.state is RunState.APPLIED
    return report.changes


def check_kills(make: Make, phase: str, *, kills: int, seed: int) -> None:
    """Kill workers at so many moments; each board must end like one that nobody disturbed."""
    undisturbed = make()
    moments = work(undisturbed, phase, 0)
    assert moments is not None
    wanted = state(undisturbed)
    changes = again(undisturbed, phase)
    draw = random.Random(seed)  # noqa: S311 - repeats
    for moment in sorted(draw.sample(range(1, moments + 1), kills)):
        url = make()
        before = state(url)
        assert work(url, phase, moment) is None
        broken = state(url)
        if phase == "second":
            # Readers see the state before the sync or after it, whose findings are whose included.
            assert any(all(broken[name] == each[name] for name in SEEN) for each in (before, wanted)), moment
        assert work(url, phase, 0) is not None
        difference = differences(wanted, state(url))
        assert not difference, f"killed at moment {moment} of {moments}:\n{difference}"
        assert again(url, phase) == changes


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Make]:
    """Makes database files for a phase."""

    def for_phase(phase: str) -> Make:
        template = tmp_path / "template.db"
        open_store(f"sqlite:///{template}").close()
        if phase == "second":
            run(f"sqlite:///{template}", "first", 0)
        numbers = iter(range(1000))

        def make() -> str:
            path = tmp_path / f"{next(numbers)}.db"
            shutil.copy(template, path)
            return f"sqlite:///{path}"

        return make

    return for_phase


@pytest.mark.fault("F1", "F2")
@pytest.mark.parametrize("phase", ["first", "second"])
def test_a_worker_killed_on_sqlite_leaves_a_board_that_ends_alike(phase: str, file: Callable[[str], Make]) -> None:
    """Twenty moments of a first sync, and of a sync a day later with everything in it that can change."""
    check_kills(file(phase), phase, kills=20, seed=1)


@pytest.mark.fault("F1", "F2")
@pytest.mark.parametrize("phase", ["first", "second"])
def test_a_worker_killed_on_postgresql_leaves_a_board_that_ends_alike(phase: str, postgres: Postgres) -> None:
    """The server rolls back what the dead worker had begun."""

    def build(url: str) -> None:
        open_store(url).close()
        if phase == "second":
            run(url, "first", 0)

    template = postgres.template(f"kill-{phase}", build)
    urls: list[str] = []

    def make() -> str:
        urls.append(postgres.create(like=template))
        return urls[-1]

    try:
        check_kills(make, phase, kills=6, seed=2)
    finally:
        for url in urls:
            postgres.drop(url)
