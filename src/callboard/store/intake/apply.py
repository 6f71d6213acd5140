"""Write observations down, with their events and everything derived, inside the caller's transaction.

`domain.reconcile` decides; this file looks up what is stored, asks it, and writes what comes out in bulk.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Connection, select

from callboard.domain import bundle, reconcile
from callboard.domain.due import Policy
from callboard.domain.finding import LAST_OPEN, BaseLayer, Detail, Observed, State
from callboard.domain.instant import Instant
from callboard.domain.ownership.inherited import LAYER_WORDS
from callboard.domain.reconcile import FLAPS, Actor, Event, EventKind, Stored, Verdict, is_flapping
from callboard.domain.remediation.message import Why, worth_again, worth_first
from callboard.ports import ProjectRecord
from callboard.store import notices, rebasing, schema
from callboard.store.counting import Ledger, Standing
from callboard.store.database import Store, bump_revision, next_id, revision
from callboard.store.dialect import Dialect, Row
from callboard.store.intake.memory import Written
from callboard.store.intake.spool import Moved
from callboard.store.intake.stored import as_stored, stored_findings
from callboard.store.interning.bases import Bases
from callboard.store.interning.bundles import Bundles
from callboard.store.interning.heard import Heard
from callboard.store.interning.projects import ProjectSets
from callboard.store.interning.remedies import Remedies
from callboard.store.interning.resources import Held, Resources
from callboard.store.interning.rules import Rules
from callboard.store.ownership import laid_down, lineage, owning
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.moving import move
from callboard.store.schema import NEVER, UNKNOWN


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
    moved_by_projects: int = 0
    """Of the moved ones: those whose projects changed their place among folders."""

    def add(self, other: Tally) -> None:
        """Add the other's figures."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


_UPDATED = [
    "state", "closed", "severity", "rank", "title", "rule_id", "resource_id", "holding_id", "project_set_id",
    "bundle_id", "remedy_id", "raw_hash", "first_detected_at", "status_changed_at", "updated_at", "fixed_at", "due_at",
    "policy_due_at", "priority", "blast", "cvss", "tickets", "reopened", "apart", "in_scope",
    "base_layer", "beneath", "image_id", "changed_run", "version",
]  # fmt: skip
_Told = tuple[int, int | None, int]
"""The bundle of a finding, that of its image alone, and its remedy."""

_WORST = 6
"""`rank` counts from the worst severity downwards, so that an ascending index lists the worst first."""


class _Batch:
    """One call of `Applier.apply`: what it looked up, and the rows it gathers for bulk statements."""

    def __init__(self, *, now: Instant, in_scope: bool, policy: Policy, next_finding: int, next_event: int) -> None:
        self.now = now
        self.policy = policy
        self.in_scope = in_scope
        self.next_finding = next_finding
        self.next_event = next_event
        self.tally = Tally()
        self.ledger = Ledger()
        self.rules: dict[str, int] = {}
        self.resources: dict[str, Held] = {}
        self.new: list[Row] = []
        self.details: list[Row] = []
        self.sightings: list[Row] = []
        self.changed: list[Row] = []
        self.changed_details: dict[int, Observed] = {}
        self.moved_sightings: list[Moved] = []
        self.events: list[Row] = []
        self.notices: list[tuple[int, Why]] = []
        self.spells: list[Row] = []


