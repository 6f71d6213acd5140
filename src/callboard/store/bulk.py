"""A first load without indexes on findings: sorting them once at the end costs a fraction of keeping them page by page.

Up to `BUILD_AT` findings a list reads well without them, so readers of a first sync notice nothing, and the ids seen fit
in memory; a larger first load builds them there and goes on with them. A mark in `meta` survives a crash, and the next
run builds what is missing before it does anything else.
"""

from __future__ import annotations

from sqlalchemy import Connection, Index, delete, insert, select

from callboard.store import schema
from callboard.store.database import Store

BUILD_AT = 500_000
"""Findings after which a first load goes on with indexes."""

_MARK = "indexes"

_NEEDED = "ix_finding_image"
"""By it a first load finds what it has written of an image, again and again, when more becomes known of the image."""

DEFERRED: tuple[Index, ...] = tuple(
    sorted(
        (index for table in (schema.finding, schema.event) for index in table.indexes if index.name != _NEEDED),
        key=lambda index: str(index.name),
    )
)


def defer_indexes(conn: Connection) -> bool:
    """Drop the indexes if no finding is stored yet. Returns whether they are (now or still) missing."""
    if are_deferred(conn):
        return True
    if conn.execute(select(schema.finding.c.id).limit(1)).first() is not None:
        return False
    for index in DEFERRED:
        index.drop(conn, checkfirst=True)
    conn.execute(insert(schema.meta).values(key=_MARK, value="deferred"))
    return True


def are_deferred(conn: Connection) -> bool:
    """Whether the indexes are missing."""
    return conn.execute(select(schema.meta.c.value).where(schema.meta.c.key == _MARK)).first() is not None


def build_indexes(store: Store) -> None:
    """Build the missing ones, each in a transaction of its own so that nobody waits for all. Blocking."""
    with store.read() as conn:
        if not are_deferred(conn):
            return
    for index in DEFERRED:
        with store.write() as conn:
            index.create(conn, checkfirst=True)
    with store.write() as conn:
        conn.execute(delete(schema.meta).where(schema.meta.c.key == _MARK))
