"""The counters against the rows they count. What differs is a fault of ours."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy import Connection, case, func, select

from callboard.domain.finding import State
from callboard.domain.instant import DAY
from callboard.domain.reconcile import EventKind
from callboard.store import schema
from callboard.store.counting import OPEN, WEEK
from callboard.store.schema import NEVER

f = schema.finding.c


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What counting anew showed."""

    counters: int
    """Counters looked at."""
    findings: int
    wrong: dict[str, Any]
    """By table: key → (as it should be, as it is). Empty when all is well."""


def differences(conn: Connection) -> dict[str, Any]:
    """Every counter that is not what its rows say. Empty when all is well."""
    return check(conn).wrong


def check(conn: Connection) -> Check:
    """Count everything anew."""
    found: dict[str, Any] = {}
    counters = 0
    cube = _cube(conn)
    for name, should, stands in (
        ("cube", cube, _rows(conn, "cube", 5)),
        ("due_cell", _due(conn), _rows(conn, "due_cell", 2)),
        ("bundle_cell", _bundles(conn), _rows(conn, "bundle_cell", 3)),
        ("remedy_cell", _remedies(conn), _rows(conn, "remedy_cell", 4)),
        ("flow_cell", *_flow(conn)),
        ("finding", *_places(conn)),
    ):
        counters += len(should)
        wrong = {
            key: (should.get(key), stands.get(key))
            for key in should.keys() | stands.keys()
            if should.get(key) != stands.get(key)
        }
        if wrong:
            found[name] = wrong
    findings = sum(n for key, n in cube.items() if key[0] == 0)
    return Check(counters=counters, findings=findings, wrong=found)


def _rows(conn: Connection, name: str, keys: int) -> dict[Any, Any]:
    rows = [tuple(row) for row in conn.execute(select(schema.metadata.tables[name]))]
    return {row[:keys]: row[keys:] if len(row) > keys + 1 else row[keys] for row in rows}


def _cube(conn: Connection) -> dict[Any, int]:
    columns = (f.holding_id, f.source_id, f.kind, f.state, f.severity)
    rows = conn.execute(select(*columns, func.count()).group_by(*columns))
    return _with_whole({tuple(row[:5]): row[5] for row in rows})


def _with_whole(counts: dict[Any, int]) -> dict[Any, int]:
    """With holding 0, which is all of them."""
    whole: Counter[Any] = Counter()
    for (_, *rest), n in counts.items():
        whole[(0, *rest)] += n
    return {**counts, **{key: n for key, n in whole.items() if n}}


def _due(conn: Connection) -> dict[Any, int]:
    counts: Counter[Any] = Counter()
    for holding, due_at in conn.execute(select(f.holding_id, f.due_at).where(f.closed == 0, f.due_at != NEVER)):
        counts[holding, due_at // DAY] += 1
    return _with_whole(counts)


def _bundles(conn: Connection) -> dict[Any, Any]:
    columns = (f.bundle_id, f.holding_id, f.apart, f.rank, f.priority, f.blast, f.due_at, f.first_detected_at)
    cells: dict[Any, list[int]] = {}
    for bundle, holding, apart, *values in conn.execute(select(*columns).where(f.closed == 0)):
        for key in ((bundle, holding, apart), (bundle, 0, apart), (0, holding, apart)):
            cell = cells.setdefault(key, [0, *values])
            cell[0] += 1
            cell[1:] = [min(pair) for pair in zip(cell[1:], values, strict=True)]
    return {key: tuple(cell) for key, cell in cells.items()}


def _remedies(conn: Connection) -> dict[Any, int]:
    columns = (f.bundle_id, f.holding_id, f.apart, f.remedy_id)
    rows = conn.execute(select(*columns, func.count()).where(f.closed == 0, f.remedy_id > 0).group_by(*columns))
    return {tuple(row[:4]): row[4] for row in rows}


def _places(conn: Connection) -> tuple[dict[Any, int], dict[Any, int]]:
    """Findings that do not stand where their resource does, each with both holdings."""
    r = schema.resource.c
    where = case((f.base_layer == 1, r.inherited_id), else_=r.holding_id)
    rows = conn.execute(
        select(f.id, where, f.holding_id).join_from(schema.finding, schema.resource, r.id == f.resource_id)
        .where(f.holding_id != where)
    ).all()  # fmt: skip
    return {row[0]: row[1] for row in rows}, {row[0]: row[2] for row in rows}


def _flow(conn: Connection) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Opened and closed of all holdings by week; and for each holding what is open, which all weeks must add up to."""
    e = schema.event.c
    should: Counter[Any] = Counter()
    closed_words = {state.word for state in State if not state.is_open}
    for (at,) in conn.execute(select(f.first_detected_at)):
        should["opened", at // WEEK] += 1
    for kind, at, old, new in conn.execute(select(e.kind, e.at, e.old, e.new)):
        if kind in (int(EventKind.REOPENED), int(EventKind.RETURNED)) and new not in closed_words:
            should["opened", at // WEEK] += 1
        elif kind == int(EventKind.STATE) and new in closed_words and old not in closed_words:
            should["closed", at // WEEK] += 1
    for holding, n in conn.execute(select(f.holding_id, func.count()).where(f.state <= OPEN).group_by(f.holding_id)):
        should["open", holding] += n
    c = schema.flow_cell.c
    stands: Counter[Any] = Counter()
    for row in conn.execute(select(c.holding_id, c.week, c.opened, c.closed, c.moved)):
        if row.holding_id == 0:
            stands["opened", row.week] += row.opened
            stands["closed", row.week] += row.closed
        else:
            stands["open", row.holding_id] += row.opened - row.closed + row.moved
    return _without_zeros(should), _without_zeros(stands)


def _without_zeros(counts: Counter[Any]) -> dict[Any, Any]:
    keys: Iterable[Any] = [key for key, n in counts.items() if n]
    return {key: counts[key] for key in keys}
