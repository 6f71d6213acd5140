"""Runs: what is read in which parts, and how each ended.

A page commits together with its cursor, so a run that dies goes on where it stopped. No finding is touched here.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection, Integer, RowMapping, bindparam, delete, func, insert, or_, select, update

from callboard.domain.finding import OPEN_AT_SOURCE
from callboard.domain.instant import Instant
from callboard.domain.packages.feed import Fetched
from callboard.domain.run import Mode, Part, RunState
from callboard.errors import ConflictError
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect
from callboard.store.intake.sources import SourceRow


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """One run as it stands."""

    id: int
    source_id: int
    mode: Mode
    state: RunState
    scope: str
    first: bool
    started_at: Instant
    fence: int
    reason: str | None = None
    promise: str | None = None
    """What whoever stages pages must promise about its reader: the same as the one who leads the run."""


class PartRow(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a run and how far it has been read."""

    part: Part
    ordinal: int
    cursor: str | None
    pages: int
    state: str
    """waiting, done, split or failed."""
    fence: int = 0
    """What the worker that reads it has to show."""
    reason: str | None = None


def unfinished(conn: Connection, source_id: int, mode: Mode, scope: str) -> Run | None:
    """The last run of this source, if it is of this mode and scope and still being fetched."""
    table = schema.run
    row = (
        conn.execute(
            select(table)
            .where(table.c.source_id == source_id, table.c.mode.in_([Mode.FULL.value, Mode.DELTA.value]))
            .order_by(table.c.id.desc())
            .limit(1)
        )
        .mappings()
        .one_or_none()
    )
    if row is None or row["state"] != RunState.FETCHING.value or row["mode"] != mode.value or row["scope"] != scope:
        return None
    return _run(row)


def _run(row: RowMapping) -> Run:
    return msgspec.convert({str(key): value for key, value in row.items()}, Run, strict=False)


def get_run(conn: Connection, run_id: int) -> Run | None:
    """One run."""
    row = conn.execute(select(schema.run).where(schema.run.c.id == run_id)).mappings().one_or_none()
    return None if row is None else _run(row)


def held_runs(conn: Connection) -> list[Run]:
    """Runs that wait for a person."""
    table = schema.run
    rows = conn.execute(select(table).where(table.c.state == RunState.HELD.value).order_by(table.c.id)).mappings()
    return [_run(row) for row in rows]


def start_run(
    conn: Connection, source: SourceRow, mode: Mode, scope: str, *, fence: int, now: Instant, parts: Sequence[Part],
    replace: bool = True, promise: str | None = None,
) -> Run:  # fmt: skip
    """A new run with its parts waiting. `replace`: an older one of this source that never finished is discarded."""
    table = schema.run
    stale = conn.execute(
        select(table.c.id).where(
            table.c.source_id == source.id,
            table.c.state.in_([RunState.FETCHING.value, RunState.STAGED.value, RunState.HELD.value]),
        )
    ).scalars()
    for id_ in list(stale) if replace else ():
        finish_run(conn, id_, RunState.DISCARDED, now=now, reason="a newer run took its place", report=None)
    id_ = next_id(conn, table)
    is_first = mode is Mode.FULL and source.last_full_at is None
    conn.execute(
        insert(table).values(
            id=id_, source_id=source.id, mode=mode.value, state=RunState.FETCHING.value, scope=scope, first=is_first,
            started_at=now, fence=fence, promise=promise,
        )
    )  # fmt: skip
    add_parts(conn, id_, parts)
    run = get_run(conn, id_)
    assert run is not None  # noqa: S101 - it was made two statements ago
    return run


def add_parts(conn: Connection, run_id: int, parts: Sequence[Part]) -> None:
    """More parts for a run; one that is there already stays as it is."""
    table = schema.run_part
    known = dict(conn.execute(select(table.c.part, table.c.ordinal).where(table.c.run_id == run_id)).all())
    free = max(known.values(), default=-1) + 1
    rows = [
        {
            "run_id": run_id, "part": part.name, "ordinal": free + offset, "kind": part.kind, "filter": part.filter,
            "pages": 0, "state": "waiting",
        }
        for offset, part in enumerate(part for part in parts if part.name not in known)
    ]  # fmt: skip
    if rows:
        conn.execute(insert(table), rows)


