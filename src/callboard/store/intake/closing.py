"""What absence means, written down: findings closed, and findings that a changed scope does not ask about any more."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

from callboard.domain import reconcile
from callboard.domain.finding import LAST_OPEN, OPEN_AT_SOURCE, State
from callboard.domain.instant import Instant
from callboard.domain.reconcile import Actor, EventKind
from callboard.store import schema
from callboard.store.counting import Ledger, Standing
from callboard.store.database import Store, next_id
from callboard.store.dialect import Row
from callboard.store.schema import UNKNOWN

AT_ONCE = 20_000
"""Findings closed by one set of statements, to bound memory: a person may agree to close nearly all."""


def close_absent(
    conn: Connection, store: Store, finding_ids: Sequence[int], *, run_id: int, started_at: Instant, now: Instant
) -> int:
    """Close what is open at the source, was in no part of a complete run, and is unknown there by its id. Returns how many."""
    return sum(
        _close(conn, store, finding_ids[start : start + AT_ONCE], run_id=run_id, started_at=started_at, now=now)
        for start in range(0, len(finding_ids), AT_ONCE)
    )


def _close(
    conn: Connection, store: Store, finding_ids: Sequence[int], *, run_id: int, started_at: Instant, now: Instant
) -> int:
    columns = [
        "id", "version", "first_detected_at", "reopened",
        "holding_id", "source_id", "kind", "state", "severity", "bundle_id", "due_at", "remedy_id",
    ]  # fmt: skip
    rows = store.dialect.lookup(conn, schema.finding, columns, "id", finding_ids)
    # Others were closed since, by the source's own word. What is set aside is open there, and as absent as the rest.
    rows = [row for row in rows if State(row[7]) in OPEN_AT_SOURCE]
    ledger = Ledger()
    changed: list[Row] = []
    events: list[Row] = []
    seq = next_id(conn, schema.event)
    fixed = int(State.FIXED)
    for id_, version, first_at, reopened, *standing in rows:
        before = Standing(*standing)
        event = reconcile.absent(State(before.state), run_started_at=started_at)
        ledger.change(before, msgspec.structs.replace(before, state=fixed), now=now)
        if before.state <= LAST_OPEN:
            ledger.closed(before.holding_id, event.at, lived=None if reopened else event.at - first_at)
        changed.append((fixed, 1, started_at, UNKNOWN, run_id, version + 1, None, id_))
        events.append((seq, id_, int(event.kind), event.at, now, run_id, int(event.actor), event.old, event.new))
        seq += 1
    fields = ["state", "closed", "fixed_at", "raw_hash", "changed_run", "version", "beneath"]
    store.dialect.update(conn, schema.finding, fields, ["id"], changed)
    store.dialect.insert(conn, schema.event, events)
    ledger.write(conn, store.dialect)
    return len(changed)


def leave_scope(conn: Connection, store: Store, finding_ids: Sequence[int], *, run_id: int, now: Instant) -> int:
    """Mark open findings that a changed scope does not ask about any more. Their state stays."""
    seq = next_id(conn, schema.event)
    kind, actor = int(EventKind.SCOPE), int(Actor.RULE)
    rows: list[Row] = [
        (seq + offset, id_, kind, now, now, run_id, actor, "in scope", "out of scope")
        for offset, id_ in enumerate(finding_ids)
    ]
    marks: list[Row] = [(False, UNKNOWN, id_) for id_ in finding_ids]
    store.dialect.update(conn, schema.finding, ["in_scope", "raw_hash"], ["id"], marks)
    store.dialect.insert(conn, schema.event, rows)
    return len(finding_ids)