class Applier:
    """Writes batches of observations for one source and one run. Call `apply` inside `Store.write`."""

    def __init__(self, store: Store, *, source_id: int, run_id: int) -> None:
        self._store = store
        self._dialect = store.dialect
        self._source_id = source_id
        self._run_id = run_id
        self.whole = True
        """Every observation tells every field, so that what is stored need not be read to merge."""
        self.written: Written | None = None
        """External ids written so far by a first load that has no index to find them by; None: look them up."""
        self.announces = False
        """Channels are told of what cannot wait. A first load is no news."""
        self.may_be_old = False
        """Observations come from a file that may tell of the past, about rules and resources as well."""
        self.since: Instant | None = None
        """From when on nobody has seen what was written: the beginning of a first run, or of the one transaction of another.
        None: each batch is seen by itself."""
        self.waits = False
        """More batches follow in this transaction: whose things are is decided by `settle`, when all is known."""
        self.forget()

    def forget(self) -> None:
        """Drop everything remembered: a transaction was rolled back."""
        self.heard = Heard()
        self._left_at: int | None = None
        """The number of the last revision, where it was made by this run and followed the one it had found."""
        self._came_at: int | None = None
        self._look_again()

    def _look_again(self) -> None:
        """Drop what may be looked up: somebody else wrote."""
        self._rules = Rules(self._dialect, self._source_id, self.heard)
        self._projects = ProjectSets(self._dialect, self._source_id)
        self._resources = Resources(self._dialect, self._source_id, self._projects, self.heard)
        self._bases = Bases()
        self._bundles = Bundles(self._dialect)
        self._remedies = Remedies(self._dialect)
        self._holdings: Holdings | None = None

    def _current_holdings(self, conn: Connection) -> Holdings:
        """Start of a transaction: see that what is remembered still holds."""
        if self._holdings is not None and not self._holdings.is_current(conn):
            self._look_again()
        if self._holdings is None:
            self._holdings = Holdings(conn, self._store)
        return self._holdings

    def bump_revision(self, conn: Connection) -> None:
        """At the end of a transaction in which something was applied: say so, and know it from what others say."""
        after = bump_revision(conn)
        self._left_at = after if self._came_at is not None and after == self._came_at + 1 else None
        self._came_at = None

    def _forget_if_others_wrote(self, conn: Connection) -> None:
        """Another source may tell what an image was built on."""
        at = revision(conn)
        if at not in {self._left_at, self._came_at}:
            self._bases.forget()
        self._came_at = at

    def apply(
        self, conn: Connection, batch: Sequence[tuple[Observed, bytes]], *, now: Instant, in_scope: bool = True
    ) -> Tally:
        """Write observations, each with the hash of its raw record."""
        holdings = self._current_holdings(conn)
        self._forget_if_others_wrote(conn)
        work = _Batch(
            now=now,
            in_scope=in_scope,
            policy=laid_down.due_policy(conn, self._store),
            next_finding=next_id(conn, schema.finding),
            next_event=next_id(conn, schema.event),
        )
        newest = _newest(batch)
        if self.may_be_old:
            newest = self._without_outdated(conn, newest, work.tally)
        observations = [seen for seen, _ in newest]
        work.rules = self._rules.ensure(conn, observations, whole=self.whole)
        built = [bundle.image_of(seen) for seen in observations]
        images = lineage.images_of(observations).union(image for image in built if image is not None)
        former = self._bases.of(conn, images)
        work.resources, moved = self._resources.ensure(
            conn, holdings, observations, work.ledger, now=now, whole=self.whole, since=self.since, waits=self.waits
        )
        # A resource may also have stopped to name an image, of which it alone knew the base.
        before = {**self._resources.former_bases, **former}
        told = self._bases.again(conn, self._resources.named_anew)
        changed = {image: base for image, base in told.items() if base != before[image]}
        if changed:
            rebasing.follow(conn, self._dialect, self._bundles, changed, work.ledger, now=now)
        moved += self._resources.inherit(conn, holdings, observations, changed, work.ledger, now=now, since=self.since)
        places = rebasing.places_of(conn, self._bundles, observations, built, {**former, **told})
        remedies = self._remedies.of(conn, observations)
        work.tally.moved = moved
        external_ids = [seen.external_id for seen in observations]
        unsure = external_ids if self.written is None else self.written.again(external_ids)
        stored = stored_findings(conn, self._dialect, self._source_id, unsure)
        for (seen, record_hash), place, remedy_id in zip(newest, places, remedies, strict=True):
            raw_hash = record_hash if in_scope else UNKNOWN
            row = stored.get(seen.external_id)
            if row is None:
                self._first(conn, work, seen, raw_hash, (*place, remedy_id))
            else:
                self._again(conn, work, seen, raw_hash, row, told=(*place, remedy_id))
        self._write(conn, work)
        return work.tally

    def write_projects(self, conn: Connection, records: Sequence[ProjectRecord], *, now: Instant) -> tuple[int, Tally]:
        """Projects as their own listing tells them. Returns how many are new or changed, and what moved with them."""
        holdings = self._current_holdings(conn)
        tally = Tally()
        count, moved = self._projects.write_listing(conn, records)
        if moved:
            # Their place among folders changed: the resources in them may belong to somebody else now.
            sets = self._dialect.lookup(conn, schema.project_set_member, ["set_id"], "project_id", moved)
            rows = self._dialect.lookup(conn, schema.resource, ["id"], "project_set_id", {row[0] for row in sets})
            ledger = Ledger()
            ids = [row[0] for row in rows]
            moves = owning.decide_again(conn, self._dialect, holdings, ids, now=now, since=self.since)
            tally.moved = move(conn, self._dialect, holdings, moves, ledger, now=now, since=self.since).findings
            tally.moved_by_projects = tally.moved
            ledger.write(conn, self._dialect)
            self._resources.forget()
        return count, tally

    def settle(self, conn: Connection, *, now: Instant) -> int:
        """At the end of a run, when all is known: whose things are, and that base images no source lists can be somebody's.

        Returns how many findings moved.
        """
        ledger = Ledger()
        holdings = self._current_holdings(conn)
        moved = self._resources.decide(conn, holdings, ledger, now=now, since=self.since)
        moved += self._resources.stand_in(conn, holdings, ledger, now=now, since=self.since)
        ledger.write(conn, self._dialect)
        return moved

    def _first(self, conn: Connection, work: _Batch, seen: Observed, raw_hash: bytes, told: _Told) -> None:
        """A finding that was never stored before."""
        bundle_id, image_id, remedy_id = told
        held = work.resources[seen.resource.external_id]
        verdict = reconcile.first_sight(seen, work.policy)
        id_ = work.next_finding
        work.next_finding = id_ + 1
        kind, state, severity = int(seen.kind), int(verdict.state), int(verdict.severity)
        due_at = NEVER if verdict.due_at is None else verdict.due_at
        base_layer = int(isinstance(seen.layer, BaseLayer))
        holding_id = held.inherited_id if base_layer else held.holding_id
        set_id, projects = held.set_id, seen.projects
        if projects is not UNSET and projects is not held.projects:
            set_id = self._projects.set_of(conn, projects)
        work.new.append((
            id_, self._source_id, seen.external_id, kind, state, 1 if state > LAST_OPEN else 0, severity,
            _WORST - severity, None if seen.title == seen.rule.name else seen.title, work.rules[seen.rule.external_id],
            held.id, holding_id, set_id, bundle_id, raw_hash,
            verdict.first_detected_at, verdict.status_changed_at, verdict.updated_at, verdict.fixed_at, due_at,
            NEVER if verdict.policy_due_at is None else verdict.policy_due_at, verdict.priority, verdict.blast,
            _tenths(seen.detail.score, None), _tickets(seen, 0), 0, 0, work.in_scope, work.now, self._run_id, None, 1,
            remedy_id, base_layer, None, image_id,
        ))  # fmt: skip
        work.details.append((id_, None if seen.url is UNSET else seen.url, _encode_detail(seen.detail)))
        if verdict.last_detected_at is not None:
            work.sightings.append((id_, verdict.last_detected_at))
        if verdict.events:
            self._note(work, id_, verdict.events)
        if self.announces and (worth := worth_first(verdict, now=work.now)) is not None:
            work.notices.append((id_, worth))
        work.ledger.add(
            (holding_id, self._source_id, kind, state, severity), bundle_id, due_at, verdict.priority, verdict.blast,
            verdict.first_detected_at, verdict.fixed_at, remedy_id,
        )  # fmt: skip
        work.tally.new += 1

    def _again(
        self,
        conn: Connection,
        work: _Batch,
        seen: Observed,
        raw_hash: bytes,
        row: dict[str, Any],
        *,
        told: _Told,
    ) -> None:
        """A finding that is stored. `told`: as this observation tells it."""
        known = as_stored(row)
        verdict = reconcile.reconcile(known, seen, work.policy)
        tally = work.tally
        if verdict.outdated:
            tally.outdated += 1
            return
        held = work.resources[seen.resource.external_id]
        set_id = row["project_set_id"] if seen.projects is UNSET else self._projects.set_of(conn, seen.projects)
        bundle_id, image_id, remedy_id = _work(seen, row, told)
        base_layer = row["base_layer"] if seen.layer is UNSET else int(seen.layer is not None)
        holding_id = held.inherited_id if base_layer else held.holding_id
        due_at = NEVER if verdict.due_at is None else verdict.due_at
        events = [
            *verdict.events,
            *self._moved_projects(conn, row["project_set_id"], set_id, at=verdict.updated_at or work.now),
            *_moved_scope(known, in_scope=work.in_scope, at=work.now),
            *_moved_layer(row["base_layer"], base_layer, at=verdict.updated_at or work.now),
        ]
        state = verdict.shown
        apart = self._apart(conn, known, verdict, row["apart"])
        if self.announces and (worth := worth_again(known, verdict, apart=apart)) is not None:
            work.notices.append((known.id, worth))
        after = (
            int(state), 0 if state.is_open else 1, int(verdict.severity), _WORST - verdict.severity,
            None if seen.title == seen.rule.name else seen.title, work.rules[seen.rule.external_id], held.id,
            holding_id, set_id, bundle_id, remedy_id, raw_hash, verdict.first_detected_at,
            verdict.status_changed_at, verdict.updated_at, verdict.fixed_at, due_at,
            NEVER if verdict.policy_due_at is None else verdict.policy_due_at, verdict.priority, verdict.blast,
            _tenths(seen.detail.score, row["cvss"]), _tickets(seen, row["tickets"]), verdict.reopened,
            apart, work.in_scope, base_layer,
            int(verdict.state) if state.is_set_aside else None, image_id,
        )  # fmt: skip
        work.changed.append((*after, self._run_id, row["version"] + 1, known.id))
        work.changed_details[known.id] = seen
        if verdict.last_detected_at is not None and verdict.last_detected_at != known.last_detected_at:
            work.moved_sightings.append((known.id, verdict.last_detected_at, known.last_detected_at is not None))
        self._note(work, known.id, events)
        before = Standing(
            row["holding_id"], self._source_id, int(known.kind), row["state"], int(known.severity), row["bundle_id"],
            row["due_at"], row["remedy_id"],
        )  # fmt: skip
        after_ = Standing(
            holding_id, self._source_id, int(known.kind), int(state), int(verdict.severity), bundle_id, due_at, remedy_id,
        )  # fmt: skip
        work.ledger.change(before, after_, now=work.now)
        self._flow(work.ledger, holding_id, known, verdict, was_open=State(row["state"]).is_open)
        pairs = zip(_UPDATED, after, strict=False)
        if verdict.reopened > known.reopened:
            tally.reopened += 1
            work.spells.append(_ended(known, verdict, row["due_at"]))
        elif known.state.is_open and not verdict.state.is_open:
            tally.closed += 1
        elif not events and all(row[name] == value for name, value in pairs if name in row):
            tally.unchanged += 1
        else:
            tally.changed += 1

    @staticmethod
    def _flow(ledger: Ledger, holding_id: int, known: Stored, verdict: Verdict, *, was_open: bool) -> None:
        """Count an opening or a closing in the week of its event; what is set aside is no work that opens or closes."""
        is_open = verdict.shown.is_open
        for event in verdict.events:
            if event.kind is EventKind.REOPENED and is_open:
                ledger.opened(holding_id, event.at)
            elif event.kind is EventKind.STATE and was_open and not is_open:
                lived = None if known.reopened else event.at - verdict.first_detected_at
                ledger.closed(holding_id, event.at, lived=lived)
        if verdict.first_detected_at != known.first_detected_at:
            ledger.opened(holding_id, known.first_detected_at, -1)
            ledger.opened(holding_id, verdict.first_detected_at)

    @staticmethod
    def _apart(conn: Connection, known: Stored, verdict: Verdict, apart: int) -> int:
        """1 from the reopening that makes it flap until it is closed."""
        if not verdict.state.is_open:
            return 0
        if verdict.reopened == known.reopened or verdict.reopened < FLAPS:
            return apart
        e = schema.event.c
        former = select(e.at).where(e.finding_id == known.id, e.kind == int(EventKind.REOPENED))
        present = [event.at for event in verdict.events if event.kind is EventKind.REOPENED]
        return int(is_flapping([*conn.execute(former).scalars(), *present]))

    def _moved_projects(self, conn: Connection, before: int, after: int, *, at: Instant) -> Iterable[Event]:
        if after != before:
            words = (self._projects.words(conn, before), self._projects.words(conn, after))
            yield Event(EventKind.PROJECTS, at, Actor.SOURCE, *words)

    def _note(self, work: _Batch, finding_id: int, events: Iterable[Event]) -> None:
        for event in events:
            work.events.append((
                work.next_event, finding_id, int(event.kind), event.at, work.now, self._run_id, int(event.actor),
                event.old, event.new,
            ))  # fmt: skip
            work.next_event += 1

    def _write(self, conn: Connection, work: _Batch) -> None:
        dialect = self._dialect
        dialect.insert(conn, schema.finding, work.new)
        dialect.insert(conn, schema.finding_detail, work.details)
        dialect.insert(conn, schema.sighting, work.sightings)
        dialect.update(conn, schema.finding, _UPDATED, ["id"], work.changed)
        if work.changed_details:
            rows = self._merged_details(conn, work)
            dialect.update(conn, schema.finding_detail, ["url", "body"], ["finding_id"], rows)
        write_sightings(conn, dialect, work.moved_sightings)
        dialect.insert(conn, schema.event, work.events)
        notices.write(conn, dialect, work.notices, now=work.now)
        dialect.insert(conn, schema.spell, work.spells)
        work.ledger.write(conn, dialect)

    def _merged_details(self, conn: Connection, work: _Batch) -> list[Row]:
        """The new documents of changed findings; merged with the stored ones where the door tells only a part."""
        if self.whole:
            return [
                (None if seen.url is UNSET else seen.url, _encode_detail(seen.detail), id_)
                for id_, seen in work.changed_details.items()
            ]
        rows: list[Row] = []
        for id_, url, body in self._dialect.lookup(
            conn, schema.finding_detail, ["finding_id", "url", "body"], "finding_id", list(work.changed_details)
        ):
            seen = work.changed_details[id_]
            merged = reconcile.merge_detail(_decode_detail(bytes(body)), seen.detail)
            rows.append((url if seen.url is UNSET else seen.url, _encode_detail(merged), id_))
        return rows

    def _without_outdated(
        self, conn: Connection, batch: Sequence[tuple[Observed, bytes]], tally: Tally
    ) -> Sequence[tuple[Observed, bytes]]:
        """Only what tells of a time not before the stored one, so that old words on a resource are not taken either."""
        stored = stored_findings(conn, self._dialect, self._source_id, [seen.external_id for seen, _ in batch])
        current = [
            (seen, raw_hash)
            for seen, raw_hash in batch
            if seen.external_id not in stored or not reconcile.is_older(as_stored(stored[seen.external_id]), seen)
        ]
        tally.outdated += len(batch) - len(current)
        return current