def parts_of(conn: Connection, run_id: int) -> list[PartRow]:
    """All parts of a run in their order."""
    table = schema.run_part
    rows = conn.execute(select(table).where(table.c.run_id == run_id).order_by(table.c.ordinal))
    return [
        PartRow(
            part=Part(name=row.part, kind=row.kind, filter=row.filter), ordinal=row.ordinal, cursor=row.cursor,
            pages=row.pages, state=row.state, fence=row.fence, reason=row.reason,
        )
        for row in rows
    ]  # fmt: skip


_SET_PART = (
    update(schema.run_part)
    .where(
        schema.run_part.c.run_id == bindparam("of_run"),
        schema.run_part.c.part == bindparam("name"),
        schema.run_part.c.fence == bindparam("shown"),
    )
    .values(
        cursor=bindparam("to"),
        pages=bindparam("read"),
        state=bindparam("now"),
        reason=bindparam("why"),
        expected=func.coalesce(bindparam("all", type_=Integer), schema.run_part.c.expected),
    )
)


def set_part(
    conn: Connection, run_id: int, part: str, *, fence: int, cursor: str | None, pages: int, state: str,
    expected: int | None = None, reason: str | None = None,
) -> None:  # fmt: skip
    """How far a part has been read. Raises ConflictError when another worker has taken it over."""
    values = {
        "of_run": run_id, "name": part, "shown": fence, "to": cursor, "read": pages, "now": state, "why": reason,
        "all": expected,
    }  # fmt: skip
    if conn.execute(_SET_PART, values).rowcount != 1:
        raise ConflictError("Another worker has taken this part over.", hint="Nothing is lost; it goes on there.")


def end_part(conn: Connection, run_id: int, part: str, *, state: str, reason: str | None) -> None:
    """Say that a part was split or failed; its cursor stays."""
    table = schema.run_part
    conn.execute(update(table).where(table.c.run_id == run_id, table.c.part == part).values(state=state, reason=reason))


def drop_parts(conn: Connection, run_id: int, start: str) -> None:
    """Forget the parts whose names start so, with their staged pages: they are read anew."""
    for table in (schema.run_page, schema.run_part):
        conn.execute(delete(table).where(table.c.run_id == run_id, table.c.part.startswith(start, autoescape=True)))


def adopt(conn: Connection, run: Run, fence: int, *, promise: str | None = None) -> Run:
    """An unfinished run, taken over under a new fence."""
    conn.execute(update(schema.run).where(schema.run.c.id == run.id).values(fence=fence, promise=promise))
    return msgspec.structs.replace(run, fence=fence, promise=promise)


def seen_ids(conn: Connection, run_id: int) -> BitMap:
    """Ids of all findings that any page of the run showed to be there."""
    union = BitMap()
    for blob in conn.execute(select(schema.run_page.c.seen).where(schema.run_page.c.run_id == run_id)).scalars():
        union |= BitMap.deserialize(bytes(blob))
    return union


def finish_run(
    conn: Connection, run_id: int, state: RunState, *, now: Instant, reason: str | None, report: str | None
) -> None:
    """End a run, and drop its pages unless a person must still decide."""
    table = schema.run
    conn.execute(
        update(table)
        .where(table.c.id == run_id)
        .values(state=state.value, finished_at=now, reason=reason, report=report)
    )
    if state is not RunState.HELD:
        conn.execute(delete(schema.run_page).where(schema.run_page.c.run_id == run_id))


