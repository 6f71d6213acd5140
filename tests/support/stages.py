"""A store with a made-up world and catalog around it, and short words for what happens there.

After every step the counters are compared with the rows that they count.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

import pytest
from sqlalchemy import select, update

from callboard.domain.access import LAPTOP, Viewer, Visibility
from callboard.domain.board import FindingPage, FindingRow
from callboard.domain.finding import Kind, Observed, Rejected, State
from callboard.domain.query import parse
from callboard.domain.reconcile import Safety
from callboard.domain.run import Mode
from callboard.store import Store, schema
from callboard.store.intake.recount import differences
from callboard.usecases import ask, browse, holds
from callboard.usecases.import_file import ImportReport, import_file
from callboard.usecases.read_catalog import CatalogReport, read_catalog
from callboard.usecases.receive_hook import receive_hook
from callboard.usecases.sync import RunReport, sync
from tests.support.catalogs import MadeUpCatalog
from tests.support.clocks import SettableClock
from tests.support.kept import stale
from tests.support.worlds import World

ALL = tuple(State)
T = TypeVar("T")


class Runs(Protocol):
    """Does work to its end."""

    def __call__(self, work: Coroutine[Any, Any, T], /) -> T:
        """What the work returns."""


class Stage:
    """One store and what is around it."""

    def __init__(self, store: Store, *, run: Runs = asyncio.run) -> None:
        self.store = store
        self.run = run
        self.clock = SettableClock()
        self.world = World(self.clock)
        self.catalog = MadeUpCatalog()

    # Steps. Each begins a minute after the last.

    def sync(self, mode: Mode = Mode.FULL, *, safety: Safety | None = None, **options: Any) -> RunReport:
        """Sync the world."""
        self.clock.advance(60)
        try:
            return self.run(sync(self.store, self.world, clock=self.clock, mode=mode, safety=safety, **options))
        finally:
            self.check()

    def read_catalog(self, *, accept: bool = False, safety: Safety | None = None) -> CatalogReport:
        """Read the catalog."""
        self.clock.advance(60)
        try:
            return self.run(read_catalog(self.store, self.catalog, clock=self.clock, accept=accept, safety=safety))
        finally:
            self.check()

    def import_records(self, *records: Observed | Rejected, whole: bool = False) -> ImportReport:
        """Import a file with these records."""
        self.clock.advance(60)
        try:
            return import_file(self.store, self.world, "file.json", records, clock=self.clock, whole=whole)
        finally:
            self.check()

    def hook(self, *ids: str, kind: Kind = Kind.ISSUE) -> RunReport:
        """The source says that these changed."""
        self.clock.advance(60)
        try:
            return self.run(receive_hook(self.store, self.world, kind, ids, clock=self.clock))
        finally:
            self.check()

    def accept(self, run: int) -> RunReport:
        """A person agrees to a held run."""
        self.clock.advance(60)
        try:
            return self.run(holds.accept(self.store, self.world, run, clock=self.clock))
        finally:
            self.check()

    def discard(self, run: int) -> None:
        """A person throws a held run away."""
        self.clock.advance(60)
        holds.discard(self.store, self.world, run, clock=self.clock)
        self.check()

    def check(self) -> None:
        """Every counter equals the rows behind it, no cell is kept for nothing, and readers keep nothing that is gone."""
        with self.store.read() as conn:
            assert differences(conn) == {}
            assert stale(conn, now=self.clock.now()) == {}

    # Looks

    def rows(self, query: str = "", visibility: Visibility = LAPTOP, *, limit: int = 500) -> dict[str, FindingRow]:
        """All findings of a query by their id at the source, found by walking every page; the total is checked."""
        found: list[FindingRow] = []
        cursor = None
        viewer = Viewer("stage", visibility, None)
        while True:
            page = ask.list_findings(self.store, viewer, parse(query), now=self.clock.now(), cursor=cursor, limit=limit)
            found.extend(page.rows)
            cursor = page.cursor
            if cursor is None:
                break
        assert len({row.id for row in found}) == len(found) == page.total
        return {row.external_id: row for row in found}

    def row(self, external_id: str) -> FindingRow:
        """One finding's row."""
        return self.rows()[external_id]

    def page(self, external_id: str) -> FindingPage:
        """One finding's page."""
        id_ = browse.finding_by_external_id(self.store, LAPTOP, external_id)
        return browse.finding(self.store, LAPTOP, id_, now=self.clock.now(), link_hosts=[".wiz.io"])

    def history(self, external_id: str) -> list[tuple[str, str, str | None, str | None]]:
        """What happened to a finding, oldest first, as (kind, actor, old, new)."""
        lines = reversed(self.page(external_id).history)
        return [(line.kind, line.actor, line.old, line.new) for line in lines]

    def states(self) -> dict[str, str]:
        """Every finding's state word."""
        return {id_: row.state.word for id_, row in self.rows().items()}

    def versions(self) -> dict[str, int]:
        """How often each finding's row was written."""
        f = schema.finding.c
        with self.store.read() as conn:
            return {row.external_id: row.version for row in conn.execute(select(f.external_id, f.version))}

    def revision(self) -> int:
        """The board's revision."""
        return browse.revision(self.store)

    def run_states(self) -> list[str]:
        """The states of all runs, oldest first."""
        with self.store.read() as conn:
            return list(conn.execute(select(schema.run.c.state).order_by(schema.run.c.id)).scalars())

    def hold_lease(self, owner: str | None, *, seconds: float = 60) -> None:
        """Let somebody else hold the lease of the world."""
        with self.store.write() as conn:
            until = None if owner is None else self.clock.now() + int(seconds * 1_000_000)
            conn.execute(update(schema.source).values(lease_owner=owner, lease_until=until))


@pytest.fixture
def stage(store: Store) -> Stage:
    """A stage on each database in turn."""
    return Stage(store)
