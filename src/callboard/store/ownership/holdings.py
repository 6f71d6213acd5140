"""Holdings: what decisions result in, interned, so that findings and counters know them by a number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection, select

from callboard.domain.access import Depth
from callboard.domain.component import EntityRef
from callboard.domain.ownership.inherited import agreed, inherited
from callboard.domain.ownership.judging import Judge
from callboard.domain.ownership.verdict import Ownership, Reason, Subject, Verdict, holding_key
from callboard.store import evidence, schema
from callboard.store.database import Store, next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.evidence import Known
from callboard.store.ownership.neighbours import Neighbourhood


class Holdings:
    """Decides and interns holdings inside one writing transaction; remembers what it has seen."""

    def __init__(self, conn: Connection, store: Store, known: Known | None = None) -> None:
        self._dialect = store.dialect
        self._ids: dict[tuple[object, ...], int] = {}
        self._near: Neighbourhood | None = None
        self._homes: dict[int, Ownership] = {}
        self._inherited: dict[tuple[int, frozenset[int]], int] = {}
        known = known or evidence.current(conn, store)
        self.version = (known.mark, evidence.homes_of(conn))
        self.evidence = known.evidence
        self._judge = Judge(known.evidence)
        self.entity_ids = known.ids
        self._names = {id_: ref for ref, id_ in known.ids.items()}
        self._sources: dict[int, str] = {}

    def is_current(self, conn: Connection) -> bool:
        """Whether nobody has changed the evidence since."""
        return (evidence.mark_of(conn), evidence.homes_of(conn)) == self.version

    def decide(self, conn: Connection, subject: Subject) -> Ownership:
        """Whose a subject is, by all evidence: that of repositories as well, which only suggests."""
        if self._near is None:
            self._near = Neighbourhood(conn)
        near = self._near.candidates(conn, subject.aliases) if self._near else ()
        return self._judge.own(subject, near)

    def source_name(self, conn: Connection, source_id: int) -> str:
        """The operator's name of a source."""
        if source_id not in self._sources:
            rows = conn.execute(select(schema.source.c.id, schema.source.c.name))
            self._sources = {row.id: row.name for row in rows}
        return self._sources[source_id]

    def entity_ref(self, entity_id: int) -> EntityRef:
        """The reference of an entity's row."""
        return self._names[entity_id]

    def entity_id(self, ref: EntityRef) -> int | None:
        """The row of an entity. None: no catalog has ever had it."""
        return self.entity_ids.get(ref)

    def intern(self, conn: Connection, ownership: Ownership) -> int:
        """The id of the holding that `ownership` results in."""
        return self.intern_all(conn, [ownership])[0]

    def intern_all(self, conn: Connection, ownerships: Sequence[Ownership]) -> list[int]:
        """The ids of the holdings that these result in, each in its place; those that are not there yet are made together."""
        parts = [(each.verdict, each.reason, each.routes, each.readers) for each in ownerships]
        ids = self._ids
        unknown = {part: each for part, each in zip(parts, ownerships, strict=True) if part not in ids}
        if unknown:
            keys = {holding_key(each): part for part, each in unknown.items()}
            for key, id_ in self._dialect.lookup(conn, schema.holding, ["key", "id"], "key", keys):
                ids[keys.pop(key)] = id_
            self._make(conn, {key: unknown[part] for key, part in keys.items()})
        return [ids[part] for part in parts]

    def home(self, conn: Connection, holding_id: int) -> Ownership:
        """What a stored holding says; by which evidence is not kept with it."""
        if holding_id not in self._homes:
            self.read_homes(conn, [holding_id])
        return self._homes[holding_id]

    def read_homes(self, conn: Connection, holding_ids: Iterable[int]) -> None:
        """Look up together what `home` will be asked for."""
        self._homes |= stored(conn, self._dialect, set(holding_ids) - self._homes.keys())

    def inherit(self, conn: Connection, own: int, base: frozenset[int]) -> int:
        """The holding of what came with a base image: `own` of the resource it was found on, `base` of the base's images."""
        if not base:
            return own
        found = self._inherited.get((own, base))
        if found is None:
            mine, theirs = self.home(conn, own), agreed(self.home(conn, each) for each in sorted(base))
            ownership = inherited(mine, theirs)
            found = self._inherited[own, base] = own if ownership is mine else self.intern(conn, ownership)
        return found

    def _make(self, conn: Connection, wanted: Mapping[str, Ownership]) -> None:
        """New holdings, by their keys."""
        free = next_id(conn, schema.holding)
        rows: list[Row] = []
        routes: list[Row] = []
        readers: list[Row] = []
        for id_, (key, each) in enumerate(wanted.items(), free):
            rows.append((id_, key, each.verdict.value, each.reason.value if each.reason else None))
            routes += [(id_, self.entity_ids[ref]) for ref in each.routes]
            readers += [(id_, self.entity_ids[ref], int(depth)) for ref, depth in each.readers]
            self._ids[each.verdict, each.reason, each.routes, each.readers] = id_
        self._dialect.insert(conn, schema.holding, rows)
        self._dialect.insert(conn, schema.holding_route, routes)
        self._dialect.insert(conn, schema.holding_reader, readers)


def stored(conn: Connection, dialect: Dialect, holding_ids: Collection[int]) -> dict[int, Ownership]:
    """What each of these holdings says. By which evidence is not kept with it; one that is not stored is unmapped."""
    kept = {
        row[0]: row[1:] for row in dialect.lookup(conn, schema.holding, ["id", "verdict", "reason"], "id", holding_ids)
    }
    routes = dialect.lookup(conn, schema.holding_route, ["holding_id", "entity_id"], "holding_id", holding_ids)
    columns = ["holding_id", "entity_id", "depth"]
    readers = dialect.lookup(conn, schema.holding_reader, columns, "holding_id", holding_ids)
    entities = {row[1] for row in (*routes, *readers)}
    refs = {id_: EntityRef(ref) for id_, ref in dialect.lookup(conn, schema.entity, ["id", "ref"], "id", entities)}
    routes_of: dict[int, list[EntityRef]] = {}
    readers_of: dict[int, list[tuple[EntityRef, Depth]]] = {}
    for holding_id, entity_id in routes:
        routes_of.setdefault(holding_id, []).append(refs[entity_id])
    for holding_id, entity_id, depth in readers:
        readers_of.setdefault(holding_id, []).append((refs[entity_id], Depth(depth)))
    found = {}
    for id_ in holding_ids:
        verdict, reason = kept.get(id_, (Verdict.UNMAPPED, None))
        found[id_] = Ownership(
            routes=tuple(sorted(routes_of.get(id_, ()))), readers=tuple(sorted(readers_of.get(id_, ()))), tier=None,
            verdict=Verdict(verdict), reason=Reason(reason) if reason else None, candidates=(),
        )  # fmt: skip
    return found
