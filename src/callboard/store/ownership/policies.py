"""Due dates after the policy changed: every open finding is judged anew, a chunk in a transaction."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, func, insert, not_, or_, select

from callboard.domain import due, priority
from callboard.domain.access import Visibility
from callboard.domain.due import Policy, Signals, earlier
from callboard.domain.finding import LAST_OPEN, Kind, Severity
from callboard.domain.instant import Instant, to_text
from callboard.domain.ownership.picking import LINES
from callboard.domain.policy import DateChange, DateExample, DateLines, Moved
from callboard.domain.reconcile import Actor, EventKind
from callboard.store import schema
from callboard.store.counting import Ledger, Standing
from callboard.store.database import Store, bump_revision, next_id
from callboard.store.dialect import Row
from callboard.store.ownership import laid_down
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
    """A chunk of the findings after this id that are open, or will be when what set them aside ends."""
    f = schema.finding.c
    columns = (
        f.id, f.severity, f.priority, f.blast, f.due_at, f.policy_due_at, f.first_detected_at, f.reopened,
        f.holding_id, f.source_id, f.kind, f.state, f.bundle_id, f.remedy_id,
    )  # fmt: skip
    is_work = or_(f.closed == 0, f.beneath.is_not(None))
    return conn.execute(select(*columns).where(f.id > after, is_work).order_by(f.id).limit(CHUNK)).all()


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
    counts: Counter[Moved] = Counter()
    moved: list[_Date] = []
    open_ = 0
    for each in _dates(conn, policy):
        open_ += 1
        if each[1] != each[2]:
            counts.update(number for number in Moved if number.counts(*each[1:], start=start))
            if len(moved) < LOOKED_AT:
                moved.append(each)
    return DateChange(
        open=open_, moved=counts[Moved.ALL], earlier=counts[Moved.EARLIER], later=counts[Moved.LATER],
        newly_overdue=counts[Moved.NEWLY_OVERDUE], no_longer_overdue=counts[Moved.NO_LONGER_OVERDUE],
        examples=tuple(sorted(_told(conn, visibility, moved), key=lambda each: (-each.severity, each.id))[:EXAMPLES]),
    )  # fmt: skip


def listed(
    conn: Connection, visibility: Visibility, policy: Policy, number: Moved, *, now: Instant, skip: int
) -> DateLines:
    """The findings in sight that one number of the preview counts."""
    start = due.today(now)
    counted = [each for each in _dates(conn, policy) if number.counts(*each[1:], start=start)]
    counted.sort(key=lambda each: (each[2], each[0]))
    return DateLines(
        findings=len(counted),
        lines=_told(conn, visibility, counted[skip : skip + LINES]),
        next=skip + LINES if len(counted) > skip + LINES else None,
    )


def apart(conn: Connection, visibility: Visibility, wide: Visibility, narrow: Visibility, *, skip: int) -> DateLines:
    """The open findings in sight that one visibility shows and another does not, as they are due; no date moves."""
    f = schema.finding.c
    here = (f.closed == 0, visible(f.holding_id, visibility), visible(f.holding_id, wide))
    query = select(f.id, f.due_at).where(*here, not_(visible(f.holding_id, narrow))).order_by(f.due_at, f.id)
    found = [(row.id, row.due_at, row.due_at) for row in conn.execute(query.offset(skip).limit(LINES))]
    n = conn.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    return DateLines(findings=n, lines=_told(conn, visibility, found), next=skip + LINES if n > skip + LINES else None)


_Date = tuple[int, int, int]
"""A finding, when it is due, and when it would be."""


def _dates(conn: Connection, policy: Policy) -> Iterator[_Date]:
    """Every open finding."""
    after = 0
    while rows := _open(conn, after):
        opened = _opened_again(conn, [row.id for row in rows if row.reopened])
        after = rows[-1].id
        for row in (each for each in rows if each.state <= LAST_OPEN):
            yield row.id, row.due_at, _judged(row, policy, opened.get(row.id, row.first_detected_at))[0]


def _told(conn: Connection, visibility: Visibility, dates: Sequence[_Date]) -> tuple[DateExample, ...]:
    """Those in sight for people, in the same order."""
    f, rule = schema.finding.c, schema.rule.c
    rows = conn.execute(
        select(f.id, f.title, rule.name, f.severity)
        .join_from(schema.finding, schema.rule, rule.id == f.rule_id)
        .where(f.id.in_([each[0] for each in dates]), visible(f.holding_id, visibility))
    )
    known = {row.id: row for row in rows}
    return tuple(
        DateExample(
            id=id_, title=known[id_].title or known[id_].name, severity=Severity(known[id_].severity),
            old=None if old == NEVER else Instant(old), new=None if new == NEVER else Instant(new),
        )
        for id_, old, new in dates
        if id_ in known
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
