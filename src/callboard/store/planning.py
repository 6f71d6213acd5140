"""What other evidence would do to what is stored: every resource judged in memory, nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, delete, func, select

from callboard.domain.access import Depth, Visibility
from callboard.domain.component import EntityRef
from callboard.domain.evidence import RULE, Evidence
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership import Tier, Verdict, holding_key
from callboard.domain.plan import Access, Example, RuleReach, Shift
from callboard.store import owning, schema, touched
from callboard.store.database import Store
from callboard.store.evidence import Known
from callboard.store.owning import Holdings, Judged
from callboard.store.planning_inherited import inherited_anew
from callboard.store.visible import visible

MOST_SHIFTS = 50
MOST_EXAMPLES = 5

f = schema.finding.c


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
    holdings = Holdings(conn, store, Known(known.mark, evidence, known.ids))
    stored = {row.key: row.id for row in conn.execute(select(schema.holding.c.key, schema.holding.c.id))}
    all_ids = touched.everything(conn)
    work = _Work()
    for judged in owning.judge(conn, store.dialect, holdings, all_ids):
        former = _evidence_of(conn, store, [each.id for each in judged])
        for each in judged:
            work.note(each, stored, former.get(each.id, frozenset()), holdings)
    parts = _parts(conn, store, visibility, holdings, work.moved)
    groups = _groups(conn, holdings, parts)
    moved = [part for key, many in groups.items() if _is_move(key) for part in many]
    return Survey(
        resources=len(all_ids),
        touched=tuple(work.touched),
        moved_resources=len({part.judged.id for part in moved}),
        moved_findings=sum(part.findings for part in moved),
        inherited_findings=sum(part.findings for part in moved if part.base is not None),
        seen_otherwise=sum(part.base is None for key, many in groups.items() if not _is_move(key) for part in many),
        shifts=tuple(_shifts(conn, store, holdings, groups)),
        shift_count=len(groups),
        access=tuple(_access(conn, holdings, parts)),
        reach=tuple(
            RuleReach(rule=rule, resources=n, decides=work.decides[rule]) for rule, n in sorted(work.matched.items())
        ),
        conflicts=sum(
            each.ownership.verdict is Verdict.CONFLICT and each.ownership.tier == Tier.RULE
            for each in work.moved.values()
        ),
    )


class _Work:
    """What is gathered while resources are judged."""

    def __init__(self) -> None:
        self.touched: list[int] = []
        self.moved: dict[int, Judged] = {}
        self.matched: Counter[str] = Counter()
        self.decides: Counter[str] = Counter()
        self._known: dict[tuple[object, ...], int | None] = {}

    def note(
        self, judged: Judged, stored: dict[str, int], former: frozenset[tuple[object, ...]], holdings: Holdings
    ) -> None:
        """One resource."""
        found = judged.ownership
        for each in found.candidates:
            if each.form == RULE:
                self.matched[each.value] += 1
                self.decides[each.value] += each.tier == found.tier and each.entity in found.routes
        parts = (found.verdict, found.reason, found.routes, found.readers)
        if parts not in self._known:
            self._known[parts] = stored.get(holding_key(found))
        is_moved = self._known[parts] != judged.holding_id
        if is_moved:
            self.moved[judged.id] = judged
        if is_moved or former != frozenset(row[1:6] for row in holdings.candidate_rows(judged.id, found, now=_NEVER)):
            self.touched.append(judged.id)


class _Part(msgspec.Struct, frozen=True):
    """Findings of one resource that would stand elsewhere: its own, or those that came with its base image."""

    judged: Judged
    findings: int
    """Open ones in sight."""
    base: str | None
    """The base image that they came with. None: the resource's own."""


_Key = tuple[tuple[EntityRef, ...], tuple[EntityRef, ...], str]
"""From where to where, and how it would end."""


def _is_move(key: _Key) -> bool:
    """Whether it goes to others, or into conflict; else it stays, and is seen to another depth."""
    return key[0] != key[1] or key[2] == Verdict.CONFLICT


