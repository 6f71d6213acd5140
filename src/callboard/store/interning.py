"""Rules, projects and resources that findings share: made once, kept up to date, remembered between pages of a run.

Parsing hands out one object for records that repeat to the byte, so "the same object again" is the fast answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import xxhash
from msgspec import UNSET
from sqlalchemy import Connection, delete, select

from callboard.domain import bundle
from callboard.domain.claims import canonical
from callboard.domain.drift import News, SignalKind
from callboard.domain.finding import Observed, Project, Resource, Rule
from callboard.domain.instant import Instant
from callboard.domain.mapping import plain
from callboard.domain.ownership import SubjectProject
from callboard.domain.term import resource_text, searchable, terms_of
from callboard.ports import ProjectRecord
from callboard.store import owning, schema, signals
from callboard.store.counting import Ledger
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.owning import Holdings

REMEMBERED = 30_000
"""Rules, and resources, kept in memory between pages at most; then the memory starts anew."""

BY_OBJECT = 8_000
"""Values found again by being the same object; the objects are kept alive for it, and a rule's texts are long."""

Projects = tuple[Project, ...]


class _Digests:
    """The digests of values. The same object again, which is the usual case, is not encoded again."""

    def __init__(self) -> None:
        self._by_object: dict[int, tuple[Rule | Resource, bytes]] = {}

    def of(self, value: Rule | Resource) -> bytes:
        """The digest of a value."""
        entry = self._by_object.get(id(value))
        if entry is not None and entry[0] is value:
            return entry[1]
        if len(self._by_object) >= BY_OBJECT:
            self._by_object.clear()
        digest = xxhash.xxh3_128_digest(msgspec.msgpack.encode(value))
        self._by_object[id(value)] = (value, digest)
        return digest


class _Rule:
    """A rule as the run road needs it, with the date of the last word that this run has heard of it."""

    __slots__ = ("at", "digest", "id")

    def __init__(self, id_: int, digest: bytes, at: int) -> None:
        self.id = id_
        self.digest = digest
        self.at = at
        """0: nothing was heard of it in this run."""


class Rules:
    """The rules of one source.

    What this run hears of a rule stands above what is stored. Among the words of one run the newest record's win, and of
    words of one date those with the larger digest, so that order decides nothing.
    """

    def __init__(self, dialect: Dialect, source_id: int) -> None:
        self._dialect = dialect
        self._source_id = source_id
        self._known: dict[str, _Rule] = {}
        self._digests = _Digests()

    def ensure(self, conn: Connection, observations: Iterable[Observed], *, whole: bool = True) -> dict[str, int]:
        """Ids by external id of the rules of these observations; new ones are made, changed ones brought up to date.

        Without `whole` the observations tell only a part of a rule: those that are stored stay as they are.
        """
        told = self._told(observations)
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        missing = [external_id for external_id in told if external_id not in known]
        columns = ["external_id", "id", "content_hash"]
        for row in self._dialect.lookup(conn, schema.rule, columns, "external_id", missing, source_id=self._source_id):
            known[row[0]] = _Rule(row[1], bytes(row[2]), 0)
        new: list[Row] = []
        changed: list[Row] = []
        free = next_id(conn, schema.rule) if any(external_id not in known for external_id in missing) else 0
        for external_id, (rule, digest, at) in told.items():
            entry = known.get(external_id)
            if entry is None:
                body = msgspec.msgpack.encode(rule)
                new.append((free, self._source_id, external_id, rule.name, _words(rule), digest, body))
                known[external_id] = _Rule(free, digest, at)
                free += 1
            elif whole and digest != entry.digest and (at, digest) > (entry.at, entry.digest if entry.at else b""):
                changed.append((rule.name, _words(rule), digest, msgspec.msgpack.encode(rule), entry.id))
                entry.digest, entry.at = digest, at
            elif at > entry.at and digest == entry.digest:
                entry.at = at
        self._dialect.insert(conn, schema.rule, new)
        self._dialect.update(conn, schema.rule, ["name", "search", "content_hash", "body"], ["id"], changed)
        return {external_id: known[external_id].id for external_id in told}

    def _told(self, observations: Iterable[Observed]) -> dict[str, tuple[Rule, bytes, int]]:
        """The newest word on each rule."""
        told: dict[str, tuple[Rule, bytes, int]] = {}
        digest_of = self._digests.of
        for seen in observations:
            rule = seen.rule
            external_id = rule.external_id
            other = told.get(external_id)
            at = _date(seen)
            if other is None or (at > other[2] and other[0] is rule):
                told[external_id] = (rule, digest_of(rule) if other is None else other[1], at)
            elif other[0] is not rule and at >= other[2]:
                digest = digest_of(rule)
                if (at, digest) > (other[2], other[1]):
                    told[external_id] = (rule, digest, at)
        return told


