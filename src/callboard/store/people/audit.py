"""The audit log written down, in the transaction of what it tells about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, func, insert, select

from callboard.domain import audit
from callboard.domain.audit import Cut, Entry
from callboard.domain.instant import Instant
from callboard.store import schema


def note(
    conn: Connection, *, at: Instant, actor: str, action: str, subject: str, detail: Mapping[str, str] | None = None
) -> Entry:
    """Append one entry. Inside `Store.write`, whose lock keeps the chain in one line."""
    table = schema.audit
    last = conn.execute(select(table.c.seq, table.c.hash).order_by(table.c.seq.desc()).limit(1)).one_or_none()
    entry = Entry(
        seq=(last.seq if last else 0) + 1, at=at, actor=actor, action=action, subject=subject,
        detail=tuple(sorted((detail or {}).items())),
    )  # fmt: skip
    conn.execute(
        insert(table).values(
            seq=entry.seq, at=at, actor=actor, action=action, subject=subject,
            detail=msgspec.json.encode(entry.detail).decode(),
            hash=audit.link(entry, bytes(last.hash) if last else audit.START),
        )
    )  # fmt: skip
    return entry


def chain(conn: Connection, *, after: int = 0, limit: int | None = None) -> Iterator[tuple[Entry, bytes]]:
    """Entries behind `after` in order, each with its stored hash."""
    table = schema.audit
    query = select(table).where(table.c.seq > after).order_by(table.c.seq)
    if limit is not None:
        query = query.limit(limit)
    for row in conn.execute(query):
        yield _entry(row)


def holds(conn: Connection, entry: Entry, stored: bytes) -> bool:
    """Whether an entry is what was once written, by its own link of the chain; `audit.breaks` looks at all of them."""
    table = schema.audit
    before = conn.execute(select(table.c.hash).where(table.c.seq == entry.seq - 1)).scalar_one_or_none()
    if before is None and entry.seq > 1:
        gone = cut(conn)
        before = gone.hash if gone is not None and gone.through == entry.seq - 1 else None
    return audit.link(entry, audit.START if before is None else bytes(before)) == stored


def cut(conn: Connection) -> Cut | None:
    """What was last cut from the beginning of the log, as the log says. None: nothing was."""
    table = schema.audit
    newest = select(table).where(table.c.action == audit.CUT).order_by(table.c.seq.desc()).limit(1)
    row = conn.execute(newest).one_or_none()
    return None if row is None else audit.cut_of(_entry(row)[0])


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries somebody looks for. None: any."""

    actor: str | None = None
    action: str | None = None
    """An action, or the room before its dot with the dot: "ownership." is all of them."""
    subject: str | None = None
    """What it was done to, or how that begins."""
    start: Instant | None = None
    end: Instant | None = None
    """The first moment that is too late."""

    def clauses(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        c = schema.audit.c
        found: list[ColumnElement[bool]] = []
        if self.actor is not None:
            found.append(c.actor == self.actor)
        if self.action is not None:
            found.append(
                c.action.startswith(self.action, autoescape=True)
                if self.action.endswith(".")
                else c.action == self.action
            )
        if self.subject is not None:
            found.append(c.subject.startswith(self.subject, autoescape=True))
        if self.start is not None:
            found.append(c.at >= self.start)
        if self.end is not None:
            found.append(c.at < self.end)
        return found


def search(conn: Connection, wanted: Wanted, *, before: int | None, limit: int) -> list[tuple[Entry, bytes]]:
    """Entries that somebody looks for, the newest first, those before a number."""
    query = select(schema.audit).where(*wanted.clauses()).order_by(schema.audit.c.seq.desc()).limit(limit)
    if before is not None:
        query = query.where(schema.audit.c.seq < before)
    return [_entry(row) for row in conn.execute(query)]


def count(conn: Connection, wanted: Wanted) -> int:
    """How many entries somebody looks for."""
    return int(conn.execute(select(func.count()).select_from(schema.audit).where(*wanted.clauses())).scalar_one())


def actions(conn: Connection) -> tuple[str, ...]:
    """Every action that the log knows."""
    return tuple(conn.execute(select(schema.audit.c.action).distinct().order_by(schema.audit.c.action)).scalars())


def _entry(row: Any) -> tuple[Entry, bytes]:  # noqa: ANN401 - rows have no type
    detail = msgspec.json.decode(row.detail, type=tuple[tuple[str, str], ...])
    return Entry(
        seq=row.seq, at=Instant(row.at), actor=row.actor, action=row.action, subject=row.subject, detail=detail
    ), bytes(row.hash)


def length(conn: Connection) -> int:
    """The number of the newest entry; 0 when there is none."""
    return int(conn.execute(select(func.coalesce(func.max(schema.audit.c.seq), 0))).scalar_one())
