"""Take raw pages in: the spool, and applying. Shared by sync, import and the webhook.

What the cheap door knows is only counted as seen; only the other records are decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
from pyroaring import BitMap

from callboard.domain.finding import Observed, Rejected
from callboard.domain.instant import DAY, Instant
from callboard.domain.reconcile import Safety, surprise
from callboard.domain.run import RunState, Scope
from callboard.ports import Clock, ProjectRecord, Source
from callboard.store import Connection, Store
from callboard.store.bulk import build_indexes, defer_indexes
from callboard.store.database import bump_revision
from callboard.store.intake import heard as heard_store
from callboard.store.intake import rejected as rejected_store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.store.intake import spool as spool_store
from callboard.store.intake.apply import Applier, Tally, write_sightings
from callboard.store.intake.closing import close_absent, leave_scope
from callboard.store.intake.memory import Written
from callboard.store.intake.rejected import RejectedRow
from callboard.store.intake.runs import Run
from callboard.store.intake.spool import PROJECT, Moved
from callboard.usecases.cheap_door import API, CheapDoor, Page, Read
from callboard.usecases.fetching import CONFIRM, QUEUE
from callboard.usecases.pace import Pace

GROUP = 4_000
"""Changed records written by one set of statements."""

PREPARED_AT_MOST = 20_000
"""Changed records that are decoded before the database is locked for writing; of more, each group is decoded inside."""

FAR_AWAY = 400_000
"""A source whose first page takes longer than this (microseconds) is waited for, not worked for: then the indexes of a
first load cost nobody anything, and building them late would only make people wait."""

SIGHTINGS_AT_ONCE = 50_000
"""Moved last detections gathered before they are written, to bound memory."""

STATISTICS_FROM = 1_000
"""Changed findings from which on the database's statistics are refreshed."""


class Figures(msgspec.Struct, kw_only=True):
    """What a run has done so far."""

    tally: Tally = msgspec.field(default_factory=Tally)
    pages: int = 0
    seen: int = 0
    redetected: int = 0
    unchanged: int = 0
    rejected: int = 0
    left_scope: int = 0
    projects: int = 0
    ahead: int = 0
    """How far our clock was ahead of the source's, at most, in microseconds. What is far more than a clock goes wrong is left
    out."""


def known_ahead(report: str | None) -> int:
    """How far our clock was ahead of a source's during a run, from the figures kept with it."""
    return 0 if report is None else msgspec.json.decode(report, type=Figures).ahead


class Outcome(msgspec.Struct, frozen=True):
    """How a run ended."""

    state: RunState
    reason: str | None = None


_Parsed = tuple[bytes, Observed | Rejected]
"""A record after decoding, with the hash of its bytes."""

_ParsedProject = tuple[bytes, ProjectRecord | Rejected]


class _Group(msgspec.Struct):
    """Staged pages that are applied together."""

    is_confirming: bool = False
    """They answer for findings that were asked for by id."""
    projects: list[_ParsedProject] = []
    records: list[_Parsed] = []
    moved: list[Moved] = []
    known: int = 0
    """Records whose bytes are known."""
    seen: BitMap = msgspec.field(default_factory=BitMap)
    """For a confirming group: the ids of the known ones."""


class _Surprise(Exception):  # noqa: N818 - it ends a transaction, it is no error
    """The run would do something that a person should decide."""


