"""Sources and their runs: leases and fences, parts, and the spool of pages that waits to be applied.

A page commits together with its cursor, so a run that dies goes on where it stopped. No finding is touched here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import zstandard
from pyroaring import BitMap
from sqlalchemy import Connection, Integer, Row, RowMapping, bindparam, delete, func, insert, or_, select, update

from callboard.domain.finding import OPEN_AT_SOURCE
from callboard.domain.instant import SECOND, Instant
from callboard.domain.run import Mode, Part, RunState
from callboard.errors import ConflictError
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, lease_of

PROJECT = "project"
"""The part kind that reads projects instead of findings."""


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


class SourceRow(msgspec.Struct, frozen=True, kw_only=True):
    """A source as the database knows it."""

    id: int
    name: str
    kind: str
    scope: str | None
    """Fingerprint of the scope of the last full run that was applied."""
    watermark: Instant | None
    last_full_at: Instant | None
    next_due_at: Instant | None


def ensure_source(conn: Connection, name: str, kind: str) -> SourceRow:
    """The source of this name, made if it is new. Raises ConflictError when the name belongs to another kind."""
    table = schema.source
    row = conn.execute(select(table).where(table.c.name == name)).mappings().one_or_none()
    if row is None:
        id_ = next_id(conn, table)
        conn.execute(insert(table).values(id=id_, name=name, kind=kind, fence=0))
        return SourceRow(id=id_, name=name, kind=kind, scope=None, watermark=None, last_full_at=None, next_due_at=None)
    if row["kind"] != kind:
        raise ConflictError(
            f"The source {name!r} is a {row['kind']} source in this database, not {kind}.",
            hint="Give the new source another name.",
        )
    return SourceRow(**{field: row[field] for field in SourceRow.__struct_fields__})


def take_lease(conn: Connection, source: SourceRow, owner: str, *, now: Instant, abandoned: bool = False) -> int:
    """Become the one worker of this source; returns the fence that every later write must show.

    `abandoned` says that the present holder is known to be dead. Raises ConflictError while it is alive.
    """
    table = schema.source
    row = conn.execute(
        select(table.c.lease_until, table.c.lease_owner, table.c.fence).where(table.c.id == source.id)
    ).one()
    if row.lease_until is not None and row.lease_until > now and not abandoned:
        raise ConflictError(
            f"Another sync of {source.name!r} is running ({row.lease_owner}).",
            hint=f"Wait for it, or try again in {lease_of(conn) // SECOND} seconds if it was killed.",
        )
    fence = int(row.fence) + 1
    conn.execute(
        update(table)
        .where(table.c.id == source.id)
        .values(lease_until=now + lease_of(conn), lease_owner=owner, fence=fence)
    )
    return fence


def lease_owner(conn: Connection, source_id: int) -> str | None:
    """Who holds the lease, in the words it was taken with."""
    owner = conn.execute(select(schema.source.c.lease_owner).where(schema.source.c.id == source_id)).scalar_one()
    return None if owner is None else str(owner)


_KEEP_LEASE = (
    update(schema.source)
    .where(schema.source.c.id == bindparam("source"), schema.source.c.fence == bindparam("shown"))
    .values(lease_until=bindparam("until"))
)


def keep_lease(conn: Connection, source_id: int, fence: int, *, now: Instant) -> None:
    """Show the fence and extend the lease. Raises ConflictError when another worker has taken over."""
    values = {"source": source_id, "shown": fence, "until": now + lease_of(conn)}
    done = conn.execute(_KEEP_LEASE, values)
    if done.rowcount != 1:
        raise ConflictError("Another worker has taken this sync over.", hint="Nothing is lost; it goes on there.")


def drop_lease(conn: Connection, source_id: int, fence: int) -> None:
    """Let the source go."""
    table = schema.source
    conn.execute(
        update(table).where(table.c.id == source_id, table.c.fence == fence).values(lease_until=None, lease_owner=None)
    )


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


Moved = tuple[int, int, bool]
"""Finding id, the instant it was last detected, and whether an earlier one is stored."""


class Spooled(msgspec.Struct, frozen=True, kw_only=True):
    """One staged page."""

    part: str
    kind: str
    seen: BitMap
    moved: tuple[Moved, ...]
    """Known findings whose last detection moved."""
    raw: tuple[tuple[bytes, bytes], ...]
    """Unknown records: (hash, bytes)."""


_compress = zstandard.ZstdCompressor(level=1)
_decompress = zstandard.ZstdDecompressor()
_decode_moved = msgspec.msgpack.Decoder(tuple[Moved, ...]).decode
_decode_raw = msgspec.msgpack.Decoder(tuple[tuple[bytes, bytes], ...]).decode


def spool(
    conn: Connection,
    dialect: Dialect,
    run_id: int,
    part: Part,
    seq: int,
    *,
    seen: BitMap,
    moved: Sequence[Moved],
    raw: Sequence[tuple[bytes, bytes]],
) -> None:
    """Stage one page."""
    dialect.insert(conn, schema.run_page, [(
        run_id, part.name, seq, part.kind, seen.serialize(),
        msgspec.msgpack.encode(moved) if moved else None,
        _compress.compress(msgspec.msgpack.encode(raw)) if raw else None,
    )])  # fmt: skip


def spooled(conn: Connection, run_id: int, *, projects: bool = False) -> Iterator[Spooled]:
    """The staged pages of findings of a run, or those of `projects`, in the order of its parts, one at a time."""
    page, part = schema.run_page, schema.run_part
    keys = conn.execute(
        select(page.c.part, page.c.seq)
        .join(part, (part.c.run_id == page.c.run_id) & (part.c.part == page.c.part))
        .where(page.c.run_id == run_id, page.c.kind == PROJECT if projects else page.c.kind != PROJECT)
        .order_by(part.c.ordinal, page.c.seq)
    ).all()
    for name, seq in keys:
        row = conn.execute(select(page).where(page.c.run_id == run_id, page.c.part == name, page.c.seq == seq)).one()
        yield _spooled(row)


def some_spooled(conn: Connection, run_id: int, at_most: int) -> list[tuple[int, Spooled]]:
    """A few staged pages, each with its number in its part, in the order of the parts."""
    page, part = schema.run_page, schema.run_part
    rows = conn.execute(
        select(page)
        .join(part, (part.c.run_id == page.c.run_id) & (part.c.part == page.c.part))
        .where(page.c.run_id == run_id)
        .order_by(part.c.ordinal, page.c.seq)
        .limit(at_most)
    ).all()
    return [(row.seq, _spooled(row)) for row in rows]


def unspool(conn: Connection, run_id: int, part: str, seq: int) -> None:
    """Forget a staged page, which has been applied."""
    page = schema.run_page.c
    conn.execute(delete(schema.run_page).where(page.run_id == run_id, page.part == part, page.seq == seq))


def _spooled(row: Row[Any]) -> Spooled:
    return Spooled(
        part=row.part,
        kind=row.kind,
        seen=BitMap.deserialize(bytes(row.seen)),
        moved=_decode_moved(bytes(row.moved)) if row.moved is not None else (),
        raw=_decode_raw(_decompress.decompress(bytes(row.raw))) if row.raw is not None else (),
    )


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


def last_report(conn: Connection, source_id: int) -> str | None:
    """The figures of the last run of this source that was applied whole, as they were kept."""
    r = schema.run.c
    query = (
        select(r.report)
        .where(r.source_id == source_id, r.state == RunState.APPLIED.value, r.mode.in_(("full", "delta")))
        .order_by(r.id.desc())
        .limit(1)
    )
    found = conn.execute(query).scalar_one_or_none()
    return None if found is None else str(found)


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


def is_older(conn: Connection, name: str, *, than: Instant) -> bool:
    """Whether a source was last read through before this, and not left in the middle."""
    s = schema.source.c
    found = select(s.id).where(s.name == name, s.watermark < than, s.last_run_state == RunState.APPLIED.value)
    return conn.execute(found).first() is not None


def note_fresh(conn: Connection, name: str, *, now: Instant) -> None:
    """A source that tells by itself when it has changed has not: what was read holds to this moment."""
    s = schema.source.c
    conn.execute(update(schema.source).where(s.name == name).values(watermark=now))


_OPEN_THERE = or_(schema.finding.c.closed == 0, schema.finding.c.beneath.is_not(None))
"""Open at the source, whatever people here made of it."""


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


class RejectedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not be read."""

    raw_hash: bytes
    where: str
    reason: str
    external_id: str | None


def note_rejected(conn: Connection, source_id: int, run_id: int, rows: Sequence[RejectedRow]) -> int:
    """Keep records that could not be read, each once, with the latest run that met it. Returns how many are new."""
    table = schema.rejected
    new = 0
    for row in rows:
        done = conn.execute(
            update(table)
            .where(table.c.source_id == source_id, table.c.raw_hash == row.raw_hash)
            .values(run_id=run_id, path=row.where, reason=row.reason, external_id=row.external_id)
        )
        if done.rowcount == 0:
            new += 1
            conn.execute(
                insert(table).values(
                    source_id=source_id, raw_hash=row.raw_hash, run_id=run_id, path=row.where, reason=row.reason,
                    external_id=row.external_id,
                )
            )  # fmt: skip
    return new


def forget_rejected(conn: Connection, source_id: int, run_id: int) -> int:
    """After a complete run: records that it did not meet again are rejected no more. Returns how many."""
    table = schema.rejected
    return conn.execute(delete(table).where(table.c.source_id == source_id, table.c.run_id < run_id)).rowcount


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


def source_name(conn: Connection, source_id: int) -> str:
    """The operator's name of a source."""
    return str(conn.execute(select(schema.source.c.name).where(schema.source.c.id == source_id)).scalar_one())
