"""Ownership written down: catalog entities, claims, holdings, and the resources they hold.

A decision belongs to a resource; its result is an interned holding, and the counters know findings by holding only. So a
component that changes its owner touches no finding, and evidence that changes moves a resource with all its findings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from callboard.domain.claims import Claims
from callboard.domain.component import Entity, EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership import Ownership, Subject, SubjectProject, holding_key, own
from callboard.store import schema
from callboard.store.counting import Ledger, Standing
from callboard.store.database import next_id, once
from callboard.store.dialect import Dialect, Row


def load_entities(conn: Connection) -> dict[EntityRef, Entity]:
    """Every entity that the last complete reading of each catalog held."""
    rows = conn.execute(select(schema.entity.c.ref, schema.entity.c.body).where(schema.entity.c.gone_at.is_(None)))
    decode = msgspec.msgpack.Decoder(Entity).decode
    return {EntityRef(ref): decode(body) for ref, body in rows}


def catalog_version(conn: Connection) -> int:
    """Grows with every catalog reading that was applied."""
    column = schema.catalog_reading.c.id
    query = select(func.coalesce(func.max(column), 0))
    return once(conn, "catalog", lambda: int(conn.execute(query).scalar_one()))


class Holdings:
    """Decides and interns holdings inside one writing transaction; remembers what it has seen."""

    def __init__(self, conn: Connection, dialect: Dialect) -> None:
        self._dialect = dialect
        self._ids: dict[str, int] = {}
        self.version = catalog_version(conn)
        entities = load_entities(conn)
        self.claims = Claims.of(entities.values())
        self._entity_ids = {
            EntityRef(ref): int(id_) for ref, id_ in conn.execute(select(schema.entity.c.ref, schema.entity.c.id))
        }

    def decide(self, aliases: Iterable[tuple[str, str]], projects: Sequence[SubjectProject] | None) -> Ownership:
        """Whose a resource is."""
        return own(Subject(tuple(aliases), None if projects is None else tuple(projects)), self.claims)

    def intern(self, conn: Connection, ownership: Ownership) -> int:
        """The id of the holding that `ownership` results in."""
        key = holding_key(ownership)
        found = self._ids.get(key)
        if found is None:
            found = conn.execute(select(schema.holding.c.id).where(schema.holding.c.key == key)).scalar_one_or_none()
            if found is None:
                found = self._make(conn, key, ownership)
            self._ids[key] = found
        return found

    def _make(self, conn: Connection, key: str, ownership: Ownership) -> int:
        id_ = next_id(conn, schema.holding)
        reason = ownership.reason.value if ownership.reason else None
        conn.execute(insert(schema.holding).values(id=id_, key=key, verdict=ownership.verdict.value, reason=reason))
        routes = [(id_, self._entity_ids[ref]) for ref in ownership.routes]
        readers = [(id_, self._entity_ids[ref], int(depth)) for ref, depth in ownership.readers]
        self._dialect.insert(conn, schema.holding_route, routes)
        self._dialect.insert(conn, schema.holding_reader, readers)
        return id_

    def candidate_rows(self, resource_id: int, ownership: Ownership, *, now: Instant) -> list[Row]:
        """Rows of `candidate` for one resource: every one, winner or not."""
        rows: dict[Row, Row] = {}
        for each in ownership.candidates:
            key = (resource_id, self._entity_ids[each.entity], each.form, each.value)
            won = each.entity in ownership.routes and each.tier == ownership.tier
            rows.setdefault(key, (*key, each.tier, each.text, won, now))
        return list(rows.values())


def move(
    conn: Connection,
    dialect: Dialect,
    moves: Sequence[tuple[int, int, int]],
    ledger: Ledger,
    *,
    now: Instant,
) -> int:
    """Give resources to other holdings, each as (resource, from, to), with their findings. Returns findings moved.

    The counters' differences go to `ledger`; the caller writes them.
    """
    if not moves:
        return 0
    to_of = {resource_id: to for resource_id, _, to in moves}
    f = schema.finding
    moved = 0
    ids = list(to_of)
    for start in range(0, len(ids), 500):
        chunk = ids[start : start + 500]
        columns = (
            f.c.resource_id, f.c.holding_id, f.c.source_id, f.c.kind, f.c.state, f.c.severity, f.c.bundle_id, f.c.due_at,
        )  # fmt: skip
        query = select(*columns, func.count()).where(f.c.resource_id.in_(chunk)).group_by(*columns)
        for resource_id, *standing, n in conn.execute(query):
            known, to = Standing(*standing), to_of[resource_id]
            if known.holding_id != to:
                ledger.move(known, to, n, now=now)
                moved += n
    dialect.update(conn, schema.finding, ["holding_id"], ["resource_id"], [(to, id_) for id_, to in to_of.items()])
    dialect.update(conn, schema.resource, ["holding_id"], ["id"], [(to, id_) for id_, to in to_of.items()])
    spell = schema.ownership_spell
    conn.execute(
        update(spell).where(spell.c.resource_id == bindparam("resource"), spell.c.to_at.is_(None)).values(to_at=now),
        [{"resource": id_} for id_ in to_of],
    )
    # Two moves in one microsecond can only come from a clock that stands still; the later one is then the truth.
    conn.execute(
        delete(spell).where(spell.c.resource_id == bindparam("resource"), spell.c.from_at == now),
        [{"resource": id_} for id_ in to_of],
    )
    dialect.insert(conn, spell, [(id_, now, None, to) for id_, to in to_of.items()])
    return moved


def project_members(
    conn: Connection, dialect: Dialect, set_ids: Iterable[int]
) -> dict[int, tuple[SubjectProject, ...]]:
    """What ownership needs of the projects in these sets."""
    found: dict[int, list[SubjectProject]] = {id_: [] for id_ in set_ids}
    links = dialect.lookup(conn, schema.project_set_member, ["set_id", "project_id"], "set_id", list(found))
    projects = {
        row[0]: SubjectProject(row[1], bool(row[2]), row[3])
        for row in dialect.lookup(
            conn,
            schema.project,
            ["id", "external_id", "is_folder", "nesting_level"],
            "id",
            {project_id for _, project_id in links},
        )
    }
    for set_id, project_id in links:
        found[set_id].append(projects[project_id])
    return {set_id: tuple(members) for set_id, members in found.items()}


def aliases_of(conn: Connection, dialect: Dialect, resource_ids: Iterable[int]) -> dict[int, list[tuple[str, str]]]:
    """The names of these resources as (form, value)."""
    found: dict[int, list[tuple[str, str]]] = {id_: [] for id_ in resource_ids}
    for resource_id, form, value in dialect.lookup(
        conn, schema.resource_alias, ["resource_id", "form", "value"], "resource_id", list(found)
    ):
        found[resource_id].append((form, value))
    return found


def decide_again(
    conn: Connection, dialect: Dialect, holdings: Holdings, resource_ids: Sequence[int], *, now: Instant
) -> list[tuple[int, int, int]]:
    """Decide these resources anew and store the evidence. Returns the moves that follow, as (resource, from, to)."""
    moves: list[tuple[int, int, int]] = []
    for start in range(0, len(resource_ids), 2000):
        chunk = resource_ids[start : start + 2000]
        rows = dialect.lookup(conn, schema.resource, ["id", "holding_id", "project_set_id"], "id", chunk)
        aliases = aliases_of(conn, dialect, chunk)
        members = project_members(conn, dialect, {row[2] for row in rows})
        candidates: list[Row] = []
        for id_, holding_id, set_id in rows:
            ownership = holdings.decide(aliases[id_], members[set_id])
            to = holdings.intern(conn, ownership)
            candidates.extend(holdings.candidate_rows(id_, ownership, now=now))
            if to != holding_id:
                moves.append((id_, holding_id, to))
        conn.execute(
            delete(schema.candidate).where(schema.candidate.c.resource_id == bindparam("resource")),
            [{"resource": row[0]} for row in rows],
        )
        dialect.insert(conn, schema.candidate, candidates)
    return moves
