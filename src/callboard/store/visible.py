"""A viewer's visibility as SQL. The only file that compiles it, for reads, writes, counters and exports alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)

from callboard.domain.access import Depth, Everything, Nothing, Readers, Visibility, own_alone, reaching
from callboard.domain.component import EntityRef
from callboard.store import schema

_entity, _route, _closure = schema.entity.c, schema.holding_route.c, schema.group_closure.c


def visible(holding_id: ColumnElement[Any], visibility: Visibility) -> ColumnElement[bool]:
    """A clause: the row with this holding may be seen. A sub-select from owners, never a list of ids."""
    match visibility:
        case Everything():
            return true()
        case Nothing():
            return false()
        case Readers(depth=depth, others=others):
            if depth > visibility.deepest:
                return false()
            reader = schema.holding_reader.c
            homes = _homes(visibility)
            mine = None if homes is None else select(reader.holding_id).where(
                reader.entity_id.in_(homes), reader.depth >= int(depth)
            )  # fmt: skip
            if others is None or others < depth:
                return false() if mine is None else holding_id.in_(mine)
            routed = select(_route.holding_id)
            if visibility.by_portal:
                routed = routed.where(_in_sight(_route.entity_id, visibility))
            return holding_id.in_(routed) if mine is None else or_(holding_id.in_(mine), holding_id.in_(routed))


def sees(conn: Connection, visibility: Visibility, holding_id: int | None) -> bool:
    """Whether what has this holding may be seen. None: there is no such thing, which is found out no sooner.

    A condition beside the search for a row is asked only where there is a row: then a reader of thousands of holdings could
    tell by the clock what belongs to others from what is not there.
    """
    asked = visible(literal(holding_id or 0, BigInteger), visibility)
    return bool(conn.execute(select(asked)).scalar_one()) and holding_id is not None


def has_seen(conn: Connection, visibility: Visibility, column: Column[Any], id_: int | None) -> bool:
    """Whether a finding is in sight whose `column`, its rule or its resource, is `id_`. None: there is no such thing.

    Asked from the reader's side: every holding in sight is looked for among these findings until one is there. So the work is
    as much as the reader sees, and neither that others have such findings nor how many of them shows on the clock. Where
    there is no such thing the same is looked for at another one's place, in holdings that do not exist.
    """
    if isinstance(visibility, Nothing):
        return False
    f, holding = schema.finding.c, schema.holding.c
    if isinstance(visibility, Everything):
        return conn.execute(select(f.id).where(column == id_).limit(1)).first() is not None
    sign = literal(-1 if id_ is None else 1, BigInteger)
    place = func.coalesce(literal(id_, BigInteger), select(func.min(column)).scalar_subquery())
    # A value, and no EXISTS: that one is turned around by planners, to begin with what others have.
    there = (
        select(literal(1))
        .where(column == place, f.closed.in_((0, 1)), f.holding_id == holding.id * sign)
        .limit(1)
        .correlate(schema.holding)
        .scalar_subquery()
    )
    mine = select(literal(1)).where(visible(holding.id, visibility), there == literal(1)).limit(1)
    return conn.execute(mine).first() is not None


def knows_of(conn: Connection, visibility: Visibility, entity_id: int | None) -> bool:
    """Whether the viewer may know that this catalog entity is there; asked as `sees` asks."""
    asked = entity_visible(literal(entity_id or 0, BigInteger), visibility)
    return bool(conn.execute(select(asked)).scalar_one()) and entity_id is not None


def owns(conn: Connection, visibility: Visibility, entity_id: int | None) -> bool:
    """Whether this catalog entity is the viewer's own; asked as `sees` asks."""
    asked = entity_owned(literal(entity_id or 0, BigInteger), visibility)
    return bool(conn.execute(select(asked)).scalar_one()) and entity_id is not None


def may_know_uses(conn: Connection, visibility: Visibility, entity_id: int | None) -> bool:
    """Whether the viewer may know which packages this catalog entity uses; asked as `sees` asks."""
    asked = uses_visible(literal(entity_id or 0, BigInteger), visibility)
    return bool(conn.execute(select(asked)).scalar_one()) and entity_id is not None


def visible_whole(holding_id: Column[Any], visibility: Visibility) -> ColumnElement[bool]:
    """The same for sums over a table of counters: who sees everything reads holding 0, which is all of them together."""
    return holding_id == 0 if isinstance(visibility, Everything) else visible(holding_id, visibility)


def entity_owned(entity_id: ColumnElement[Any], visibility: Visibility) -> ColumnElement[bool]:
    """A clause: the entity is the viewer's own: owned by one of the reader's groups, or by a group below them."""
    match visibility:
        case Everything():
            return true()
        case Nothing():
            return false()
        case Readers():
            homes = _homes(visibility)
            return false() if homes is None else entity_id.in_(homes)


def uses_visible(entity_id: ColumnElement[Any], visibility: Visibility) -> ColumnElement[bool]:
    """A clause: the viewer may know which packages this catalog entity uses, which tells as much as its findings do.

    To work depth: what is the reader's own, and what everybody sees to that depth, as far as the portal shows it.
    """
    match visibility:
        case Everything():
            return true() if visibility.deepest >= Depth.WORK else false()
        case Nothing():
            return false()
        case Readers():
            if visibility.deepest < Depth.WORK:
                return false()
            own = entity_owned(entity_id, visibility)
            if visibility.others is None or visibility.others < Depth.WORK:
                return own
            return or_(own, _in_sight(entity_id, visibility)) if visibility.by_portal else true()


