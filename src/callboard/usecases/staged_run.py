"""Taking in every later run of a source: its pages are staged, and applied in one transaction when all is known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from pyroaring import BitMap

from callboard.domain.instant import Instant
from callboard.domain.reconcile import Safety, surprise
from callboard.domain.run import RunState, Scope
from callboard.ports import Clock, Source
from callboard.store import Connection, Store
from callboard.store.database import bump_revision
from callboard.store.intake import rejected as rejected_store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.store.intake import spool as spool_store
from callboard.store.intake.apply import write_sightings
from callboard.store.intake.closing import close_absent, leave_scope
from callboard.store.intake.memory import Written
from callboard.store.intake.runs import Run
from callboard.store.intake.spool import Moved
from callboard.usecases.cheap_door import Page
from callboard.usecases.fetching import CONFIRM
from callboard.usecases.intake import STATISTICS_FROM, Figures, Intake, Outcome, Parsed, ParsedProject

GROUP = 4_000
"""Changed records written by one set of statements."""

PREPARED_AT_MOST = 20_000
"""Changed records that are decoded before the database is locked for writing; of more, each group is decoded inside."""

SIGHTINGS_AT_ONCE = 50_000
"""Moved last detections gathered before they are written, to bound memory."""


class _Group(msgspec.Struct):
    """Staged pages that are applied together."""

    is_confirming: bool = False
    """They answer for findings that were asked for by id."""
    projects: list[ParsedProject] = []
    records: list[Parsed] = []
    moved: list[Moved] = []
    known: int = 0
    """Records whose bytes are known."""
    seen: BitMap = msgspec.field(default_factory=BitMap)
    """For a confirming group: the ids of the known ones."""


class _Surprise(Exception):  # noqa: N818 - it ends a transaction, it is no error
    """The run would do something that a person should decide."""


class StagedRun(Intake):
    """Takes in the pages of a run that has a "before"."""

    def __init__(self, store: Store, source: Source, run: Run, clock: Clock, figures: Figures) -> None:
        super().__init__(store, source, run, clock, figures)
        self._twice: set[str] = set()
        """Findings of which this run was perhaps told more than once: their records are compared before any is written."""
        self._has_looked = False
        """Whether everything that is staged was looked through for such findings."""

    def commit(self, pages: Sequence[Page]) -> None:
        """Stage pages, and commit them with their cursors. Blocking."""
        read = self.door.past(pages)
        with self._store.write() as conn:
            source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=self._clock.now())
            for each in read:
                page = each.page
                if page.raw.nodes:
                    raw = [(raw_hash, bytes(node.raw)) for raw_hash, node in each.unknown]
                    spool_store.spool(
                        conn, self._store.dialect, self._run.id, page.part, page.seq, seen=each.seen, moved=each.moved,
                        raw=raw,
                    )  # fmt: skip
                self._note_page(conn, page)

    def drain(self) -> bool:
        """Nothing: what others have staged is applied with all the rest."""
        return False

    # What a complete run did not hold

    def missing(self, former_scope: str | None = None) -> BitMap:
        """Ids of open findings in scope that no page held. Blocking.

        Kinds of `former_scope`, the scope of the last whole run, are looked at as well.
        """
        scopes = {self._run.scope, former_scope or self._run.scope}
        kinds = {int(kind) for scope in scopes for kind in msgspec.json.decode(scope, type=Scope).kinds}
        dialect = self._store.dialect
        with self._store.read() as conn:
            seen = run_store.seen_ids(conn, self._run.id)
            told = Written()
            # Changed records are staged undecoded: the ids inside them are there as well.
            for page in spool_store.spooled(conn, self._run.id):
                came = self._external_ids(page)
                self._twice.update(told.again(list(came)))
                if came:
                    seen |= BitMap(run_store.ids_of(conn, dialect, self._run.source_id, list(came)).values())
            self._has_looked = True
            if len(seen) == run_store.finding_count(conn, self._run.source_id):
                return BitMap()
            return run_store.open_in_scope(conn, self._run.source_id, sorted(kinds)) - seen

    def _external_ids(self, page: spool_store.Spooled) -> set[str]:
        came: set[str] = set()
        for _, record in page.raw:
            parsed = self._source.parse(page.kind, record)
            if parsed.external_id is not None:
                came.add(parsed.external_id)
        return came

    # The end of a run

    def apply_staged(
        self,
        *,
        state: RunState,
        complete: bool,
        absent: Sequence[int],
        scope_changed: bool,
        safety: Safety | None,
        reason: str | None,
        next_due_at: Instant | None = None,
        held_until: Instant | None = None,
        note: bool = True,
    ) -> Outcome:
        """Apply everything staged in one transaction, or hold it when `safety` finds it surprising. Blocking.

        `complete` says that every page of the scope was read: only then are `absent`, the ids that no page held, closed.
        `safety` None means that a person has agreed. `note` False leaves the source's schedule and watermark alone.
        """
        figures = self._figures
        before = msgspec.structs.replace(figures, tally=msgspec.structs.replace(figures.tally))
        prepared = self._prepare()
        try:
            with self._store.write() as conn:
                source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=self._clock.now())
                open_before = run_store.open_count(conn, self._run.source_id)
                self._applier.since, self._applier.waits = self._clock.now(), True
                changed = self._apply_groups(conn, self._groups(conn) if prepared is None else prepared)
                now = self._clock.now()
                figures.tally.moved += self._applier.settle(conn, now=now)
                if scope_changed:
                    figures.left_scope += leave_scope(conn, self._store, absent, run_id=self._run.id, now=now)
                elif complete:
                    # A record that came when they were asked for, but not whose it is, may be any of them.
                    gone = [] if self._is_unsure else [id_ for id_ in absent if id_ not in self._confirmed]
                    closed = close_absent(
                        conn, self._store, gone, run_id=self._run.id, started_at=self._run.started_at, now=now
                    )
                    figures.tally.closed += closed
                    changed += closed
                if safety is not None:
                    self._judge(conn, safety, open_before=open_before)
                if complete:
                    self._rejected_news += rejected_store.forget_rejected(conn, self._run.source_id, self._run.id)
                # Records that are unreadable, or older than what is stored, as they were the last time are no news.
                told = changed - (figures.rejected - before.rejected) - (figures.tally.outdated - before.tally.outdated)
                if told or figures.left_scope or figures.redetected or self._rejected_news:
                    bump_revision(conn)
                self._end(conn, state, reason, next_due_at, note=note)
        except _Surprise as surprised:
            self._applier.forget()
            for name in figures.__struct_fields__:
                setattr(figures, name, getattr(before, name))
            return self.hold(str(surprised), absent=absent, next_due_at=held_until)
        except BaseException:
            self._applier.forget()
            raise
        if changed >= STATISTICS_FROM:
            self.refresh_statistics()
        return Outcome(state, reason)

    def _prepare(self) -> list[_Group] | None:
        """Read and decode what is staged before the database is locked for writing. None: too much to hold."""
        groups: list[_Group] = []
        held = 0
        told = Written()
        with self._store.read() as conn:
            for group in self._groups(conn):
                if not group.is_confirming:
                    came = {each.external_id for _, each in group.records if each.external_id is not None}
                    self._twice.update(told.again(list(came)))
                held += len(group.records) + len(group.projects) + len(group.moved) // 10
                if held <= PREPARED_AT_MOST:
                    groups.append(group)
                elif self._has_looked:
                    return None
        return groups if held <= PREPARED_AT_MOST else None

    def _groups(self, conn: Connection) -> Iterator[_Group]:
        """What is staged, several pages at a time: a statement for many records costs hardly more than for one.

        Projects come first, all together: whose a finding is depends on where its projects stand among folders.
        """
        projects = spool_store.spooled(conn, self._run.id, projects=True)
        yield _Group(projects=[each for page in projects for each in self._parsed_projects(page.raw)])
        group = _Group()
        for page in spool_store.spooled(conn, self._run.id):
            is_confirming = page.part.startswith(CONFIRM)
            is_full = len(group.records) >= GROUP or len(group.moved) >= SIGHTINGS_AT_ONCE
            if is_full or is_confirming != group.is_confirming:
                yield group
                group = _Group(is_confirming=is_confirming)
            group.records.extend(self._parsed(page.kind, page.raw))
            group.moved.extend(page.moved)
            group.known += len(page.seen)
            if is_confirming:
                group.seen |= page.seen
        yield group

    def _apply_groups(self, conn: Connection, groups: Iterable[_Group]) -> int:
        """Write what was staged. Returns how many records were decoded, of projects those that are new or changed."""
        figures = self._figures
        decoded = 0
        self._confirmed = BitMap()
        self._is_unsure = False
        # So many are no slips of a page: then they are written as they come, and the last word of each group stands.
        twice = self._twice if len(self._twice) <= PREPARED_AT_MOST else set()
        late: list[Parsed] = []
        for group in groups:
            if group.projects:
                rejected = figures.rejected
                decoded += self._write_projects(conn, group.projects) + figures.rejected - rejected
            records = group.records
            if twice and not group.is_confirming:
                late += [each for each in records if each[1].external_id in twice]
                records = [each for each in records if each[1].external_id not in twice]
            came = self._write_records(conn, records, in_scope=not group.is_confirming)
            write_sightings(conn, self._store.dialect, group.moved)
            decoded += len(group.records)
            figures.redetected += len(group.moved)
            figures.unchanged += group.known
            if group.is_confirming:
                self._confirmed.update(group.seen)
                self._is_unsure |= None in came
                named = [external_id for external_id in came if external_id is not None]
                ids = run_store.ids_of(conn, self._store.dialect, self._run.source_id, named)
                self._confirmed.update(ids.values())
        self._write_records(conn, late)
        return decoded

    def _judge(self, conn: Connection, safety: Safety, *, open_before: int) -> None:
        """Raise _Surprise when what this transaction has done should be decided by a person."""
        tally = self._figures.tally
        if tally.closed >= safety.min_findings:
            # What a scope has left behind can be closed by nobody: it must not make a large share look small.
            outside = run_store.outside_count(conn, self._run.source_id) - self._figures.left_scope
            open_before = max(open_before - outside, tally.closed)
        why = surprise(
            open_before=open_before,
            closing=tally.closed,
            new=tally.new,
            moved=tally.moved,
            moved_by_projects=tally.moved_by_projects,
            findings=run_store.finding_count(conn, self._run.source_id),
            safety=safety,
        )
        if why is not None:
            raise _Surprise(why)

    def hold(self, reason: str, *, absent: Sequence[int], next_due_at: Instant | None) -> Outcome:
        """Keep the staged run for a person. Blocking."""
        with self._store.write() as conn:
            source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=self._clock.now())
            run_store.keep_absent(conn, self._store.dialect, self._run.id, BitMap(absent))
            self._end(conn, RunState.HELD, reason, next_due_at)
        return Outcome(RunState.HELD, reason)
