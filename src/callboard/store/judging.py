"""Every resource judged by other evidence, in memory: what would stand elsewhere, and what each rule matches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from sqlalchemy import Connection, func, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.evidence import RULE, Evidence
from callboard.domain.instant import Instant
from callboard.domain.ownership import Verdict, holding_key
from callboard.store import owning, schema, touched
from callboard.store.database import Store
from callboard.store.evidence import Known
from callboard.store.owning import Holdings, Judged
from callboard.store.planning_inherited import inherited_anew
from callboard.store.visible import visible

f = schema.finding.c


class Anew(msgspec.Struct, frozen=True):
    """What judging everything anew gave."""

    holdings: Holdings
    work: Work
    parts: list[Part]


def judge_anew(
    conn: Connection, store: Store, visibility: Visibility, known: Known, evidence: Evidence, *, rule: str = ""
) -> Anew:
    """Judge every resource by other evidence. What `rule` matches is kept one by one. Findings are counted as far as they are in sight."""
    holdings = Holdings(conn, store, Known(known.mark, evidence, known.ids))
    stored = {row.key: row.id for row in conn.execute(select(schema.holding.c.key, schema.holding.c.id))}
    all_ids = touched.everything(conn)
    work = Work(len(all_ids), rule)
    for judged in owning.judge(conn, store.dialect, holdings, all_ids):
        former = _evidence_of(conn, store, [each.id for each in judged])
        for each in judged:
            work.note(each, stored, former.get(each.id, frozenset()), holdings)
    return Anew(holdings, work, _parts(conn, store, visibility, holdings, work.moved))


class Work:
    """What is gathered while resources are judged."""

    def __init__(self, resources: int, rule: str) -> None:
        self.resources = resources
        self.by_rule: list[tuple[Judged, bool]] = []
        """What one rule matches, and whether it decides."""
        self._rule = rule
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
        # A rule that shares a resource is several candidates, and one rule.
        of_rules = [each for each in found.candidates if each.form == RULE]
        matched = {each.value for each in of_rules}
        decides = {each.value for each in of_rules if each.tier == found.tier and each.entity in found.routes}
        self.matched.update(matched)
        self.decides.update(decides)
        if self._rule in matched:
            self.by_rule.append((judged, self._rule in decides))
        parts = (found.verdict, found.reason, found.routes, found.readers)
        if parts not in self._known:
            self._known[parts] = stored.get(holding_key(found))
        is_moved = self._known[parts] != judged.holding_id
        if is_moved:
            self.moved[judged.id] = judged
        if is_moved or former != frozenset(row[1:6] for row in holdings.candidate_rows(judged.id, found, now=_NEVER)):
            self.touched.append(judged.id)


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


def groups(conn: Connection, holdings: Holdings, parts: Iterable[Part]) -> dict[Key, list[Part]]:
    """What would move, by from where to where."""
    found: dict[Key, list[Part]] = {}
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


def open_in_sight(conn: Connection, visibility: Visibility, ids: Iterable[int]) -> dict[tuple[int, int], int]:
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


def open_on(conn: Connection, visibility: Visibility, ids: Iterable[int]) -> dict[int, int]:
    """Open findings in sight of these resources, all of them together."""
    found: Counter[int] = Counter()
    for (id_, _), n in open_in_sight(conn, visibility, ids).items():
        found[id_] += n
    return found
