"""Help with a sync that another worker leads: read parts of its run, and stage every page for it to apply.

Nothing that readers see is written here. A part that goes wrong is given back, for the one that leads to judge.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import msgspec

from callboard.ports import Clock, Source
from callboard.store import Store
from callboard.store.intake import parts as part_store
from callboard.store.intake import runs as run_store
from callboard.store.intake import spool as spool_store
from callboard.usecases.cheap_door import CheapDoor, Page, promise_of
from callboard.usecases.collecting import fewer_collections
from callboard.usecases.fetching import CONFIRM, WORKERS, Fetching
from callboard.usecases.heap import give_back_large_blocks
from callboard.usecases.leases import beating, worker_name

T = TypeVar("T")


class Helped(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker has read of a run that another one leads."""

    run: int
    pages: int
    seen: int
    """Records."""
    reason: str | None
    """Why it stopped before nothing was left. None: nothing was left."""


async def help_sync(
    store: Store, source: Source, *, clock: Clock, workers: int = WORKERS, but: int | None = None
) -> Helped | None:
    """Read what can be taken of the run of `source` that another worker leads. None: there is nothing to help with.

    `but` is a run that is left alone: it went wrong here before. A run is left alone as well when it was begun by a program
    that reads records differently. Raises ConflictError when the run has ended, or this worker was too slow and another one
    reads on: nothing is lost then.
    """
    give_back_large_blocks()
    with ThreadPoolExecutor(1, thread_name_prefix="store") as pool:
        helper = _Helper(store, source, clock, pool)
        run = await helper.in_store(helper.find)
        if run is None or run.id == but:
            return None
        try:
            async with beating(partial(helper.beat, run), lease=store.lease):
                with fewer_collections():
                    reason = await helper.read(run, workers)
        finally:
            await asyncio.shield(helper.in_store(helper.let_go, run))
    return Helped(run=run.id, pages=helper.pages, seen=helper.seen, reason=reason)


class _Helper:
    """One worker at one run of another."""

    def __init__(self, store: Store, source: Source, clock: Clock, pool: ThreadPoolExecutor) -> None:
        self._store = store
        self._source = source
        self._clock = clock
        self._pool = pool
        self.pages = 0
        self.seen = 0

    async def in_store(self, work: Callable[..., T], /, *args: object) -> T:
        """What `work` returns, done in the one thread that speaks to the store."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args))

    def find(self) -> run_store.Run | None:
        """The run to help with."""
        with self._store.read() as conn:
            run = part_store.to_help_with(conn, self._source.name, worker_name(), but=CONFIRM)
        return run if run is not None and run.promise == promise_of(self._source) else None

    async def read(self, run: run_store.Run, workers: int) -> str | None:
        """Read and stage. Returns why it stopped early, or None."""
        self._door = CheapDoor(self._store, self._source, source_id=run.source_id)
        fetching = Fetching(
            self._store, self._source, run, clock=self._clock, in_store=self.in_store, commit=partial(self._stage, run),
            drain=None, readers=workers,
        )  # fmt: skip
        failures = await fetching.read()
        return failures[0].message if failures else None

    def _stage(self, run: run_store.Run, pages: Sequence[Page]) -> None:
        now, seen, dialect = self._clock.now(), 0, self._store.dialect
        read = self._door.past(pages)
        with self._store.write() as conn:
            for each in read:
                page = each.page
                part_store.show(conn, run.id, page.part.name, page.fence, now=now)
                raw = [(raw_hash, bytes(node.raw)) for raw_hash, node in each.unknown]
                if page.raw.nodes:
                    spool_store.spool(
                        conn, dialect, run.id, page.part, page.seq, seen=each.seen, moved=each.moved, raw=raw
                    )
                seen += len(page.raw.nodes) if page.part.kind != spool_store.PROJECT else 0
                run_store.set_part(
                    conn, run.id, page.part.name, fence=page.fence, cursor=page.raw.cursor, pages=page.seq + 1,
                    state="waiting" if page.raw.cursor else "done", expected=page.raw.expected,
                )  # fmt: skip
            part_store.note_help(conn, run.id, pages=len(read), seen=seen)
        self.pages += len(read)
        self.seen += seen

    def beat(self, run: run_store.Run) -> None:
        """Say that we live."""
        with self._store.jot() as conn:
            part_store.extend(conn, run.id, worker_name(), now=self._clock.now())

    def let_go(self, run: run_store.Run) -> None:
        """Give back what was not read to its end."""
        with self._store.write() as conn:
            part_store.free(conn, run.id, worker_name())
