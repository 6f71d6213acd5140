"""Due dates after the policy changed: every open finding is judged anew, a chunk in a transaction."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from callboard.domain import due, priority
from callboard.domain.due import Signals, earlier
from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import Instant, to_text
from callboard.domain.reconcile import Actor, EventKind
from callboard.store import schema
from callboard.store.counting import Ledger, Standing
from callboard.store.database import Store, bump_revision, next_id
from callboard.store.dialect import Row
from callboard.store.schema import NEVER

CHUNK = 20_000
"""Findings judged in one transaction."""

_KEY = "policy"


class Step(msgspec.Struct, frozen=True):
    """What one transaction did."""

    moved: int
    next: int | None
    """The finding to go on after; None: all are judged."""


def follow(conn: Connection, store: Store, *, after: int, now: Instant) -> Step:
    """Judge the open findings after this id. Nothing is done where the policy in force gave the dates already."""
    meta = schema.meta.c
    former = conn.execute(select(meta.value).where(meta.key == _KEY)).scalar_one_or_none()
    wanted = store.policy.fingerprint
    if former == wanted:
        return Step(0, None)
    f = schema.finding.c
    columns = (
        f.id, f.severity, f.priority, f.blast, f.due_at, f.policy_due_at, f.first_detected_at, f.reopened,
        f.holding_id, f.source_id, f.kind, f.state, f.bundle_id, f.remedy_id,
    )  # fmt: skip
    query = select(*columns).where(f.id > after, f.closed == 0).order_by(f.id).limit(CHUNK)
    rows = conn.execute(query).all()
    opened = _opened_again(conn, [row.id for row in rows if row.reopened])
    ledger = Ledger()
    changed: list[Row] = []
    events: list[Row] = []
    seq = next_id(conn, schema.event)
    for row in rows:
        signs = priority.signs(row.priority)
        signals = Signals(
            kind=Kind(row.kind), severity=Severity(row.severity), known_exploited=signs.known_exploited or None,
            exposed=priority.is_exposed(row.blast), epss=signs.epss or None,
        )  # fmt: skip
        limit = store.policy.limit(signals)
        opened_at = opened.get(row.id, row.first_detected_at)
        policy_due = None if limit.days is None else due.end_of_day(opened_at, limit.days)
        source_due = row.due_at if row.due_at != row.policy_due_at else None
        due_at = earlier(source_due, policy_due)
        after_due = NEVER if due_at is None else due_at
        values = (after_due, NEVER if policy_due is None else policy_due, priority.priority_of(limit, signals))
        if values == (row.due_at, row.policy_due_at, row.priority):
            continue
        changed.append((*values, row.id))
        before = Standing(
            row.holding_id, row.source_id, row.kind, row.state, row.severity, row.bundle_id, row.due_at, row.remedy_id
        )
        ledger.change(before, msgspec.structs.replace(before, due_at=after_due), now=now)
        if after_due != row.due_at:
            old, new = (None if at == NEVER else to_text(Instant(at)) for at in (row.due_at, after_due))
            events.append((seq, row.id, int(EventKind.DUE), now, now, None, int(Actor.RULE), old, new))
            seq += 1
    store.dialect.update(conn, schema.finding, ["due_at", "policy_due_at", "priority"], ["id"], changed)
    store.dialect.insert(conn, schema.event, events)
    ledger.write(conn, store.dialect)
    if changed:
        bump_revision(conn)
    if len(rows) == CHUNK:
        return Step(len(changed), rows[-1].id)
    conn.execute(delete(schema.meta).where(meta.key == _KEY))
    conn.execute(insert(schema.meta).values(key=_KEY, value=wanted))
    return Step(len(changed), None)


def _opened_again(conn: Connection, ids: list[int]) -> dict[int, Instant]:
    """When these findings were last opened again."""
    e = schema.event.c
    found: dict[int, Instant] = {}
    for start in range(0, len(ids), 500):
        rows = conn.execute(
            select(e.finding_id, func.max(e.at))
            .where(e.finding_id.in_(ids[start : start + 500]), e.kind == int(EventKind.REOPENED))
            .group_by(e.finding_id)
        )
        found.update((row[0], Instant(row[1])) for row in rows)
    return found
