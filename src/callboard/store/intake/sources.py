"""Sources as the store knows them: who reads one, by which lease and fence, and what is known of its last reading."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, bindparam, insert, select, update

from callboard.domain.instant import SECOND, Instant
from callboard.domain.run import RunState
from callboard.errors import ConflictError
from callboard.store import schema
from callboard.store.database import next_id
from callboard.store.dialect import lease_of


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
    .where(
        schema.source.c.id == bindparam("source"),
        schema.source.c.fence == bindparam("shown"),
        # What was let go is kept no more: a beat may have waited for the database until the run had ended.
        schema.source.c.lease_owner.is_not(None),
    )
    .values(lease_until=bindparam("until"))
)


def keep_lease(conn: Connection, source_id: int, fence: int, *, now: Instant) -> None:
    """Show the fence and extend the lease. Raises ConflictError when another worker has taken over, or it was let go."""
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


def is_older(conn: Connection, name: str, *, than: Instant) -> bool:
    """Whether a source was last read through before this, and not left in the middle."""
    s = schema.source.c
    found = select(s.id).where(s.name == name, s.watermark < than, s.last_run_state == RunState.APPLIED.value)
    return conn.execute(found).first() is not None


def note_fresh(conn: Connection, name: str, *, now: Instant) -> None:
    """A source that tells by itself when it has changed has not: what was read holds to this moment."""
    s = schema.source.c
    conn.execute(update(schema.source).where(s.name == name).values(watermark=now))


def source_name(conn: Connection, source_id: int) -> str:
    """The operator's name of a source."""
    return str(conn.execute(select(schema.source.c.name).where(schema.source.c.id == source_id)).scalar_one())