class Intake:
    """Takes in the pages of one run."""

    def __init__(
        self, store: Store, source: Source, run: Run, clock: Clock, figures: Figures, *, door: str = API
    ) -> None:
        self._store = store
        self._source = source
        self._run = run
        self._clock = clock
        self._figures = figures
        self.door = CheapDoor(store, source, source_id=run.source_id, name=door)
        self._rejected_news = 0
        self._applier = Applier(store, source_id=run.source_id, run_id=run.id)
        self._applier.announces = store.announces and not run.first
        if run.first:
            self._applier.since = run.started_at
        self._indexes: str | None = None
        self._began = clock.now()
        self._pace = Pace()
        self._heard_seq = 0
        """Where the next that a first run heard is kept."""
        self._twice: set[str] = set()
        """Findings of which this run was perhaps told more than once: their records are compared before any is written."""
        self._has_looked = False
        """Whether everything that is staged was looked through for such findings."""

    def commit(self, pages: Sequence[Page]) -> None:
        """Commit pages with their cursors: staged, or on a first run applied at once. Blocking."""
        start = 0
        while start < len(pages):
            # Far away, or with indexes to keep: whoever waits for a page anyway can let others write between two.
            is_slow = self._run.first and self._indexes != "deferred"
            end = start + self._pace.at_once if is_slow else len(pages)
            self._commit(pages[start:end])
            start = end

    def _commit(self, pages: Sequence[Page]) -> None:
        read = self.door.past(pages)
        records: list[_Parsed] = []
        if self._run.first:
            for each in read:
                if each.page.part.kind != PROJECT:
                    raw = ((raw_hash, node.raw) for raw_hash, node in each.unknown)
                    records.extend(self._parsed(each.page.part.kind, raw))
        try:
            with self._store.write() as conn:
                locked_at = self._clock.now()
                source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=locked_at)
                if self._run.first:
                    self._defer_indexes(conn)
                    self._apply_at_once(conn, read, records)
                for each in read:
                    self._commit_one(conn, each)
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

    def build_indexes(self) -> None:
        """Build the indexes that a first load left out. Blocking."""
        build_indexes(self._store)
        self._indexes = "built"
        self._applier.written = None

    def _apply_at_once(self, conn: Connection, read: Sequence[Read], records: Sequence[_Parsed]) -> None:
        """A first run has no "before": its pages are written as they come, several together."""
        figures = self._figures
        moved = [each for page in read for each in page.moved]
        self._hear_again(conn)
        self._write_records(conn, records)
        self._keep_heard(conn)
        write_sightings(conn, self._store.dialect, moved)
        figures.redetected += len(moved)
        figures.unchanged += sum(len(page.seen) for page in read)
        if records or moved:
            self._applier.bump_revision(conn)

    def _hear_again(self, conn: Connection) -> None:
        """A first run may have been begun by a process that is no more: what it was told stands by what it was told."""
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
        """Apply some pages that others have staged for a first run. Returns whether there were any. Blocking."""
        if not self._run.first:
            return False
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
        moved = [each for _, page in staged for each in page.moved]
        try:
            with self._store.write() as conn:
                source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=self._clock.now())
                self._defer_indexes(conn)
                self._hear_again(conn)
                if projects:
                    self._write_projects(conn, projects)
                self._write_records(conn, records)
                self._keep_heard(conn)
                write_sightings(conn, self._store.dialect, moved)
                self._figures.redetected += len(moved)
                self._figures.unchanged += sum(len(page.seen) for _, page in staged)
                for seq, page in staged:
                    spool_store.unspool(conn, self._run.id, page.part, seq)
                self._applier.bump_revision(conn)
        except BaseException:
            self._applier.forget()
            raise
        return True

    def _commit_one(self, conn: Connection, read: Read) -> None:
        page, figures = read.page, self._figures
        if self._run.first:
            if page.part.kind == PROJECT:
                told = self._parsed_projects((raw_hash, node.raw) for raw_hash, node in read.unknown)
                if self._write_projects(conn, told):
                    self._applier.bump_revision(conn)
        elif page.raw.nodes:
            raw = [(raw_hash, bytes(node.raw)) for raw_hash, node in read.unknown]
            spool_store.spool(
                conn, self._store.dialect, self._run.id, page.part, page.seq, seen=read.seen, moved=read.moved, raw=raw
            )
        figures.pages += 1
        if page.raw.sent_at is not None and (ahead := self._clock.now() - page.raw.sent_at) <= DAY:
            figures.ahead = max(figures.ahead, ahead)
        if page.part.kind != PROJECT:
            figures.seen += len(page.raw.nodes)
        run_store.set_part(
            conn,
            self._run.id,
            page.part.name,
            fence=page.fence,
            cursor=page.raw.cursor,
            pages=page.seq + 1,
            state="waiting" if page.raw.cursor else "done",
            expected=page.raw.expected,
        )

    def _parsed_projects(self, raw: Iterable[tuple[bytes, bytes | memoryview]]) -> list[_ParsedProject]:
        parse = self._source.parse_project
        return [(raw_hash, parse(record)) for raw_hash, record in raw]

    def _write_projects(self, conn: Connection, parsed: Sequence[_ParsedProject]) -> int:
        """Write decoded projects, and give what is in them to its owners. Returns how many are new or changed."""
        records = [record for _, record in parsed if not isinstance(record, Rejected)]
        self._figures.projects += len(records)
        count, tally = self._applier.write_projects(conn, records, now=self._clock.now())
        self._figures.tally.add(tally)
        self._note_rejected(
            conn, [self._rejected(raw_hash, record) for raw_hash, record in parsed if isinstance(record, Rejected)]
        )
        return count

    def _parsed(self, kind: str, raw: Iterable[tuple[bytes, bytes | memoryview]]) -> list[_Parsed]:
        """Decode records. Needs no database, so it is done before one is locked."""
        parse = self._source.parse
        return [(raw_hash, parse(kind, record)) for raw_hash, record in raw]

    def _write_records(self, conn: Connection, records: Sequence[_Parsed], *, in_scope: bool = True) -> set[str | None]:
        """Write decoded records. Returns the external ids that came; None for one that could not be made out."""
        batch: list[tuple[Observed, bytes]] = []
        bad: list[RejectedRow] = []
        for raw_hash, record in records:
            if isinstance(record, Rejected):
                bad.append(self._rejected(raw_hash, record))
            else:
                batch.append((record, raw_hash))
        if batch:
            self._figures.tally.add(self._applier.apply(conn, batch, now=self._clock.now(), in_scope=in_scope))
        self._note_rejected(conn, bad)
        return {record.external_id for _, record in records}

    def apply_observed(
        self, conn: Connection, batch: Sequence[tuple[Observed, bytes]], bad: Sequence[RejectedRow], *, whole: bool
    ) -> None:
        """Write records that came parsed (a file); `whole` says that they tell every field."""
        self._applier.whole = whole
        self._applier.may_be_old = True
        self._figures.seen += len(batch) + len(bad)
        if batch:
            self._figures.tally.add(self._applier.apply(conn, batch, now=self._clock.now()))
        self._note_rejected(conn, bad)

    def _rejected(self, raw_hash: bytes, parsed: Rejected) -> RejectedRow:
        return RejectedRow(raw_hash=raw_hash, where=parsed.where, reason=parsed.reason, external_id=parsed.external_id)

    def _note_rejected(self, conn: Connection, bad: Sequence[RejectedRow]) -> None:
        if bad:
            self._figures.rejected += len(bad)
            self._rejected_news += rejected_store.note_rejected(conn, self._run.source_id, self._run.id, bad)

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
        late: list[_Parsed] = []
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

    def finish(self, state: RunState, *, reason: str | None, next_due_at: Instant | None) -> Outcome:
        """End a first run, which has nothing staged. Blocking."""
        self.build_indexes()
        with self._store.write() as conn:
            source_store.keep_lease(conn, self._run.source_id, self._run.fence, now=self._clock.now())
            self._figures.tally.moved += self._applier.settle(conn, now=self._clock.now())
            if state is RunState.APPLIED:
                rejected_store.forget_rejected(conn, self._run.source_id, self._run.id)
            bump_revision(conn)
            self._end(conn, state, reason, next_due_at)
        if self._figures.tally.new >= STATISTICS_FROM:
            self.refresh_statistics()
        return Outcome(state, reason)

    def _end(
        self, conn: Connection, state: RunState, reason: str | None, next_due_at: Instant | None, *, note: bool = True
    ) -> None:
        report = msgspec.json.encode(self._figures).decode()
        now = self._clock.now()
        run_store.finish_run(conn, self._run.id, state, now=now, reason=reason, report=report)
        if note:
            run_store.note_source(
                conn, self._run.source_id, run=self._run, state=state, reason=reason, next_due_at=next_due_at
            )
        source_store.drop_lease(conn, self._run.source_id, self._run.fence)

    def refresh_statistics(self) -> None:
        """Tell the database's planner what the tables look like now. Blocking."""
        with self._store.write() as conn:
            self._store.dialect.refresh_statistics(conn)
