"""Sync one source: read its pages, stage them, and apply the finished run in one short transaction.

The network is read without any lock; a page commits together with its cursor, so that a run that is killed goes on where
it stopped. A first run has no "before" and applies page by page; every later one is judged as a whole.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import msgspec
from pyroaring import BitMap

from callboard.domain.instant import DAY, SECOND, Instant
from callboard.domain.reconcile import Safety, surprise
from callboard.domain.run import Mode, Part, RunState
from callboard.errors import QueryRefusedError, SourceError, SourceRefusedError, SourceUnreachableError
from callboard.ports import Clock, RawPage, Source, Split
from callboard.store import Store
from callboard.store.bulk import build_indexes
from callboard.store.database import bump_revision
from callboard.store.intake import runs as run_store
from callboard.usecases.cheap_door import Page
from callboard.usecases.collecting import fewer_collections
from callboard.usecases.confirm import confirm
from callboard.usecases.intake import CONFIRM, Figures, Intake, Outcome

WORKERS = 4
"""Parts read at the same time: enough to keep a slow API's rate limit busy, few enough to hold little in memory."""

QUEUE = 8
"""Pages that may wait for the database; they are committed together. Half as many held 4 to 13 MB less, and made a first
sync 8 % slower."""

CONFIRM_AT_MOST = 50_000
"""Missing findings that are asked for by id. More missing than this is a surprise, not a change."""

RESUME_WITHIN = 24 * 3600 * SECOND
"""An unfinished run older than this is started anew: its cursors and its first pages say nothing any more."""

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


class RunReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run did, in findings."""

    run: int
    source: str
    mode: Mode
    state: RunState
    reason: str | None
    """Why it is partial or held, in words."""
    first: bool
    resumed: bool
    pages: int
    seen: int
    new: int
    changed: int
    reopened: int
    closed: int
    moved_owner: int
    redetected: int
    """Of the unchanged ones: those whose last detection moved."""
    unchanged: int
    rejected: int
    left_scope: int
    projects: int
    changes: int
    """Findings of which anything but the last detection is different now."""
    seconds: float


ProgressListener = Callable[[Progress], None]


def report_of(
    run: run_store.Run, source: str, figures: Figures, outcome: Outcome, *, resumed: bool, seconds: float
) -> RunReport:
    """The figures of a run as people read them."""
    tally = figures.tally
    return RunReport(
        run=run.id,
        source=source,
        mode=run.mode,
        state=outcome.state,
        reason=outcome.reason,
        first=run.first,
        resumed=resumed,
        pages=figures.pages,
        seen=figures.seen,
        new=tally.new,
        changed=tally.changed,
        reopened=tally.reopened,
        closed=tally.closed,
        moved_owner=tally.moved,
        redetected=figures.redetected,
        unchanged=figures.unchanged + tally.unchanged + tally.outdated,
        rejected=figures.rejected,
        left_scope=figures.left_scope,
        projects=figures.projects,
        changes=tally.new + tally.changed + tally.reopened + tally.closed + tally.moved + figures.left_scope,
        seconds=round(seconds, 3),
    )


async def sync(
    store: Store,
    source: Source,
    *,
    clock: Clock,
    mode: Mode = Mode.FULL,
    safety: Safety | None = None,
    progress: ProgressListener | None = None,
    next_due_at: Callable[[Instant], Instant] | None = None,
    workers: int = WORKERS,
) -> RunReport:
    """Run one sync of `source`. Raises ConflictError while another one runs, SourceRefusedError for bad credentials.

    A run that cannot finish is partial: what it read is applied, nothing is closed, and the report says why.
    Where a source does not understand the filters of a delta run (some tenants of Wiz refuse them), a full run follows.
    `next_due_at` tells from the end of this run when the next one is due.
    """
    make = partial(
        _Sync,
        store,
        source,
        clock=clock,
        safety=safety or Safety(),
        progress=progress,
        next_due_at=next_due_at,
        workers=workers,
    )
    run = make()
    report = await run.go(mode)
    if run.was_delta_refused:
        return await make().go(Mode.FULL)
    return report


def due_mode(row: run_store.SourceRow, *, now: Instant, full_every: int) -> Mode:
    """Which mode a source's next run should have. `full_every` is in microseconds."""
    if row.last_full_at is None or row.watermark is None or now - row.last_full_at >= full_every:
        return Mode.FULL
    return Mode.DELTA