def _ended(known: Stored, verdict: Verdict, due_at: int) -> Row:
    """The time that a finding was open before it came back."""
    again_at = next(event.at for event in verdict.events if event.kind is EventKind.REOPENED)
    return known.id, known.reopened, known.fixed_at, int(known.state), due_at, again_at


def _work(seen: Observed, row: dict[str, Any], told: _Told) -> _Told:
    """What mends a stored finding. What this door tells nothing of stays as it is."""
    stored = row["bundle_id"], row["image_id"], row["remedy_id"]
    is_place_told = seen.layer is not UNSET and seen.system is not UNSET
    if seen.fix is UNSET or (not is_place_told and told[2] and told[2] == stored[2]):
        return stored
    return told


def write_sightings(conn: Connection, dialect: Dialect, moved: Iterable[Moved]) -> None:
    """Bring last detections up to date; none ever moves back."""
    latest: dict[int, int] = {}
    unsure: set[int] = set()
    for id_, at, is_stored in moved:
        latest[id_] = max(at, latest.get(id_, 0))
        if not is_stored:
            unsure.add(id_)
    present = {row[0] for row in dialect.lookup(conn, schema.sighting, ["finding_id"], "finding_id", unsure)}
    missing = unsure - present
    updated = sorted((id_, at) for id_, at in latest.items() if id_ not in missing)
    rows: list[Row] = [(at, id_) for id_, at in updated]
    dialect.update(conn, schema.sighting, ["last_detected_at"], ["finding_id"], rows, raising=True)
    dialect.insert(conn, schema.sighting, sorted((id_, latest[id_]) for id_ in missing))


