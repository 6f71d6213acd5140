"""Resources judged by other evidence, in memory: what would stand elsewhere, and what each rule matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from sqlalchemy import Connection, case, func, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.ownership.evidence import RULE, Evidence, Replaced, replaced
from callboard.domain.ownership.verdict import Verdict, holding_key
from callboard.store import schema
from callboard.store.database import Store
from callboard.store.dialect import Row
from callboard.store.evidence import Known
from callboard.store.ownership import candidates, owning, touched
from callboard.store.ownership.candidates import Amendment
from callboard.store.ownership.holdings import Holdings
from callboard.store.ownership.owning import Judged
from callboard.store.ownership.planning_inherited import inherited_anew
from callboard.store.visible import visible

f = schema.finding.c


class Anew(msgspec.Struct, frozen=True):
    """What judging anew gave."""

    holdings: Holdings
    work: Work
    parts: list[Part]


def judge_anew(
    conn: Connection, store: Store, visibility: Visibility, known: Known, evidence: Evidence, *, rule: str = ""
) -> Anew:
    """Judge by other evidence what the difference can touch, and what `rule` matches, which is kept one by one.

    Findings are counted as far as they are in sight.
    """
    holdings = Holdings(conn, store, Known(known.mark, evidence, known.ids))
    stored = {row.key: row.id for row in conn.execute(select(schema.holding.c.key, schema.holding.c.id))}
    work = Work(conn.execute(select(func.count()).select_from(schema.resource)).scalar_one(), rule)
    work.matched, work.decides = reach_by_evidence(conn)
    change = replaced(known.evidence, evidence)
    if change is None:
        ids = touched.everything(conn)
    else:
        kept = [each for each in known.evidence.rules.rules if each.id == rule]
        ids = touched.by_rules(conn, store, holdings, Replaced((*change.gone, *kept), change.came))
    for judged in owning.judge(conn, store.dialect, holdings, ids):
        former = candidates.stored(conn, store.dialect, [each.id for each in judged])
        work.take(judged, stored, former, holdings)
    return Anew(holdings, work, _parts(conn, store, visibility, holdings, work.moved))


class Work:
    """What is gathered while resources are judged."""

    def __init__(self, resources: int, rule: str) -> None:
        self.resources = resources
        self.by_rule: list[tuple[Judged, bool]] = []
        """What one rule matches, and whether it decides."""
        self._rule = rule
        self.decisions: list[Judged] = []
        """Those that differ from what is stored, in evidence or in whose it is."""
        self.amendment = Amendment()
        """Of their evidence."""
        self.moved: dict[int, Judged] = {}
        self.matched: Counter[str] = Counter()
        """Resources by the rule that matches them: as it is stored, brought up to date by what is judged."""
        self.decides: Counter[str] = Counter()
        self._known: dict[tuple[object, ...], int | None] = {}

    def take(
        self, judged: Sequence[Judged], stored: Mapping[str, int], former: Sequence[Row], holdings: Holdings
    ) -> None:  # fmt: skip
        """Some resources, with the evidence that is stored of them."""
        rows: list[Row] = []
        for each in judged:
            rows += candidates.rows_of(holdings, each.id, each.ownership)
        before, after = _rules_among(former), _rules_among(rows)
        for rules, count in ((before, -1), (after, 1)):
            for (_, rule), decides in rules.items():
                self.matched[rule] += count
                self.decides[rule] += count * decides
        if self._rule:
            self.by_rule += [(each, after[each.id, self._rule]) for each in judged if (each.id, self._rule) in after]
        differing = self.amendment.take(former, rows)
        for each in judged:
            found = each.ownership
            parts = (found.verdict, found.reason, found.routes, found.readers)
            if parts not in self._known:
                self._known[parts] = stored.get(holding_key(found))
            is_moved = self._known[parts] != each.holding_id
            if is_moved:
                self.moved[each.id] = each
            if is_moved or each.id in differing:
                self.decisions.append(each)


def _rules_among(evidence: Iterable[Row]) -> dict[tuple[int, str], bool]:
    """The rules that match resources, by rows of `candidate`: (resource, rule) → whether it decides.

    A rule that shares a resource is several candidates, and one rule.
    """
    found: dict[tuple[int, str], bool] = {}
    for row in evidence:
        if row[2] == RULE:
            key = row[0], row[3]
            found[key] = bool(row[6]) or found.get(key, False)
    return found


def reach_by_evidence(conn: Connection) -> tuple[Counter[str], Counter[str]]:
    """How many resources each rule matches, and how many it decides, by the evidence that is stored."""
    c = schema.candidate.c
    won = case((c.won, c.resource_id))
    query = select(c.value, func.count(c.resource_id.distinct()), func.count(won.distinct()))
    rows = conn.execute(query.where(c.form == RULE).group_by(c.value)).all()
    return Counter({rule: n for rule, n, _ in rows}), Counter({rule: n for rule, _, n in rows})


class Part(msgspec.Struct, frozen=True):
    """Findings of one resource that would stand elsewhere: its own, or those that came with its base image."""

    judged: Judged
    findings: int
    """Open ones in sight."""
    base: str | None
    """The base image that they came with. None: the resource's own."""
    is_whole: bool = True
    """They are all the open ones on the resource."""


