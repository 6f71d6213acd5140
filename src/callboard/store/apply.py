"""Write observations down, with their events and everything derived, inside the caller's transaction.

`domain.reconcile` decides; this file looks up what is stored, asks it, and writes what comes out in bulk. It remembers
rules, resources, projects and holdings between the pages of one run, so that a page costs a handful of statements.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import xxhash
from msgspec import UNSET
from sqlalchemy import Connection, func, select

from callboard.domain import reconcile
from callboard.domain.claims import canonical
from callboard.domain.finding import Detail, Kind, Observed, Project, Resource, Rule, Severity, State
from callboard.domain.instant import Instant
from callboard.domain.ownership import SubjectProject
from callboard.domain.reconcile import Actor, Event, EventKind, Stored, Verdict
from callboard.ports import ProjectRecord
from callboard.store import owning, schema
from callboard.store.database import Store, next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.owning import Cell, Owned
from callboard.store.runs import Moved
from callboard.store.schema import NEVER

REMEMBERED = 100_000
"""Rules and resources kept in memory between pages, at most; then the memory starts anew."""


class Tally(msgspec.Struct, kw_only=True):
    """What applying did, in findings."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    """Read again in full, for a changed byte or program, and found equal in all that matters."""
    outdated: int = 0
    closed: int = 0
    reopened: int = 0
    moved: int = 0
    """Given to another component or team."""

    def add(self, other: Tally) -> None:
        """Add the other's figures."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class _Interned(msgspec.Struct, frozen=True, gc=False):
    id: int
    content: Any
    """The last value seen: the same object again needs no second look."""


_FINDING = [column.name for column in schema.finding.columns]
_STORED = [
    "external_id", "id", "kind", "state", "severity", "first_detected_at", "status_changed_at", "updated_at",
    "fixed_at", "due_at", "reopened", "in_scope", "holding_id", "project_set_id", "rule_id", "resource_id", "title",
    "fix", "version",
]  # fmt: skip
_UPDATED = [
    "state", "closed", "severity", "rank", "title", "rule_id", "resource_id", "holding_id", "project_set_id", "fix",
    "raw_hash", "first_detected_at", "status_changed_at", "updated_at", "fixed_at", "due_at", "reopened", "in_scope",
    "changed_run", "version",
]  # fmt: skip


