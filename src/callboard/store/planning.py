"""What other evidence would do to what is stored: every resource judged in memory, nothing written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

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
    """Routed to others, or to nobody, or in conflict where they were not."""
    moved_findings: int
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
    counts = _open(conn, visibility, work.moved)
    groups = work.groups(conn, holdings)
    return Survey(
        resources=len(all_ids),
        touched=tuple(work.touched),
        moved_resources=sum(
            len(many) for key, many in groups.items() if key[0] != key[1] or key[2] == Verdict.CONFLICT
        ),
        moved_findings=sum(
            counts.get(each.id, 0)
            for key, many in groups.items()
            if key[0] != key[1] or key[2] == Verdict.CONFLICT
            for each in many
        ),
        seen_otherwise=sum(
            len(many) for key, many in groups.items() if key[0] == key[1] and key[2] != Verdict.CONFLICT
        ),
        shifts=tuple(_shifts(conn, store, holdings, work, counts)),
        shift_count=len(groups),
        access=tuple(_access(conn, holdings, work, counts)),
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
        self._groups: dict[tuple[tuple[EntityRef, ...], tuple[EntityRef, ...], str], list[Judged]] | None = None

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

    def groups(
        self, conn: Connection, holdings: Holdings
    ) -> dict[tuple[tuple[EntityRef, ...], tuple[EntityRef, ...], str], list[Judged]]:
        """What would move, by from where to where."""
        if self._groups is None:
            self._groups = {}
            for each in self.moved.values():
                before = holdings.home(conn, each.holding_id).routes
                key = (before, each.ownership.routes, each.ownership.verdict.value)
                self._groups.setdefault(key, []).append(each)
        return self._groups


_NEVER = Instant(0)


def _evidence_of(conn: Connection, store: Store, ids: Iterable[int]) -> dict[int, frozenset[tuple[object, ...]]]:
    columns = ["resource_id", "entity_id", "form", "value", "tier", "evidence"]
    found: dict[int, set[tuple[object, ...]]] = {}
    for id_, *rest in store.dialect.lookup(conn, schema.candidate, columns, "resource_id", ids):
        found.setdefault(id_, set()).add(tuple(rest))
    return {id_: frozenset(rows) for id_, rows in found.items()}


def _open(conn: Connection, visibility: Visibility, ids: Iterable[int]) -> dict[int, int]:
    """Open findings in sight of these resources."""
    wanted = list(ids)
    found: dict[int, int] = {}
    for start in range(0, len(wanted), 500):
        rows = conn.execute(
            select(f.resource_id, func.count())
            .where(f.resource_id.in_(wanted[start : start + 500]), f.closed == 0, visible(f.holding_id, visibility))
            .group_by(f.resource_id)
        )
        found.update((id_, n) for id_, n in rows)
    return found


def _shifts(conn: Connection, store: Store, holdings: Holdings, work: _Work, counts: dict[int, int]) -> Iterable[Shift]:
    groups = [
        (sum(counts.get(each.id, 0) for each in many), key, many) for key, many in work.groups(conn, holdings).items()
    ]
    groups.sort(key=lambda each: (-each[0], -len(each[2]), each[1]))
    shown = groups[:MOST_SHIFTS]
    picked = {each.id: each for _, _, many in shown for each in many[:MOST_EXAMPLES]}
    columns = ["id", "external_id", "source_id", "name"]
    told = {
        id_: Example(external_id, holdings.source_name(conn, source_id), name, _deciding(picked[id_]))
        for id_, external_id, source_id, name in store.dialect.lookup(conn, schema.resource, columns, "id", picked)
    }
    for findings, (before, after, verdict), many in shown:
        yield Shift(
            before=before, after=after, verdict=verdict, resources=len(many), findings=findings,
            examples=tuple(told[each.id] for each in many[:MOST_EXAMPLES]),
        )  # fmt: skip


def _deciding(judged: Judged) -> str:
    found = judged.ownership
    return next((each.text for each in found.candidates if each.tier == found.tier and not each.dropped), "")


def _access(conn: Connection, holdings: Holdings, work: _Work, counts: dict[int, int]) -> Iterable[Access]:
    """Whose sight would change, by how many findings."""
    changed: dict[EntityRef, Counter[str]] = {}
    former: dict[int, dict[EntityRef, int]] = {}
    for id_, judged in work.moved.items():
        if not (n := counts.get(id_, 0)):
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
