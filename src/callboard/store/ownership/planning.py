"""What other evidence would do to what is stored: every resource judged in memory, nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache

import msgspec
from sqlalchemy import Connection, delete, func, select

from callboard.domain.access import Depth, Visibility
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.evidence import Evidence
from callboard.domain.ownership.picking import Number
from callboard.domain.ownership.plan import Access, Example, RuleReach, Shift
from callboard.domain.ownership.verdict import Tier, Verdict
from callboard.store import dialect, schema
from callboard.store.database import Store
from callboard.store.evidence import Known
from callboard.store.ownership import judging
from callboard.store.ownership.candidates import Amendment
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.judging import Key, Part, judge_anew
from callboard.store.ownership.owning import Judged

Readers = tuple[tuple[EntityRef, Depth], ...]

MOST_SHIFTS = 50
MOST_EXAMPLES = 5


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What would follow from the evidence."""

    resources: int
    decisions: tuple[Judged, ...]
    """Of the resources whose evidence or holding would change."""
    amendment: Amendment
    """What they change in the stored evidence."""
    moved_resources: int
    """Routed to others, or to nobody, or in conflict where they were not: they, or what came with their base image."""
    moved_findings: int
    inherited_findings: int
    """Of these: those that came with a base image, and go because of whose that is."""
    seen_otherwise: int
    """Resources that stay where they are, and are seen to another depth."""
    shifts: tuple[Shift, ...]
    shift_count: int
    access: tuple[Access, ...]
    reach: tuple[RuleReach, ...]
    conflicts: int
    """Resources that would newly be in conflict between rules."""


def survey(conn: Connection, store: Store, visibility: Visibility, known: Known, evidence: Evidence) -> Survey:
    """Judge by other evidence what the difference can touch. Findings are counted as far as they are in sight."""
    anew = judge_anew(conn, store, visibility, known, evidence)
    holdings, work = anew.holdings, anew.work
    groups = judging.groups(conn, holdings, anew.parts)
    moved = [part for key, many in groups.items() if judging.is_move(key) for part in many]
    return Survey(
        resources=work.resources,
        decisions=tuple(work.decisions),
        amendment=work.amendment,
        moved_resources=len({part.judged.id for part in moved}),
        moved_findings=sum(part.findings for part in moved),
        inherited_findings=sum(part.findings for part in moved if part.base is not None),
        seen_otherwise=sum(
            part.base is None for key, many in groups.items() if not judging.is_move(key) for part in many
        ),
        shifts=tuple(_shifts(conn, store, holdings, groups)),
        shift_count=len(groups),
        access=tuple(_access(conn, holdings, anew.parts)),
        reach=tuple(
            RuleReach(rule=rule, resources=n, decides=work.decides[rule])
            for rule, n in sorted(work.matched.items())
            if n
        ),
        conflicts=sum(
            each.ownership.verdict is Verdict.CONFLICT and each.ownership.tier == Tier.RULE
            for each in work.moved.values()
        ),
    )


def _shifts(conn: Connection, store: Store, holdings: Holdings, groups: Mapping[Key, list[Part]]) -> Iterable[Shift]:
    sizes = [
        (sum(part.findings for part in many), len({part.judged.id for part in many}), key)
        for key, many in groups.items()
    ]
    sizes.sort(key=lambda each: (-each[0], -each[1], each[2]))
    shown = sizes[:MOST_SHIFTS]
    picked = {part.judged.id for _, _, key in shown for part in groups[key][:MOST_EXAMPLES]}
    columns = ["id", "external_id", "source_id", "name"]
    told = {row[0]: row[1:] for row in store.dialect.lookup(conn, schema.resource, columns, "id", picked)}
    for findings, resources, key in shown:
        before, after, verdict = key
        examples = []
        for part in groups[key][:MOST_EXAMPLES]:
            external_id, source_id, name = told[part.judged.id]
            why = _deciding(part.judged) if part.base is None else f"base image: {part.base or 'not known any more'}"
            examples.append(Example(external_id, holdings.source_name(conn, source_id), name, why))
        yield Shift(
            before=before,
            after=after,
            verdict=verdict,
            resources=resources,
            findings=findings,
            examples=tuple(examples),
        )


def _deciding(judged: Judged) -> str:
    found = judged.ownership
    return next((each.text for each in found.candidates if each.tier == found.tier and not each.dropped), "")


COUNTS: Mapping[Number, Callable[[int, int], bool]] = {
    Number.GAINED: lambda was, will: will >= Depth.WORK > was,
    Number.LOST: lambda was, will: was >= Depth.WORK > will,
    Number.GAINED_SENSITIVE: lambda was, will: will >= Depth.SENSITIVE > was,
    Number.LOST_SENSITIVE: lambda was, will: was >= Depth.SENSITIVE > will,
}
"""Whether an owner's depth of sight, as it was and as it will be, is counted by a number."""


