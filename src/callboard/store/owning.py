"""Ownership written down: decisions, holdings, and the evidence behind them.

A decision belongs to a resource; its result is an interned holding, and the counters know findings by holding only. So a
component that changes its owner touches no finding, and evidence that changes moves a resource with its findings
(`store.moving`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec
from sqlalchemy import Connection, insert, select

from callboard.domain.access import Depth
from callboard.domain.claims import Key
from callboard.domain.component import EntityRef
from callboard.domain.drift import News, SignalKind
from callboard.domain.finding import Resource
from callboard.domain.inherited import agreed, inherited
from callboard.domain.instant import Instant
from callboard.domain.judging import Judge
from callboard.domain.ownership import (
    Ownership,
    Reason,
    Said,
    Subject,
    SubjectProject,
    Verdict,
    Word,
    holding_key,
    must_win_again,
)
from callboard.domain.subject import subject_of
from callboard.store import evidence, schema, signals
from callboard.store.database import Store, next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.evidence import Known
from callboard.store.neighbours import Neighbourhood

CHUNK = 2_000
"""Resources decided together."""


ASKED_ONE_BY_ONE = 200
"""Holdings looked up by their key before all are read at once."""


class Holdings:
    """Decides and interns holdings inside one writing transaction; remembers what it has seen."""

    def __init__(self, conn: Connection, store: Store, known: Known | None = None) -> None:
        self._dialect = store.dialect
        self._ids: dict[tuple[object, ...], int] = {}
        self._stored: dict[str, int] | None = None
        """Every holding by its key; None until so many were asked for one by one that all are read."""
        self._asked = 0
        self._near: Neighbourhood | None = None
        self._homes: dict[int, Ownership] = {}
        self._inherited: dict[tuple[int, frozenset[int]], int] = {}
        known = known or evidence.current(conn, store)
        self.version = (known.mark, evidence.homes_of(conn))
        self.evidence = known.evidence
        self._judge = Judge(known.evidence)
        self._entity_ids = known.ids
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
        return self._entity_ids.get(ref)

    def intern(self, conn: Connection, ownership: Ownership) -> int:
        """The id of the holding that `ownership` results in."""
        parts = (ownership.verdict, ownership.reason, ownership.routes, ownership.readers)
        found = self._ids.get(parts)
        if found is None:
            key = holding_key(ownership)
            found = self._find(conn, key)
            if found is None:
                found = self._make(conn, key, ownership)
            self._ids[parts] = found
        return found

    def _find(self, conn: Connection, key: str) -> int | None:
        if self._stored is None and self._asked < ASKED_ONE_BY_ONE:
            self._asked += 1
            return conn.execute(select(schema.holding.c.id).where(schema.holding.c.key == key)).scalar_one_or_none()
        if self._stored is None:
            rows = conn.execute(select(schema.holding.c.key, schema.holding.c.id))
            self._stored = {row[0]: int(row[1]) for row in rows}
        return self._stored.get(key)

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

    def _make(self, conn: Connection, key: str, ownership: Ownership) -> int:
        id_ = next_id(conn, schema.holding)
        reason = ownership.reason.value if ownership.reason else None
        conn.execute(insert(schema.holding).values(id=id_, key=key, verdict=ownership.verdict.value, reason=reason))
        routes = [(id_, self._entity_ids[ref]) for ref in ownership.routes]
        readers = [(id_, self._entity_ids[ref], int(depth)) for ref, depth in ownership.readers]
        self._dialect.insert(conn, schema.holding_route, routes)
        self._dialect.insert(conn, schema.holding_reader, readers)
        if self._stored is not None:
            self._stored[key] = id_
        return id_

    def candidate_rows(
        self, resource_id: int, ownership: Ownership, *, now: Instant, routes: Sequence[EntityRef] | None = None
    ) -> list[Row]:
        """Rows of `candidate` for one resource: every one, winner or not. `routes` where others than decided stand."""
        standing = ownership.routes if routes is None else routes
        rows: dict[Row, Row] = {}
        for each in ownership.candidates:
            key = (resource_id, self._entity_ids[each.entity], each.form, each.value)
            won = each.entity in standing and not each.dropped and (routes is not None or each.tier == ownership.tier)
            rows.setdefault(key, (*key, each.tier, each.text, won, now, each.dropped or None))
        return list(rows.values())


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


class Move(msgspec.Struct, frozen=True, gc=False):
    """One resource that goes to another holding, or stays by other evidence."""

    resource_id: int
    before: int
    after: int
    tier: int | None
    """Of the evidence that decides from now on."""


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


def aliases_of(conn: Connection, dialect: Dialect, resource_ids: Iterable[int]) -> dict[int, list[Key]]:
    """The names of these resources as (form, value)."""
    found: dict[int, list[Key]] = {id_: [] for id_ in resource_ids}
    for resource_id, form, value in dialect.lookup(
        conn, schema.resource_alias, ["resource_id", "form", "value"], "resource_id", list(found)
    ):
        found[resource_id].append((form, value))
    return found


class Judged(msgspec.Struct, frozen=True, gc=False):
    """One resource and whose it is by the evidence in force; nothing is written yet."""

    id: int
    holding_id: int
    """As it is stored."""
    ownership: Ownership


def judge(conn: Connection, dialect: Dialect, holdings: Holdings, ids: Sequence[int]) -> Iterator[list[Judged]]:
    """Decide these resources anew, a chunk at a time, in memory."""
    for told in subjects(conn, dialect, holdings, ids):
        yield [Judged(id_, holding_id, holdings.decide(conn, subject)) for id_, holding_id, subject in told]


def subjects(
    conn: Connection, dialect: Dialect, holdings: Holdings, ids: Sequence[int]
) -> Iterator[list[tuple[int, int, Subject]]]:
    """These resources as ownership looks at them, a chunk at a time, each with the holding that is stored."""
    decode = msgspec.msgpack.Decoder(Resource).decode
    members: dict[int, tuple[SubjectProject, ...]] = {}
    for start in range(0, len(ids), CHUNK):
        chunk = ids[start : start + CHUNK]
        columns = ["id", "holding_id", "project_set_id", "source_id", "body"]
        rows = dialect.lookup(conn, schema.resource, columns, "id", chunk)
        aliases = aliases_of(conn, dialect, chunk)
        members |= project_members(conn, dialect, {row[2] for row in rows} - members.keys())
        said = said_of(conn, dialect, holdings, chunk)
        sources = {row[3]: holdings.source_name(conn, row[3]) for row in rows}
        yield [
            (
                id_,
                holding_id,
                subject_of(
                    decode(body), aliases[id_], members[set_id], source=sources[source_id], said=said.get(id_, ())
                ),
            )
            for id_, holding_id, set_id, source_id, body in rows
        ]


def said_of(
    conn: Connection, dialect: Dialect, holdings: Holdings, resource_ids: Iterable[int]
) -> dict[int, list[Said]]:
    """What people said about these resources and have not taken back."""
    found: dict[int, list[Said]] = {}
    columns = ["resource_id", "entity_id", "word", "actor", "ended_at"]
    for id_, entity_id, word, actor, ended_at in dialect.lookup(
        conn, schema.ownership_decision, columns, "resource_id", resource_ids
    ):
        if ended_at is None:
            found.setdefault(id_, []).append(Said(Word(word), holdings.entity_ref(entity_id), actor))
    return found


def decide_again(
    conn: Connection, dialect: Dialect, holdings: Holdings, resource_ids: Sequence[int], *, now: Instant,
    at_once: bool = False,
) -> list[Move]:  # fmt: skip
    """Decide these resources anew and store the evidence. Returns the moves that follow.

    Weak evidence that would displace an owner who still has a claim has to win twice, unless `at_once`: a person has
    looked at it.
    """
    return keep(conn, dialect, holdings, judge(conn, dialect, holdings, resource_ids), now=now, at_once=at_once)


def keep(
    conn: Connection, dialect: Dialect, holdings: Holdings, decisions: Iterable[Sequence[Judged]], *, now: Instant,
    at_once: bool = False,
) -> list[Move]:  # fmt: skip
    """Store the evidence of these decisions, some resources at a time. Returns the moves that follow, as `decide_again`."""
    moves: list[Move] = []
    for judged in decisions:
        ids = [each.id for each in judged]
        tiers = _tiers(conn, dialect, ids)
        challenged = _challenges(conn, dialect, ids)
        challengers: list[Row] = []
        fresh: list[Row] = []
        decided = [holdings.intern(conn, each.ownership) for each in judged]
        if not at_once:
            pairs = zip(judged, decided, strict=True)
            holdings.read_homes(conn, {each.holding_id for each, to in pairs if to != each.holding_id})
        for each, decided_to in zip(judged, decided, strict=True):
            to, tier, routes = decided_to, each.ownership.tier, None
            if to != each.holding_id and not at_once:
                home = holdings.home(conn, each.holding_id)
                if must_win_again(each.ownership, home.verdict, home.routes):
                    holding_id, since_at = challenged.get(each.id, (0, now))
                    if holding_id != to or since_at >= now:
                        challengers.append((each.id, to, since_at if holding_id == to else now))
                        to, tier, routes = each.holding_id, tiers.get(each.id), home.routes
            fresh.extend(holdings.candidate_rows(each.id, each.ownership, now=now, routes=routes))
            if to != each.holding_id or tier != tiers.get(each.id):
                moves.append(Move(each.id, each.holding_id, to, tier))
        _write_challenges(conn, dialect, challenged, challengers)
        _write_candidates(conn, dialect, ids, fresh)
    signals.note(conn, dialect, _news(conn, holdings, moves), now=now)
    return moves


def _news(conn: Connection, holdings: Holdings, moves: Sequence[Move]) -> list[News]:
    """What former and new owners are told: how much went from whom to whom. What was nobody's is no loss."""
    counts: Counter[tuple[tuple[EntityRef, ...], tuple[EntityRef, ...]]] = Counter()
    holdings.read_homes(conn, {id_ for each in moves for id_ in (each.before, each.after)})
    for each in moves:
        before, after = holdings.home(conn, each.before), holdings.home(conn, each.after)
        if before.routes and (before.verdict, before.routes) != (after.verdict, after.routes):
            counts[before.routes, after.routes] += 1
    owners = holdings.evidence.owners
    found = []
    for (before_routes, after_routes), n in counts.items():
        told = {owner for ref in (*before_routes, *after_routes) if (owner := owners.get(ref)) is not None}
        old, new = (", ".join(refs) or "nobody" for refs in (before_routes, after_routes))
        found.append(
            News(kind=SignalKind.RESOURCE_MOVED, about=f"{old} → {new}", old=old, new=new, n=n, readers=tuple(told))
        )
    return found


