"""The audit log written down, in the transaction of what it tells about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from sqlalchemy import Connection, func, insert, select

from callboard.domain import audit
from callboard.domain.audit import Entry
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
        detail = msgspec.json.decode(row.detail, type=tuple[tuple[str, str], ...])
        yield (
            Entry(
                seq=row.seq, at=Instant(row.at), actor=row.actor, action=row.action, subject=row.subject, detail=detail
            ),
            bytes(row.hash),
        )


def length(conn: Connection) -> int:
    """The number of the newest entry; 0 when there is none."""
    return int(conn.execute(select(func.coalesce(func.max(schema.audit.c.seq), 0))).scalar_one())
