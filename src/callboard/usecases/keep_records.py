"""What is kept for how long: what would be dropped, dropping it, and the word that nothing may be dropped."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from callboard.domain.access import Right, Viewer
from callboard.domain.instant import DAY, Instant
from callboard.domain.retention import Hold, Keep
from callboard.errors import CallboardError, ConflictError, StoreError
from callboard.ports import Clock
from callboard.store import Store
from callboard.store.database import bump_revision
from callboard.store.people import audit
from callboard.store.retention import standing
from callboard.store.retention.rule import Key, Rule
from callboard.store.retention.rules import RULES
from callboard.store.retention.use_weeks import Cell, cells

ROWS_AT_ONCE = 500
"""Rows that one transaction drops. Others wait for its end, so it is short."""
LOG_AT_ONCE = 2_000
"""Entries of the log that go together: each cut is an entry itself."""
EVERY = DAY
"""How often it is looked what is old."""
MOST_LONG = 500
"""Characters that a reason may have."""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule would drop."""

    key: str
    words: str
    setting: str
    """The key of `[retention]` that it follows. Empty: none; it is always the same."""
    before: Instant
    """What is older is old."""
    rows: int
    oldest_at: Instant | None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What would be dropped now."""

    lines: tuple[Line, ...]
    hold: Hold | None
    done_at: Instant | None
    """When everything that was old had last been dropped. None: never."""


class Dropped(msgspec.Struct, frozen=True, kw_only=True):
    """What was dropped in one go."""

    rows: dict[str, int]
    """By rule. Rules that found nothing are left out."""
    transactions: int
    problem: str | None = None
    """Why one of the rules dropped nothing; the others did."""


def plan(store: Store, keep: Keep, *, clock: Clock) -> Plan:
    """What would be dropped. Changes nothing."""
    now = clock.now()
    lines = []
    for rule in RULES:
        before = Instant(now - rule.age(keep))
        with store.read() as conn:
            old = rule.old(conn, before)
        lines.append(
            Line(
                key=rule.key, words=rule.words, setting=rule.setting, before=before, rows=old.rows,
                oldest_at=old.oldest_at,
            )
        )  # fmt: skip
    with store.read() as conn:
        return Plan(lines=tuple(lines), hold=standing.hold(conn), done_at=standing.done_at(conn))


def is_due(store: Store, *, clock: Clock) -> bool:
    """Whether it is time to look, and nobody forbids it."""
    with store.read() as conn:
        last = standing.done_at(conn)
        return standing.hold(conn) is None and (last is None or clock.now() - last >= EVERY)


def apply(
    store: Store, keep: Keep, *, clock: Clock, actor: str = "callboard", go_on: Callable[[], bool] = lambda: True
) -> Dropped:  # fmt: skip
    """Drop everything that is old, in short transactions; killed between two of them, the next call goes on.

    Each transaction notes what it dropped, and the last one puts all of it in the log, so that nothing goes untold.
    `go_on`: asked before each; where it says no, this ends, and what is left waits for the next call.
    Raises ConflictError while somebody forbids it.
    """
    now = clock.now()
    problem: CallboardError | None = None
    transactions = 0
    for rule in RULES:
        before = Instant(now - rule.age(keep))
        after: Key | None = None
        try:
            while go_on():
                with store.read() as conn:
                    keys = rule.find(conn, before, after, LOG_AT_ONCE if rule.key == "audit" else ROWS_AT_ONCE)
                if not keys:
                    break
                drop_some(store, rule, before, keys, now)
                transactions += 1
                after = keys[-1]
        except ConflictError:
            raise
        except StoreError as error:
            problem = error
    return Dropped(
        rows=_end(store, actor, now=now, is_whole=go_on() and problem is None), transactions=transactions,
        problem=None if problem is None else problem.message,
    )  # fmt: skip


def drop_some(store: Store, rule: Rule, before: Instant, keys: Sequence[Key], now: Instant) -> None:
    """One transaction: drop these, unless somebody forbids it, and note how many that were."""
    with store.write() as conn:
        _refuse_if_held(standing.hold(conn))
        rows = rule.drop(conn, before, keys, now)
        if rows:
            standing.note_dropped(conn, rule.key, rows, before)


def _end(store: Store, actor: str, *, now: Instant, is_whole: bool) -> dict[str, int]:
    with store.write() as conn:
        _refuse_if_held(standing.hold(conn))
        rows = standing.dropped(conn)
        if rows:
            detail = {key: str(n) for key, n in rows.items()}
            audit.note(conn, at=now, actor=actor, action="retention.apply", subject="retention", detail=detail)
            bump_revision(conn)
        standing.end_round(conn, now, is_whole=is_whole)
        return rows


def _refuse_if_held(told: Hold | None) -> None:
    if told is not None:
        raise ConflictError(
            f"Nothing may be dropped: {told.reason} ({told.by}).", hint="`callboard retention release` lets it go on."
        )


def hold(store: Store, viewer: Viewer, reason: str, *, clock: Clock) -> Hold:
    """Let nothing be dropped until somebody releases it. Raises NotAllowedError, ConflictError."""
    viewer.require(Right.ADMINISTER)
    with store.write() as conn:
        _refuse_if_held(standing.hold(conn))
        told = Hold(at=clock.now(), by=viewer.named, reason=" ".join(reason.split())[:MOST_LONG])
        standing.put_hold(conn, told)
        detail = {"reason": told.reason}
        audit.note(conn, at=told.at, actor=told.by, action="retention.hold", subject="retention", detail=detail)
        return told


def release(store: Store, viewer: Viewer, *, clock: Clock) -> Hold:
    """Let what is old be dropped again. Returns what was in the way. Raises NotAllowedError, ConflictError."""
    viewer.require(Right.ADMINISTER)
    with store.write() as conn:
        told = standing.hold(conn)
        if told is None:
            raise ConflictError("Nothing is in the way of dropping what is old.")
        standing.put_hold(conn, None)
        now = clock.now()
        detail = {"reason": told.reason}
        audit.note(conn, at=now, actor=viewer.named, action="retention.release", subject="retention", detail=detail)
        return told


def use_by_week(store: Store, viewer: Viewer) -> tuple[Cell, ...]:
    """What is left of what was done with findings, by week, team and door. Raises NotAllowedError."""
    viewer.require(Right.AUDIT)
    with store.read() as conn:
        return tuple(cells(conn))
