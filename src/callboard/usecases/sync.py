"""Sync one source: read its pages, stage them, and apply the finished run in one short transaction.

The network is read without any lock; a page commits together with its cursor, so that a run that is killed goes on where
it stopped. A first run has no "before" and applies page by page; every later one is judged as a whole.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import msgspec
from pyroaring import BitMap

from callboard.domain.instant import DAY, SECOND, Instant
from callboard.domain.reconcile import Safety, surprise
from callboard.domain.run import Mode, RunState
from callboard.errors import QueryRefusedError, SourceError, SourceRefusedError
from callboard.ports import Clock, Source
from callboard.store import Store
from callboard.store.bulk import build_indexes
from callboard.store.database import bump_revision
from callboard.store.intake import parts as part_store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.usecases.cheap_door import promise_of
from callboard.usecases.collecting import fewer_collections
from callboard.usecases.confirm import confirm
from callboard.usecases.fetching import CONFIRM, WORKERS, Fetching, ProgressListener
from callboard.usecases.first_run import FirstRun
from callboard.usecases.heap import give_back_large_blocks
from callboard.usecases.intake import Figures, Outcome, known_ahead
from callboard.usecases.leases import beating, is_dead, worker_name
from callboard.usecases.staged_run import StagedRun

CONFIRM_AT_MOST = 50_000
"""Missing findings that are asked for by id. More missing than this is a surprise, not a change."""

RESUME_WITHIN = 24 * 3600 * SECOND
"""An unfinished run older than this is started anew: its cursors and its first pages say nothing any more."""

T = TypeVar("T")


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


def due_mode(row: source_store.SourceRow, *, now: Instant, full_every: int) -> Mode:
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

    async def go(self, mode: Mode) -> RunReport:
        began = self._clock.now()
        give_back_large_blocks()
        # One thread: the store is synchronous, and one writer is all that a source ever has.
        with ThreadPoolExecutor(1, thread_name_prefix="store") as pool:
            self._pool = pool
            run, row, is_resumed = await self._in_store(self._begin, mode)
            takes = FirstRun if run.first else StagedRun
            intake = takes(self._store, self._source, run, self._clock, self._figures)
            try:
                with fewer_collections():
                    async with beating(partial(self._beat, run), lease=self._store.lease):
                        failure = await self._fetch(run, intake)
                        await self._in_store(self._count_help, run)
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

    def _begin(self, mode: Mode) -> tuple[run_store.Run, source_store.SourceRow, bool]:
        build_indexes(self._store)  # a first load that was killed may have left them out
        now = self._clock.now()
        scope = self._source.scope.fingerprint
        with self._store.write() as conn:
            row = source_store.ensure_source(conn, self._source.name, self._source.kind)
            owner = worker_name()
            holder = source_store.lease_owner(conn, row.id)
            fence = source_store.take_lease(conn, row, owner, now=now, abandoned=is_dead(holder))
            is_ahead = row.watermark is not None and row.watermark > now
            if row.last_full_at is None or is_ahead or (row.scope is not None and row.scope != scope):
                # A wider scope asks for what no delta would bring; a narrower one marks what it leaves. A last run in
                # the future was made under a clock that was wrong: what has changed since cannot be told by date.
                mode = Mode.FULL
            run = run_store.unfinished(conn, row.id, mode, scope)
            if run is not None and now - run.started_at <= RESUME_WITHIN:
                # What is missing is found anew at the end, and asked for by id then.
                run_store.drop_parts(conn, run.id, CONFIRM)
                part_store.try_again(conn, run.id)
                part_store.free(conn, run.id, owner)
                return run_store.adopt(conn, run, fence, promise=promise_of(self._source)), row, True
            since = None
            if mode is Mode.DELTA and row.watermark is not None:
                # The watermark is by our own clock, and what the source dates is by its own.
                since = Instant(row.watermark - known_ahead(source_store.last_report(conn, row.id)))
            parts = self._source.plan(mode, since=since, now=now)
            promise = promise_of(self._source)
            run = run_store.start_run(conn, row, mode, scope, fence=fence, now=now, parts=parts, promise=promise)
            return run, row, False

    def _note_refusal(self, run: run_store.Run, reason: str) -> None:
        now = self._clock.now()
        with self._store.write() as conn:
            run_store.finish_run(conn, run.id, RunState.REFUSED, now=now, reason=reason, report=None)
            # Still due: whoever asks again decides how long to wait.
            run_store.note_source(conn, run.source_id, run=run, state=RunState.REFUSED, reason=reason, next_due_at=now)
            source_store.drop_lease(conn, run.source_id, run.fence)
            bump_revision(conn)
        build_indexes(self._store)

    def _release(self, run: run_store.Run) -> None:
        with self._store.write() as conn:
            part_store.free(conn, run.id, worker_name())
            source_store.drop_lease(conn, run.source_id, run.fence)
        build_indexes(self._store)

    # Fetching

    async def _fetch(self, run: run_store.Run, intake: FirstRun | StagedRun) -> str | None:
        """Read every part, with whoever helps. Returns why not all could be read, or None."""
        fetching = Fetching(
            self._store, self._source, run, clock=self._clock, in_store=self._in_store, commit=intake.commit,
            drain=intake.drain, readers=self._workers, progress=self._progress,
        )  # fmt: skip
        failures = await fetching.read()
        if not failures:
            return None
        refused = any(isinstance(each, QueryRefusedError) for each in failures)
        self.was_delta_refused = refused and run.mode is Mode.DELTA
        worst = next((each for each in failures if isinstance(each, SourceRefusedError)), failures[0])
        if isinstance(worst, SourceRefusedError) and self._figures.pages == 0:
            raise worst
        return worst.message

    def _beat(self, run: run_store.Run) -> None:
        """Say that we live, beside whatever we are doing."""
        now = self._clock.now()
        with self._store.jot() as conn:
            source_store.keep_lease(conn, run.source_id, run.fence, now=now)
            part_store.extend(conn, run.id, worker_name(), now=now)

    def _count_help(self, run: run_store.Run) -> None:
        with self._store.read() as conn:
            pages, seen = part_store.helped(conn, run.id)
        self._figures.pages += pages
        self._figures.seen += seen

    # The end

    async def _conclude(
        self, run: run_store.Run, row: source_store.SourceRow, intake: FirstRun | StagedRun, failure: str | None
    ) -> Outcome:
        """Judge the run as a whole and apply it, apply it without closing, or hold it."""
        now = self._clock.now()
        next_due_at = self._next_due_at(now) if self._next_due_at else None
        # What is held waits for a person: reading it all again every few minutes would only hold it again.
        held_until = Instant(now + DAY) if self._next_due_at else None
        if isinstance(intake, FirstRun):
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

    async def _confirm(self, run: run_store.Run, intake: StagedRun, missing: BitMap) -> str | None:
        """Ask the source for each missing finding by its id. Returns why it could not be asked, or None."""
        try:
            await confirm(self._store, self._source, run, intake, missing, clock=self._clock, in_store=self._in_store)
        except SourceError as error:
            return error.message
        return None