def _tiers(conn: Connection, dialect: Dialect, ids: Sequence[int]) -> dict[int, int | None]:
    """By evidence of which tier these resources are whose they are."""
    columns = ["resource_id", "tier", "to_at"]
    rows = dialect.lookup(conn, schema.ownership_spell, columns, "resource_id", ids)
    return {id_: tier for id_, tier, to_at in rows if to_at is None}


def _challenges(conn: Connection, dialect: Dialect, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    columns = ["resource_id", "holding_id", "since_at"]
    rows = dialect.lookup(conn, schema.ownership_challenge, columns, "resource_id", ids)
    return {id_: (holding_id, since_at) for id_, holding_id, since_at in rows}


def _write_challenges(
    conn: Connection, dialect: Dialect, former: dict[int, tuple[int, int]], rows: Sequence[Row]
) -> None:
    table = schema.ownership_challenge
    dialect.delete(conn, table, ["resource_id"], [(id_,) for id_ in former])
    dialect.insert(conn, table, rows)


def _write_candidates(conn: Connection, dialect: Dialect, ids: Sequence[int], fresh: Sequence[Row]) -> None:
    """Make the stored evidence what it is now; what stays keeps the time since when it is known."""
    table, key, told = schema.candidate, ["resource_id", "entity_id", "form", "value"], _TOLD
    stored = set(dialect.lookup(conn, table, [*key, *told], "resource_id", ids))
    wanted = {(*row[:7], row[8]): row for row in fresh}
    former = {row[:4] for row in stored - wanted.keys()}
    came = [row for row in wanted if row not in stored]
    dialect.delete(conn, table, key, sorted(former.difference(row[:4] for row in came)))
    dialect.update(conn, table, told, key, [(*row[4:], *row[:4]) for row in came if row[:4] in former])
    dialect.insert(conn, table, [wanted[row] for row in came if row[:4] not in former])


_TOLD = ["tier", "evidence", "won", "dropped"]
"""What a candidate says, beside what it is: everything but the time."""