class _Sync:
    """One run from lease to report."""

    def __init__(
        self,
        store: Store,
        source: Source,
        *,
        clock: Clock,
        safety: Safety,
        progress: ProgressListener | None,
        next_due_at: Callable[[Instant], Instant] | None,
        workers: int,
    ) -> None:
        self._store = store
        self._source = source
        self._clock = clock
        self._safety = safety
        self._progress = progress
        self._next_due_at = next_due_at
        self._workers = workers
        self._figures = Figures()
        self.was_delta_refused = False
        """It was a delta run, and the source did not understand what it was asked."""
        self._part_seen: dict[str, int] = {}
        self._parts_done = 0
        self._parts = 0

    async def go(self, mode: Mode) -> RunReport:
        began = self._clock.now()
        # One thread: the store is synchronous, and one writer is all that a source ever has.
        with ThreadPoolExecutor(1, thread_name_prefix="store") as pool:
            self._pool = pool
            run, row, is_resumed = await self._in_store(self._begin, mode)
            intake = Intake(self._store, self._source, run, self._clock, self._figures)
            try:
                with fewer_collections():
                    failure = await self._fetch(run, intake)
                    outcome = await self._conclude(run, row, intake, failure)
            except SourceRefusedError as error:
                await asyncio.shield(self._in_store(self._note_refusal, run, error.message))
                raise
            except BaseException:
                # The run stays as it is and goes on next time; only the lease is given back.
                await asyncio.shield(self._in_store(self._release, run))
                raise
        seconds = (self._clock.now() - began) / SECOND
        return report_of(run, self._source.name, self._figures, outcome, resumed=is_resumed, seconds=seconds)

    async def _in_store(self, work: Callable[..., T], *args: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args))

    # Beginning

    def _begin(self, mode: Mode) -> tuple[run_store.Run, run_store.SourceRow, bool]:
        build_indexes(self._store)  # a first load that was killed may have left them out
        now = self._clock.now()
        scope = self._source.scope.fingerprint
        with self._store.write() as conn:
            row = run_store.ensure_source(conn, self._source.name, self._source.kind)
            owner = worker_name()
            holder = run_store.lease_owner(conn, row.id)
            fence = run_store.take_lease(conn, row, owner, now=now, abandoned=is_dead(holder))
            if row.last_full_at is None or (row.scope is not None and row.scope != scope):
                # A wider scope asks for what no delta would bring; a narrower one marks what it leaves.
                mode = Mode.FULL
            run = run_store.unfinished(conn, row.id, mode, scope)
            if run is not None and now - run.started_at <= RESUME_WITHIN:
                # What is missing is found anew at the end, and asked for by id then.
                run_store.drop_parts(conn, run.id, CONFIRM)
                return run_store.adopt(conn, run, fence), row, True
            parts = self._source.plan(mode, since=row.watermark if mode is Mode.DELTA else None, now=now)
            run = run_store.start_run(conn, row, mode, scope, fence=fence, now=now, parts=parts)
            return run, row, False

    def _note_refusal(self, run: run_store.Run, reason: str) -> None:
        now = self._clock.now()
        with self._store.write() as conn:
            run_store.finish_run(conn, run.id, RunState.REFUSED, now=now, reason=reason, report=None)
            # Still due: whoever asks again decides how long to wait.
            run_store.note_source(conn, run.source_id, run=run, state=RunState.REFUSED, reason=reason, next_due_at=now)
            run_store.drop_lease(conn, run.source_id, run.fence)
            bump_revision(conn)
        build_indexes(self._store)

    def _release(self, run: run_store.Run) -> None:
        with self._store.write() as conn:
            run_store.drop_lease(conn, run.source_id, run.fence)
        build_indexes(self._store)

    # Fetching

    async def _fetch(self, run: run_store.Run, intake: Intake) -> str | None:
        """Read every waiting part. Returns why not all could be read, or None."""
        rows = await self._in_store(self._parts_of, run)
        self._parts = len(rows)
        self._parts_done = sum(row.state in ("done", "split") for row in rows)
        waiting = deque(row for row in rows if row.state in ("waiting", "failed"))
        if not waiting:
            return None
        queue: asyncio.Queue[Page | None] = asyncio.Queue(QUEUE)
        failures: list[SourceError] = []
        writer = asyncio.create_task(self._commit_pages(intake, queue))
        readers = [asyncio.create_task(self._read_parts(run, waiting, queue, failures)) for _ in range(self._workers)]
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
        if not failures:
            return None
        refused = any(isinstance(each, QueryRefusedError) for each in failures)
        self.was_delta_refused = refused and run.mode is Mode.DELTA
        worst = next((each for each in failures if isinstance(each, SourceRefusedError)), failures[0])
        if isinstance(worst, SourceRefusedError) and self._figures.pages == 0:
            raise worst
        return worst.message

    def _parts_of(self, run: run_store.Run) -> list[run_store.PartRow]:
        with self._store.read() as conn:
            return run_store.parts_of(conn, run.id)

    async def _read_parts(
        self,
        run: run_store.Run,
        waiting: deque[run_store.PartRow],
        queue: asyncio.Queue[Page | None],
        failures: list[SourceError],
    ) -> None:
        """One reader: takes the next part until none is left or the source cannot be used at all."""
        while waiting and not any(isinstance(each, (SourceRefusedError, SourceUnreachableError)) for each in failures):
            row = waiting.popleft()
            try:
                children = await self._read_part(row, queue)
            except SourceError as error:
                failures.append(error)
                await self._in_store(self._note_part, run, row, "failed", error.message, ())
                continue
            if children:
                await self._in_store(self._note_part, run, row, "split", None, children)
                found = await self._in_store(self._parts_of, run)
                names = {part.name for part in children}
                self._parts = len(found)
                waiting.extendleft(reversed([child for child in found if child.part.name in names]))
            self._parts_done += 1

    async def _read_part(self, row: run_store.PartRow, queue: asyncio.Queue[Page | None]) -> tuple[Part, ...]:
        """Read one part to its end into the queue. Returns the parts to read instead, if it is too large."""
        seq = row.pages
        async for page in self._source.pages(row.part, row.cursor):
            if isinstance(page, Split):
                return page.parts
            await queue.put(Page(row.part, seq, page))
            seq += 1
            self._tell(row.part, page)
        return ()

    def _tell(self, part: Part, page: RawPage) -> None:
        if self._progress is None:
            return
        seen = self._part_seen[part.name] = self._part_seen.get(part.name, 0) + len(page.nodes)
        self._progress(
            Progress(
                part=part.name,
                part_seen=seen,
                part_expected=page.expected,
                parts_done=self._parts_done,
                parts=self._parts,
                seen=sum(self._part_seen.values()),
            )
        )

    async def _commit_pages(self, intake: Intake, queue: asyncio.Queue[Page | None]) -> None:
        """The writer: commits what has gathered, in the order it came, until None comes."""
        is_open = True
        while is_open:
            first = await queue.get()
            pages = [] if first is None else [first]
            is_open = first is not None
            while is_open and pages and len(pages) < QUEUE and not queue.empty():
                page = queue.get_nowait()
                if page is None:
                    is_open = False
                else:
                    pages.append(page)
            if pages:
                await self._in_store(intake.commit, pages)

    def _note_part(
        self, run: run_store.Run, row: run_store.PartRow, state: str, reason: str | None, children: Sequence[Part]
    ) -> None:
        with self._store.write() as conn:
            run_store.keep_lease(conn, run.source_id, run.fence, now=self._clock.now())
            run_store.end_part(conn, run.id, row.part.name, state=state, reason=reason)
            run_store.add_parts(conn, run.id, children)

    # The end

    async def _conclude(
        self, run: run_store.Run, row: run_store.SourceRow, intake: Intake, failure: str | None
    ) -> Outcome:
        """Judge the run as a whole and apply it, apply it without closing, or hold it."""
        now = self._clock.now()
        next_due_at = self._next_due_at(now) if self._next_due_at else None
        # What is held waits for a person: reading it all again every few minutes would only hold it again.
        held_until = Instant(now + DAY) if self._next_due_at else None
        if run.first:
            state = RunState.PARTIAL if failure else RunState.APPLIED
            return await self._in_store(partial(intake.finish, state, reason=failure, next_due_at=next_due_at))
        is_complete = failure is None and run.mode is Mode.FULL
        scope_changed = row.scope is not None and row.scope != run.scope
        absent: list[int] = []
        if is_complete:
            missing = await self._in_store(intake.missing, row.scope)
            absent = list(missing)
            if absent and not scope_changed:
                why = await self._in_store(self._too_many, run, len(absent))
                if why is not None:
                    hold = partial(intake.hold, why, absent=absent, next_due_at=held_until)
                    return await self._in_store(hold)
                failure = await self._confirm(run, intake, missing)
                is_complete = failure is None
        apply = partial(
            intake.apply_staged,
            state=RunState.PARTIAL if failure else RunState.APPLIED,
            complete=is_complete,
            absent=absent if is_complete else [],
            scope_changed=scope_changed and is_complete,
            safety=self._safety,
            reason=failure,
            next_due_at=next_due_at,
            held_until=held_until,
        )
        return await self._in_store(apply)

    def _too_many(self, run: run_store.Run, absent: int) -> str | None:
        """Why so many missing findings are not even worth asking for, or None."""
        with self._store.read() as conn:
            open_before = run_store.open_count(conn, run.source_id) - run_store.outside_count(conn, run.source_id)
        why = surprise(open_before=open_before, closing=absent, new=0, safety=self._safety)
        if why is None and absent > CONFIRM_AT_MOST:
            why = f"It would close {absent} open findings."
        return why

    async def _confirm(self, run: run_store.Run, intake: Intake, missing: BitMap) -> str | None:
        """Ask the source for each missing finding by its id. Returns why it could not be asked, or None."""
        try:
            await confirm(self._store, self._source, run, intake, missing, clock=self._clock, in_store=self._in_store)
        except SourceError as error:
            return error.message
        return None


async def _all(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Wait for all; the first failure ends it."""
    await asyncio.gather(*tasks)


_PROCESS = secrets.token_hex(8)
"""Tells this process from an earlier one with its number, as after the restart of a container."""


def worker_name() -> str:
    """The name of our process, which another one on the same machine can check."""
    return f"{socket.gethostname()}/{os.getpid()}/{_PROCESS}"


def is_dead(worker: str | None) -> bool:
    """True when `worker` was a process of this machine that is not running any more."""
    if worker is None:
        return False
    host, _, rest = worker.partition("/")
    pid, _, process = rest.partition("/")
    if host != socket.gethostname() or not pid.isdigit():
        return False
    if int(pid) == os.getpid():
        return process != _PROCESS
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False
