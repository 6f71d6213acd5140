"""Due dates after the policy changed: every open finding is judged anew, a chunk in a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from callboard.domain import due, priority
from callboard.domain.access import Visibility
from callboard.domain.due import Policy, Signals, earlier
from callboard.domain.finding import Kind, Severity
from callboard.domain.instant import Instant, to_text
from callboard.domain.policy import DateChange, DateExample
from callboard.domain.reconcile import Actor, EventKind
from callboard.store import laid_down, schema
from callboard.store.counting import Ledger, Standing
from callboard.store.database import Store, bump_revision, next_id
from callboard.store.dialect import Row
from callboard.store.schema import NEVER
from callboard.store.visible import visible

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
    policy = laid_down.due_policy(conn, store)
    wanted = policy.fingerprint
    if former == wanted:
        return Step(0, None)
    rows = _open(conn, after)
    opened = _opened_again(conn, [row.id for row in rows if row.reopened])
    ledger = Ledger()
    changed: list[Row] = []
    events: list[Row] = []
    seq = next_id(conn, schema.event)
    for row in rows:
        values = _judged(row, policy, opened.get(row.id, row.first_detected_at))
        after_due = values[0]
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


def _open(conn: Connection, after: int) -> Sequence[Any]:
    """A chunk of the open findings after this id."""
    f = schema.finding.c
    columns = (
        f.id, f.severity, f.priority, f.blast, f.due_at, f.policy_due_at, f.first_detected_at, f.reopened,
        f.holding_id, f.source_id, f.kind, f.state, f.bundle_id, f.remedy_id,
    )  # fmt: skip
    return conn.execute(select(*columns).where(f.id > after, f.closed == 0).order_by(f.id).limit(CHUNK)).all()


def _judged(row: Any, policy: Policy, opened_at: Instant) -> tuple[int, int, int]:  # noqa: ANN401 - rows have no type
    """When a finding would be due, when by the policy alone, and how urgent it would be."""
    signs = priority.signs(row.priority)
    signals = Signals(
        kind=Kind(row.kind), severity=Severity(row.severity), known_exploited=signs.known_exploited or None,
        exposed=priority.is_exposed(row.blast), epss=signs.epss or None,
    )  # fmt: skip
    limit = policy.limit(signals)
    policy_due = None if limit.days is None else due.end_of_day(opened_at, limit.days)
    source_due = row.due_at if row.due_at != row.policy_due_at else None
    due_at = earlier(source_due, policy_due)
    return (
        NEVER if due_at is None else due_at, NEVER if policy_due is None else policy_due,
        priority.priority_of(limit, signals),
    )  # fmt: skip


def preview(conn: Connection, visibility: Visibility, policy: Policy, *, now: Instant) -> DateChange:
    """What another policy would do to due dates. Counts are of all open findings, examples of those in sight."""
    start = due.today(now)
    open_ = earlier_n = later = newly = no_longer = after = 0
    moved: list[tuple[int, int, int]] = []
    while rows := _open(conn, after):
        opened = _opened_again(conn, [row.id for row in rows if row.reopened])
        open_, after = open_ + len(rows), rows[-1].id
        for row in rows:
            due_at = _judged(row, policy, opened.get(row.id, row.first_detected_at))[0]
            if due_at == row.due_at:
                continue
            earlier_n, later = earlier_n + (due_at < row.due_at), later + (due_at > row.due_at)
            newly += due_at < start <= row.due_at
            no_longer += row.due_at < start <= due_at
            if len(moved) < LOOKED_AT:
                moved.append((row.id, row.due_at, due_at))
    return DateChange(
        open=open_, moved=earlier_n + later, earlier=earlier_n, later=later, newly_overdue=newly,
        no_longer_overdue=no_longer, examples=_examples(conn, visibility, moved),
    )  # fmt: skip


def _examples(conn: Connection, visibility: Visibility, moved: list[tuple[int, int, int]]) -> tuple[DateExample, ...]:
    f, rule = schema.finding.c, schema.rule.c
    rows = conn.execute(
        select(f.id, f.title, rule.name, f.severity)
        .join_from(schema.finding, schema.rule, rule.id == f.rule_id)
        .where(f.id.in_([each[0] for each in moved]), visible(f.holding_id, visibility))
        .order_by(f.rank, f.id)
        .limit(EXAMPLES)
    )
    dates = {id_: tuple(None if at == NEVER else Instant(at) for at in both) for id_, *both in moved}
    return tuple(
        DateExample(
            id=row.id, title=row.title or row.name, severity=Severity(row.severity), old=dates[row.id][0],
            new=dates[row.id][1],
        )
        for row in rows
    )  # fmt: skip


LOOKED_AT = 500
"""Findings whose date would move, of which examples are told."""
EXAMPLES = 8


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
