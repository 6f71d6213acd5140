"""Runs that wait for a person: list them, apply them after all, or throw them away."""

from __future__ import annotations

import asyncio
from functools import partial

import msgspec
from pyroaring import BitMap

from callboard.domain.access import AT_THE_LAPTOP
from callboard.domain.instant import SECOND, Instant
from callboard.domain.run import Mode, RunState
from callboard.errors import NotFoundError
from callboard.ports import Clock, Source
from callboard.store import Store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.store.people import audit
from callboard.usecases.confirm import confirm
from callboard.usecases.fetching import CONFIRM
from callboard.usecases.intake import Figures
from callboard.usecases.leases import is_dead, worker_name
from callboard.usecases.staged_run import StagedRun
from callboard.usecases.sync import RunReport, report_of


class HeldRun(msgspec.Struct, frozen=True, kw_only=True):
    """A finished run that would have done something surprising."""

    run: int
    source: str
    reason: str
    started_at: Instant


def held(store: Store) -> tuple[HeldRun, ...]:
    """Every run that waits."""
    with store.read() as conn:
        return tuple(
            HeldRun(
                run=run.id,
                source=source_store.source_name(conn, run.source_id),
                reason=run.reason or "",
                started_at=run.started_at,
            )
            for run in run_store.held_runs(conn)
        )


async def accept(
    store: Store, source: Source, run_id: int, *, clock: Clock, by: str = AT_THE_LAPTOP.named
) -> RunReport:
    """Apply a held run after all; what it found missing is asked for by id first, and only what is unknown is closed.

    Raises NotFoundError when it is not held (any more), and SourceError when the source cannot be asked: then the run
    stays held, and agreeing again goes on where the asking stopped.
    """
    began = clock.now()
    run, scope = await asyncio.to_thread(_take, store, source, run_id, clock)
    figures = Figures()
    intake = StagedRun(store, source, run, clock, figures)
    try:
        absent, parts = await asyncio.to_thread(_found, store, run)
        # Agreeing to what a run read does not make it whole.
        is_read = all(row.state in ("done", "split") or row.part.name.startswith(CONFIRM) for row in parts)
        is_complete = is_read and run.mode is Mode.FULL
        scope_changed = is_complete and scope is not None and scope != run.scope
        if is_complete and not scope_changed:
            await confirm(store, source, run, intake, absent, clock=clock, in_store=asyncio.to_thread)
        apply = partial(
            intake.apply_staged,
            state=RunState.APPLIED if is_read else RunState.PARTIAL,
            complete=is_complete,
            absent=list(absent) if is_complete else [],
            scope_changed=scope_changed,
            safety=None,
            reason="accepted by a person",
        )
        outcome = await asyncio.to_thread(apply)
        await asyncio.to_thread(_note_accepted, store, run, source.name, clock.now(), by)
    except BaseException:
        await asyncio.shield(asyncio.to_thread(_let_go, store, run))
        raise
    seconds = (clock.now() - began) / SECOND
    return report_of(run, source.name, figures, outcome, resumed=False, seconds=seconds)


def _found(store: Store, run: run_store.Run) -> tuple[BitMap, list[run_store.PartRow]]:
    """What a held run found missing, and what it read."""
    with store.read() as conn:
        return run_store.kept_absent(conn, run.id), run_store.parts_of(conn, run.id)


def _let_go(store: Store, run: run_store.Run) -> None:
    with store.write() as conn:
        source_store.drop_lease(conn, run.source_id, run.fence)


def _note_accepted(store: Store, run: run_store.Run, source: str, now: Instant, by: str) -> None:
    with store.write() as conn:
        audit.note(conn, at=now, actor=by, action="run.accept", subject=f"run:{run.id}", detail={"source": source})


def discard(store: Store, source: Source, run_id: int, *, clock: Clock, by: str = AT_THE_LAPTOP.named) -> None:
    """Throw a held run away: what is stored stays, and the next run starts anew. Raises NotFoundError."""
    run, _ = _take(store, source, run_id, clock)
    with store.write() as conn:
        reason = "discarded by a person"
        run_store.finish_run(conn, run.id, RunState.DISCARDED, now=clock.now(), reason=reason, report=None)
        run_store.note_source(
            conn, run.source_id, run=run, state=RunState.DISCARDED, reason=reason, next_due_at=clock.now()
        )
        source_store.drop_lease(conn, run.source_id, run.fence)
        audit.note(
            conn,
            at=clock.now(),
            actor=by,
            action="run.discard",
            subject=f"run:{run_id}",
            detail={"source": source.name},
        )


def _take(store: Store, source: Source, run_id: int, clock: Clock) -> tuple[run_store.Run, str | None]:
    with store.write() as conn:
        row = source_store.ensure_source(conn, source.name, source.kind)
        run = run_store.get_run(conn, run_id)
        if run is None or run.source_id != row.id or run.state is not RunState.HELD:
            raise NotFoundError(
                f"No held run {run_id} of {source.name!r}.", hint="`callboard sources` lists held runs."
            )
        holder = source_store.lease_owner(conn, row.id)
        fence = source_store.take_lease(conn, row, worker_name(), now=clock.now(), abandoned=is_dead(holder))
        return run_store.adopt(conn, run, fence), row.scope
