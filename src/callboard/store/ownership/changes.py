"""Resources that went from one to another: lately, or those that a signal is about, exactly as they are counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, literal, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.drift import Signal, SignalKind
from callboard.domain.ownership.evidence import RULE
from callboard.domain.ownership.picking import Lines
from callboard.domain.ownership.verdict import Verdict
from callboard.store import schema
from callboard.store.database import Store
from callboard.store.ownership import judging, picking, reviews, watching
from callboard.store.ownership.picking import Found

r, c, holding = schema.resource.c, schema.candidate.c, schema.holding.c
spell, former = schema.ownership_spell.c, schema.ownership_spell.alias("former").c

LISTABLE = frozenset(
    {
        SignalKind.RESOURCE_MOVED,
        SignalKind.CLAIM_CONTESTED,
        SignalKind.RULE_GREEDY,
        SignalKind.HELD_BACK,
        SignalKind.RULE_REVIEW,
    }
)
"""Signals about a number of resources, which can be listed."""


def _handed_over(*when: ColumnElement[bool]) -> Select[Any]:
    """Resources that went from one holding to another, with both, and when."""
    return (
        select(spell.resource_id, former.holding_id.label("old"), spell.holding_id.label("new"), spell.from_at)
        .join_from(
            schema.ownership_spell,
            former.resource_id.table,
            and_(former.resource_id == spell.resource_id, former.to_at == spell.from_at),
        )
        .where(former.holding_id != spell.holding_id, *when)
        .order_by(spell.from_at)
    )


def _moved(conn: Connection, *when: ColumnElement[bool]) -> dict[int, Row[Any]]:
    """Of these, those that went to other components, into conflict or out of it, each with the last time."""
    rows = conn.execute(_handed_over(*when)).all()
    homes = _homes(conn, {id_ for row in rows for id_ in (row.old, row.new)})
    return {row.resource_id: row for row in rows if homes[row.old] != homes[row.new]}


def count_between(conn: Connection, after: Instant, until: Instant) -> int:
    """How many resources changed hands in a period."""
    return len(_moved(conn, spell.from_at > after, spell.from_at <= until))


def between(
    conn: Connection, store: Store, visibility: Visibility, after: Instant, until: Instant, *, skip: int
) -> Lines:
    """Those resources, each with the last time that it went over."""
    return _told(conn, store, visibility, _moved(conn, spell.from_at > after, spell.from_at <= until), skip=skip)


def of_signal(conn: Connection, store: Store, visibility: Visibility, signal: Signal, *, skip: int) -> Lines:
    """The resources that a signal is about; of what can be listed, see `LISTABLE`."""
    match signal.kind:
        case SignalKind.RESOURCE_MOVED:
            moved = _moved(conn, spell.from_at == signal.at)
            homes = _homes(conn, {id_ for row in moved.values() for id_ in (row.old, row.new)})
            both = (signal.old, signal.new)
            rows = [row for row in moved.values() if (_words(homes[row.old]), _words(homes[row.new])) == both]
        case SignalKind.CLAIM_CONTESTED:
            held = conn.execute(_standing().where(holding.verdict == Verdict.CONFLICT.value)).all()
            homes = _homes(conn, {row.new for row in held})
            wanted = tuple(signal.about.split(" | "))
            rows = [row for row in held if homes[row.new][0] == wanted]
        case SignalKind.RULE_GREEDY:
            matched = select(c.resource_id).where(c.form == RULE, c.value == signal.about)
            rows = list(conn.execute(_standing().where(r.id.in_(matched))))
        case SignalKind.RULE_REVIEW:
            rows = list(conn.execute(_standing().where(r.id.in_(reviews.denied(conn, signal.about)))))
        case SignalKind.HELD_BACK:
            challenge = schema.ownership_challenge.c
            columns = (r.id.label("resource_id"), r.holding_id.label("old"), challenge.holding_id.label("new"))
            query = select(*columns, literal(None).label("from_at"))
            query = query.join_from(schema.resource, schema.ownership_challenge, challenge.resource_id == r.id)
            won = set(watching.won_twice(conn))
            rows = [row for row in conn.execute(query) if row.resource_id in won]
        case _:
            rows = []
    return _told(conn, store, visibility, {row.resource_id: row for row in rows}, skip=skip)


def _standing() -> Select[Any]:
    """Resources as they are held now."""
    return select(
        r.id.label("resource_id"), r.holding_id.label("old"), r.holding_id.label("new"), literal(None).label("from_at")
    ).join_from(schema.resource, schema.holding, holding.id == r.holding_id)


def _told(conn: Connection, store: Store, visibility: Visibility, rows: Mapping[int, Any], *, skip: int) -> Lines:
    homes = _homes(conn, {id_ for row in rows.values() for id_ in (row.old, row.new)})
    counts = judging.open_on(conn, visibility, rows)
    found = [
        Found(
            id_, counts.get(id_, 0), True, homes[row.old][0], *homes[row.new],  # noqa: FBT003 - all that is open
            None if row.from_at is None else Instant(row.from_at),
        )
        for id_, row in rows.items()
    ]  # fmt: skip
    return picking.told(conn, store, found, skip=skip)


def _homes(conn: Connection, ids: set[int]) -> dict[int, tuple[tuple[EntityRef, ...], str]]:
    """The components that holdings are routed to, with the verdict."""
    route, entity = schema.holding_route.c, schema.entity.c
    found: dict[int, tuple[tuple[EntityRef, ...], str]] = {}
    wanted = sorted(ids)
    for start in range(0, len(wanted), 500):
        some = wanted[start : start + 500]
        found |= {
            row.id: ((), row.verdict)
            for row in conn.execute(select(holding.id, holding.verdict).where(holding.id.in_(some)))
        }
        for id_, ref in conn.execute(
            select(route.holding_id, entity.ref)
            .join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
            .where(route.holding_id.in_(some))
            .order_by(route.holding_id, entity.ref)
        ):
            found[id_] = ((*found[id_][0], EntityRef(ref)), found[id_][1])
    return found


def _words(home: tuple[Sequence[EntityRef], str]) -> str:
    """As a signal says it."""
    return ", ".join(home[0]) or "nobody"
