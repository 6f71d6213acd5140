"""Take raw pages in. Shared by sync, import and the webhook; a first run applies at once, and every other stages.

What the cheap door knows is only counted as seen; only the other records are decoded.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from callboard.domain.finding import Observed, Rejected
from callboard.domain.instant import DAY, Instant
from callboard.domain.run import RunState
from callboard.ports import Clock, ProjectRecord, Source
from callboard.store import Connection, Store
from callboard.store.intake import rejected as rejected_store
from callboard.store.intake import runs as run_store
from callboard.store.intake import sources as source_store
from callboard.store.intake.apply import Applier, Tally
from callboard.store.intake.rejected import RejectedRow
from callboard.store.intake.runs import Run
from callboard.store.intake.spool import PROJECT
from callboard.usecases.cheap_door import API, CheapDoor, Page

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


Parsed = tuple[bytes, Observed | Rejected]
"""A record after decoding, with the hash of its bytes."""

ParsedProject = tuple[bytes, ProjectRecord | Rejected]


class Intake:
    """Writes down what came with one run, and counts it."""

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

    def _note_page(self, conn: Connection, page: Page) -> None:
        """Count a page, and how far its part was read."""
        figures = self._figures
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

    def _parsed_projects(self, raw: Iterable[tuple[bytes, bytes | memoryview]]) -> list[ParsedProject]:
        parse = self._source.parse_project
        return [(raw_hash, parse(record)) for raw_hash, record in raw]

    def _write_projects(self, conn: Connection, parsed: Sequence[ParsedProject]) -> int:
        """Write decoded projects, and give what is in them to its owners. Returns how many are new or changed."""
        records = [record for _, record in parsed if not isinstance(record, Rejected)]
        self._figures.projects += len(records)
        count, tally = self._applier.write_projects(conn, records, now=self._clock.now())
        self._figures.tally.add(tally)
        self._note_rejected(
            conn, [self._rejected(raw_hash, record) for raw_hash, record in parsed if isinstance(record, Rejected)]
        )
        return count

    def _parsed(self, kind: str, raw: Iterable[tuple[bytes, bytes | memoryview]]) -> list[Parsed]:
        """Decode records. Needs no database, so it is done before one is locked."""
        parse = self._source.parse
        return [(raw_hash, parse(kind, record)) for raw_hash, record in raw]

    def _write_records(self, conn: Connection, records: Sequence[Parsed], *, in_scope: bool = True) -> set[str | None]:
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
