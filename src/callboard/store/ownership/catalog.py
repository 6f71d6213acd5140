"""Catalog readings written down: entities, who is in which group, and what the change of claims moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from callboard.domain.component import CatalogProblem, Entity, EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.claims import CLAIMING_KINDS, claims_of
from callboard.domain.ownership.drift import News, SignalKind
from callboard.domain.ownership.groups import group_closure
from callboard.store import evidence, schema
from callboard.store.counting import Ledger
from callboard.store.database import Store, next_id
from callboard.store.dialect import Row
from callboard.store.ownership import owning, signals, touched
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.moving import move

APPLIED = "applied"
PARTIAL = "partial"
HELD = "held"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a reading changed."""

    new: int
    changed: int
    gone: int
    """Missed by two complete readings in a row."""
    missing: int = 0
    """Missed by this one for the first time: nobody sees anything by them any more."""
    subjects: int
    """Resources decided again."""
    moved_resources: int
    moved_findings: int
    resources: int
    """Resources there are."""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One catalog reading as it was written down."""

    name: str
    read_at: Instant
    state: str
    reason: str | None
    entities: int
    problems: tuple[CatalogProblem, ...]


def last_reading(conn: Connection, name: str | None = None, *, state: str | None = APPLIED) -> Reading | None:
    """The latest reading (of this catalog, in this state)."""
    table = schema.catalog_reading
    query = select(table).order_by(table.c.id.desc()).limit(1)
    if name is not None:
        query = query.where(table.c.name == name)
    if state is not None:
        query = query.where(table.c.state == state)
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    return Reading(
        name=row.name,
        read_at=row.read_at,
        state=row.state,
        reason=row.reason,
        entities=row.entities,
        problems=msgspec.msgpack.decode(bytes(row.problems), type=tuple[CatalogProblem, ...]),
    )


def note_reading(
    conn: Connection, name: str, *, now: Instant, state: str, reason: str | None, entities: int,
    problems: Sequence[CatalogProblem],
) -> None:  # fmt: skip
    """Keep that a catalog was read, and how it ended."""
    table = schema.catalog_reading
    conn.execute(
        insert(table).values(
            id=next_id(conn, table), name=name, read_at=now, state=state, reason=reason, entities=entities,
            problems=msgspec.msgpack.encode(tuple(problems)),
        )
    )  # fmt: skip


def entities_of(conn: Connection, name: str) -> dict[EntityRef, Entity]:
    """The entities that came from this catalog and are not gone."""
    table = schema.entity
    rows = conn.execute(select(table.c.ref, table.c.body).where(table.c.catalog == name, table.c.gone_at.is_(None)))
    decode = msgspec.msgpack.Decoder(Entity).decode
    return {EntityRef(ref): decode(bytes(body)) for ref, body in rows}


def holds(conn: Connection, ref: EntityRef) -> bool:
    """Whether the catalog has this entity now."""
    table = schema.entity
    found = select(table.c.id).where(table.c.ref == ref, table.c.gone_at.is_(None))
    return conn.execute(found).first() is not None


def apply_reading(
    conn: Connection, store: Store, name: str, entities: Sequence[Entity], *, complete: bool, now: Instant,
    agreed: bool = False,
) -> Change:  # fmt: skip
    """Write a reading: entities, groups, claims, and every resource whose evidence changed. Inside `Store.write`.

    The reading itself must have been noted before. Without `complete` nothing is taken for gone. `agreed`: a person has
    looked at it, so that nothing has to be seen twice.
    """
    difference = _difference(conn, name, entities, complete=complete)
    if agreed:
        gone = (*difference.missing, *difference.gone)
        difference = msgspec.structs.replace(difference, missing=(), gone=gone)
    if not difference:
        return Change(
            new=0, changed=0, gone=0, subjects=0, moved_resources=0, moved_findings=0, resources=_resources(conn)
        )
    return apply_difference(conn, store, name, difference, now=now, agreed=agreed)


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """How a reading differs from what is stored, entity by entity."""

    new: tuple[Entity, ...] = ()
    changed: tuple[Entity, ...] = ()
    missing: tuple[EntityRef, ...] = ()
    """Not in a complete reading for the first time."""
    gone: tuple[EntityRef, ...] = ()
    """Not in a complete reading for the second time."""

    def __bool__(self) -> bool:
        return bool(self.new or self.changed or self.missing or self.gone)


def _difference(conn: Connection, name: str, entities: Sequence[Entity], *, complete: bool) -> Difference:
    table = schema.entity.c
    known = {
        row.ref: row
        for row in conn.execute(select(table.ref, table.body, table.gone_at, table.missing_at, table.catalog))
    }
    new: list[Entity] = []
    changed: list[Entity] = []
    came = set()
    encode = msgspec.msgpack.Encoder().encode
    for entity in entities:
        row = known.get(entity.ref)
        if row is not None and row.catalog != name and row.gone_at is None:
            continue  # the catalog that had it first keeps it
        came.add(entity.ref)
        if row is None:
            new.append(entity)
        elif (
            bytes(row.body) != encode(entity) or row.gone_at is not None or row.missing_at is not None
            or row.catalog != name
        ):  # fmt: skip
            changed.append(entity)
    missing: list[EntityRef] = []
    gone: list[EntityRef] = []
    for ref, row in known.items() if complete else ():
        if row.catalog == name and row.gone_at is None and ref not in came:
            (missing if row.missing_at is None else gone).append(EntityRef(ref))
    return Difference(new=tuple(new), changed=tuple(changed), missing=tuple(missing), gone=tuple(gone))


def apply_difference(
    conn: Connection, store: Store, name: str, difference: Difference, *, now: Instant, agreed: bool = False
) -> Change:
    """Write what differs, and everything that follows from it. Inside `Store.write`."""
    known = evidence.current(conn, store)
    refs = [*(each.ref for each in difference.changed), *difference.missing, *difference.gone]
    before = _stored(conn, store, refs)
    _write(conn, store, name, difference, now=now)
    after = _stored(conn, store, [*(each.ref for each in difference.new), *refs])
    former = evidence.after(conn, store, known, before.values(), after.values())
    _write_claims(conn, store, former.ids, [*before.values()], [*after.values()])
    kinds = {each.kind for each in (*before.values(), *after.values())}
    if kinds & {"group", "user"}:
        _write_groups(conn, store, former.ids)
    holdings = Holdings(conn, store, former)
    subjects = touched.by_entities(conn, store, known, former, before=before, after=after)
    signals.note(conn, store.dialect, _news(before, after, difference), now=now)
    came_back = [each.ref for each in difference.changed] + list(difference.gone)
    signals.over(conn, store.dialect, SignalKind.ENTITY_MISSING, came_back, now=now)
    ledger = Ledger()
    moves = owning.decide_again(conn, store.dialect, holdings, subjects, now=now, at_once=agreed)
    moved = move(conn, store.dialect, holdings, moves, ledger, now=now)
    ledger.write(conn, store.dialect)
    return Change(
        new=len(difference.new),
        changed=len(difference.changed),
        gone=len(difference.gone),
        missing=len(difference.missing),
        subjects=len(subjects),
        moved_resources=len({each.resource_id for each in moves if each.before != each.after} | moved.inherited.keys()),
        moved_findings=moved.findings,
        resources=_resources(conn),
    )


def _news(before: Mapping[EntityRef, Entity], after: Mapping[EntityRef, Entity], difference: Difference) -> list[News]:
    """What the owners of entities are told."""
    found = []
    for ref, entity in before.items():
        if entity.kind not in CLAIMING_KINDS:
            continue
        now_owner = after[ref].owner if ref in after else None
        if ref in difference.missing or ref in difference.gone:
            kind = SignalKind.ENTITY_MISSING if ref in difference.missing else SignalKind.ENTITY_GONE
        elif entity.owner != now_owner and entity.owner is not None:
            kind = SignalKind.OWNER_CHANGED
        else:
            continue
        told = tuple({each for each in (entity.owner, now_owner) if each is not None})
        found.append(News(kind=kind, about=ref, old=entity.owner, new=now_owner, readers=told))
    return found


def _resources(conn: Connection) -> int:
    return next_id(conn, schema.resource) - 1


def _stored(conn: Connection, store: Store, refs: Sequence[EntityRef]) -> dict[EntityRef, Entity]:
    """These entities as ownership knows them: without those that are gone, and without the owners of missing ones."""
    decode = msgspec.msgpack.Decoder(Entity).decode
    found: dict[EntityRef, Entity] = {}
    columns = ["ref", "body", "missing_at", "gone_at"]
    for ref, body, missing_at, gone_at in store.dialect.lookup(conn, schema.entity, columns, "ref", refs):
        if gone_at is None:
            entity = decode(bytes(body))
            found[EntityRef(ref)] = entity if missing_at is None else msgspec.structs.replace(entity, owner=None)
    return found


def _write(conn: Connection, store: Store, name: str, difference: Difference, *, now: Instant) -> None:
    table = schema.entity
    encode = msgspec.msgpack.encode
    free = next_id(conn, table)
    new: list[Row] = [
        (free + at, each.ref, name, each.kind, each.name, each.owner, None, each.system, encode(each), None, None)
        for at, each in enumerate(difference.new)
    ]
    store.dialect.insert(conn, table, new)
    changed: list[Row] = [
        (name, each.kind, each.name, each.owner, each.system, encode(each), None, None, each.ref)
        for each in difference.changed
    ]
    columns = ["catalog", "kind", "name", "owner_ref", "system_ref", "body", "gone_at", "missing_at"]
    store.dialect.update(conn, table, columns, ["ref"], changed)
    store.dialect.update(conn, table, ["missing_at"], ["ref"], [(now, ref) for ref in difference.missing])
    store.dialect.update(conn, table, ["gone_at"], ["ref"], [(now, ref) for ref in difference.gone])
    _link_owners(conn, store, difference)


def _link_owners(conn: Connection, store: Store, difference: Difference) -> None:
    """Point entities at their owners' rows; an owner that does not exist, or is missing, owns nothing.

    What is missing itself has no owner: nobody sees anything by it.
    """
    table = schema.entity
    came = [each.ref for each in (*difference.new, *difference.changed)]
    left = [*difference.missing, *difference.gone]
    columns = ["id", "ref", "owner_ref", "owner_id", "gone_at", "missing_at"]
    rows = store.dialect.lookup(conn, table, columns, "ref", [*came, *left])
    moved = [row[1] for row in rows if row[1] in {*left, *came} and row[1].startswith(("group:", "user:"))]
    rows = [*rows, *store.dialect.lookup(conn, table, columns, "owner_ref", moved)]
    owners = {row[2] for row in rows if row[2] is not None}
    there = {
        ref: id_
        for id_, ref, gone_at, missing_at in store.dialect.lookup(
            conn, table, ["id", "ref", "gone_at", "missing_at"], "ref", owners
        )
        if gone_at is None and missing_at is None
    }
    wrong = []
    for id_, _, owner_ref, owner_id, gone_at, missing_at in rows:
        is_here = gone_at is None and missing_at is None
        wanted = there.get(owner_ref) if is_here else None
        if wanted != owner_id:
            wrong.append({"entity": id_, "owner": wanted})
    if wrong:
        conn.execute(update(table).where(table.c.id == bindparam("entity")).values(owner_id=bindparam("owner")), wrong)


def _write_groups(conn: Connection, store: Store, ids: dict[EntityRef, int]) -> None:
    entities = evidence.load_entities(conn)
    conn.execute(delete(schema.member))
    conn.execute(delete(schema.group_closure))
    members = {
        (ids[group.ref], ids[user])
        for group in entities.values()
        if group.kind == "group"
        for user in group.members
        if user in entities
    }
    store.dialect.insert(conn, schema.member, sorted(members))
    pairs = [(ids[above], ids[below]) for above, below in group_closure(entities.values())]
    store.dialect.insert(conn, schema.group_closure, pairs)


def _write_claims(
    conn: Connection, store: Store, ids: dict[EntityRef, int], before: Sequence[Entity], after: Sequence[Entity]
) -> None:
    table = schema.claim
    touched_ids = [{"one": ids[each.ref]} for each in (*before, *after)]
    if touched_ids:
        conn.execute(delete(table).where(table.c.entity_id == bindparam("one")), touched_ids)
    rows: dict[Row, Row] = {}
    for entity in after:
        for claim in claims_of(entity):
            key = (ids[entity.ref], claim.form, claim.value, claim.annotation)
            rows.setdefault(key, (*key, claim.tier))
    store.dialect.insert(conn, table, list(rows.values()))