def note_source(
    conn: Connection,
    source_id: int,
    *,
    run: Run,
    state: RunState,
    reason: str | None,
    next_due_at: Instant | None,
) -> None:
    """What the source's latest run means for its freshness and its next one."""
    table = schema.source
    values: dict[str, object] = {"last_run_state": state.value, "last_run_reason": reason, "next_due_at": next_due_at}
    if state in (RunState.APPLIED, RunState.PARTIAL):
        values["last_run_at"] = run.started_at
    if state is RunState.APPLIED and run.mode in (Mode.FULL, Mode.DELTA):
        values["watermark"] = run.started_at
    if state is RunState.APPLIED and run.mode is Mode.FULL:
        values["last_full_at"] = run.started_at
        values["scope"] = run.scope
    conn.execute(update(table).where(table.c.id == source_id).values(**values))


_OPEN_THERE = or_(schema.finding.c.closed == 0, schema.finding.c.beneath.is_not(None))
"""Open at the source, whatever people here made of it."""


def note_feeds(conn: Connection, run_id: int, feeds: Sequence[Fetched]) -> None:
    """Keep which lists a matching of packages was made by. Inside `Store.write`."""
    told = msgspec.json.encode(sorted(feeds, key=lambda each: each.name)).decode()
    conn.execute(update(schema.run).where(schema.run.c.id == run_id).values(feeds=told))


def open_in_scope(conn: Connection, source_id: int, kinds: Sequence[int]) -> BitMap:
    """Ids of the findings of these kinds that are open at the source, which runs are expected to see."""
    f = schema.finding.c
    rows = conn.execute(
        select(f.id).where(f.source_id == source_id, _OPEN_THERE, f.in_scope.is_(True), f.kind.in_(kinds))
    )
    found = BitMap()
    for some in rows.partitions(10_000):
        found.update([row[0] for row in some])
    return found


def external_ids(conn: Connection, dialect: Dialect, finding_ids: Sequence[int]) -> list[tuple[int, int, str]]:
    """(kind, id, external id) of these findings."""
    return [
        (row[1], row[0], row[2])
        for row in dialect.lookup(conn, schema.finding, ["id", "kind", "external_id"], "id", finding_ids)
    ]


def ids_of(conn: Connection, dialect: Dialect, source_id: int, external: Sequence[str]) -> dict[str, int]:
    """Finding ids by the source's own ids, of those that are stored."""
    return dict(
        dialect.lookup(
            conn, schema.finding, ["external_id", "id"], "external_id", external, within=("source_id", source_id)
        )
    )


def open_count(conn: Connection, source_id: int) -> int:
    """Findings that are open at the source, from the counters."""
    c = schema.cube.c
    total = select(func.coalesce(func.sum(c.n), 0)).where(
        c.holding_id == 0, c.source_id == source_id, c.state.in_(list(map(int, OPEN_AT_SOURCE)))
    )
    return int(conn.execute(total).scalar_one())


def outside_count(conn: Connection, source_id: int) -> int:
    """Findings that are open at the source and that its scope does not ask about any more. Looks at every one of them."""
    f = schema.finding.c
    total = select(func.count()).where(f.source_id == source_id, _OPEN_THERE, f.in_scope.is_(False))
    return int(conn.execute(total).scalar_one())


ABSENT = "absent"
"""The page of a held run that keeps which findings it did not hold."""


def keep_absent(conn: Connection, dialect: Dialect, run_id: int, absent: BitMap) -> None:
    """Remember what a held run found missing, for the person's decision."""
    page = schema.run_page
    conn.execute(delete(page).where(page.c.run_id == run_id, page.c.part == ABSENT))
    dialect.insert(conn, page, [(run_id, ABSENT, 0, "", absent.serialize(), None, None)])


def kept_absent(conn: Connection, run_id: int) -> BitMap:
    """What a held run found missing."""
    page = schema.run_page
    blob = conn.execute(select(page.c.seen).where(page.c.run_id == run_id, page.c.part == ABSENT)).scalar_one_or_none()
    return BitMap() if blob is None else BitMap.deserialize(bytes(blob))


def finding_count(conn: Connection, source_id: int) -> int:
    """How many findings of the source are stored, from the counters."""
    c = schema.cube.c
    total = select(func.coalesce(func.sum(c.n), 0)).where(c.holding_id == 0, c.source_id == source_id)
    return int(conn.execute(total).scalar_one())
