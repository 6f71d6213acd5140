"""Signals about ownership, kept: noted once while they last, closed when they are over or have been read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select, update

from callboard.domain.access import Everything, Readers, Visibility
from callboard.domain.instant import Instant
from callboard.domain.ownership.drift import News, Signal, SignalKind, unnamed
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import Dialect, Row
from callboard.store.query import scope as scopes

table = schema.signal
c, reader = schema.signal.c, schema.signal_reader.c


def note(conn: Connection, dialect: Dialect, news: Iterable[News], *, now: Instant) -> int:
    """Keep what was noticed; what is known and still open is not told twice. Returns how many are new.

    What is told in parts at one moment is one signal with the sum.
    """
    told = list({(each.kind, each.about): each for each in news}.values())
    if not told:
        return 0
    abouts: dict[str, set[str]] = {}
    for each in told:
        abouts.setdefault(each.kind.value, set()).add(each.about)
    open_ = {
        (kind, about): (id_, at, n)
        for kind, those in abouts.items()
        for id_, about, at, n in _open(conn, dialect, kind, those)
    }
    free = next_id(conn, table)
    rows: list[Row] = []
    readers: list[Row] = []
    lasting: list[Row] = []
    summed: list[Row] = []
    for each in told:
        known, noted_at, n = open_.get((each.kind.value, each.about), (None, None, 0))
        if known is not None and each.kind.is_state:
            lasting.append((each.n, each.old, each.new, known))
            continue
        if noted_at == now:
            summed.append((n + each.n, known))
            continue
        id_ = free + len(rows)
        rows.append((id_, each.kind.value, each.about, now, each.resource_id, each.old, each.new, each.n, None, None))
        readers.extend((id_, ref) for ref in sorted(set(each.readers)))
    dialect.update(conn, table, ["n", "old", "new"], ["id"], lasting)
    dialect.update(conn, table, ["n"], ["id"], summed)
    dialect.insert(conn, table, rows)
    dialect.insert(conn, schema.signal_reader, readers)
    return len(rows)


def settle(conn: Connection, kinds: Iterable[SignalKind], still: Iterable[str], *, now: Instant) -> int:
    """Close the open signals of these kinds that are not about one of `still`. Returns how many."""
    lasting = set(still)
    rows = conn.execute(
        select(c.id, c.about).where(c.kind.in_([each.value for each in kinds]), c.closed_at.is_(None))
    ).all()
    over = [row.id for row in rows if row.about not in lasting]
    for start in range(0, len(over), 500):
        conn.execute(
            update(table).where(c.id.in_(over[start : start + 500])).values(closed_at=now, closed_by="callboard")
        )
    return len(over)


def over(conn: Connection, dialect: Dialect, kind: SignalKind, about: Iterable[str], *, now: Instant) -> None:
    """These are no longer so."""
    ended = [(now, "callboard", id_) for id_, *_ in _open(conn, dialect, kind.value, set(about))]
    dialect.update(conn, table, ["closed_at", "closed_by"], ["id"], ended)


def open_among(conn: Connection, dialect: Dialect, kind: SignalKind, about: Iterable[str]) -> set[str]:
    """About which of these a signal of this kind is open."""
    return {what for _, what, *_ in _open(conn, dialect, kind.value, set(about))}


def _open(conn: Connection, dialect: Dialect, kind: str, about: set[str]) -> Iterator[tuple[int, str, Instant, int]]:
    """The open signals of one kind about these, as (id, about, since when, how many)."""
    columns = ["id", "about", "at", "n", "closed_at"]
    for id_, what, at, n, closed_at in dialect.lookup(conn, table, columns, "about", about, within=("kind", kind)):
        if closed_at is None:
            yield id_, what, at, n


def close(conn: Connection, visibility: Visibility, signal_id: int, *, by: str, now: Instant) -> bool:
    """Somebody has read it. False: there is none in sight that is open."""
    done = conn.execute(
        update(table)
        .where(c.id == signal_id, c.closed_at.is_(None), _in_sight(visibility))
        .values(closed_at=now, closed_by=by)
    )
    return bool(done.rowcount)


def listed(
    conn: Connection,
    visibility: Visibility,
    *,
    kind: SignalKind | None = None,
    closed: bool = False,
    before: int | None = None,
    limit: int = 200,
) -> tuple[Signal, ...]:
    """Signals in sight, the newest first; `before`: older ones than this."""
    query = select(table).where(_in_sight(visibility)).order_by(c.id.desc()).limit(limit)
    if kind is not None:
        query = query.where(c.kind == kind.value)
    if before is not None:
        query = query.where(c.id < before)
    if not closed:
        query = query.where(c.closed_at.is_(None))
    hidden = scopes.hidden(conn, visibility)
    found = (
        Signal(
            id=row.id, kind=SignalKind(row.kind), about=row.about, at=Instant(row.at), old=row.old, new=row.new, n=row.n,
            closed_at=row.closed_at, closed_by=row.closed_by,
        )
        for row in conn.execute(query)
    )  # fmt: skip
    return tuple(unnamed(each, hidden) for each in found)


def one(conn: Connection, visibility: Visibility, signal_id: int) -> Signal | None:
    """A signal in sight. None: there is none of this number, or it is not in sight."""
    found = listed(conn, visibility, closed=True, before=signal_id + 1, limit=1)
    return next((each for each in found if each.id == signal_id), None)


def counts(conn: Connection, visibility: Visibility) -> dict[SignalKind, int]:
    """How many open signals of each kind are in sight."""
    rows = conn.execute(
        select(c.kind, func.count()).where(_in_sight(visibility), c.closed_at.is_(None)).group_by(c.kind)
    )
    return {SignalKind(kind): int(n) for kind, n in rows}


def _in_sight(visibility: Visibility) -> ColumnElement[bool]:
    """A clause: the signal is for the viewer: for who sees everything, or for the owner it names."""
    match visibility:
        case Everything():
            return c.id.is_not(None)
        case Readers(owners=owners) if owners:
            return exists(
                select(reader.signal_id).where(reader.signal_id == c.id, or_(reader.owner_ref.in_(sorted(owners))))
            )
        case _:
            return c.id.is_(None)
