"""What other evidence would do to what is stored: every resource judged in memory, nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

import msgspec
from sqlalchemy import Connection, delete, func, select

from callboard.domain.access import Depth, Visibility
from callboard.domain.component import EntityRef
from callboard.domain.evidence import RULE, Evidence
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership import Tier, Verdict
from callboard.domain.picking import Number
from callboard.domain.plan import Access, Example, RuleReach, Shift
from callboard.store import judging, schema
from callboard.store.database import Store
from callboard.store.evidence import Known
from callboard.store.judging import Key, Part, judge_anew
from callboard.store.owning import Holdings, Judged

MOST_SHIFTS = 50
MOST_EXAMPLES = 5


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What would follow from the evidence."""

    resources: int
    touched: tuple[int, ...]
    """Resources whose evidence or holding would change."""
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
    """Judge every resource by other evidence. Findings are counted as far as they are in sight."""
    anew = judge_anew(conn, store, visibility, known, evidence)
    holdings, work = anew.holdings, anew.work
    groups = judging.groups(conn, holdings, anew.parts)
    moved = [part for key, many in groups.items() if judging.is_move(key) for part in many]
    return Survey(
        resources=work.resources,
        touched=tuple(work.touched),
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
            RuleReach(rule=rule, resources=n, decides=work.decides[rule]) for rule, n in sorted(work.matched.items())
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
    changed: dict[EntityRef, Counter[str]] = {}
    former = Former(conn)
    for part in parts:
        if not part.findings:
            continue
        for owner, depths in former.sight(holdings, part.judged).items():
            counter = changed.setdefault(owner, Counter())
            for number, counted in COUNTS.items():
                counter[number.replace("-", "_")] += part.findings * counted(*depths)
    told = [Access(owner=owner, **counter) for owner, counter in changed.items() if any(counter.values())]
    return sorted(told, key=lambda each: (-(each.gained + each.lost), -each.gained_sensitive, each.owner))


class Former:
    """Who sees what is held now, looked up once for each holding."""

    def __init__(self, conn: Connection) -> None:
        self._conn = conn
        self._known: dict[int, dict[EntityRef, int]] = {}

    def sight(self, holdings: Holdings, judged: Judged) -> dict[EntityRef, tuple[int, int]]:
        """How deep each owner sees it now, and would."""
        if judged.holding_id not in self._known:
            self._known[judged.holding_id] = _readers(self._conn, judged.holding_id)
        before = self._known[judged.holding_id]
        after: dict[EntityRef, int] = {}
        for ref, depth in judged.ownership.readers:
            owner = holdings.evidence.owners.get(ref)
            if owner is not None:
                after[owner] = max(int(depth), after.get(owner, 0))
        return {owner: (before.get(owner, 0), after.get(owner, 0)) for owner in before.keys() | after.keys()}


def _readers(conn: Connection, holding_id: int) -> dict[EntityRef, int]:
    """The owners who see what a holding holds, and how deep."""
    reader, entity, owner = schema.holding_reader.c, schema.entity.c, schema.entity.alias("owner").c
    rows = conn.execute(
        select(owner.ref, func.max(reader.depth))
        .join_from(schema.holding_reader, schema.entity, entity.id == reader.entity_id)
        .join(owner.id.table, owner.id == entity.owner_id)
        .where(reader.holding_id == holding_id)
        .group_by(owner.ref)
    )
    return {EntityRef(ref): int(depth) for ref, depth in rows}


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
    c = schema.candidate.c
    rows = conn.execute(select(c.value, func.count(c.resource_id.distinct())).where(c.form == RULE).group_by(c.value))
    return {rule: int(n) for rule, n in rows}


def note_reach(conn: Connection, store: Store, *, now: Instant) -> None:
    """Keep how many resources each rule matches today, where that is another number than before."""
    before, after = reach(conn), matched_now(conn)
    day = now // DAY
    changed = {
        rule: after.get(rule, 0) for rule in before.keys() | after.keys() if before.get(rule) != after.get(rule, 0)
    }
    table = schema.rule_day
    for rule in changed:
        conn.execute(delete(table).where(table.c.rule == rule, table.c.day == day))
    store.dialect.insert(conn, table, [(rule, day, n) for rule, n in sorted(changed.items())])
