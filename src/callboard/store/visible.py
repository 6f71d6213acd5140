"""A viewer's visibility as SQL. The only function that compiles it, for reads, writes, counters and exports alike."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ColumnElement, false, or_, select, true

from callboard.domain.access import Everything, Nothing, Readers, Visibility
from callboard.store import schema


def visible(holding_id: Column[Any], visibility: Visibility) -> ColumnElement[bool]:
    """A clause: the row with this holding may be seen. A sub-select from owners, never a list of ids."""
    match visibility:
        case Everything():
            return true()
        case Nothing():
            return false()
        case Readers(owners=owners, depth=depth):
            entity, closure = schema.entity, schema.group_closure
            asked = select(entity.c.id).where(entity.c.ref.in_(sorted(owners)), entity.c.gone_at.is_(None))
            below = select(closure.c.below).where(closure.c.above.in_(asked))
            owned = select(entity.c.id).where(or_(entity.c.owner_id.in_(asked), entity.c.owner_id.in_(below)))
            reader = schema.holding_reader
            readable = select(reader.c.holding_id).where(reader.c.entity_id.in_(owned), reader.c.depth >= int(depth))
            return holding_id.in_(readable)


def visible_whole(holding_id: Column[Any], visibility: Visibility) -> ColumnElement[bool]:
    """The same for sums over a table of counters: who sees everything reads holding 0, which is all of them together."""
    return holding_id == 0 if isinstance(visibility, Everything) else visible(holding_id, visibility)
