"""A made-up source of findings, held in a dictionary, with faults that can be switched on."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from callboard.domain.alias import IMAGE, IMAGE_BASE, WIZ_ASSET
from callboard.domain.finding import (
    BaseLayer,
    Detail,
    Kind,
    Observed,
    Project,
    Rejected,
    Resource,
    Rule,
    Severity,
    State,
    System,
)
from callboard.domain.instant import DAY, MINUTE, Instant
from callboard.domain.run import Mode, Part, Scope, Size
from callboard.errors import SourceError
from callboard.ports import Check, ProjectRecord, RawNode, RawPage, Split
from tests.support.clocks import SettableClock

SEVERE = ("critical", "high")
OTHER = ("medium", "unknown", "low", "info")
OVERLAP = 5 * MINUTE
"""How far before its watermark a delta run asks."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One finding as the source holds it. As JSON it is what the source hands out."""

    id: str
    kind: str = "issue"
    state: str = "open"
    severity: str = "high"
    rule: str = "rule-1"
    rule_name: str = ""
    resource: str = "resource-1"
    resource_name: str = ""
    resource_type: str = "VIRTUAL_MACHINE"
    projects: tuple[str, ...] = ()
    first: int
    last: int
    changed: int
    """When its status changed."""
    updated: int
    fixed: int | None = None
    due: int | None = None
    note: str = ""
    package: str = ""
    """Empty: it is in no package."""
    version: str = ""
    fixed_version: str = ""
    image: str = ""
    """The image that the resource is or runs. Empty: none."""
    layer: str = "base"
    """In which layer of that image it is: "base", or "own"."""
    system: str = ""
    """The operating system that the package is part of. Empty: of none."""
    settings: str = ""
    """The type of resource that it is a setting of. Empty: of none."""
    base: str = ""
    """What the resource says that the image was built on. Empty: nothing."""


def observed(record: Record) -> Observed:
    """The record as the source's reader understands it."""
    package = record.package or UNSET
    has_fix = bool(record.package and record.fixed_version)
    return Observed(
        external_id=record.id,
        kind=KINDS[record.kind],
        state=STATES[record.state],
        severity=SEVERITIES[record.severity],
        title=f"Rule {record.rule}",
        rule=Rule(external_id=record.rule, name=record.rule_name or f"Rule {record.rule}", kind="Control"),
        resource=Resource(
            external_id=record.resource,
            name=record.resource_name or f"Machine {record.resource}",
            type=record.resource_type,
            aliases=((WIZ_ASSET, record.resource), *_lineage(record)),
        ),
        projects=tuple(Project(external_id=each, name=each.title()) for each in record.projects),
        first_detected_at=Instant(record.first),
        last_detected_at=Instant(record.last),
        status_changed_at=Instant(record.changed),
        fixed_at=None if record.fixed is None else Instant(record.fixed),
        due_at=None if record.due is None else Instant(record.due),
        updated_at=Instant(record.updated),
        url=f"https://app.wiz.io/issues#{record.id}",
        fix=f"package:{package}:{record.fixed_version}" if has_fix else f"settings:{record.settings}" if record.settings else None,
        layer=BaseLayer(record.image) if record.image and record.layer == "base" else None,
        system=_system(record),
        detail=Detail(
            description=record.note, source_status=record.state, package=package, version=record.version or UNSET,
        ),
    )  # fmt: skip


def _system(record: Record) -> System | None:
    if not record.system:
        return None
    return System(record.image) if record.image else System(family=record.system)


def _lineage(record: Record) -> Iterable[tuple[str, str]]:
    if record.image:
        yield IMAGE, record.image
    if record.base:
        yield IMAGE_BASE, record.base


def told_by_file(record: Record, **fields: Any) -> Observed:
    """The same finding from a door that tells little: no version, no projects, no due date, no description."""
    blank: dict[str, Any] = {
        "projects": UNSET, "due_at": UNSET, "updated_at": UNSET, "status_changed_at": UNSET, "url": UNSET, "fix": UNSET,
        "detail": Detail(resolution="from a file"),
    }  # fmt: skip
    return msgspec.structs.replace(observed(record), **(blank | fields))


KINDS = {kind.word: kind for kind in Kind}
STATES = {state.word: state for state in State}
SEVERITIES = {severity.word: severity for severity in Severity}