def _words(rule: Rule) -> str:
    return searchable(rule.external_id, rule.name)


class Bundles:
    """The bundles that findings are in, of all sources."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._known: dict[str, int] = {}

    def ensure(self, conn: Connection, keys: Iterable[str]) -> dict[str, int]:
        """Ids by key; new ones are made."""
        known = self._known
        missing = {key for key in keys if key not in known}
        if not missing:
            return known
        if len(known) > REMEMBERED:
            known.clear()
            missing = set(keys)
        known.update(dict(self._dialect.lookup(conn, schema.bundle, ["key", "id"], "key", missing)))
        free = next_id(conn, schema.bundle)
        new: list[Row] = []
        for id_, key in enumerate(sorted(missing - known.keys()), start=free):
            action = bundle.action(key)
            new.append((id_, key, int(action.kind), action.package, searchable(action.package)))
            known[key] = id_
        self._dialect.insert(conn, schema.bundle, new)
        return known


class ProjectSets:
    """The projects of one source, and the sets of them that findings are in."""

    def __init__(self, dialect: Dialect, source_id: int) -> None:
        self._dialect = dialect
        self._source_id = source_id
        self._projects: dict[str, int] = {}
        self._by_object: dict[int, tuple[Projects, int]] = {}
        self._by_key: dict[tuple[str, ...], int] = {}
        self._members: dict[int, tuple[SubjectProject, ...]] = {}

    def set_of(self, conn: Connection, projects: Projects) -> int:
        """The id of this set of projects."""
        entry = self._by_object.get(id(projects))
        if entry is not None and entry[0] is projects:
            return entry[1]
        if len(self._by_object) > BY_OBJECT:
            self._by_object.clear()
        key = tuple(sorted({project.external_id for project in projects}))
        found = self._by_key.get(key)
        if found is None:
            found = self._find_or_make(conn, key, projects)
            self._by_key[key] = found
        self._by_object[id(projects)] = (projects, found)
        return found

    def _find_or_make(self, conn: Connection, key: tuple[str, ...], projects: Projects) -> int:
        text = msgspec.json.encode(key).decode()
        table = schema.project_set
        found = conn.execute(
            select(table.c.id).where(table.c.source_id == self._source_id, table.c.key == text)
        ).scalar_one_or_none()
        if found is not None:
            return int(found)
        made = next_id(conn, table)
        ids = self._ids(conn, {project.external_id: project for project in projects})
        self._dialect.insert(conn, table, [(made, self._source_id, text)])
        self._dialect.insert(conn, schema.project_set_member, [(made, id_) for id_ in sorted(ids)])
        return made

    def _ids(self, conn: Connection, projects: dict[str, Project]) -> list[int]:
        """Ids of projects that a finding mentions; one that no listing has told yet is made from the mention."""
        unsure = [external_id for external_id in projects if external_id not in self._projects]
        columns = ["external_id", "id"]
        rows = self._dialect.lookup(conn, schema.project, columns, "external_id", unsure, source_id=self._source_id)
        self._projects.update((row[0], row[1]) for row in rows)
        new: list[Row] = []
        free = next_id(conn, schema.project)
        for external_id in unsure:
            if external_id in self._projects:
                continue
            project = projects[external_id]
            record = ProjectRecord(
                external_id=external_id,
                name=project.name,
                slug=project.slug,
                is_folder=bool(project.is_folder),
                business_unit=project.business_unit,
                business_impact=project.business_impact,
            )
            body = msgspec.msgpack.encode(record)
            new.append((free, self._source_id, external_id, record.name, record.slug, record.is_folder, 0, False, body))
            self._projects[external_id] = free
            free += 1
        self._dialect.insert(conn, schema.project, new)
        return [self._projects[external_id] for external_id in projects]

    def members(self, conn: Connection, set_id: int) -> tuple[SubjectProject, ...]:
        """What ownership needs of the projects in a set."""
        found = self._members.get(set_id)
        if found is None:
            found = owning.project_members(conn, self._dialect, [set_id])[set_id]
            self._members[set_id] = found
        return found

    def words(self, conn: Connection, set_id: int) -> str:
        """The projects of a set by name, for the history."""
        member, project = schema.project_set_member, schema.project
        names = conn.execute(
            select(project.c.name).join(member, member.c.project_id == project.c.id).where(member.c.set_id == set_id)
        ).scalars()
        return ", ".join(sorted(names)) or "no project"

    def write_listing(self, conn: Connection, records: Sequence[ProjectRecord]) -> tuple[int, list[int]]:
        """Projects as their own listing tells them: how many are new or changed, and ids whose place in folders changed."""
        columns = ["external_id", "id", "body", "is_folder", "nesting_level"]
        wanted = [record.external_id for record in records]
        rows = self._dialect.lookup(conn, schema.project, columns, "external_id", wanted, source_id=self._source_id)
        stored = {row[0]: row[1:] for row in rows}
        new: list[Row] = []
        changed: list[Row] = []
        moved: list[int] = []
        free = next_id(conn, schema.project)
        for record in {record.external_id: record for record in records}.values():
            body = msgspec.msgpack.encode(record)
            values = (record.name, record.slug, record.is_folder, record.nesting_level, True, body)
            row = stored.get(record.external_id)
            if row is None:
                new.append((free, self._source_id, record.external_id, *values))
                free += 1
            elif bytes(row[1]) != body:
                changed.append((*values, row[0]))
                if (bool(row[2]), row[3]) != (record.is_folder, record.nesting_level):
                    moved.append(row[0])
        self._dialect.insert(conn, schema.project, new)
        fields = ["name", "slug", "is_folder", "nesting_level", "listed", "body"]
        self._dialect.update(conn, schema.project, fields, ["id"], changed)
        if moved:
            self._members.clear()
        return len(new) + len(changed), moved


class Held:
    """A resource as the run road needs it, with the last word that this run has heard of it."""

    __slots__ = ("at", "digest", "holding_id", "id", "projects", "set_id")

    def __init__(self, id_: int, digest: bytes, holding_id: int, set_id: int) -> None:
        self.id = id_
        self.digest = digest
        self.holding_id = holding_id
        self.set_id = set_id
        self.projects: Projects | None = None
        """The projects last told. None: not told in this run."""
        self.at = 0
        """The date of that word. 0: nothing was heard of it in this run."""


class Resources:
    """The resources of one source, with their ownership.

    What this run hears of a resource's projects stands above what is stored: a record always tells its present projects.
    Among the words of one run the newest record's wins. Of words of one date projects are joined, and of the rest those
    with the larger digest are taken, so that order decides nothing.
    """

    def __init__(self, dialect: Dialect, source_id: int, projects: ProjectSets) -> None:
        self._dialect = dialect
        self._source_id = source_id
        self._projects = projects
        self._known: dict[str, Held] = {}
        self._digests = _Digests()

    def forget(self) -> None:
        """Holdings were changed by another hand: look every resource up again."""
        self._known.clear()

    def ensure(
        self,
        conn: Connection,
        holdings: Holdings,
        observations: Sequence[Observed],
        ledger: Ledger,
        *,
        now: Instant,
        whole: bool = True,
    ) -> tuple[dict[str, Held], int]:
        """The resources of these observations by external id, and how many findings went to another holding.

        Without `whole` the observations tell only a part of a resource: those that are stored keep their names.
        """
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        told = self._told(observations)
        missing = [external_id for external_id in told if external_id not in known]
        columns = ["external_id", "id", "content_hash", "holding_id", "project_set_id"]
        for row in self._dialect.lookup(
            conn, schema.resource, columns, "external_id", missing, source_id=self._source_id
        ):
            known[row[0]] = Held(row[1], bytes(row[2]), row[3], row[4])
        new: list[tuple[Resource, Projects | None, int]] = []
        changed: list[tuple[Held, Resource | None]] = []
        for external_id, (resource, projects, at) in told.items():
            held = known.get(external_id)
            if held is None:
                new.append((resource, projects, at))
                continue
            is_renamed = whole and self._rename(held, resource, at)
            if self._regroup(conn, held, projects, at) or is_renamed:
                changed.append((held, resource if is_renamed else None))
            held.at = max(held.at, at)
        self._make(conn, holdings, new, now=now)
        moved = self._change(conn, holdings, changed, ledger, now=now)
        return known, moved

    def _rename(self, held: Held, resource: Resource, at: int) -> bool:
        """Take a word on everything but its projects in. Returns whether it changes anything."""
        digest = self._digests.of(resource)
        if digest == held.digest or (at, digest) < (held.at, held.digest if held.at else b""):
            return False
        held.digest = digest
        return True

    def _regroup(self, conn: Connection, held: Held, projects: Projects | None, at: int) -> bool:
        """Take a word on its projects in. Returns whether it changes anything."""
        if projects is None:
            return False
        if held.projects is not None and at == held.at and projects != held.projects:
            projects = _joined(held.projects, projects)
        if held.projects is not None and at < held.at:
            return False
        held.projects = projects
        before, held.set_id = held.set_id, self._projects.set_of(conn, projects)
        return held.set_id != before

    def _told(self, observations: Sequence[Observed]) -> dict[str, tuple[Resource, Projects | None, int]]:
        """What these observations tell of resources beyond what is known."""
        told: dict[str, tuple[Resource, Projects | None, int]] = {}
        known, digest_of = self._known, self._digests.of
        for seen in observations:
            resource = seen.resource
            external_id = resource.external_id
            projects = None if seen.projects is UNSET else seen.projects
            at = _date(seen)
            other = told.get(external_id)
            if other is None:
                held = known.get(external_id)
                is_known = held is not None and (projects is None or held.projects is projects)
                if is_known and held is not None and held.digest == digest_of(resource):
                    held.at = max(held.at, at)
                else:
                    told[external_id] = (resource, projects, at)
                continue
            kept, kept_projects, kept_at = other
            if kept is resource and kept_projects is projects:
                if at > kept_at:
                    told[external_id] = (resource, projects, at)
                continue
            if projects is not None and kept_projects is not None and at == kept_at:
                projects = _joined(kept_projects, projects)
            elif projects is None or (kept_projects is not None and at < kept_at):
                projects = kept_projects
            is_newer = at > kept_at or (at == kept_at and digest_of(resource) > digest_of(kept))
            told[external_id] = (resource if is_newer else kept, projects, max(at, kept_at))
        return told

    def _make(
        self,
        conn: Connection,
        holdings: Holdings,
        new: Sequence[tuple[Resource, Projects | None, int]],
        *,
        now: Instant,
    ) -> None:
        if not new:
            return
        rows: list[Row] = []
        aliases: list[Row] = []
        terms: list[Row] = []
        candidates: list[Row] = []
        spells: list[Row] = []
        free = next_id(conn, schema.resource)
        source = holdings.source_name(conn, self._source_id)
        for resource, projects, at in new:
            id_, free = free, free + 1
            set_id = self._projects.set_of(conn, projects or ())
            names = _canonical(resource.aliases)
            members = self._projects.members(conn, set_id)
            ownership = holdings.decide(resource, names, members, source=source)
            holding_id = holdings.intern(conn, ownership)
            body = msgspec.msgpack.encode(resource)
            digest = self._digests.of(resource)
            rows.append((
                id_, self._source_id, resource.external_id, resource.name, resource.type, resource_text(resource), set_id,
                holding_id, digest, body,
            ))  # fmt: skip
            aliases.extend((form, value, id_) for form, value in names)
            terms.extend((form, value, id_) for form, value in terms_of(resource))
            candidates.extend(holdings.candidate_rows(id_, ownership, now=now))
            spells.append((id_, now, None, holding_id, ownership.tier))
            held = Held(id_, digest, holding_id, set_id)
            held.projects, held.at = projects, at
            self._known[resource.external_id] = held
        self._dialect.insert(conn, schema.resource, rows)
        self._dialect.insert(conn, schema.resource_alias, aliases)
        self._dialect.insert(conn, schema.resource_term, terms)
        self._dialect.insert(conn, schema.candidate, candidates)
        self._dialect.insert(conn, schema.ownership_spell, spells)

    def _change(
        self,
        conn: Connection,
        holdings: Holdings,
        changed: Sequence[tuple[Held, Resource | None]],
        ledger: Ledger,
        *,
        now: Instant,
    ) -> int:
        if not changed:
            return 0
        renamed = {held.id: (held, resource) for held, resource in changed if resource is not None}
        signals.note(conn, self._dialect, self._rename_stored(conn, renamed, holdings), now=now)
        sets = [(held.set_id, held.id) for held, _ in changed]
        self._dialect.update(conn, schema.resource, ["project_set_id"], ["id"], sets)
        ids = [held.id for held, _ in changed]
        moves = owning.decide_again(conn, self._dialect, holdings, ids, now=now)
        to_of = {each.resource_id: each.after for each in moves}
        for held, _ in changed:
            held.holding_id = to_of.get(held.id, held.holding_id)
        return owning.move(conn, self._dialect, moves, ledger, now=now)

    def _rename_stored(
        self, conn: Connection, renamed: dict[int, tuple[Held, Resource]], holdings: Holdings
    ) -> list[News]:
        """Write what is new about resources; names and terms, which indexes hang on, only where they differ.

        Returns what there is to tell about tags by which ownership is decided.
        """
        news: list[News] = []
        rows: list[Row] = []
        names: dict[int, list[tuple[str, str]]] = {}
        terms: dict[int, list[tuple[str, str]]] = {}
        decode = msgspec.msgpack.Decoder(Resource).decode
        for id_, body in self._dialect.lookup(conn, schema.resource, ["id", "body"], "id", renamed):
            held, resource = renamed[id_]
            former = decode(bytes(body))
            rows.append((
                resource.name, resource.type, resource_text(resource), held.digest, msgspec.msgpack.encode(resource), id_,
            ))  # fmt: skip
            if former.aliases != resource.aliases:
                names[id_] = _canonical(resource.aliases)
            fresh = terms_of(resource)
            if fresh != terms_of(former):
                terms[id_] = fresh
                news += _changed_words(id_, former, resource, holdings)
        fields = ["name", "type", "search", "content_hash", "body"]
        self._dialect.update(conn, schema.resource, fields, ["id"], rows)
        for table, pairs in ((schema.resource_alias, names), (schema.resource_term, terms)):
            ids = list(pairs)
            for start in range(0, len(ids), 500):
                conn.execute(delete(table).where(table.c.resource_id.in_(ids[start : start + 500])))
            inserted = [(form, value, id_) for id_, found in pairs.items() for form, value in found]
            self._dialect.insert(conn, table, inserted)
        return news


def _changed_words(id_: int, former: Resource, resource: Resource, holdings: Holdings) -> Iterable[News]:
    """What is new about the tags of a resource that tell whose it is."""
    words = holdings.evidence.words
    before, after = (
        ", ".join(sorted(f"{key}={value}" for key, value in each.tags if plain(key) in words))
        for each in (former, resource)
    )
    if before != after:
        about = f"resource {resource.external_id}"
        yield News(
            kind=SignalKind.EVIDENCE_CHANGED, about=about, old=before or None, new=after or None, resource_id=id_
        )


def _joined(one: Projects, other: Projects) -> Projects:
    """Both sets together, in one order whichever comes first."""
    if one == other:
        return one
    together = {project.external_id: project for project in (*one, *other)}
    return tuple(together[key] for key in sorted(together))


def _date(seen: Observed) -> int:
    for value in (seen.updated_at, seen.last_detected_at, seen.status_changed_at):
        if value is not UNSET and value is not None:
            return value
    return seen.first_detected_at


def _canonical(aliases: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names in the spelling that claims are compared in, each once."""
    return sorted({(form, value) for form, text in aliases if (value := canonical(form, text))})


def _digest(resource: Resource) -> bytes:
    return xxhash.xxh3_128_digest(msgspec.msgpack.encode(resource))
