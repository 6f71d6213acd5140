"""A first load without indexes on findings: sorting them once at the end costs a fraction of keeping them page by page.

A first load from a source nearby takes some two minutes for a million findings. So long a list that is read meanwhile takes
up to a few tenths of a second, and which ids were written is held in memory. A mark in `meta` survives a crash, and the next
run builds what is missing before it does anything else.
"""

from __future__ import annotations

from sqlalchemy import Connection, Index, delete, insert, select

from callboard.store import schema
from callboard.store.database import Store

_MARK = "indexes"

_NEEDED = {"ix_finding_image", "ix_finding_resource_id_closed_holding_id", "ix_finding_bundle_id_closed_holding_id"}
"""By them a first load finds what it has written of an image, of a resource and of a bundle, again and again, when more
becomes known of the image, and of whose the resource is."""

DEFERRED: tuple[Index, ...] = tuple(
    sorted(
        (index for table in (schema.finding, schema.event) for index in table.indexes if index.name not in _NEEDED),
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
        store.build_index(index)
    with store.write() as conn:
        conn.execute(delete(schema.meta).where(schema.meta.c.key == _MARK))