class World:
    """The made-up source. It implements `ports.Source`."""

    kind = "made-up"

    def __init__(self, clock: SettableClock, *, name: str = "world", page_size: int = 5) -> None:
        self.name = name
        self.scope = Scope()
        self.clock = clock
        self.page_size = page_size
        self.parser_version = 1
        self.records: dict[str, Record] = {}
        self.projects: dict[str, ProjectRecord] = {}
        self.order = 0
        """Another number lists everything in another order."""
        self.heal()

    def heal(self) -> None:
        """Switch every fault off and forget what was asked."""
        self.failing: dict[str, tuple[int, SourceError]] = {}
        """Part → the page from which on it fails, and how."""
        self.slip: dict[str, tuple[int, int]] = {}
        """Part → the page from which on its list has slipped by so many: above 0 some are missed, below 0 come twice."""
        self.splitting: set[str] = set()
        """Parts that are too large to be read in one walk."""
        self.hidden: set[str] = set()
        """Records that no list shows, though the source knows them."""
        self.broken: dict[str, str] = {}
        """Records that come malformed: "field" has a wrong one, "id" has no id to know it by."""
        self.is_empty = False
        """The lists hold nothing."""
        self.asking_fails: SourceError | None = None
        """How `by_ids` fails."""
        self.on_page: Callable[[Part, int], None] = lambda _part, _number: None
        """Called before each page is made; it may change the world, or raise."""
        self.asked: list[str] = []
        """Ids that `by_ids` was asked for."""
        self.given: dict[str, Record] = {}
        """The newest readable version of every record that was handed out."""

    # What happens in the world

    def add(self, id_: str, **fields: Any) -> Record:
        """A new finding."""
        now = self.clock.now()
        dates: dict[str, Any] = {"first": now - DAY, "last": now, "changed": now - DAY, "updated": now}
        self.records[id_] = Record(**({"id": id_} | dates | fields))
        return self.records[id_]

    def fill(self, count: int, *, start: int = 0, **fields: Any) -> list[str]:
        """Many new findings, each on a resource of its own, of both kinds and several severities."""
        words = ("critical", "high", "medium", "low", "info")
        ids = []
        for number in range(start, start + count):
            kind = "issue" if number % 3 else "vulnerability"
            own = {"kind": kind, "severity": words[number % 5], "resource": f"r{number}", "rule": f"rule-{number % 7}"}
            ids.append(self.add(f"f{number:04}", **(own | fields)).id)
        return ids

    def change(self, id_: str, **fields: Any) -> Record:
        """Change a finding in a way that the source dates."""
        return self.change_quietly(id_, **({"updated": self.clock.now()} | fields))

    def change_quietly(self, id_: str, **fields: Any) -> Record:
        """Change a finding without any date moving, as a new severity or project does at Wiz."""
        self.records[id_] = msgspec.structs.replace(self.records[id_], **fields)
        return self.records[id_]

    def resolve(self, id_: str, state: str = "fixed") -> None:
        """The source says that it is closed."""
        now = self.clock.now()
        self.change(id_, state=state, changed=now, fixed=now)

    def reopen(self, id_: str) -> None:
        """The source says that it is back."""
        self.change(id_, state="open", changed=self.clock.now(), fixed=None)

    def remove(self, *ids: str) -> None:
        """The source forgets findings altogether."""
        for id_ in ids:
            del self.records[id_]

    def redetect(self, *ids: str) -> None:
        """A scan has seen findings again: nothing but that date moves."""
        for id_ in ids:
            self.change_quietly(id_, last=self.clock.now())

    def rename_all(self) -> None:
        """The source gives every finding a new id."""
        self.records = {
            f"new-{id_}": msgspec.structs.replace(each, id=f"new-{id_}") for id_, each in self.records.items()
        }

    # What a reader asks

    def promise(self, part_kind: str, door: str) -> str:
        """Changes with the version of the parser."""
        return f"{self.parser_version}/{part_kind}/{door}"

    def plan(self, mode: Mode, *, since: Instant | None, now: Instant) -> tuple[Part, ...]:  # noqa: ARG002 - the port's
        """Projects, then two parts a kind; a delta run reads one part a kind."""
        parts = [Part(name="project/all", kind="project", filter="{}")] if self.projects else []
        wanted = [severity.word for severity in self.scope.severities]
        for kind in self.scope.kinds:
            if mode is Mode.DELTA:
                after = None if since is None else since - OVERLAP
                parts.append(_part(f"{kind.word}/delta", kind.word, severities=wanted, after=after))
                continue
            for name, group in (("severe", SEVERE), ("other", OTHER)):
                severities = [word for word in wanted if word in group]
                parts.append(_part(f"{kind.word}/{name}", kind.word, severities=severities))
        return tuple(parts)

    async def pages(self, part: Part, cursor: str | None) -> AsyncIterator[RawPage | Split]:
        """Pages by offset, each made from the world as it is then."""
        if part.name in self.splitting:
            asked = msgspec.json.decode(part.filter)
            yield Split(
                parts=tuple(_part(f"{part.name}/{half}", part.kind, **(asked | {"half": half})) for half in (0, 1))
            )
            return
        number = int(cursor or 0)
        while True:
            self.on_page(part, number)
            page, error = self.failing.get(part.name, (0, None))
            if error is not None and number >= page:
                raise error
            nodes, is_last, count = self._page(part, number)
            number += 1
            sent_at = self.clock.now()
            yield RawPage(nodes=nodes, cursor=None if is_last else str(number), expected=count, sent_at=sent_at)
            if is_last:
                return

    async def by_ids(self, kind: Kind, ids: Sequence[str]) -> AsyncIterator[RawPage]:
        """What the source knows of these ids, two records a page."""
        if self.asking_fails is not None:
            raise self.asking_fails
        self.asked.extend(ids)
        found = [self.records[id_] for id_ in ids if id_ in self.records and self.records[id_].kind == kind.word]
        for start in range(0, len(found), 2):
            is_last = start + 2 >= len(found)
            nodes = [self._node(record) for record in found[start : start + 2]]
            yield RawPage(nodes=nodes, cursor=None if is_last else str(start))

    def parse(self, part_kind: str, raw: bytes | memoryview) -> Observed | Rejected:
        """One record."""
        try:
            return observed(msgspec.json.decode(raw, type=Record))
        except (msgspec.DecodeError, KeyError) as error:
            id_ = msgspec.json.decode(raw).get("id")
            return Rejected(where=part_kind, reason=str(error), external_id=id_)

    def parse_project(self, raw: bytes | memoryview) -> ProjectRecord | Rejected:
        """One project."""
        try:
            return msgspec.json.decode(raw, type=ProjectRecord)
        except msgspec.DecodeError as error:
            return Rejected(where="project", reason=str(error))

    async def estimate(self, *, now: Instant) -> AsyncIterator[Size]:
        """Part by part."""
        for part in self.plan(Mode.FULL, since=None, now=now):
            yield Size(part=part.name, count=len(self.listed(part)), capped=False, calls=1)

    async def check(self) -> tuple[Check, ...]:
        """Nothing to say."""
        return ()

    async def close(self) -> None:
        """Nothing to let go."""

    # How its lists are made

    def listed(self, part: Part) -> list[Record]:
        """The records that a part's list holds, in its order, without any fault."""
        asked = msgspec.json.decode(part.filter)
        return sorted(
            (record for record in self.records.values() if self._is_asked(record, part.kind, asked)),
            key=lambda record: (zlib.crc32(f"{self.order}{record.id}".encode()) if self.order else 0, record.id),
        )

    def visible(self) -> dict[str, Record]:
        """The records that a full run without faults is shown."""
        parts = self.plan(Mode.FULL, since=None, now=self.clock.now())
        return {record.id: record for part in parts if part.kind != "project" for record in self.listed(part)}

    def _is_asked(self, record: Record, kind: str, asked: dict[str, Any]) -> bool:
        return (
            record.kind == kind
            and record.severity in asked["severities"]
            and record.id not in self.hidden
            and (not self.scope.projects or bool(set(self.scope.projects) & set(record.projects)))
            and record.updated >= (asked.get("after") or 0)
            and asked.get("half") in (None, zlib.crc32(record.id.encode()) % 2)
        )

    def _page(self, part: Part, number: int) -> tuple[list[RawNode], bool, int]:
        if part.kind == "project":
            return [_project_node(each) for each in self.projects.values()], True, len(self.projects)
        records = [] if self.is_empty else self.listed(part)
        start = number * self.page_size
        end = start + self.page_size
        slipped_from, slip = self.slip.get(part.name, (0, 0))
        if slip and number >= slipped_from:
            start, end = max(0, start + slip), end + slip
        return [self._node(record) for record in records[start:end]], end >= len(records), len(records)

    def _node(self, record: Record) -> RawNode:
        fault = self.broken.get(record.id)
        if fault is None:
            other = self.given.get(record.id)
            if other is None or record.updated >= other.updated:
                self.given[record.id] = record
        body: dict[str, Any] = msgspec.to_builtins(record)
        if fault == "field":
            body["severity"] = 7
        elif fault == "id":
            body["id"] = None
        stable = {name: value for name, value in body.items() if name != "last"}
        return RawNode(
            stable=msgspec.json.encode(stable, order="sorted"),
            raw=msgspec.json.encode(body),
            last_detected_at=Instant(record.last),
        )


def _part(
    name: str, kind: str, *, severities: Iterable[str], after: int | None = None, half: int | None = None
) -> Part:
    asked = {"severities": list(severities), "after": after, "half": half}
    return Part(name=name, kind=kind, filter=msgspec.json.encode(asked).decode())


def _project_node(record: ProjectRecord) -> RawNode:
    raw = msgspec.json.encode(record)
    return RawNode(stable=raw, raw=raw)
