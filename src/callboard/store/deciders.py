"""Which findings somebody may say something about, and of whom it may be said that they do the work."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.query import Query
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.query.filters import Asking
from callboard.store.query.scope import of_query
from callboard.store.visible import knows_of, visible

f, entity, member = schema.finding.c, schema.entity.c, schema.member.c


def in_sight(conn: Connection, dialect: Dialect, visibility: Visibility, ids: Collection[int]) -> list[int]:
    """Those of these findings that are in sight, in their order."""
    # Every holding is asked about, whatever was found: the clock must not tell what belongs to others from what is not there.
    holdings = dialect.lookup(conn, schema.finding, ["id", "holding_id"], "id", ids)
    wanted = {holding_id for _, holding_id in holdings}
    seen = {
        row[0]
        for row in conn.execute(select(schema.holding.c.id).where(visible(schema.holding.c.id, visibility)))
        if row[0] in wanted
    }
    return sorted(id_ for id_, holding_id in holdings if holding_id in seen)


def of(conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, most: int) -> list[int]:
    """The findings of a query that are in sight, in their order; one more than `most` where there are more."""
    query_ids = select(f.id).where(of_query(conn, visibility, query, asking)).order_by(f.id).limit(most + 1)
    return list(conn.execute(query_ids).scalars())


def may_be_given_to(conn: Connection, visibility: Visibility, ref: EntityRef) -> bool:
    """Whether this is a group that the viewer may know of, or a user: a member of one."""
    row = conn.execute(
        select(entity.id, entity.kind).where(
            entity.ref == ref, entity.gone_at.is_(None), entity.kind.in_(("group", "user"))
        )
    ).one_or_none()
    if row is None or row.kind == "group":
        return knows_of(conn, visibility, None if row is None else row.id)
    groups = conn.execute(select(member.group_id).where(member.user_id == row.id)).scalars().all()
    return knows_of(conn, visibility, row.id) or any(knows_of(conn, visibility, group) for group in groups)
