"""A source says that some findings changed: read just these again and write them down.

Nothing of the message is trusted but the ids; what is stored comes from the source's own API.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from callboard.domain.finding import Kind
from callboard.domain.instant import SECOND
from callboard.domain.run import Mode, Part, RunState
from callboard.ports import Clock, RawPage, Source
from callboard.store import Store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.usecases.cheap_door import Page
from callboard.usecases.intake import Figures, Outcome
from callboard.usecases.leases import is_dead, worker_name
from callboard.usecases.staged_run import StagedRun
from callboard.usecases.sync import RunReport, report_of


async def receive_hook(store: Store, source: Source, kind: Kind, ids: Sequence[str], *, clock: Clock) -> RunReport:
    """Read these findings again. Raises SourceError when the source cannot be asked, ConflictError while a sync runs."""
    began = clock.now()
    pages: list[RawPage] = [page async for page in source.by_ids(kind, list(dict.fromkeys(ids)))]
    write = partial(_write, store, source, kind, pages, clock)
    run, figures = await asyncio.to_thread(write)
    seconds = (clock.now() - began) / SECOND
    return report_of(run, source.name, figures, Outcome(RunState.APPLIED), resumed=False, seconds=seconds)


def _write(
    store: Store, source: Source, kind: Kind, pages: Sequence[RawPage], clock: Clock
) -> tuple[run_store.Run, Figures]:
    now = clock.now()
    part = Part(name=f"hook/{kind.word}", kind=kind.word, filter="{}")
    with store.write() as conn:
        row = source_store.ensure_source(conn, source.name, source.kind)
        holder = source_store.lease_owner(conn, row.id)
        fence = source_store.take_lease(conn, row, worker_name(), now=now, abandoned=is_dead(holder))
        run = run_store.start_run(
            conn, row, Mode.HOOK, source.scope.fingerprint, fence=fence, now=now, parts=(part,), replace=False
        )
    figures = Figures()
    intake = StagedRun(store, source, run, clock, figures)
    try:
        intake.commit([Page(part, seq, page) for seq, page in enumerate(pages)])
        intake.apply_staged(
            state=RunState.APPLIED, complete=False, absent=(), scope_changed=False, safety=None, reason=None, note=False
        )
    except BaseException:
        with store.write() as conn:
            run_store.finish_run(conn, run.id, RunState.DISCARDED, now=clock.now(), reason="it failed", report=None)
            source_store.drop_lease(conn, run.source_id, run.fence)
        raise
    return run, figures
