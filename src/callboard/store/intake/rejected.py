"""Records that could not be read, with place and reason: kept once, however often they come."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, insert, update

from callboard.store import schema


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
