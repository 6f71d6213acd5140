"""A viewer's visibility as SQL. The only file that compiles it, for reads, writes, counters and exports alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, false, or_, select, true

from callboard.domain.access import Everything, Nothing, Readers, Visibility
from callboard.domain.component import EntityRef
from callboard.store import schema


def visible(holding_id: ColumnElement[Any], visibility: Visibility) -> ColumnElement[bool]:
    """A clause: the row with this holding may be seen. A sub-select from owners, never a list of ids."""
    match visibility:
        case Everything():
            return true()
        case Nothing():
            return false()
        case Readers(owners=owners) if not owners:
            return false()
        case Readers(owners=owners, depth=depth):
            reader = schema.holding_reader
            mine = reader.c.entity_id.in_(_owned(owners))
            return holding_id.in_(select(reader.c.holding_id).where(mine, reader.c.depth >= int(depth)))


def visible_whole(holding_id: Column[Any], visibility: Visibility) -> ColumnElement[bool]:
    """The same for sums over a table of counters: who sees everything reads holding 0, which is all of them together."""
    return holding_id == 0 if isinstance(visibility, Everything) else visible(holding_id, visibility)


def entity_owned(entity_id: Column[Any], visibility: Visibility) -> ColumnElement[bool]:
    """A clause: the entity is the viewer's own: owned by one of the reader's groups, or by a group below them."""
    match visibility:
        case Everything():
            return true()
        case Nothing():
            return false()
        case Readers(owners=owners) if not owners:
            return false()
        case Readers(owners=owners):
            return entity_id.in_(_owned(owners))


def entity_visible(entity_id: Column[Any], visibility: Visibility) -> ColumnElement[bool]:
    """A clause: the viewer may know that this catalog entity is there.

    A reader knows of what is the reader's own, of what holds a finding that the reader may see, of the systems and domains
    around these, and of the reader's groups with those above and below them.
    """
    match visibility:
        case Everything():
            return true()
        case Nothing():
            return false()
        case Readers(owners=owners) if not owners:
            return false()
        case Readers(owners=owners):
            route, closure, system = schema.holding_route.c, schema.group_closure.c, schema.entity.alias("system").c
            asked = _asked(owners)
            known = or_(
                schema.entity.c.id.in_(_owned(owners)),
                schema.entity.c.id.in_(select(route.entity_id).where(visible(route.holding_id, visibility))),
            )
            systems = select(schema.entity.c.system_ref).where(schema.entity.c.system_ref.is_not(None), known)
            domains = select(system.system_ref).where(system.system_ref.is_not(None), system.ref.in_(systems))
            around = or_(schema.entity.c.ref.in_(systems), schema.entity.c.ref.in_(domains))
            return or_(
                entity_id.in_(select(schema.entity.c.id).where(known)),
                entity_id.in_(select(schema.entity.c.id).where(around)),
                entity_id.in_(asked),
                entity_id.in_(select(closure.above).where(closure.below.in_(asked))),
                entity_id.in_(select(closure.below).where(closure.above.in_(asked))),
            )


def _asked(owners: Iterable[EntityRef]) -> Select[tuple[int]]:
    return select(schema.entity.c.id).where(schema.entity.c.ref.in_(sorted(owners)), schema.entity.c.gone_at.is_(None))


def _owned(owners: Iterable[EntityRef]) -> Select[tuple[int]]:
    """Entities whose owner is one of these, or a group below one of these."""
    entity, closure, asked = schema.entity.c, schema.group_closure.c, _asked(owners)
    below = select(closure.below).where(closure.above.in_(asked))
    return select(entity.id).where(or_(entity.owner_id.in_(asked), entity.owner_id.in_(below)))
