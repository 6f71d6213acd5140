"""Import a file of findings: a run of one page that is never complete, so it closes nothing."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from callboard.domain.finding import Observed, Rejected
from callboard.domain.instant import SECOND
from callboard.domain.run import Mode, RunState
from callboard.ports import Clock, Source
from callboard.store import Store
from callboard.store.database import bump_revision
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.store.intake.rejected import RejectedRow
from callboard.usecases.intake import Figures, Intake
from callboard.usecases.leases import is_dead, worker_name

BATCH = 500
"""Records written in one transaction."""


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What importing one file did."""

    file: str
    source: str
    records: int
    observed: int
    new: int
    changed: int
    """Includes closed and reopened ones."""
    unchanged: int
    rejected: int
    reasons: tuple[str, ...]
    """The first reasons of rejected records, each with its place; ten at most."""
    seconds: float


def import_file(
    store: Store,
    source: Source,
    file: str,
    records: Iterable[Observed | Rejected],
    *,
    clock: Clock,
    whole: bool = False,
) -> ImportReport:
    """Write the records of one file into `source`. They share its ids, and what the file does not tell stays.

    `whole` says that a record tells every field, as the API's own JSON does. Raises ConflictError while a sync runs.
    """
    began = clock.now()
    figures = Figures()
    with store.write() as conn:
        row = source_store.ensure_source(conn, source.name, source.kind)
        holder = source_store.lease_owner(conn, row.id)
        fence = source_store.take_lease(conn, row, worker_name(), now=began, abandoned=is_dead(holder))
        run = run_store.start_run(
            conn, row, Mode.IMPORT, source.scope.fingerprint, fence=fence, now=began, parts=(), replace=False
        )
    intake = Intake(store, source, run, clock, figures, door=f"file:{whole}")
    reasons: list[str] = []
    count = 0

    def commit(batch: list[tuple[Observed, bytes]], bad: list[RejectedRow]) -> None:
        with store.write() as conn:
            source_store.keep_lease(conn, run.source_id, run.fence, now=clock.now())
            intake.apply_observed(conn, batch, bad, whole=whole)

    try:
        batch: list[tuple[Observed, bytes]] = []
        bad: list[RejectedRow] = []
        for record in records:
            count += 1
            raw_hash = intake.door.hash_of("file", msgspec.msgpack.encode(record))
            if isinstance(record, Rejected):
                if len(reasons) < 10:
                    reasons.append(f"{record.where}: {record.reason}")
                bad.append(
                    RejectedRow(
                        raw_hash=raw_hash, where=record.where, reason=record.reason, external_id=record.external_id
                    )
                )
            else:
                batch.append((record, raw_hash))
            if len(batch) + len(bad) >= BATCH:
                commit(batch, bad)
                batch, bad = [], []
        commit(batch, bad)
        state, reason = RunState.APPLIED, None
    except BaseException:
        state, reason = RunState.PARTIAL, "it broke off"
        raise
    finally:
        with store.write() as conn:
            run_store.finish_run(conn, run.id, state, now=clock.now(), reason=reason, report=None)
            source_store.drop_lease(conn, run.source_id, run.fence)
            bump_revision(conn)
    tally = figures.tally
    return ImportReport(
        file=file,
        source=source.name,
        records=count,
        observed=count - figures.rejected,
        new=tally.new,
        changed=tally.changed + tally.closed + tally.reopened,
        unchanged=tally.unchanged + tally.outdated,
        rejected=figures.rejected,
        reasons=tuple(reasons),
        seconds=round((clock.now() - began) / SECOND, 3),
    )