def _parts(
    conn: Connection, store: Store, visibility: Visibility, holdings: Holdings, moved: Mapping[int, Judged]
) -> list[_Part]:
    """Everything that would stand elsewhere."""
    passed_on = inherited_anew(conn, store, holdings, moved)
    counts = _open(conn, visibility, moved.keys() | passed_on.keys())
    parts = []
    for id_, each in moved.items():
        own, based = counts.get((id_, 0), 0), counts.get((id_, 1), 0)
        parts.append(_Part(each, own if id_ in passed_on else own + based, None))
    for id_, other in passed_on.items():
        if other is not None:
            parts.append(_Part(other.judged, counts.get((id_, 1), 0), other.base))
    return parts


def _groups(conn: Connection, holdings: Holdings, parts: Iterable[_Part]) -> dict[_Key, list[_Part]]:
    """What would move, by from where to where."""
    found: dict[_Key, list[_Part]] = {}
    for part in parts:
        before, after = holdings.home(conn, part.judged.holding_id).routes, part.judged.ownership
        found.setdefault((before, after.routes, after.verdict.value), []).append(part)
    return found


_NEVER = Instant(0)


def _evidence_of(conn: Connection, store: Store, ids: Iterable[int]) -> dict[int, frozenset[tuple[object, ...]]]:
    columns = ["resource_id", "entity_id", "form", "value", "tier", "evidence"]
    found: dict[int, set[tuple[object, ...]]] = {}
    for id_, *rest in store.dialect.lookup(conn, schema.candidate, columns, "resource_id", ids):
        found.setdefault(id_, set()).add(tuple(rest))
    return {id_: frozenset(rows) for id_, rows in found.items()}


def _open(conn: Connection, visibility: Visibility, ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Open findings in sight of these resources, those that came with the base apart: by (resource, 1 for the base)."""
    wanted = list(ids)
    found: dict[tuple[int, int], int] = {}
    for start in range(0, len(wanted), 500):
        rows = conn.execute(
            select(f.resource_id, f.base_layer, func.count())
            .where(f.resource_id.in_(wanted[start : start + 500]), f.closed == 0, visible(f.holding_id, visibility))
            .group_by(f.resource_id, f.base_layer)
        )
        found.update(((id_, base_layer), n) for id_, base_layer, n in rows)
    return found


def _shifts(conn: Connection, store: Store, holdings: Holdings, groups: Mapping[_Key, list[_Part]]) -> Iterable[Shift]:
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


def _access(conn: Connection, holdings: Holdings, parts: Iterable[_Part]) -> Iterable[Access]:
    """Whose sight would change, by how many findings."""
    changed: dict[EntityRef, Counter[str]] = {}
    former: dict[int, dict[EntityRef, int]] = {}
    for part in parts:
        judged, n = part.judged, part.findings
        if not n:
            continue
        if judged.holding_id not in former:
            former[judged.holding_id] = _readers(conn, judged.holding_id)
        before = former[judged.holding_id]
        after: dict[EntityRef, int] = {}
        for ref, depth in judged.ownership.readers:
            owner = holdings.evidence.owners.get(ref)
            if owner is not None:
                after[owner] = max(int(depth), after.get(owner, 0))
        for owner in before.keys() | after.keys():
            was, will = before.get(owner, 0), after.get(owner, 0)
            counter = changed.setdefault(owner, Counter())
            counter["gained"] += n * (will >= Depth.WORK > was)
            counter["lost"] += n * (was >= Depth.WORK > will)
            counter["gained_sensitive"] += n * (will >= Depth.SENSITIVE > was)
            counter["lost_sensitive"] += n * (was >= Depth.SENSITIVE > will)
    told = [Access(owner=owner, **counter) for owner, counter in changed.items() if any(counter.values())]
    return sorted(told, key=lambda each: (-(each.gained + each.lost), -each.gained_sensitive, each.owner))


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
