"""Make tickets that wait to be made, and read back where the others stand."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import msgspec
import structlog

from callboard.domain.access import LAPTOP, Depth, reaching
from callboard.domain.finding import Severity
from callboard.domain.instant import MINUTE, Instant
from callboard.domain.query import OneOf, Query
from callboard.domain.remediation.message import Line, again_after, list_path
from callboard.domain.remediation.ticket import MOST_LINES, READ_DONE_EVERY, TicketDraft, TicketState
from callboard.errors import CallboardError, ChannelRefusedError, ChannelUnreachableError, NotFoundError
from callboard.ports import Clock, Tracker
from callboard.store import Connection, Store, tickets
from callboard.store.board import findings
from callboard.store.remediation import write_backs
from callboard.store.tickets import Waiting

LEASE = 5 * MINUTE
"""An asker that was cut off is waited for so long (microseconds)."""
AT_ONCE = 200
"""Tickets of one tracker that are asked about in a row."""
LONGEST_ERROR = 300

_log = structlog.get_logger("callboard.tickets")


class Asked(msgspec.Struct, kw_only=True):
    """What came of asking trackers."""

    made: int = 0
    read: int = 0
    unchanged: int = 0
    """Of those read: the tracker said that nothing has changed, and sent nothing."""
    failed: int = 0


async def keep_tickets(
    store: Store, trackers: Mapping[str, Tracker], *, board: str, clock: Clock, only: int | None = None
) -> Asked:
    """Ask what is due, tracker beside tracker; `only` about this ticket."""
    report = Asked()
    with store.read() as conn:
        if not tickets.is_due(conn, tuple(trackers), now=clock.now()):
            return report
    await asyncio.gather(
        *(_one(store, each, report, board=board, clock=clock, only=only) for each in trackers.values())
    )
    return report


async def _one(store: Store, tracker: Tracker, report: Asked, *, board: str, clock: Clock, only: int | None) -> None:
    for _ in range(AT_ONCE):
        waiting = await asyncio.to_thread(_take, store, tracker.name, clock, only)
        if waiting is None:
            return
        try:
            if waiting.state is TicketState.MAKING:
                await _make(store, tracker, waiting, board=board, clock=clock)
                report.made += 1
            else:
                report.unchanged += await _read(store, tracker, waiting, clock)
                report.read += 1
        except CallboardError as error:
            report.failed += 1
            await asyncio.to_thread(_failed, store, waiting, error, clock)
            if not isinstance(error, ChannelRefusedError):
                return  # the others would most likely fail as well


def _take(store: Store, tracker: str, clock: Clock, only: int | None) -> Waiting | None:
    with store.write() as conn:
        return tickets.take(conn, tracker, now=clock.now(), lease=LEASE, only=only)


async def _make(store: Store, tracker: Tracker, waiting: Waiting, *, board: str, clock: Clock) -> None:
    # Only the first attempt knows that there is none: the answer of another one may have been lost.
    told = None if waiting.attempts == 1 else await tracker.find(waiting.marker, waiting.made_at)
    if told is None:
        draft = await asyncio.to_thread(_draft, store, waiting, board, clock)
        told = await tracker.create(draft)
    with store.write() as conn:
        now = clock.now()
        tickets.told(conn, waiting, told, now=now)
        write_backs.ticket_made(
            conn, store.dialect, waiting.id, waiting.findings, key=told.key, url=told.url, now=now
        )  # fmt: skip


async def _read(store: Store, tracker: Tracker, waiting: Waiting, clock: Clock) -> int:
    try:
        told = await tracker.read(waiting.key, waiting.etag)
    except NotFoundError:
        with store.write() as conn:
            tickets.gone(conn, waiting, now=clock.now())
        return 0
    with store.write() as conn:
        if told is None:
            tickets.unchanged(conn, waiting, now=clock.now())
            return 1
        tickets.told(conn, waiting, told, now=clock.now())
    return 0


def _failed(store: Store, waiting: Waiting, error: CallboardError, clock: Clock) -> None:
    asked = error.seconds if isinstance(error, ChannelUnreachableError) else None
    wait = again_after(waiting.attempts, asked)
    is_making = waiting.state is TicketState.MAKING
    if isinstance(error, ChannelRefusedError) or wait is None:
        # One that cannot be read now is looked at again later; one that cannot be made waits for a person.
        wait = None if is_making else READ_DONE_EVERY
    with store.write() as conn:
        again_at = None if wait is None else Instant(clock.now() + wait)
        tickets.failed(conn, waiting, error.message[:LONGEST_ERROR], again_at=again_at)
    _log.warning("a tracker did not do what was asked", tracker=waiting.tracker, reason=error.message)


def _draft(store: Store, waiting: Waiting, board: str, clock: Clock) -> TicketDraft:
    with store.read() as conn:
        return _composed(conn, waiting, board, now=clock.now())


def _composed(conn: Connection, waiting: Waiting, board: str, *, now: Instant) -> TicketDraft:
    """What the ticket says, of what its findings are for the work: who filed it had them in sight, to that depth."""
    ids = waiting.findings
    rows = findings.rows_by_id(conn, reaching(LAPTOP, Depth.WORK), ids[:500])
    urgent = sorted(rows.values(), key=lambda row: (row.band, row.due_at is None, row.due_at, row.id))
    what = next((row.fix for row in urgent if row.fix), None) or ""
    name = urgent[0].rule_name if urgent else ""
    worst = max((row.severity for row in urgent), default=Severity.UNKNOWN)
    components = tuple(dict.fromkeys(ref for row in urgent for ref in row.components))
    lines = tuple(
        Line(
            finding=row.id, severity=row.severity.word, title=row.rule_name, components=row.components,
            due_at=row.due_at, path=f"/findings/{row.id}",
        )
        for row in urgent[:MOST_LINES]
    )  # fmt: skip
    few = tuple(map(str, ids[:200]))
    return TicketDraft(
        marker=waiting.marker, title=f"{what or name} [{worst.word}]", what=what, count=len(ids), severity=worst.word,
        due_at=min((row.due_at for row in urgent if row.due_at is not None), default=None), components=components,
        lines=lines, board=board, path=list_path(Query((OneOf("id", few),)).canonical), at=now,
    )  # fmt: skip