class Applier:
    """Writes pages of observations for one source and one run. Call `apply` inside `Store.write`."""

    def __init__(self, store: Store, *, source_id: int, run_id: int, whole: bool = True) -> None:
        self._dialect = store.dialect
        self._source_id = source_id
        self._run_id = run_id
        self.whole = whole
        """Every observation tells every field, so that what is stored need not be read to merge."""
        self._holdings: owning.Holdings | None = None
        self.forget()

    def forget(self) -> None:
        """Drop everything remembered: a transaction was rolled back, or somebody else wrote."""
        self._rules: dict[str, _Interned] = {}
        self._resources: dict[str, tuple[Owned, Resource | None]] = {}
        self._projects: dict[str, int] = {}
        self._project_sets: dict[tuple[str, ...], int] = {}
        self._members: dict[int, tuple[SubjectProject, ...]] = {}
        self._holdings = None

    def begin(self, conn: Connection) -> None:
        """Start of a transaction: see that what is remembered still holds."""
        if self._holdings is not None and self._holdings.version != owning.catalog_version(conn):
            self.forget()
        if len(self._resources) > REMEMBERED or len(self._rules) > REMEMBERED:
            self.forget()
        if self._holdings is None:
            self._holdings = owning.Holdings(conn, self._dialect)

    def apply(
        self, conn: Connection, batch: Sequence[tuple[Observed, bytes]], *, now: Instant, in_scope: bool = True
    ) -> Tally:
        """Write observations, each with the hash of its raw record."""
        self.begin(conn)
        hashes = {observed.external_id: raw_hash for observed, raw_hash in batch}
        observations = [observed for observed, _ in batch]
        if len(hashes) < len(batch):
            observations = reconcile.newest_first(observations)
            hashes = {
                seen.external_id: raw_hash for seen in observations for other, raw_hash in batch if other is seen
            }
        cells: Counter[Cell] = Counter()
        tally = Tally()
        rules = self._ensure_rules(conn, {seen.rule.external_id: seen.rule for seen in observations}.values())
        resources = self._ensure_resources(conn, observations, cells, tally, now=now)
        stored = self._stored(conn, [seen.external_id for seen in observations])
        writes = _Writes(next_id(conn, schema.finding), next_id(conn, schema.event))
        for seen in observations:
            self._one(conn, seen, hashes[seen.external_id], stored.get(seen.external_id), rules, resources, writes, cells, tally, now=now, in_scope=in_scope)  # noqa: E501
        self._write(conn, writes)
        owning.write_cells(conn, self._dialect, cells)
        return tally

    def _one(
        self,
        conn: Connection,
        seen: Observed,
        raw_hash: bytes,
        row: dict[str, Any] | None,
        rules: dict[str, int],
        resources: dict[str, Owned],
        writes: _Writes,
        cells: Counter[Cell],
        tally: Tally,
        *,
        now: Instant,
        in_scope: bool,
    ) -> None:
        """Decide one finding and note what is to be written."""
        resource = resources[seen.resource.external_id]
        rule_id = rules[seen.rule.external_id]
        title = None if seen.title == seen.rule.name else seen.title
        if row is None:
            verdict = reconcile.first_sight(seen)
            id_ = writes.next_finding
            writes.next_finding += 1
            set_id = self._project_set(conn, seen.projects) if seen.projects is not UNSET else resource.project_set_id
            fix = None if seen.fix is UNSET else seen.fix
            writes.new.append((
                id_, self._source_id, seen.external_id, int(seen.kind), int(verdict.state),
                0 if verdict.state.is_open else 1, int(verdict.severity), 6 - verdict.severity, title, rule_id,
                resource.id, resource.holding_id, set_id, fix, raw_hash, verdict.first_detected_at,
                verdict.status_changed_at, verdict.updated_at, verdict.fixed_at,
                NEVER if verdict.due_at is None else verdict.due_at, 0, in_scope, self._run_id, None, 1,
            ))  # fmt: skip
            writes.details.append((id_, None if seen.url is UNSET else seen.url, _encode_detail(seen.detail)))
            if verdict.last_detected_at is not None:
                writes.sightings.append((id_, verdict.last_detected_at))
            writes.note(id_, verdict.events, now, self._run_id)
            cells[(resource.holding_id, self._source_id, int(seen.kind), int(verdict.state), int(verdict.severity))] += 1
            tally.new += 1
            return
        known = _as_stored(row)
        verdict = reconcile.reconcile(known, seen)
        if verdict.outdated:
            tally.outdated += 1
            return
        set_id = row["project_set_id"]
        if seen.projects is not UNSET:
            set_id = self._project_set(conn, seen.projects)
        events = list(verdict.events)
        at = verdict.updated_at or now
        if set_id != row["project_set_id"]:
            events.append(Event(EventKind.PROJECTS, at, Actor.SOURCE, self._set_words(conn, row["project_set_id"]), self._set_words(conn, set_id)))  # noqa: E501
        if in_scope != known.in_scope:
            events.append(Event(EventKind.SCOPE, now, Actor.RULE, _scope_word(known.in_scope), _scope_word(in_scope)))
        fix = row["fix"] if seen.fix is UNSET else seen.fix
        after = (
            int(verdict.state), 0 if verdict.state.is_open else 1, int(verdict.severity), 6 - verdict.severity, title,
            rule_id, resource.id, resource.holding_id, set_id, fix, raw_hash, verdict.first_detected_at,
            verdict.status_changed_at, verdict.updated_at, verdict.fixed_at,
            NEVER if verdict.due_at is None else verdict.due_at, verdict.reopened, in_scope,
        )  # fmt: skip
        writes.changed.append((*after, self._run_id, row["version"] + 1, known.id))
        writes.changed_details[known.id] = seen
        if verdict.last_detected_at is not None and verdict.last_detected_at != known.last_detected_at:
            writes.moved_sightings.append((known.id, verdict.last_detected_at))
        writes.note(known.id, events, now, self._run_id)
        kind = int(known.kind)
        cells[(row["holding_id"], self._source_id, kind, int(known.state), int(known.severity))] -= 1
        cells[(resource.holding_id, self._source_id, kind, int(verdict.state), int(verdict.severity))] += 1
        is_same = not events and all(row[name] == value for name, value in zip(_UPDATED, after, strict=False) if name in row)
        if verdict.reopened > known.reopened:
            tally.reopened += 1
        elif known.state.is_open and not verdict.state.is_open:
            tally.closed += 1
        elif is_same:
            tally.unchanged += 1
        else:
            tally.changed += 1

    def _write(self, conn: Connection, writes: _Writes) -> None:
        dialect = self._dialect
        dialect.insert(conn, schema.finding, writes.new)
        dialect.insert(conn, schema.finding_detail, writes.details)
        dialect.insert(conn, schema.sighting, writes.sightings)
        dialect.update(conn, schema.finding, _UPDATED, ["id"], writes.changed)
        if writes.changed_details:
            dialect.update(conn, schema.finding_detail, ["url", "body"], ["finding_id"], self._details(conn, writes))
        write_sightings(conn, dialect, writes.moved_sightings)
        dialect.insert(conn, schema.event, writes.events)

    def _details(self, conn: Connection, writes: _Writes) -> list[Row]:
        """The new documents of changed findings; merged with the stored ones where the door tells only a part."""
        if self.whole:
            return [
                (None if seen.url is UNSET else seen.url, _encode_detail(seen.detail), id_)
                for id_, seen in writes.changed_details.items()
            ]
        rows: list[Row] = []
        for id_, url, body in self._dialect.lookup(
            conn, schema.finding_detail, ["finding_id", "url", "body"], "finding_id", list(writes.changed_details)
        ):
            seen = writes.changed_details[id_]
            merged = reconcile.merge_detail(_decode_detail(body), seen.detail)
            rows.append((url if seen.url is UNSET else seen.url, _encode_detail(merged), id_))
        return rows

    def _stored(self, conn: Connection, external_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        rows = self._dialect.lookup(
            conn, schema.finding, _STORED, "external_id", external_ids, source_id=self._source_id
        )
        found = {row[0]: dict(zip(_STORED, row, strict=True)) for row in rows}
        if found:
            sightings = dict(
                self._dialect.lookup(
                    conn, schema.sighting, ["finding_id", "last_detected_at"], "finding_id",
                    [row["id"] for row in found.values()],
                )
            )  # fmt: skip
            for row in found.values():
                row["last_detected_at"] = sightings.get(row["id"])
        return found

    # Rules

    def _ensure_rules(self, conn: Connection, rules: Iterable[Rule]) -> dict[str, int]:
        """Ids of these rules; new ones are made and changed ones brought up to date."""
        ids: dict[str, int] = {}
        unsure: dict[str, Rule] = {}
        for rule in rules:
            interned = self._rules.get(rule.external_id)
            if interned is not None and (interned.content is rule or interned.content == rule):
                ids[rule.external_id] = interned.id
            else:
                unsure[rule.external_id] = rule
        if not unsure:
            return ids
        known = {
            row[0]: (row[1], bytes(row[2]))
            for row in self._dialect.lookup(
                conn, schema.rule, ["external_id", "id", "content_hash"], "external_id", unsure, source_id=self._source_id
            )
        }
        new: list[Row] = []
        changed: list[Row] = []
        free = next_id(conn, schema.rule)
        for external_id, rule in unsure.items():
            body = msgspec.msgpack.encode(rule)
            digest = xxhash.xxh3_128_digest(body)
            search = f"{external_id}\n{rule.name}".casefold()
            if external_id not in known:
                id_, free = free, free + 1
                new.append((id_, self._source_id, external_id, rule.name, search, digest, body))
            else:
                id_, stored_digest = known[external_id]
                if stored_digest != digest:
                    changed.append((rule.name, search, digest, body, id_))
            ids[external_id] = id_
            self._rules[external_id] = _Interned(id_, rule)
        self._dialect.insert(conn, schema.rule, new)
        self._dialect.update(conn, schema.rule, ["name", "search", "content_hash", "body"], ["id"], changed)
        return ids

    # Projects

    def write_projects(self, conn: Connection, records: Sequence[ProjectRecord], *, now: Instant) -> int:
        """Projects as their own listing tells them. Returns how many are new or changed."""
        self.begin(conn)
        known = {
            row[0]: row[1:]
            for row in self._dialect.lookup(
                conn, schema.project, ["external_id", "id", "body", "is_folder", "nesting_level"], "external_id",
                [record.external_id for record in records], source_id=self._source_id,
            )
        }  # fmt: skip
        new: list[Row] = []
        changed: list[Row] = []
        moved: list[int] = []
        free = next_id(conn, schema.project)
        for record in {record.external_id: record for record in records}.values():
            body = msgspec.msgpack.encode(record)
            values = (record.name, record.slug, record.is_folder, record.nesting_level, True, body)
            row = known.get(record.external_id)
            if row is None:
                new.append((free, self._source_id, record.external_id, *values))
                free += 1
            elif bytes(row[1]) != body:
                changed.append((*values, row[0]))
                if (bool(row[2]), row[3]) != (record.is_folder, record.nesting_level):
                    moved.append(row[0])
        self._dialect.insert(conn, schema.project, new)
        self._dialect.update(
            conn, schema.project, ["name", "slug", "is_folder", "nesting_level", "listed", "body"], ["id"], changed
        )
        if moved:
            self._members.clear()
            self._decide_projects_again(conn, moved, now=now)
        return len(new) + len(changed)

    def _decide_projects_again(self, conn: Connection, project_ids: Sequence[int], *, now: Instant) -> None:
        """A project's place among folders changed: the resources in it may belong to somebody else now."""
        sets = self._dialect.lookup(conn, schema.project_set_member, ["set_id"], "project_id", project_ids)
        rows = self._dialect.lookup(conn, schema.resource, ["id"], "project_set_id", {row[0] for row in sets})
        if not rows or self._holdings is None:
            return
        cells: Counter[Cell] = Counter()
        moves = owning.decide_again(conn, self._dialect, self._holdings, [row[0] for row in rows], now=now)
        owning.move(conn, self._dialect, moves, cells, now=now)
        owning.write_cells(conn, self._dialect, cells)
        self._resources.clear()

    def _project_set(self, conn: Connection, projects: Sequence[Project]) -> int:
        """The id of this set of projects."""
        key = tuple(sorted({project.external_id for project in projects}))
        found = self._project_sets.get(key)
        if found is not None:
            return found
        text = msgspec.json.encode(key).decode()
        table = schema.project_set
        found = conn.execute(
            select(table.c.id).where(table.c.source_id == self._source_id, table.c.key == text)
        ).scalar_one_or_none()
        if found is None:
            found = next_id(conn, table)
            ids = self._project_ids(conn, {project.external_id: project for project in projects})
            self._dialect.insert(conn, table, [(found, self._source_id, text)])
            self._dialect.insert(conn, schema.project_set_member, [(found, id_) for id_ in sorted(ids)])
        self._project_sets[key] = found
        return found

    def _project_ids(self, conn: Connection, projects: dict[str, Project]) -> list[int]:
        """Ids of projects that a finding mentions; one that no listing has told yet is made from the mention."""
        unsure = [external_id for external_id in projects if external_id not in self._projects]
        self._projects.update(
            self._dialect.lookup(
                conn, schema.project, ["external_id", "id"], "external_id", unsure, source_id=self._source_id
            )
        )
        new: list[Row] = []
        free = next_id(conn, schema.project)
        for external_id in unsure:
            if external_id not in self._projects:
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

    def _set_words(self, conn: Connection, set_id: int) -> str:
        """The projects of a set by name, for the history."""
        member, project = schema.project_set_member, schema.project
        names = conn.execute(
            select(project.c.name).join(member, member.c.project_id == project.c.id).where(member.c.set_id == set_id)
        ).scalars()
        return ", ".join(sorted(names)) or "no project"

    def _members_of(self, conn: Connection, set_id: int) -> tuple[SubjectProject, ...]:
        found = self._members.get(set_id)
        if found is None:
            found = owning.project_members(conn, self._dialect, [set_id])[set_id]
            self._members[set_id] = found
        return found

    # Resources

    def _ensure_resources(
        self, conn: Connection, observations: Sequence[Observed], cells: Counter[Cell], tally: Tally, *, now: Instant
    ) -> dict[str, Owned]:
        """The resources of these observations, with ownership decided where it is new or its evidence changed."""
        wanted = _resources_of(observations)
        unsure = [external_id for external_id in wanted if external_id not in self._resources]
        for row in self._dialect.lookup(
            conn, schema.resource,
            ["external_id", "id", "content_hash", "holding_id", "project_set_id", "projects_at"],
            "external_id", unsure, source_id=self._source_id,
        ):  # fmt: skip
            self._resources[row[0]] = (Owned(row[1], bytes(row[2]), row[3], row[4], row[5]), None)
        new: list[tuple[Resource, int, int]] = []
        changed: list[tuple[Owned, Resource, int, int, bool]] = []
        found: dict[str, Owned] = {}
        for external_id, (resource, projects, at) in wanted.items():
            entry = self._resources.get(external_id)
            if entry is None:
                set_id = self._project_set(conn, projects or ())
                new.append((resource, set_id, at if projects is not None else 0))
                continue
            owned, last = entry
            found[external_id] = owned
            is_same = last is resource or _digest(resource) == owned.content_hash
            set_id, set_at = owned.project_set_id, owned.projects_at
            if projects is not None and at >= set_at:
                set_id, set_at = self._project_set(conn, projects), at
            if not is_same or set_id != owned.project_set_id:
                changed.append((owned, resource, set_id, set_at, not is_same))
            elif last is not resource:
                self._resources[external_id] = (owned, resource)
        found.update(self._new_resources(conn, new, now=now))
        found.update(self._changed_resources(conn, changed, cells, tally, now=now))
        return found

    def _new_resources(
        self, conn: Connection, new: Sequence[tuple[Resource, int, int]], *, now: Instant
    ) -> dict[str, Owned]:
        if not new or self._holdings is None:
            return {}
        holdings = self._holdings
        rows: list[Row] = []
        aliases: list[Row] = []
        candidates: list[Row] = []
        spells: list[Row] = []
        found: dict[str, Owned] = {}
        free = next_id(conn, schema.resource)
        for resource, set_id, at in new:
            id_, free = free, free + 1
            names = _canonical(resource.aliases)
            ownership = holdings.decide(names, self._members_of(conn, set_id))
            holding_id = holdings.intern(conn, ownership)
            body = msgspec.msgpack.encode(resource)
            digest = xxhash.xxh3_128_digest(body)
            rows.append((
                id_, self._source_id, resource.external_id, resource.name, resource.type, _search(resource), set_id, at,
                holding_id, digest, body,
            ))  # fmt: skip
            aliases.extend((form, value, id_) for form, value in names)
            candidates.extend(holdings.candidate_rows(id_, ownership, now=now))
            spells.append((id_, now, None, holding_id))
            owned = Owned(id_, digest, holding_id, set_id, at)
            found[resource.external_id] = owned
            self._resources[resource.external_id] = (owned, resource)
        self._dialect.insert(conn, schema.resource, rows)
        self._dialect.insert(conn, schema.resource_alias, aliases)
        self._dialect.insert(conn, schema.candidate, candidates)
        self._dialect.insert(conn, schema.ownership_spell, spells)
        return found

    def _changed_resources(
        self,
        conn: Connection,
        changed: Sequence[tuple[Owned, Resource, int, int, bool]],
        cells: Counter[Cell],
        tally: Tally,
        *,
        now: Instant,
    ) -> dict[str, Owned]:
        if not changed or self._holdings is None:
            return {}
        rows: list[Row] = []
        aliases: list[Row] = []
        renamed: list[int] = []
        for owned, resource, set_id, at, is_new_content in changed:
            body = msgspec.msgpack.encode(resource)
            digest = xxhash.xxh3_128_digest(body)
            rows.append((resource.name, resource.type, _search(resource), set_id, at, digest, body, owned.id))
            if is_new_content:
                renamed.append(owned.id)
                aliases.extend((form, value, owned.id) for form, value in _canonical(resource.aliases))
        self._dialect.update(
            conn, schema.resource,
            ["name", "type", "search", "project_set_id", "projects_at", "content_hash", "body"], ["id"], rows,
        )  # fmt: skip
        for start in range(0, len(renamed), 500):
            conn.execute(
                schema.resource_alias.delete().where(
                    schema.resource_alias.c.resource_id.in_(renamed[start : start + 500])
                )
            )
        self._dialect.insert(conn, schema.resource_alias, aliases)
        moves = owning.decide_again(
            conn, self._dialect, self._holdings, [owned.id for owned, *_ in changed], now=now
        )
        tally.moved += owning.move(conn, self._dialect, moves, cells, now=now)
        to_of = {resource_id: to for resource_id, _, to in moves}
        found: dict[str, Owned] = {}
        for owned, resource, set_id, at, _ in changed:
            after = Owned(owned.id, _digest(resource), to_of.get(owned.id, owned.holding_id), set_id, at)
            found[resource.external_id] = after
            self._resources[resource.external_id] = (after, resource)
        return found


class _Writes:
    """Rows of one page, gathered for bulk statements."""

    def __init__(self, next_finding: int, next_event: int) -> None:
        self.next_finding = next_finding
        self.next_event = next_event
        self.new: list[Row] = []
        self.details: list[Row] = []
        self.sightings: list[Row] = []
        self.changed: list[Row] = []
        self.changed_details: dict[int, Observed] = {}
        self.moved_sightings: list[Moved] = []
        self.events: list[Row] = []

    def note(self, finding_id: int, events: Iterable[Event], now: Instant, run_id: int) -> None:
        """Add events of one finding."""
        for event in events:
            self.events.append((
                self.next_event, finding_id, int(event.kind), event.at, now, run_id, int(event.actor), event.old, event.new,
            ))  # fmt: skip
            self.next_event += 1


def write_sightings(conn: Connection, dialect: Dialect, moved: Iterable[Moved]) -> None:
    """Bring last detections up to date."""
    latest: dict[int, int] = {}
    unsure: set[int] = set()
    for id_, at, is_stored in moved:
        latest[id_] = max(at, latest.get(id_, 0))
        if not is_stored:
            unsure.add(id_)
    present = {row[0] for row in dialect.lookup(conn, schema.sighting, ["finding_id"], "finding_id", unsure)}
    missing = unsure - present
    updated = sorted((id_, at) for id_, at in latest.items() if id_ not in missing)
    dialect.update(conn, schema.sighting, ["last_detected_at"], ["finding_id"], [(at, id_) for id_, at in updated])
    dialect.insert(conn, schema.sighting, sorted((id_, latest[id_]) for id_ in missing))


def close_absent(
    conn: Connection, store: Store, finding_ids: Sequence[int], *, run_id: int, started_at: Instant, now: Instant
) -> int:
    """Close open findings that a complete run did not hold and the source does not know any more."""
    if not finding_ids:
        return 0
    columns = ["id", "state", "severity", "kind", "holding_id", "source_id", "version"]
    rows = store.dialect.lookup(conn, schema.finding, columns, "id", finding_ids)
    cells: Counter[Cell] = Counter()
    changed: list[Row] = []
    events: list[Row] = []
    seq = next_id(conn, schema.event)
    fixed = int(State.FIXED)
    for id_, state, severity, kind, holding_id, source_id, version in rows:
        event = reconcile.absent(State(state), run_started_at=started_at)
        cells[(holding_id, source_id, kind, state, severity)] -= 1
        cells[(holding_id, source_id, kind, fixed, severity)] += 1
        changed.append((fixed, 1, started_at, run_id, version + 1, id_))
        events.append((seq, id_, int(event.kind), event.at, now, run_id, int(event.actor), event.old, event.new))
        seq += 1
    store.dialect.update(
        conn, schema.finding, ["state", "closed", "fixed_at", "changed_run", "version"], ["id"], changed
    )
    store.dialect.insert(conn, schema.event, events)
    owning.write_cells(conn, store.dialect, cells)
    return len(changed)


def leave_scope(conn: Connection, store: Store, finding_ids: Sequence[int], *, run_id: int, now: Instant) -> int:
    """Mark open findings that a changed scope does not ask about any more. Their state stays."""
    rows: list[Row] = []
    seq = next_id(conn, schema.event)
    for offset, id_ in enumerate(finding_ids):
        rows.append((seq + offset, id_, int(EventKind.SCOPE), now, now, run_id, int(Actor.RULE), "in scope", "out of scope"))
    store.dialect.update(conn, schema.finding, ["in_scope"], ["id"], [(False, id_) for id_ in finding_ids])
    store.dialect.insert(conn, schema.event, rows)
    return len(finding_ids)


def counted_anew(conn: Connection) -> dict[Cell, int]:
    """The counters as they should be, from the rows themselves."""
    f = schema.finding
    columns = (f.c.holding_id, f.c.source_id, f.c.kind, f.c.state, f.c.severity)
    rows = conn.execute(select(*columns, func.count()).group_by(*columns))
    return {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in rows}


def counted(conn: Connection) -> dict[Cell, int]:
    """The counters as they are."""
    c = schema.cube.c
    rows = conn.execute(select(c.holding_id, c.source_id, c.kind, c.state, c.severity, c.n))
    return {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in rows}


def _resources_of(
    observations: Sequence[Observed],
) -> dict[str, tuple[Resource, tuple[Project, ...] | None, int]]:
    """Each resource once, with the newest word on its projects (None: nobody told) and that word's date.

    Words of one date are joined, so that the order of records decides nothing.
    """
    found: dict[str, tuple[Resource, tuple[Project, ...] | None, int]] = {}
    for seen in observations:
        at = _date(seen)
        projects = None if seen.projects is UNSET else seen.projects
        other = found.get(seen.resource.external_id)
        if other is None:
            found[seen.resource.external_id] = (seen.resource, projects, at)
            continue
        resource, known, known_at = other
        if at > known_at:
            resource = seen.resource
        if projects is not None:
            if known is None or at > known_at:
                known = projects
            elif at == known_at and projects != known:
                known = tuple({project.external_id: project for project in (*known, *projects)}.values())
        found[seen.resource.external_id] = (resource, known, max(at, known_at))
    return found


def _date(seen: Observed) -> int:
    for value in (seen.updated_at, seen.last_detected_at, seen.status_changed_at):
        if value is not UNSET and value is not None:
            return value
    return seen.first_detected_at


def _as_stored(row: dict[str, Any]) -> Stored:
    return Stored(
        id=row["id"],
        kind=Kind(row["kind"]),
        state=State(row["state"]),
        severity=Severity(row["severity"]),
        first_detected_at=row["first_detected_at"],
        last_detected_at=row["last_detected_at"],
        status_changed_at=row["status_changed_at"],
        updated_at=row["updated_at"],
        fixed_at=row["fixed_at"],
        due_at=None if row["due_at"] == NEVER else row["due_at"],
        reopened=row["reopened"],
        in_scope=bool(row["in_scope"]),
    )


def _canonical(aliases: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names in the spelling that claims are compared in, each once."""
    return sorted({(form, value) for form, text in aliases if (value := canonical(form, text))})


def _search(resource: Resource) -> str:
    parts = [resource.external_id, resource.name, resource.provider_id or "", resource.repository or ""]
    return "\n".join(dict.fromkeys(part for part in parts if part)).casefold()


def _digest(resource: Resource) -> bytes:
    return xxhash.xxh3_128_digest(msgspec.msgpack.encode(resource))


def _scope_word(in_scope: bool) -> str:
    return "in scope" if in_scope else "out of scope"


_encode_detail = msgspec.json.Encoder().encode
_decode_detail = msgspec.json.Decoder(Detail).decode

__all__ = ["Applier", "Tally", "Verdict", "close_absent", "counted", "counted_anew", "leave_scope", "write_sightings"]
