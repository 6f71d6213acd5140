"""The evidence in force, compiled once and kept in memory until the catalog or a rule set changes.

A random mark in `meta` names what is stored; whoever changes an entity or a rule set changes the mark in the same
transaction. So a transaction that is rolled back, and another process that writes, can mislead nobody.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, select

from callboard.domain.component import Entity, EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.evidence import Evidence
from callboard.domain.ownership.mapping import RuleSet
from callboard.store import mapping, schema
from callboard.store.database import EVIDENCE, Store

_HOMES = "homes"
_TICK = "evidence_at"
"""Up to when what ends has ended: until the next tick it has not, anywhere."""


class Known(msgspec.Struct, frozen=True):
    """The evidence under a mark."""

    mark: str
    evidence: Evidence
    ids: dict[EntityRef, int]
    """Of every entity, those that are gone as well."""


def load_entities(conn: Connection, kinds: Collection[str] | None = None) -> dict[EntityRef, Entity]:
    """Every entity (of these kinds) that the last complete readings held.

    One that the last reading missed keeps its claims until the next misses it too, and has no owner meanwhile: what it
    showed to anybody it shows no more.
    """
    table = schema.entity.c
    query = select(table.ref, table.body, table.missing_at).where(table.gone_at.is_(None))
    rows = conn.execute(query if kinds is None else query.where(table.kind.in_(kinds)))
    decode = msgspec.msgpack.Decoder(Entity).decode
    found: dict[EntityRef, Entity] = {}
    for ref, body, missing_at in rows:
        entity = decode(body)
        found[EntityRef(ref)] = entity if missing_at is None else msgspec.structs.replace(entity, owner=None)
    return found


def mark_of(conn: Connection) -> str:
    """What names the evidence that is stored."""
    return str(remembered(conn, EVIDENCE) or "")


def homes_of(conn: Connection) -> str:
    """Changes whenever somebody but the run road has given resources to others."""
    return str(remembered(conn, _HOMES) or "")


def tick_of(conn: Connection) -> Instant:
    """The moment up to which what ends has ended."""
    return Instant(int(remembered(conn, _TICK) or 0))


def current(conn: Connection, store: Store) -> Known:
    """The evidence as it is stored now."""
    mark = mark_of(conn)
    kept = store.known
    if isinstance(kept, Known) and kept.mark == mark and kept.evidence.locations == store.trusted_locations:
        return kept
    entities = load_entities(conn)
    sets = [each.rule_set for each in mapping.in_force(conn)]
    evidence = Evidence.of(entities.values(), sets, at=tick_of(conn), locations=store.trusted_locations)
    store.known = known = Known(mark, evidence, _ids(conn))
    return known


def after(
    conn: Connection, store: Store, known: Known, before: Collection[Entity], changed: Collection[Entity]
) -> Known:
    """Note that entities changed, and the evidence that follows. Inside `Store.write`, after they are written."""
    came = [each.ref for each in changed if each.ref not in known.ids]
    evidence = known.evidence.after(before, changed)
    fresh = store.dialect.lookup(conn, schema.entity, ["ref", "id"], "ref", came)
    ids = {**known.ids, **{EntityRef(ref): int(id_) for ref, id_ in fresh}} if came else known.ids
    store.known = found = Known(_new_mark(conn), evidence, ids)
    return found


def under(conn: Connection, store: Store, sets: Sequence[RuleSet]) -> None:
    """Note that these are the rule sets from now on, and the evidence that follows. Inside `Store.write`."""
    known = current(conn, store)
    evidence = known.evidence.under(sets, at=tick_of(conn))
    store.known = Known(_new_mark(conn), evidence, known.ids)


def changed(conn: Connection, *, tick: Instant | None = None) -> None:
    """Note that rule sets changed, or that it is later now. Inside `Store.write`."""
    _new_mark(conn)
    if tick is not None:
        remember(conn, _TICK, str(tick))


def moved(conn: Connection) -> None:
    """Note that resources were given to others, so that a run forgets what it remembers. Inside `Store.write`."""
    remember(conn, _HOMES, secrets.token_hex(8))


def _new_mark(conn: Connection) -> str:
    mark = secrets.token_hex(8)
    remember(conn, EVIDENCE, mark)
    return mark


def _ids(conn: Connection) -> dict[EntityRef, int]:
    rows = conn.execute(select(schema.entity.c.ref, schema.entity.c.id))
    return {EntityRef(ref): int(id_) for ref, id_ in rows}


def remembered(conn: Connection, key: str) -> str | None:
    """What is kept under a key of `meta`."""
    meta = schema.meta.c
    return conn.execute(select(meta.value).where(meta.key == key)).scalar_one_or_none()


def remember(conn: Connection, key: str, value: str) -> None:
    """Keep something under a key of `meta`. Inside `Store.write`."""
    conn.execute(delete(schema.meta).where(schema.meta.c.key == key))
    conn.execute(insert(schema.meta).values(key=key, value=value))
