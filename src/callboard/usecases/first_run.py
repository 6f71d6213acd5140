"""Taking in the first run of a source: it has no "before", so that its pages are applied as they come."""

from __future__ import annotations

from collections.abc import Sequence

from callboard.domain.instant import Instant
from callboard.domain.run import RunState
from callboard.ports import Clock, Source
from callboard.store import Connection, Store
from callboard.store.bulk import build_indexes, defer_indexes
from callboard.store.intake import heard as heard_store
from callboard.store.intake import rejected as rejected_store
from callboard.store.intake import sources as source_store
from callboard.store.intake import spool as spool_store
from callboard.store.intake.apply import write_sightings
from callboard.store.intake.memory import Written
from callboard.store.intake.runs import Run
from callboard.store.intake.spool import PROJECT, Spooled
from callboard.usecases.cheap_door import Page, Read
from callboard.usecases.fetching import QUEUE
from callboard.usecases.intake import STATISTICS_FROM, Figures, Intake, Outcome, Parsed
from callboard.usecases.pace import Pace

FAR_AWAY = 400_000
"""A source whose first page takes longer than this (microseconds) is waited for, not worked for: then the indexes of a
first load cost nobody anything, and building them late would only make people wait."""


class FirstRun(Intake):
    """Takes in the pages of a first run."""

    def __init__(self, store: Store, source: Source, run: Run, clock: Clock, figures: Figures) -> None:
        super().__init__(store, source, run, clock, figures)
        self._applier.since = run.started_at
        self._indexes: str | None = None
        self._began = clock.now()
        self._pace = Pace()
        self._heard_seq = 0
        """Where the next that was heard is kept."""

    def commit(self, pages: Sequence[Page]) -> None:
        """Apply pages at once and commit them with their cursors. Blocking."""
        start = 0
        while start < len(pages):
            # Far away, or with indexes to keep: whoever waits for a page anyway can let others write between two.
            end = len(pages) if self._indexes == "deferred" else start + self._pace.at_once
            self._commit(pages[start:end])
            start = end

    def _commit(self, pages: Sequence[Page]) -> None:
        read = self.door.past(pages)
        records: list[Parsed] = []
        for each in read:
            if each.page.part.kind != PROJECT:
                records.extend(
                    self._parsed(each.page.part.kind, ((raw_hash, node.raw) for raw_hash, node in each.unknown))
                )
        try:
            with self._store.write() as conn:
                locked_at = self._clock.now()
                source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=locked_at)
                self._defer_indexes(conn)
                if self._apply(conn, read, records):
                    self._applier.bump_revision(conn)
                for each in read:
                    self._apply_projects(conn, each)
                    self._note_page(conn, each.page)
            self._pace.note(len(pages), self._clock.now() - locked_at)
        except BaseException:
            self._applier.forget()
            raise

    def _defer_indexes(self, conn: Connection) -> None:
        if self._indexes is None:
            is_far = self._clock.now() - self._began > FAR_AWAY
            self._indexes = "deferred" if not is_far and defer_indexes(conn) else "built"
            if self._indexes == "deferred":
                self._applier.written = Written()

    def _build_indexes(self) -> None:
        build_indexes(self._store)
        self._indexes = "built"
        self._applier.written = None

    def _apply(self, conn: Connection, pages: Sequence[Read | Spooled], records: Sequence[Parsed]) -> bool:
        """Write what pages hold, of which `records` are decoded. Returns whether that was anything."""
        moved = [each for page in pages for each in page.moved]
        self._hear_again(conn)
        self._write_records(conn, records)
        self._keep_heard(conn)
        write_sightings(conn, self._store.dialect, moved)
        self._figures.redetected += len(moved)
        self._figures.unchanged += sum(len(page.seen) for page in pages)
        return bool(records or moved)

    def _apply_projects(self, conn: Connection, read: Read) -> None:
        if read.page.part.kind == PROJECT:
            told = self._parsed_projects((raw_hash, node.raw) for raw_hash, node in read.unknown)
            if self._write_projects(conn, told):
                self._applier.bump_revision(conn)

    def _hear_again(self, conn: Connection) -> None:
        """The run may have been begun by a process that is no more: what it was told stands by what it was told."""
        if not self._applier.heard.keeps:
            kept = heard_store.kept(conn, self._run.id)
            self._heard_seq = len(kept)
            self._applier.heard.take(kept)
            self._applier.heard.keeps = True

    def _keep_heard(self, conn: Connection) -> None:
        told = self._applier.heard.told()
        if told is not None:
            heard_store.keep(conn, self._store.dialect, self._run.id, self._heard_seq, told)
            self._heard_seq += 1

    def drain(self) -> bool:
        """Apply some pages that others have staged. Returns whether there were any. Blocking."""
        with self._store.read() as conn:
            staged = spool_store.some_spooled(conn, self._run.id, QUEUE)
        if not staged:
            return False
        records, projects = [], []
        for _, page in staged:
            if page.kind == PROJECT:
                projects.extend(self._parsed_projects(page.raw))
            else:
                records.extend(self._parsed(page.kind, page.raw))
        try:
            with self._store.write() as conn:
                source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=self._clock.now())
                self._defer_indexes(conn)
                if projects:
                    self._write_projects(conn, projects)
                self._apply(conn, [page for _, page in staged], records)
                for seq, page in staged:
                    spool_store.unspool(conn, self._run.id, page.part, seq)
                self._applier.bump_revision(conn)
        except BaseException:
            self._applier.forget()
            raise
        return True

    def finish(self, state: RunState, *, reason: str | None, next_due_at: Instant | None) -> Outcome:
        """End the run, which has nothing staged. Blocking."""
        self._build_indexes()
        with self._store.write() as conn:
            source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=self._clock.now())
            self._figures.tally.moved += self._applier.settle(conn, now=self._clock.now())
            if state is RunState.APPLIED:
                rejected_store.forget_rejected(conn, self._run.source_id, self._run.id)
            self._applier.bump_revision(conn)
            self._end(conn, state, reason, next_due_at)
        if self._figures.tally.new >= STATISTICS_FROM:
            self.refresh_statistics()
        return Outcome(state, reason)