def entity_visible(entity_id: ColumnElement[Any], visibility: Visibility) -> ColumnElement[bool]:
    """A clause: the viewer may know that this catalog entity is there.

    A reader knows of what is the reader's own, of what holds a finding that the reader may see, of the systems and domains
    around these, and of the reader's groups with those above and below them. Where findings are open to the whole
    organisation every entity is known, and where only counts are, every component with its owner, system and domain.
    What is not the reader's own may be for the portal to show.
    """
    match visibility:
        case Everything():
            return true()
        case Nothing():
            return false()
        case Readers():
            if not visibility.by_portal:
                return entity_known(entity_id, visibility)
            own = or_(entity_owned(entity_id, visibility), entity_id.in_(_asked(visibility.owners)))
            return or_(own, and_(entity_known(entity_id, visibility), _in_sight(entity_id, visibility)))


def named(entity_id: Column[Any], visibility: Visibility) -> ColumnElement[bool]:
    """A clause: of what is in sight, the viewer may be told that it is also this entity's.

    Without the portal's say everybody is told with whom they share a finding. With it, what the portal hides from somebody
    stays unnamed, even where they share.
    """
    if not isinstance(visibility, Readers) or not visibility.by_portal:
        return true()
    # The portal was asked about what the viewer would know of, so what it shows needs no second look.
    return or_(entity_owned(entity_id, visibility), _in_sight(entity_id, visibility))


def names_all(visibility: Visibility) -> bool:
    """Whether this viewer is told every component that a finding in sight belongs to."""
    return not (isinstance(visibility, Readers) and visibility.by_portal)


def entity_known(entity_id: ColumnElement[Any], visibility: Readers) -> ColumnElement[bool]:
    """The same whatever the portal says: what it has to be asked about."""
    match visibility.others:
        case Depth.WORK | Depth.SENSITIVE:
            return true()
        case Depth.COUNTS:
            # A number stands on a component, and is summed up for its owner, its system and its domain.
            counted = select(_entity.id).where(_entity.kind.in_(_COUNTED))
            owner = select(_entity.owner_id).where(_entity.owner_id.is_not(None), _entity.kind.in_(_COUNTED))
            return or_(entity_id.in_(counted), entity_id.in_(owner), _around(entity_id, visibility))
    return _around(entity_id, visibility)


_COUNTED = ("component", "system", "domain", "group")
"""Kinds of entities that everybody knows of where numbers are open to the whole organisation."""


def _around(entity_id: ColumnElement[Any], visibility: Readers) -> ColumnElement[bool]:
    """What is the reader's own, and what stands around it."""
    homes = _homes(visibility)
    if homes is None:
        return false()
    system = schema.entity.alias("system").c
    asked = _asked(visibility.owners)
    seen = visible(_route.holding_id, reaching(own_alone(visibility), Depth.WORK))
    known = or_(_entity.id.in_(homes), _entity.id.in_(select(_route.entity_id).where(seen)))
    systems = select(_entity.system_ref).where(_entity.system_ref.is_not(None), known)
    domains = select(system.system_ref).where(system.system_ref.is_not(None), system.ref.in_(systems))
    around = or_(_entity.ref.in_(systems), _entity.ref.in_(domains))
    return or_(
        entity_id.in_(select(_entity.id).where(known)),
        entity_id.in_(select(_entity.id).where(around)),
        entity_id.in_(asked),
        entity_id.in_(select(_closure.above).where(_closure.below.in_(asked))),
        entity_id.in_(select(_closure.below).where(_closure.above.in_(asked))),
    )


def _in_sight(entity_id: ColumnElement[Any], visibility: Readers) -> ColumnElement[bool]:
    """A clause: the portal shows this entity to the viewer."""
    if visibility.sight is None:
        return false()
    shown = schema.sight_entity.c
    return entity_id.in_(select(shown.entity_id).where(shown.sight_id == visibility.sight))


def _homes(visibility: Readers) -> Select[tuple[int]] | None:
    """The entities that are the reader's own. None: there can be none."""
    owned = _owned(visibility.owners) if visibility.owners else None
    if visibility.component is None:
        return owned
    of_token = and_(_entity.ref == visibility.component, _entity.gone_at.is_(None))
    if owned is None:
        return select(_entity.id).where(of_token)
    return select(_entity.id).where(or_(of_token, _entity.id.in_(owned)))


def _asked(owners: Iterable[EntityRef]) -> Select[tuple[int]]:
    return select(_entity.id).where(_entity.ref.in_(sorted(owners)), _entity.gone_at.is_(None))


def _owned(owners: Iterable[EntityRef]) -> Select[tuple[int]]:
    """Entities whose owner is one of these, or a group below one of these."""
    asked = _asked(owners)
    below = select(_closure.below).where(_closure.above.in_(asked))
    # One list of few ids: of two that are joined by OR, PostgreSQL expects three quarters of all entities.
    return select(_entity.id).where(_entity.owner_id.in_(union_all(asked, below)))
