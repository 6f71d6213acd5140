"""The resources of one source, with their ownership."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import msgspec
from msgspec import UNSET
from pyroaring import BitMap
from sqlalchemy import Connection, delete

from callboard.domain.alias import IMAGE, IMAGE_BASE
from callboard.domain.finding import Observed, Resource
from callboard.domain.instant import Instant
from callboard.domain.ownership.claims import canonical
from callboard.domain.ownership.drift import News, SignalKind
from callboard.domain.ownership.inherited import stand_in
from callboard.domain.ownership.mapping import plain
from callboard.domain.ownership.subject import is_judged_alike, subject_of
from callboard.domain.ownership.verdict import Ownership
from callboard.domain.term import are_terms_equal, is_text_equal, resource_text, terms_of
from callboard.store import schema
from callboard.store.counting import Ledger
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.interning.heard import Dates, Heard
from callboard.store.interning.projects import Projects, ProjectSets, joined
from callboard.store.interning.services import Services, services_told, together
from callboard.store.interning.told import REMEMBERED, Digests, date
from callboard.store.ownership import candidates, lineage, moving, owning, signals
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.moving import Moved

_Word = tuple[Resource, int, Projects | None, int]
"""A resource as it was told last, when, and likewise its projects; None: nothing was told of them."""


class Held:
    """A resource as the run road needs it, with the last word that this run has heard of it."""

    __slots__ = (
        "at", "digest", "holding_id", "id", "inherited_id", "is_settled", "projects", "projects_at", "services",
        "services_at", "set_id",
    )  # fmt: skip

    def __init__(self, id_: int, digest: bytes, holding_id: int, set_id: int, inherited_id: int) -> None:
        self.id = id_
        self.digest = digest
        self.holding_id = holding_id
        self.inherited_id = inherited_id
        self.is_settled = False
        """Whether this run has seen that `inherited_id` holds; from then on it follows whatever it depends on."""
        self.set_id = set_id
        self.at = 0
        """The date of that word. 0: nothing was heard of it in this run."""
        self.projects: Projects | None = None
        """The projects last told. None: they stand in the database."""
        self.projects_at = 0
        """The date of that word: a record that tells of a resource need not tell of its projects, or of its services."""
        self.services: Services | None = None
        """The application services last told. None: they stand in the database."""
        self.services_at = 0

    @property
    def dates(self) -> Dates:
        """When its words were said."""
        return self.at, self.projects_at, self.services_at


class Resources:
    """The resources of one source, with their ownership.

    What this run hears of a resource's projects stands above what is stored: a record always tells its present projects.
    Among the words of one run the newest record's wins. Of words of one date projects are joined, and of the rest those
    with the larger digest are taken, so that order decides nothing.
    """

    def __init__(self, dialect: Dialect, source_id: int, projects: ProjectSets, heard: Heard) -> None:
        self._dialect = dialect
        self._source_id = source_id
        self._projects = projects
        self._heard = heard
        self._known: dict[str, Held] = {}
        self._digests = Digests()
        self._undecided = BitMap()
        """Resources of which something differs that ownership looks at."""
        self._former_heirs: set[int] = set()
        """Resources that were built on an image which has another name now."""
        self.former_bases: dict[str, str | None] = {}
        """The images that the resources named which the last call of `ensure` has changed, with their bases before."""
        self.named_anew: set[str] = set()
        """The images of which what that call has written may tell another base than before."""

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
        since: Instant | None = None,
        waits: bool = False,
    ) -> tuple[dict[str, Held], int]:
        """The resources of these observations by external id, and how many findings went to another holding.

        Without `whole` the observations tell only a part of a resource: those that are stored keep their names. With `waits`
        those that are stored stay whose they are until `decide`. `since`: as in `moving.move`.
        """
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        told = self._told(observations)
        services = services_told(observations)
        missing = [external_id for external_id in told if external_id not in known]
        columns = ["external_id", "id", "content_hash", "holding_id", "project_set_id", "inherited_id"]
        for row in self._dialect.lookup(
            conn, schema.resource, columns, "external_id", missing, within=("source_id", self._source_id)
        ):
            held = known[row[0]] = Held(row[1], bytes(row[2]), row[3], row[4], row[5])
            held.at, held.projects_at, held.services_at = self._heard.of_resource(held.id)
        new: list[_Word] = []
        renamed: dict[int, tuple[Held, Resource]] = {}
        regrouped: dict[int, Held] = {}
        for external_id, word in told.items():
            there = known.get(external_id)
            if there is None:
                new.append(word)
                continue
            resource, at, projects, projects_at = word
            if whole and self._rename(there, resource, at):
                renamed[there.id] = there, resource
                there.is_settled = False
            if projects is not None and self._regroup(conn, there, projects, projects_at):
                regrouped[there.id] = there
            there.at = max(there.at, at)
        self._make(conn, holdings, new, services=services, now=now)
        served = self._serve(conn, services)
        for external_id in {seen.resource.external_id for seen in observations}:
            self._heard.resource(known[external_id].id, known[external_id].dates)
        self._former_heirs |= moving.heirs(conn, renamed)
        self.former_bases = lineage.bases_of_resources(conn, renamed)
        self.named_anew = {*self.former_bases, *_images_told(renamed, new)}
        moved = self._change(
            conn, holdings, renamed, regrouped, served, ledger=ledger, now=now, since=since, waits=waits
        )
        return known, moved

    def _rename(self, held: Held, resource: Resource, at: int) -> bool:
        """Take a word on everything but its projects in. Returns whether it changes anything."""
        digest = self._digests.of(resource)
        if digest == held.digest or (at, digest) < (held.at, held.digest if held.at else b""):
            return False
        held.digest = digest
        return True

    def _regroup(self, conn: Connection, held: Held, projects: Projects, at: int) -> bool:
        """Take a word on its projects in. Returns whether it changes anything."""
        if at < held.projects_at:
            return False
        if at == held.projects_at and at:
            # Another word of the same date: perhaps one that is no longer held in memory.
            stored = self._projects.told_of(conn, held.set_id) if held.projects is None else held.projects
            projects = joined(stored, projects)
        held.projects, held.projects_at = projects, at
        before, held.set_id = held.set_id, self._projects.set_of(conn, projects)
        return held.set_id != before

    def _serve(self, conn: Connection, told: Mapping[str, tuple[Services, int]]) -> dict[int, Held]:
        """Take words on services in. Returns the resources of which they may change anything."""
        words = [(self._known[external_id], *word) for external_id, word in told.items()]
        unsure = {held.id for held, _, at in words if held.services is None and at and at == held.services_at}
        decode = msgspec.msgpack.Decoder(Resource).decode
        stored = {
            id_: decode(bytes(body)).services
            for id_, body in self._dialect.lookup(conn, schema.resource, ["id", "body"], "id", unsure)
        }
        served: dict[int, Held] = {}
        for held, services, at in words:
            if at < held.services_at:
                continue
            before = stored.get(held.id) if held.services is None else held.services
            both = together(before, services) if before is not None and at == held.services_at else services
            if both != before:
                served[held.id] = held
            held.services, held.services_at = both, at
        return served

    def _told(self, observations: Sequence[Observed]) -> dict[str, _Word]:
        """What these observations tell of resources beyond what is known."""
        told: dict[str, _Word] = {}
        known, digest_of = self._known, self._digests.of
        for seen in observations:
            resource = seen.resource
            external_id = resource.external_id
            projects = None if seen.projects is UNSET else seen.projects
            at = date(seen)
            projects_at = 0 if projects is None else at
            other = told.get(external_id)
            if other is None:
                held = known.get(external_id)
                is_known = held is not None and (projects is None or held.projects is projects)
                if is_known and held is not None and held.digest == digest_of(resource):
                    held.at = max(held.at, at)
                    held.projects_at = max(held.projects_at, projects_at)
                else:
                    told[external_id] = (resource, at, projects, projects_at)
                continue
            kept, kept_at, kept_projects, kept_projects_at = other
            if kept is resource and kept_projects is projects:
                if at > kept_at:
                    told[external_id] = (resource, at, projects, projects_at)
                continue
            if projects is not None and kept_projects is not None and at == kept_projects_at:
                projects = joined(kept_projects, projects)
            elif projects is None or (kept_projects is not None and at < kept_projects_at):
                projects, projects_at = kept_projects, kept_projects_at
            is_newer = at > kept_at or (at == kept_at and digest_of(resource) > digest_of(kept))
            told[external_id] = (resource if is_newer else kept, max(at, kept_at), projects, projects_at)
        return told

    def _make(
        self,
        conn: Connection,
        holdings: Holdings,
        new: Sequence[_Word],
        *,
        services: Mapping[str, tuple[Services, int]],
        now: Instant,
    ) -> None:
        if not new:
            return
        source = holdings.source_name(conn, self._source_id)
        told: list[tuple[Resource, list[tuple[str, str]], int, Ownership]] = []
        for resource, _, projects, _ in new:
            set_id = self._projects.set_of(conn, projects or ())
            names = _canonical(resource.aliases)
            its_services = services.get(resource.external_id)
            if its_services is not None and its_services[0]:
                whole = msgspec.structs.replace(resource, services=its_services[0])
            else:
                whole = resource
            members = self._projects.members(conn, set_id)
            told.append((whole, names, set_id, holdings.decide(conn, subject_of(whole, names, members, source=source))))
        rows: list[Row] = []
        aliases: list[Row] = []
        terms: list[Row] = []
        evidence: list[Row] = []
        spells: list[Row] = []
        held_by = holdings.intern_all(conn, [each[-1] for each in told])
        parts = zip(new, told, held_by, strict=True)
        for id_, ((resource, at, projects, projects_at), (whole, names, set_id, ownership), holding_id) in enumerate(
            parts, next_id(conn, schema.resource)
        ):
            digest = self._digests.of(resource)
            body = msgspec.msgpack.encode(whole)
            rows.append((
                id_, self._source_id, whole.external_id, whole.name, whole.type, resource_text(whole), set_id,
                holding_id, digest, body, holding_id, None,
            ))  # fmt: skip
            aliases.extend((form, value, id_) for form, value in names)
            terms.extend((form, value, id_) for form, value in terms_of(whole))
            evidence += candidates.rows_of(holdings, id_, ownership)
            spells.append((id_, now, None, holding_id, ownership.tier))
            held = Held(id_, digest, holding_id, set_id, holding_id)
            held.at, held.projects, held.projects_at = at, projects, projects_at
            if whole.external_id in services:
                held.services, held.services_at = services[whole.external_id]
            self._known[whole.external_id] = held
        self._dialect.insert(conn, schema.resource, rows)
        self._dialect.insert(conn, schema.resource_alias, aliases)
        self._dialect.insert(conn, schema.resource_term, terms)
        candidates.insert(conn, self._dialect, evidence, now=now)
        self._dialect.insert(conn, schema.ownership_spell, spells)

    def _change(
        self,
        conn: Connection,
        holdings: Holdings,
        renamed: dict[int, tuple[Held, Resource]],
        regrouped: dict[int, Held],
        served: dict[int, Held],
        *,
        ledger: Ledger,
        now: Instant,
        since: Instant | None,
        waits: bool,
    ) -> int:
        """Write changed resources down, and decide those anew of which something differs that ownership looks at."""
        heard = served | {id_: held for id_, (held, _) in renamed.items()}
        rewritten = self._rename_stored(conn, renamed, served, holdings, now=now)
        unsure = {id_: heard[id_] for id_ in rewritten} | regrouped
        if not unsure:
            return 0
        sets = [(held.set_id, id_) for id_, held in regrouped.items()]
        self._dialect.update(conn, schema.resource, ["project_set_id"], ["id"], sets)
        self._undecided.update(unsure)
        return 0 if waits else self.decide(conn, holdings, ledger, now=now, since=since)

    def decide(
        self, conn: Connection, holdings: Holdings, ledger: Ledger, *, now: Instant, since: Instant | None
    ) -> int:
        """Decide whose those are of which something differs that ownership looks at. Returns how many findings moved."""
        ids = list(self._undecided)
        self._undecided.clear()
        if not ids:
            return 0
        moves = owning.decide_again(conn, self._dialect, holdings, ids, now=now, since=since)
        moved = self._follow(moving.move(conn, self._dialect, holdings, moves, ledger, now=now, since=since))
        after = {each.resource_id: each.after for each in moves}
        for held in self._known.values() if after else ():
            held.holding_id = after.get(held.id, held.holding_id)
        return moved

    def inherit(
        self, conn: Connection, holdings: Holdings, observations: Iterable[Observed], images: Collection[str],
        ledger: Ledger, *, now: Instant, since: Instant | None,
    ) -> int:  # fmt: skip
        """See whose that is which came with base images, of the resources of these observations and of what they change.

        `images`: those that tell another base than before. Returns how many findings went to another holding.
        """
        unsettled: set[int] = set()
        for seen in observations:
            held = self._known[seen.resource.external_id]
            if not held.is_settled:
                held.is_settled = True
                if any(form == IMAGE for form, _ in seen.resource.aliases):
                    unsettled.add(held.id)
        if not unsettled and not images and not self._former_heirs:
            return 0
        ids = {*unsettled, *self._former_heirs, *lineage.resources_of(conn, images), *moving.heirs(conn, unsettled)}
        self._former_heirs.clear()
        return self._follow(moving.settle(conn, self._dialect, holdings, ids, ledger, now=now, since=since))

    def stand_in(
        self, conn: Connection, holdings: Holdings, ledger: Ledger, *, now: Instant, since: Instant | None
    ) -> int:
        """Store the base images that images of this source tell of and no source lists, so that they can be somebody's.

        Returns how many findings went to another holding.
        """
        names = lineage.unlisted(conn, self._source_id)
        if not names:
            return 0
        self._make(conn, holdings, [(stand_in(name), 0, None, 0) for name in names], services={}, now=now)
        ids = lineage.resources_of(conn, lineage.built_on(conn, names)).keys()
        return self._follow(moving.settle(conn, self._dialect, holdings, ids, ledger, now=now, since=since))

    def _follow(self, moved: Moved) -> int:
        """Take in what moved others as well."""
        for held in self._known.values() if moved.inherited else ():
            held.inherited_id = moved.inherited.get(held.id, held.inherited_id)
        return moved.findings

    def _rename_stored(
        self, conn: Connection, renamed: dict[int, tuple[Held, Resource]], served: dict[int, Held], holdings: Holdings,
        *, now: Instant,
    ) -> Iterable[int]:  # fmt: skip
        """Write what is new about resources; texts, names and terms, which indexes hang on, only where they differ.

        Returns the ids of those of which something differs that ownership is decided by.
        """
        news: list[News] = []
        unsure: list[int] = []
        rows: list[Row] = []
        texts: list[Row] = []
        names: dict[int, list[tuple[str, str]]] = {}
        terms: dict[int, list[tuple[str, str]]] = {}
        decode = msgspec.msgpack.Decoder(Resource).decode
        for id_, body in self._dialect.lookup(conn, schema.resource, ["id", "body"], "id", renamed | served):
            former = decode(bytes(body))
            held, resource = renamed.get(id_) or (served[id_], former)
            told = former.services if held.services is None else held.services
            if told != resource.services:
                resource = msgspec.structs.replace(resource, services=told)
            if resource == former and id_ not in renamed:
                continue
            rows.append((resource.name, resource.type, held.digest, msgspec.msgpack.encode(resource), id_))
            if not is_text_equal(former, resource):
                texts.append((resource_text(resource), id_))
            if former.aliases != resource.aliases:
                canonical_names = _canonical(resource.aliases)
                if canonical_names != _canonical(former.aliases):
                    names[id_] = canonical_names
            if not are_terms_equal(former, resource):
                terms[id_] = terms_of(resource)
                news += _changed_words(id_, former, resource, holdings)
            if id_ in names or not is_judged_alike(former, resource):
                unsure.append(id_)
        signals.note(conn, self._dialect, news, now=now)
        self._dialect.update(conn, schema.resource, ["name", "type", "content_hash", "body"], ["id"], rows)
        self._dialect.update(conn, schema.resource, ["search"], ["id"], texts)
        for table, pairs in ((schema.resource_alias, names), (schema.resource_term, terms)):
            ids = list(pairs)
            for start in range(0, len(ids), 500):
                conn.execute(delete(table).where(table.c.resource_id.in_(ids[start : start + 500])))
            inserted = [(form, value, id_) for id_, found in pairs.items() for form, value in found]
            self._dialect.insert(conn, table, inserted)
        return unsure


def _images_told(renamed: Mapping[int, tuple[Held, Resource]], new: Iterable[_Word]) -> Iterable[str]:
    """The images of which these words tell something: a changed one whatever it names, a new one what it was built on."""
    for resource in (resource for _, resource in renamed.values()):
        yield from (value for form, value in resource.aliases if form == IMAGE)
    for resource, *_ in new:
        if any(form == IMAGE_BASE for form, _ in resource.aliases):
            yield from (value for form, value in resource.aliases if form == IMAGE)


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


def _canonical(aliases: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Names in the spelling that claims are compared in, each once."""
    return sorted({(form, value) for form, text in aliases if (value := canonical(form, text))})