def _access(conn: Connection, holdings: Holdings, parts: Iterable[Part]) -> Iterable[Access]:
    """Whose sight would change, by how many findings."""
    ways: Counter[tuple[int, Readers]] = Counter()
    for part in parts:
        if part.findings:
            ways[part.judged.holding_id, part.judged.ownership.readers] += part.findings
    changed: dict[EntityRef, Counter[str]] = {}
    former = Former(conn)
    former.read({holding_id for holding_id, _ in ways})
    for (holding_id, readers), n in ways.items():
        for owner, depths in former.sight(holdings, holding_id, readers).items():
            counter = changed.setdefault(owner, Counter())
            for number in _counted(*depths):
                counter[number] += n
    told = [Access(owner=owner, **counter) for owner, counter in changed.items() if any(counter.values())]
    return sorted(told, key=lambda each: (-(each.gained + each.lost), -each.gained_sensitive, each.owner))


@cache
def _counted(was: int, will: int) -> tuple[str, ...]:
    """The numbers that count an owner who sees from now on to another depth."""
    return tuple(number.replace("-", "_") for number, counts in COUNTS.items() if counts(was, will))


class Former:
    """Who sees what is held now, looked up once for each holding."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._known: dict[int, dict[EntityRef, int]] = {}

    def read(self, holding_ids: Iterable[int]) -> None:
        """Look up together what `sight` will be asked about."""
        self._known |= _readers(self._conn, set(holding_ids) - self._known.keys())

    def sight(self, holdings: Holdings, holding_id: int, readers: Readers) -> dict[EntityRef, tuple[int, int]]:
        """How deep each owner sees now what this holding holds, and would if these were its readers."""
        if holding_id not in self._known:
            self.read([holding_id])
        before = self._known[holding_id]
        after: dict[EntityRef, int] = {}
        for ref, depth in readers:
            owner = holdings.evidence.owners.get(ref)
            if owner is not None:
                after[owner] = max(int(depth), after.get(owner, 0))
        return {owner: (before.get(owner, 0), after.get(owner, 0)) for owner in before.keys() | after.keys()}


def _readers(conn: Connection, holding_ids: Collection[int]) -> dict[int, dict[EntityRef, int]]:
    """The owners who see what each of these holdings holds, and how deep."""
    lookup, entity = dialect.of(conn).lookup, schema.entity
    columns = ["holding_id", "entity_id", "depth"]
    readers = lookup(conn, schema.holding_reader, columns, "holding_id", holding_ids)
    of_entity = lookup(conn, entity, ["id", "owner_id"], "id", {row[1] for row in readers})
    owner_of: dict[int, int | None] = {row[0]: row[1] for row in of_entity}
    refs = lookup(conn, entity, ["id", "ref"], "id", set(owner_of.values()) - {None})
    ref_of: dict[int | None, EntityRef] = {id_: EntityRef(ref) for id_, ref in refs}
    found: dict[int, dict[EntityRef, int]] = {id_: {} for id_ in holding_ids}
    for holding_id, entity_id, depth in readers:
        owner = ref_of.get(owner_of[entity_id])
        if owner is not None:
            found[holding_id][owner] = max(depth, found[holding_id].get(owner, 0))
    return found


def revision(conn: Connection) -> int:
    """Grows with everything that a reader can see."""
    return int(conn.execute(select(schema.revision.c.n)).scalar_one())


def reach(conn: Connection) -> dict[str, int]:
    """How many resources each rule was last known to match."""
    day = schema.rule_day.c
    last = select(day.rule, func.max(day.day).label("day")).group_by(day.rule).subquery()
    rows = conn.execute(select(day.rule, day.resources).join(last, (last.c.rule == day.rule) & (last.c.day == day.day)))
    return {rule: int(n) for rule, n in rows}


def matched_now(conn: Connection) -> dict[str, int]:
    """How many resources each rule matches, by the evidence that is stored."""
    return dict(judging.reach_by_evidence(conn)[0])


def note_reach(conn: Connection, store: Store, *, now: Instant, after: Mapping[str, int] | None = None) -> None:
    """Keep how many resources each rule matches today, where that is another number than before.

    `after`: the numbers, where they are known; else the evidence that is stored is counted.
    """
    before = reach(conn)
    after = matched_now(conn) if after is None else after
    day = now // DAY
    changed = {
        rule: after.get(rule, 0) for rule in before.keys() | after.keys() if before.get(rule) != after.get(rule, 0)
    }
    table = schema.rule_day
    for rule in changed:
        conn.execute(delete(table).where(table.c.rule == rule, table.c.day == day))
    store.dialect.insert(conn, table, [(rule, day, n) for rule, n in sorted(changed.items())])