def _newest(batch: Sequence[tuple[Observed, bytes]]) -> Sequence[tuple[Observed, bytes]]:
    """Each finding once, by its newest record."""
    if len({seen.external_id for seen, _ in batch}) == len(batch):
        return batch
    hashes = {id(seen): raw_hash for seen, raw_hash in batch}
    return [(seen, hashes[id(seen)]) for seen in reconcile.newest_first([seen for seen, _ in batch])]


def _tenths(score: float | None | UnsetType, former: int | None) -> int | None:
    """A CVSS score as the database keeps it."""
    if score is UNSET:
        return former
    return None if score is None else round(score * 10)


def _tickets(seen: Observed, former: int) -> int:
    """How many tickets the source links."""
    tickets = seen.detail.tickets
    return former if tickets is UNSET else min(len(tickets), 1_000)


def _moved_scope(known: Stored, *, in_scope: bool, at: Instant) -> Iterable[Event]:
    if in_scope != known.in_scope:
        words = ("out of scope", "in scope") if in_scope else ("in scope", "out of scope")
        yield Event(EventKind.SCOPE, at, Actor.RULE, *words)


def _moved_layer(before: int, after: int, *, at: Instant) -> Iterable[Event]:
    if after != before:
        yield Event(EventKind.LAYER, at, Actor.SOURCE, LAYER_WORDS[before], LAYER_WORDS[after])


_encode_detail = msgspec.json.Encoder().encode
_decode_detail = msgspec.json.Decoder(Detail).decode
