"""Write what people said here where the finding came from: one after the other, retried, and never over what others did there."""

from __future__ import annotations

import asyncio
from collections.abc import Collection

import msgspec
import structlog

from callboard.domain.access import Right, Viewer
from callboard.domain.instant import MINUTE, Instant
from callboard.domain.remediation.message import again_after
from callboard.domain.remediation.write_back import ENDED_BADLY, Outcome, WriteState
from callboard.errors import CallboardError, NotFoundError, SourceUnreachableError
from callboard.ports import Clock, Writer
from callboard.store import Store
from callboard.store.database import bump_revision
from callboard.store.people import audit
from callboard.store.remediation import write_backs
from callboard.store.remediation.write_backs import Count, Listed, Waiting

LEASE = 15 * MINUTE
"""A sender that was cut off is waited for so long; longer than one write may take (microseconds)."""
AT_ONCE = 200
"""Writes to one source in a row before others have their turn."""
LONGEST_SAID = 500
MOST_LISTED = 200

_log = structlog.get_logger("callboard.write_back")


class Written(msgspec.Struct, kw_only=True):
    """What became of the writes that were due."""

    done: int = 0
    conflicts: int = 0
    refused: int = 0
    given_up: int = 0
    postponed: int = 0


def is_due(store: Store, source: str, *, clock: Clock) -> bool:
    """Whether something can be written to this source now."""
    with store.read() as conn:
        return write_backs.is_due(conn, source, now=clock.now())


async def write_back(store: Store, source: str, writer: Writer, *, clock: Clock) -> Written:
    """Write what is due at one source. One that cannot be reached is left alone until the next look."""
    report = Written()
    for _ in range(AT_ONCE):
        waiting = await asyncio.to_thread(_take, store, source, clock)
        if waiting is None:
            break
        try:
            outcome = await writer.write(waiting.kind, waiting.external_id, waiting.wish)
        except SourceUnreachableError as error:
            await asyncio.to_thread(_postpone, store, waiting, error, clock, report)
            break
        except CallboardError as error:
            outcome = Outcome(state=WriteState.REFUSED, said=error.message)
        await asyncio.to_thread(_end, store, waiting, outcome, clock, report)
    return report


def again(store: Store, viewer: Viewer, ids: Collection[int], *, clock: Clock) -> int:
    """Have what ended badly tried anew. Raises NotAllowedError, and NotFoundError where nothing of it did."""
    viewer.require(Right.ADMINISTER)
    with store.write() as conn:
        now = clock.now()
        found = write_backs.again(conn, ids, now=now)
        if not found:
            raise NotFoundError("None of these writes ended badly.", hint="`callboard write-back list` names them.")
        audit.note(
            conn, at=now, actor=viewer.named, action="write-back.again", subject=f"finding:{found[0]}",
            detail={"writes": str(len(found))},
        )  # fmt: skip
        bump_revision(conn)
    return len(found)


def listed(store: Store, viewer: Viewer, *, every: bool = False) -> tuple[Listed, ...]:
    """The newest writes about findings in sight: those that wait or ended badly, or `every` one."""
    states = tuple(WriteState) if every else (WriteState.WAITING, *ENDED_BADLY)
    with store.read() as conn:
        return write_backs.listed(conn, viewer.visibility, states=states, most=MOST_LISTED)


def standing(store: Store) -> tuple[Count, ...]:
    """How many writes to each source stand where; for whoever looks after Callboard."""
    with store.read() as conn:
        return tuple(write_backs.standing(conn))


def _take(store: Store, source: str, clock: Clock) -> Waiting | None:
    with store.write() as conn:
        return write_backs.take(conn, source, now=clock.now(), lease=LEASE)


def _end(store: Store, waiting: Waiting, outcome: Outcome, clock: Clock, report: Written) -> None:
    said = None if outcome.said is None else outcome.said[:LONGEST_SAID]
    with store.write() as conn:
        now = clock.now()
        if not write_backs.ended(conn, waiting, msgspec.structs.replace(outcome, said=said), now=now):
            return
        detail = {"operation": waiting.wish.operation.word, "state": outcome.state.word, "write": str(waiting.id)}
        audit.note(
            conn, at=now, actor="callboard", action="finding.write-back", subject=f"finding:{waiting.finding_id}",
            detail=detail,
        )  # fmt: skip
        bump_revision(conn)
    match outcome.state:
        case WriteState.CONFLICT:
            report.conflicts += 1
        case WriteState.REFUSED:
            report.refused += 1
        case WriteState.GIVEN_UP:
            report.given_up += 1
        case _:
            report.done += 1
    if outcome.state in ENDED_BADLY:
        _log.warning("not written at the source", finding=waiting.finding_id, **detail)


def _postpone(store: Store, waiting: Waiting, error: CallboardError, clock: Clock, report: Written) -> None:
    wait = again_after(waiting.attempts, None)
    if wait is None:
        _end(store, waiting, Outcome(state=WriteState.GIVEN_UP, said=error.message), clock, report)
        return
    with store.write() as conn:
        write_backs.postponed(conn, waiting, error.message[:LONGEST_SAID], again_at=Instant(clock.now() + wait))
    report.postponed += 1
    _log.warning("the source could not be written to", reason=error.message, attempt=waiting.attempts)
