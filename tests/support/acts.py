"""What is disturbed in the tests of faults: a board is prepared, and something is done to it that writes.

Each act may be done again after it was cut off: it then ends what it had begun, or begins anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from unittest import mock

import msgspec
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.decision import DecisionKind, Draft, Reason, Until
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import parse
from callboard.domain.run import RunState
from callboard.ports import ProjectRecord
from callboard.store import Store, open_store
from callboard.store.database import connect
from callboard.store.migrations import run as migrating
from callboard.usecases import browse
from callboard.usecases.read_catalog import read_catalog
from callboard.usecases.remediation import decide as deciding
from callboard.usecases.remediation.decide import Target
from callboard.usecases.sync import RunReport, sync
from tests.support.catalogs import MadeUpCatalog, component, group
from tests.support.clocks import MORNING, SettableClock
from tests.support.worlds import World

Watch = Callable[[Store], None]
"""Called with each store that an act opens, before it does anything."""


class Act(msgspec.Struct, frozen=True):
    """Something that writes to a board."""

    prepare: Callable[[str], None]
    """Brings a new database into the state that the act begins with."""
    do: Callable[[str, Watch], None]
    again: Callable[[str], int] | None = None
    """Does the same once more and tells how many changes that made: nought, or as many as on an undisturbed board."""
    is_whole: bool = True
    """Readers see all of it or nothing."""
    has_readers: bool = True
    """The board can be read before."""


def unwatched(_store: Store) -> None:
    """Nobody looks."""


def world_of(day: int) -> tuple[World, SettableClock]:
    """A small world on its first day, or on its second, on which everything has changed that can."""
    clock = SettableClock(MORNING)
    world = World(clock, page_size=4)
    world.projects = {id_: ProjectRecord(external_id=id_, name=id_.title()) for id_ in ("p1", "p2")}
    ids = world.fill(15, projects=("p1",)) + world.fill(5, start=15, projects=("p1", "p2"))
    world.broken = {"f0010": "field"}
    if day == 2:
        clock.at = Instant(MORNING + DAY)
        world.projects["p1"] = ProjectRecord(external_id="p1", name="Renamed", is_folder=True)
        world.remove(ids[3])
        world.resolve(ids[5])
        world.change_quietly(ids[7], severity="critical", projects=("p2",))
        world.fill(3, start=30, projects=("p2",))
        world.redetect(ids[8], ids[9])
        world.slip = {"issue/severe": (1, 1)}
        world.broken = {"f0011": "field"}
    return world, clock


def catalog_of(day: int) -> MadeUpCatalog:
    """Two teams with a component each; on the second day one component has another owner and one is new."""
    catalog = MadeUpCatalog()
    catalog.put(group("red", members=["ana"]), group("blue", members=["bo"]))
    catalog.put(component("shop", "red" if day == 1 else "blue", projects=["p1"]))
    catalog.put(component("bank", "blue", projects=["p2"]))
    if day == 2:
        catalog.put(component("till", "red", assets=["r1"]))
    return catalog


def _with_catalog(url: str) -> None:
    store = open_store(url)
    asyncio.run(read_catalog(store, catalog_of(1), clock=SettableClock(MORNING)))
    store.close()


def _first_day(url: str) -> None:
    _with_catalog(url)
    _sync(url, 1, unwatched)


def _decided(url: str) -> None:
    """As after the first day, and people have said something."""
    _first_day(url)
    _decide(url, unwatched)


def _sync(url: str, day: int, watch: Watch, *, later: float = 0, is_calm: bool = False) -> RunReport:
    world, clock = world_of(day)
    clock.advance(later)
    if is_calm:
        world.slip = {}
    store = open_store(url)
    watch(store)
    try:
        return asyncio.run(sync(store, world, clock=clock))
    finally:
        store.close()


def _sync_of(day: int) -> Callable[[str, Watch], None]:
    def do(url: str, watch: Watch) -> None:
        _sync(url, day, watch)

    return do


def _again(day: int) -> Callable[[str], int]:
    def again(url: str) -> int:
        report = _sync(url, day, unwatched, later=60, is_calm=True)
        assert report.state is RunState.APPLIED
        return report.changes

    return again


def _read_catalog(url: str, watch: Watch) -> None:
    store = open_store(url)
    watch(store)
    try:
        clock = SettableClock(Instant(MORNING + DAY))
        asyncio.run(read_catalog(store, catalog_of(2), clock=clock, accept=True))
    finally:
        store.close()


def _decide(url: str, watch: Watch) -> None:
    """Three things are said, each with a key: whoever got no answer sends it again."""
    store = open_store(url)
    watch(store)
    clock = SettableClock(Instant(MORNING + 3_600_000_000))
    try:
        ids = [browse.finding_by_external_id(store, LAPTOP, f"f{number:04}") for number in (1, 2)]
        snooze = Draft(kind=DecisionKind.SNOOZE, snooze=Until.WEEK)
        query = Target(query=parse("severity:critical"))
        done = deciding.decide(store, AT_THE_LAPTOP, snooze, query, clock=clock, key="one")
        dismiss = Draft(kind=DecisionKind.DISMISS, reason=Reason.MITIGATED)
        deciding.decide(store, AT_THE_LAPTOP, dismiss, Target(findings=tuple(ids)), clock=clock, key="two")
        assert done.decision is not None
        first = done.findings[:1]
        deciding.undo(store, AT_THE_LAPTOP, done.decision, clock=clock, findings=first, key="three")
    finally:
        store.close()


def _older(url: str) -> None:
    """A board of the first day, brought back by as many steps as there are ways back for it."""
    _first_day(url)
    store = open_store(url)

    def back(conn: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(migrating.__file__).parent))
        config.attributes["connection"] = conn
        command.downgrade(config, OLDER)

    with store.write() as conn:
        back(conn)
    store.close()


OLDER = "0010"
"""The schema from which the migration begins that is disturbed."""


def _migrate(url: str, watch: Watch) -> None:
    def opened(url: str, *, create: bool = True) -> Store:
        store = connect(url, create=create)
        watch(store)
        return store

    with mock.patch.object(migrating, "connect", opened):
        migrating.upgrade(url)


ACTS = {
    "first": Act(_with_catalog, _sync_of(1), _again(1), is_whole=False),
    "second": Act(_decided, _sync_of(2), _again(2)),
    "catalog": Act(_decided, _read_catalog),
    "decide": Act(_first_day, _decide, is_whole=False),
    "migrate": Act(_older, _migrate, has_readers=False),
}
"""By name: what is disturbed."""
