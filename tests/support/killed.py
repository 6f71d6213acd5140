"""A worker that ends itself with SIGKILL at a chosen moment: `python -m tests.support.killed URL PHASE MOMENT`.

A moment is a statement or a commit, counted from the worker's beginning. 0 means: live to the end and print how many
moments there were.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys

from sqlalchemy import event

from callboard.domain.instant import DAY, Instant
from callboard.ports import ProjectRecord
from callboard.store import open_store
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.sync import RunReport, sync
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.clocks import MORNING, SettableClock
from tests.support.worlds import World


def world_of(phase: str) -> tuple[World, SettableClock]:
    """The world as it is in a phase: "first", or a day later as "second"."""
    clock = SettableClock(MORNING)
    world = World(clock, page_size=7)
    world.projects = {id_: ProjectRecord(external_id=id_, name=id_.title()) for id_ in ("p1", "p2")}
    ids = world.fill(110, projects=("p1",))
    ids += world.fill(10, start=110, projects=("p1", "p2"))
    world.broken = {"f0050": "field"}
    if phase == "second":
        clock.at = Instant(MORNING + DAY)
        world.projects["p1"] = ProjectRecord(external_id="p1", name="Renamed", is_folder=True)
        world.remove(*ids[3:100:20])
        for id_ in ids[5:100:20]:
            world.resolve(id_)
        for id_ in ids[7:100:20]:
            world.change_quietly(id_, severity="critical", projects=("p2",))
        world.fill(15, start=200, projects=("p2",))
        world.redetect(*ids[8:100:20])
        world.slip = {"issue/severe": (2, 1), "vulnerability/other": (1, -1)}
        world.broken = {"f0051": "field"}
    return world, clock


def run(url: str, phase: str, moment: int) -> tuple[RunReport, int]:
    """Sync once; returns the report and how many moments passed."""
    world, clock = world_of(phase)
    store = open_store(url)
    passed = 0

    def pass_moment(*_: object) -> None:
        nonlocal passed
        passed += 1
        if passed == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(store.engine, "before_cursor_execute", pass_moment)
    event.listen(store.engine, "commit", pass_moment)
    catalog = MadeUpCatalog()
    catalog.put(group("red"), group("blue"))
    catalog.put(component("shop", "red", projects=["p1"]), component("bank", "blue", projects=["p2"]))
    try:
        if phase == "first":
            asyncio.run(read_catalog(store, catalog, clock=clock))
        return asyncio.run(sync(store, world, clock=clock)), passed
    finally:
        store.close()


if __name__ == "__main__":
    print(run(sys.argv[1], sys.argv[2], int(sys.argv[3]))[1])  # noqa: T201 - this is how it answers
