"""Catalog readings written down: entities, who is in which group, and what the change of claims moves."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from callboard.domain.alias import WIZ_PROJECT
from callboard.domain.claims import Claims, changed_keys, claims_of
from callboard.domain.component import CatalogProblem, Entity, EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership import group_closure
from callboard.store import owning, schema
from callboard.store.counting import Ledger
from callboard.store.database import Store, next_id
from callboard.store.dialect import Row
from callboard.store.owning import Holdings

APPLIED = "applied"
PARTIAL = "partial"
HELD = "held"


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a reading changed."""

    new: int
    changed: int
    gone: int
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
    conn: Connection, store: Store, name: str, entities: Sequence[Entity], *, complete: bool, now: Instant
) -> Change:
    """Write a reading: entities, groups, claims, and every resource whose claims changed. Inside `Store.write`.

    The reading itself must have been noted before. Without `complete` nothing is taken for gone.
    """
    before = owning.load_entities(conn)
    old_claims = Claims.of(before.values())
    new, changed, gone = _write_entities(conn, store, name, entities, complete=complete, now=now)
    if not (new or changed or gone):
        return Change(
            new=0, changed=0, gone=0, subjects=0, moved_resources=0, moved_findings=0, resources=_resources(conn)
        )
    after = owning.load_entities(conn)
    _write_groups(conn, store, after)
    _write_claims(conn, store, after)
    holdings = Holdings(conn, store.dialect)
    subjects = _touched(conn, store, old_claims, holdings.claims)
    ledger = Ledger()
    moves = owning.decide_again(conn, store.dialect, holdings, subjects, now=now)
    moved = owning.move(conn, store.dialect, moves, ledger, now=now)
    ledger.write(conn, store.dialect)
    return Change(
        new=new,
        changed=changed,
        gone=gone,
        subjects=len(subjects),
        moved_resources=len(moves),
        moved_findings=moved,
        resources=_resources(conn),
    )


def _resources(conn: Connection) -> int:
    return next_id(conn, schema.resource) - 1


def _write_entities(
    conn: Connection, store: Store, name: str, entities: Sequence[Entity], *, complete: bool, now: Instant
) -> tuple[int, int, int]:
    table = schema.entity
    known = {
        row.ref: row
        for row in conn.execute(select(table.c.ref, table.c.id, table.c.body, table.c.gone_at, table.c.catalog))
    }
    free = next_id(conn, table)
    new: list[Row] = []
    changed: list[Row] = []
    came = set()
    for entity in entities:
        row = known.get(entity.ref)
        if row is not None and row.catalog != name and row.gone_at is None:
            continue  # the catalog that had it first keeps it
        came.add(entity.ref)
        body = msgspec.msgpack.encode(entity)
        if row is None:
            new.append(
                (free, entity.ref, name, entity.kind, entity.name, entity.owner, None, entity.system, body, None)
            )
            free += 1
        elif bytes(row.body) != body or row.gone_at is not None or row.catalog != name:
            changed.append((name, entity.kind, entity.name, entity.owner, entity.system, body, None, row.id))
    store.dialect.insert(conn, table, new)
    store.dialect.update(
        conn, table, ["catalog", "kind", "name", "owner_ref", "system_ref", "body", "gone_at"], ["id"], changed
    )
    gone: list[Row] = []
    if complete:
        gone = [
            (now, row.id)
            for ref, row in known.items()
            if row.catalog == name and row.gone_at is None and ref not in came
        ]
        store.dialect.update(conn, table, ["gone_at"], ["id"], gone)
    if new or changed or gone:
        _link_owners(conn)
    return len(new), len(changed), len(gone)


def _link_owners(conn: Connection) -> None:
    """Point every entity at its owner's row; an owner that does not exist owns nothing."""
    table = schema.entity
    rows = conn.execute(select(table.c.id, table.c.ref, table.c.owner_ref, table.c.owner_id, table.c.gone_at)).all()
    ids = {row.ref: row.id for row in rows if row.gone_at is None}
    wrong = [
        {"entity": row.id, "owner": ids.get(row.owner_ref)} for row in rows if ids.get(row.owner_ref) != row.owner_id
    ]
    if wrong:
        conn.execute(update(table).where(table.c.id == bindparam("entity")).values(owner_id=bindparam("owner")), wrong)


def _write_groups(conn: Connection, store: Store, entities: dict[EntityRef, Entity]) -> None:
    ids = _ids(conn)
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


def _write_claims(conn: Connection, store: Store, entities: dict[EntityRef, Entity]) -> None:
    ids = _ids(conn)
    conn.execute(delete(schema.claim))
    rows: dict[Row, Row] = {}
    for entity in entities.values():
        for claim in claims_of(entity):
            key = (ids[entity.ref], claim.form, claim.value, claim.annotation)
            rows.setdefault(key, (*key, claim.tier))
    store.dialect.insert(conn, schema.claim, list(rows.values()))


def _ids(conn: Connection) -> dict[EntityRef, int]:
    return {EntityRef(ref): int(id_) for ref, id_ in conn.execute(select(schema.entity.c.ref, schema.entity.c.id))}


def _touched(conn: Connection, store: Store, old: Claims, new: Claims) -> list[int]:
    """Ids of the resources whose claims differ between two catalogs."""
    if bool(old.entities) != bool(new.entities):
        return list(conn.execute(select(schema.resource.c.id)).scalars())
    keys = changed_keys(old, new)
    found: set[int] = set()
    values = {value for form, value in keys if form != WIZ_PROJECT}
    for form, value, id_ in store.dialect.lookup(
        conn, schema.resource_alias, ["form", "value", "resource_id"], "value", values
    ):
        if (form, value) in keys:
            found.add(id_)
    projects = [value for form, value in keys if form == WIZ_PROJECT]
    ids = [row[0] for row in store.dialect.lookup(conn, schema.project, ["id"], "external_id", projects)]
    sets = {row[0] for row in store.dialect.lookup(conn, schema.project_set_member, ["set_id"], "project_id", ids)}
    found.update(row[0] for row in store.dialect.lookup(conn, schema.resource, ["id"], "project_set_id", sets))
    return sorted(found)
