"""What people did with findings in sight, counted by sort and door, and how many teams act."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, and_, func, or_, select, union

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.query import Query
from callboard.domain.remediation import Period
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.store import schema
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.remediation.acting import ACTS

f, e, s, d = schema.finding.c, schema.engagement.c, schema.decided.c, schema.decision.c


def by_door(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, period: Period
) -> Mapping[tuple[Engagement, Door], int]:  # fmt: skip
    """Different findings by what was done with them, and through which door."""
    rows = conn.execute(
        select(e.kind, e.door, func.count(e.finding_id.distinct()))
        .join_from(schema.engagement, schema.finding, f.id == e.finding_id)
        .where(e.hour >= period.start, e.hour < period.end, scopes.of_query(conn, visibility, query, asking, many=True))
        .group_by(e.kind, e.door)
    )
    return {(Engagement(kind), Door(door)): n for kind, door, n in rows}


def acted(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, period: Period
) -> tuple[int, frozenset[EntityRef], frozenset[EntityRef]]:  # fmt: skip
    """Different findings on which somebody acted; the teams that own them; and the teams with something open now."""
    within = scopes.of_query(conn, visibility, query, asking, many=True)
    said = (
        select(s.finding_id)
        .join_from(schema.decided, schema.decision, d.id == s.decision_id)
        .where(d.kind.in_([int(kind) for kind in ACTS]), d.at >= period.start, d.at < period.end)
    )
    clicked = select(e.finding_id).where(
        or_(e.kind == int(Engagement.FOLLOWED), e.kind == int(Engagement.ACTED)),
        and_(e.hour >= period.start, e.hour < period.end),
    )
    acts = union(said, clicked).subquery()
    rows = conn.execute(
        select(f.holding_id, func.count())
        .join_from(acts, schema.finding, f.id == acts.c.finding_id)
        .where(within)
        .group_by(f.holding_id)
    ).all()
    open_ = conn.execute(select(f.holding_id).where(f.closed == 0, within).distinct()).scalars()
    homes = scopes.homes(conn, visibility)

    def owners(holdings: list[int]) -> frozenset[EntityRef]:
        return frozenset(owner for id_ in holdings for _, owner in homes.get(id_, ()) if owner is not None)

    return sum(n for _, n in rows), owners([id_ for id_, _ in rows]), owners(list(open_))
