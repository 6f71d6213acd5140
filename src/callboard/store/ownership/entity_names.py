"""Which names the catalog has, as far as the viewer may know of them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.store import schema
from callboard.store.visible import entity_visible

MOST = 5_000
"""Names that are compared with a mistyped one: a tenth of a second's work."""

entity = schema.entity


def known(conn: Connection, visibility: Visibility, refs: Sequence[EntityRef]) -> frozenset[EntityRef]:
    """Those of `refs` that the catalog has or had, or that something in it names as its owner."""
    wanted = set(refs)
    rows = conn.execute(
        select(entity.c.ref, entity.c.owner_ref).where(
            or_(entity.c.ref.in_(wanted), entity.c.owner_ref.in_(wanted)), entity_visible(entity.c.id, visibility)
        )
    )
    return frozenset(EntityRef(ref) for row in rows for ref in row if ref in wanted)


def of_kind(conn: Connection, visibility: Visibility, kind: str) -> list[EntityRef]:
    """Names of one kind that the catalog has now; none where it has more than can be compared in a moment."""
    rows = conn.execute(
        select(entity.c.ref)
        .where(entity.c.kind == kind, entity.c.gone_at.is_(None), entity_visible(entity.c.id, visibility))
        .order_by(entity.c.ref)
        .limit(MOST + 1)
    ).scalars()
    found = [EntityRef(ref) for ref in rows]
    return found if len(found) <= MOST else []
