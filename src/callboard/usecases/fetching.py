"""Read the parts of a run: taken one by one from the database, by as many workers as there are, each page into its hands.

Whoever leads the run reads on until every part is read, by whomever. Whoever helps reads what it can take, and leaves what
goes wrong to the one that leads.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

import msgspec

from callboard.domain.run import Part
from callboard.errors import SourceError, SourceRefusedError, SourceUnreachableError
from callboard.ports import Clock, RawPage, Source, Split
from callboard.store import Store
from callboard.store.intake import parts as part_store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.usecases.cheap_door import Page
from callboard.usecases.leases import is_dead, worker_name

WORKERS = 4
"""Parts read at the same time: enough to keep a slow API's rate limit busy, few enough to hold little in memory."""

QUEUE = 8
"""Pages that may wait for the database; they are committed together. Half as many held 4 to 13 MB less, and made a first
sync 8 % slower."""

CONFIRM = "confirm/"
"""Start of the names of parts that ask for missing findings by id, which nobody but the one that leads may do."""

LOOK_SECONDS = 0.5
"""How often the worker that leads looks what the others have read."""

T = TypeVar("T")


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run has come, for a progress bar."""

    part: str
    part_seen: int
    part_expected: int | None
    """None: the source does not tell."""
    parts_done: int
    parts: int
    seen: int


ProgressListener = Callable[[Progress], None]


class _End(msgspec.Struct, frozen=True):
    """A part that was read to no end: it failed, or is to be read as these parts. Follows its last page to the database."""

    row: run_store.PartRow
    state: str
    reason: str | None = None
    children: tuple[Part, ...] = ()


_Queue = asyncio.Queue[Page | _End | None]


class InStore(Protocol):
    """Does blocking work of the store beside the event loop."""

    def __call__(self, work: Callable[..., T], /, *args: object) -> Awaitable[T]:
        """What `work` returns."""


class Fetching:
    """Reads the parts of one run that this worker can take."""

    def __init__(
        self,
        store: Store,
        source: Source,
        run: run_store.Run,
        *,
        clock: Clock,
        in_store: InStore,
        commit: Callable[[Sequence[Page]], None],
        drain: Callable[[], bool] | None,
        readers: int = WORKERS,
        progress: ProgressListener | None = None,
    ) -> None:
        """`commit` writes pages down, and `drain` what others have staged; None: this worker helps and does not lead."""
        self._store = store
        self._source = source
        self._run = run
        self._clock = clock
        self._in_store = in_store
        self._commit = commit
        self._drain = drain
        self._readers = readers
        self._progress = progress
        self._part_seen: dict[str, int] = {}
        self._done = 0
        self._parts = 0
        self._failures: list[SourceError] = []
        self._news = asyncio.Event()

    @property
    def leads(self) -> bool:
        """Whether this worker waits for what others read."""
        return self._drain is not None

    async def read(self) -> list[SourceError]:
        """Read until there is nothing left. Returns what went wrong. Raises ConflictError when another one took over."""
        await self._count()
        queue: _Queue = asyncio.Queue(QUEUE)
        writer = asyncio.create_task(self._write(queue))
        readers = [asyncio.create_task(self._read_parts(queue)) for _ in range(self._readers)]
        reading = asyncio.create_task(_all(readers))
        try:
            await asyncio.wait({reading, writer}, return_when=asyncio.FIRST_COMPLETED)
            if writer.done():
                await writer  # it only ends by itself when it failed
            await reading
            await queue.put(None)
            await writer
        finally:
            for task in (reading, *readers, writer):
                task.cancel()
            await asyncio.gather(reading, *readers, writer, return_exceptions=True)
        return self._failures

    # Readers

    async def _read_parts(self, queue: _Queue) -> None:
        """One reader: takes the next part until none is left or the source cannot be used at all."""
        while not self._is_hopeless():
            news = self._news
            row = await self._in_store(self._claim)
            if row is None:
                if not self.leads or not await self._in_store(self._reading):
                    return
                # Somebody reads what is left, here or elsewhere, and may split it, fail or die.
                # `wait_for` of Python 3.11 may lose a cancellation that comes together with the news.
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_SECONDS):
                        await news.wait()
                continue
            try:
                children = await self._read_part(row, queue)
            except SourceError as error:
                self._failures.append(error)
                if self.leads:
                    await queue.put(_End(row, "failed", error.message))
                continue
            if children:
                await queue.put(_End(row, "split", None, children))
            self._done += 1

    def _is_hopeless(self) -> bool:
        if not self.leads:
            return bool(self._failures)
        return any(isinstance(each, SourceRefusedError | SourceUnreachableError) for each in self._failures)

    async def _read_part(self, row: run_store.PartRow, queue: _Queue) -> tuple[Part, ...]:
        """Read one part to its end into the queue. Returns the parts to read instead, if it is too large."""
        seq = row.pages
        async for page in self._source.pages(row.part, row.cursor):
            if isinstance(page, Split):
                return page.parts
            await queue.put(Page(row.part, seq, page, row.fence))
            seq += 1
            self._tell(row.part, page)
        return ()

    def _tell(self, part: Part, page: RawPage) -> None:
        if self._progress is None:
            return
        seen = self._part_seen[part.name] = self._part_seen.get(part.name, 0) + len(page.nodes)
        self._progress(
            Progress(
                part=part.name, part_seen=seen, part_expected=page.expected, parts_done=self._done, parts=self._parts,
                seen=sum(self._part_seen.values()),
            )
        )  # fmt: skip

    # The writer

    async def _write(self, queue: _Queue) -> None:
        """Commits what has gathered, in the order it came, until None comes; and meanwhile what others have staged."""
        is_open = True
        while is_open:
            pages: list[Page] = []
            item = await self._next(queue)
            while isinstance(item, Page):
                pages.append(item)
                if len(pages) >= QUEUE or queue.empty():
                    break
                item = queue.get_nowait()
            if pages:
                await self._in_store(self._commit, pages)
            if isinstance(item, _End):
                await self._in_store(self._end_part, item)
            is_open = item is not None
            self._tell_readers()
        while self._drain is not None and await self._in_store(self._drain):
            pass

    def _tell_readers(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()

    async def _next(self, queue: _Queue) -> Page | _End | None:
        """What comes next. While nothing comes, what others have staged is written down."""
        while self._drain is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_SECONDS):
                    return await queue.get()
            await self._in_store(self._drain)
        return await queue.get()

    # In the store

    async def _count(self) -> None:
        rows = await self._in_store(self._rows)
        self._parts = len(rows)
        self._done = sum(row.state in ("done", "split") for row in rows)

    def _rows(self) -> list[run_store.PartRow]:
        with self._store.read() as conn:
            return run_store.parts_of(conn, self._run.id)

    def _claim(self) -> run_store.PartRow | None:
        if not self._reading():
            return None
        now = self._clock.now()
        with self._store.write() as conn:
            return part_store.claim(conn, self._run.id, worker_name(), but=CONFIRM, now=now, is_dead=is_dead)

    def _reading(self) -> int:
        with self._store.read() as conn:
            return part_store.reading(conn, self._run.id, but=CONFIRM)

    def _end_part(self, end: _End) -> None:
        now, row = self._clock.now(), end.row
        with self._store.write() as conn:
            if self.leads:
                source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=now)
            part_store.show(conn, self._run.id, row.part.name, row.fence, now=now)
            run_store.end_part(conn, self._run.id, row.part.name, state=end.state, reason=end.reason)
            run_store.add_parts(conn, self._run.id, end.children)


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait for all; the first failure ends it."""
    await asyncio.gather(*tasks)
