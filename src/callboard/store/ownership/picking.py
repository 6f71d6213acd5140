"""The resources that one number counts, of a plan or of what drifted, told in one form."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.evidence import Evidence
from callboard.domain.ownership.picking import LINES, Line, Lines, Number, Pick
from callboard.domain.ownership.plan import shift_key
from callboard.store import schema
from callboard.store.database import Store
from callboard.store.evidence import Known
from callboard.store.ownership import judging, planning
from callboard.store.ownership.judging import Anew, Part


class Found(msgspec.Struct, frozen=True):
    """A resource, or what of it goes one way."""

    id: int
    open: int
    is_whole: bool
    """They are all the open ones on it."""
    before: tuple[EntityRef, ...]
    after: tuple[EntityRef, ...]
    verdict: str
    at: Instant | None = None


def picked(
    conn: Connection, store: Store, visibility: Visibility, known: Known, evidence: Evidence, *, pick: Pick, skip: int
) -> Lines:
    """The resources that one number of the survey counts; where it counts findings, those that have some."""
    is_rule = pick.number in (Number.MATCHED, Number.DECIDED)
    anew = judging.judge_anew(conn, store, visibility, known, evidence, rule=pick.of if is_rule else "")
    parts = _of_rule(conn, visibility, anew, pick) if is_rule else _of_moved(conn, anew, pick)
    found = []
    for part in parts:
        judged = part.judged
        before = anew.holdings.home(conn, judged.holding_id).routes
        found.append(
            Found(
                judged.id, part.findings, part.is_whole, before, judged.ownership.routes, judged.ownership.verdict.value
            )
        )
    return told(conn, store, found, skip=skip)


def _of_rule(conn: Connection, visibility: Visibility, anew: Anew, pick: Pick) -> list[Part]:
    chosen = [each for each, decides in anew.work.by_rule if decides or pick.number is Number.MATCHED]
    counts = judging.open_on(conn, visibility, (each.id for each in chosen))
    return [Part(each, counts.get(each.id, 0), None) for each in chosen]


def _of_moved(conn: Connection, anew: Anew, pick: Pick) -> list[Part]:
    """Of what would stand elsewhere, what one number counts."""
    if pick.number in planning.COUNTS:
        former, is_counted, owner = planning.Former(conn), planning.COUNTS[pick.number], EntityRef(pick.of)
        former.read({part.judged.holding_id for part in anew.parts})
        return [
            part for part in anew.parts if part.findings and is_counted(*_sight(former, anew, part).get(owner, (0, 0)))
        ]
    groups = judging.groups(conn, anew.holdings, anew.parts)
    if pick.number is Number.SHIFT:
        return [part for key, many in groups.items() if shift_key(*key) == pick.of for part in many]
    if pick.number is Number.MOVED:
        return [part for key, many in groups.items() if judging.is_move(key) for part in many]
    return [part for key, many in groups.items() if not judging.is_move(key) for part in many if part.base is None]


def _sight(former: planning.Former, anew: Anew, part: Part) -> dict[EntityRef, tuple[int, int]]:
    return former.sight(anew.holdings, part.judged.holding_id, part.judged.ownership.readers)


def told(conn: Connection, store: Store, found: Sequence[Found], *, skip: int) -> Lines:
    """These resources for people, those with most open findings first, `LINES` of them after the first `skip`."""
    ordered = sorted(found, key=lambda each: (-each.open, each.id))
    shown = ordered[skip : skip + LINES]
    columns = ["id", "external_id", "name", "type", "source_id"]
    rows = {row[0]: row for row in store.dialect.lookup(conn, schema.resource, columns, "id", {e.id for e in shown})}
    source = schema.source.c
    names = {row.id: row.name for row in conn.execute(select(source.id, source.name))}
    lines = []
    for each in shown:
        _, external_id, name, type_, source_id = rows[each.id]
        lines.append(
            Line(
                external_id=external_id, source=names[source_id], name=name, type=type_, before=each.before,
                after=each.after, verdict=each.verdict, open=each.open, is_whole=each.is_whole, at=each.at,
            )
        )  # fmt: skip
    return Lines(
        resources=len({each.id for each in found}), findings=sum(each.open for each in found), lines=tuple(lines),
        next=skip + LINES if len(ordered) > skip + LINES else None,
    )  # fmt: skip