Key = tuple[tuple[EntityRef, ...], tuple[EntityRef, ...], str]
"""From where to where, and how it would end."""


def is_move(key: Key) -> bool:
    """Whether it goes to others, or into conflict; else it stays, and is seen to another depth."""
    return key[0] != key[1] or key[2] == Verdict.CONFLICT


def _parts(
    conn: Connection, store: Store, visibility: Visibility, holdings: Holdings, moved: Mapping[int, Judged]
) -> list[Part]:
    """Everything that would stand elsewhere."""
    passed_on = inherited_anew(conn, store, holdings, moved)
    counts = open_in_sight(conn, visibility, moved.keys() | passed_on.keys())
    parts = []
    for id_, each in moved.items():
        own, based = counts.get((id_, 0), 0), counts.get((id_, 1), 0)
        is_whole = id_ not in passed_on or not based
        parts.append(Part(each, own + based if is_whole else own, None, is_whole))
    for id_, other in passed_on.items():
        if other is not None:
            parts.append(Part(other.judged, counts.get((id_, 1), 0), other.base, not counts.get((id_, 0))))
    return parts


def groups(conn: Connection, holdings: Holdings, parts: Sequence[Part]) -> dict[Key, list[Part]]:
    """What would move, by from where to where."""
    found: dict[Key, list[Part]] = {}
    holdings.read_homes(conn, {part.judged.holding_id for part in parts})
    for part in parts:
        before, after = holdings.home(conn, part.judged.holding_id).routes, part.judged.ownership
        found.setdefault((before, after.routes, after.verdict), []).append(part)
    return found


def open_in_sight(conn: Connection, visibility: Visibility, ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """Open findings in sight of these resources, those that came with the base apart: by (resource, 1 for the base)."""
    wanted = list(ids)
    found: dict[tuple[int, int], int] = {}
    for start in range(0, len(wanted), 500):
        # All at once: fetching row by row costs more than the database.
        rows = conn.execute(
            select(f.resource_id, f.base_layer, func.count())
            .where(f.resource_id.in_(wanted[start : start + 500]), f.closed == 0, visible(f.holding_id, visibility))
            .group_by(f.resource_id, f.base_layer)
        ).all()
        found.update(((id_, base_layer), n) for id_, base_layer, n in rows)
    return found


def open_on(conn: Connection, visibility: Visibility, ids: Iterable[int]) -> dict[int, int]:
    """Open findings in sight of these resources, all of them together."""
    found: Counter[int] = Counter()
    for (id_, _), n in open_in_sight(conn, visibility, ids).items():
        found[id_] += n
    return found
