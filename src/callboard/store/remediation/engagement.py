"""What people did with findings, hour by hour, without who they were."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.finding import Kind
from callboard.domain.instant import Instant
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.errors import NotFoundError
from callboard.store import schema
from callboard.store.query import scope as scopes
from callboard.store.visible import visible

e, f = schema.engagement.c, schema.finding.c


def note(
    conn: Connection, visibility: Visibility, finding_id: int, kind: Engagement, door: Door, *, hour: Instant
) -> Kind | None:
    """Keep that it happened in this hour, and return the finding's kind. None: that is kept already. Raises NotFoundError."""
    if not 0 < finding_id < 2**63:
        raise NotFoundError
    seen = select(f.kind, f.rule_id).where(f.id == finding_id, visible(f.holding_id, visibility))
    row = conn.execute(seen).one_or_none()
    if row is None:
        raise NotFoundError
    if is_kept(conn, finding_id, kind, door, hour=hour):
        return None
    conn.execute(
        insert(schema.engagement).values(
            finding_id=finding_id, kind=int(kind), door=int(door), hour=hour, finding_kind=row.kind, rule_id=row.rule_id
        )
    )
    return Kind(row.kind)


def is_kept(conn: Connection, finding_id: int, kind: Engagement, door: Door, *, hour: Instant) -> bool:
    """Whether it is kept for this hour already."""
    same = (e.finding_id == finding_id, e.kind == int(kind), e.door == int(door), e.hour == hour)
    return conn.execute(select(e.hour).where(*same)).scalar_one_or_none() is not None


def owners_of(
    conn: Connection, visibility: Visibility, finding_ids: Collection[int]
) -> dict[int, frozenset[EntityRef]]:
    """Who owns what of these is in sight; the others are left out."""
    rows: Any = conn.execute(
        select(f.id, f.holding_id).where(f.id.in_(sorted(finding_ids)), visible(f.holding_id, visibility))
    )
    homes = scopes.homes(conn, visibility)
    return {
        id_: frozenset(owner for _, owner in homes.get(holding_id, ()) if owner is not None)
        for id_, holding_id in rows.all()
    }


def news(
    conn: Connection, looks: Mapping[int, Engagement], door: Door, *, hour: Instant
) -> dict[int, Engagement]:  # fmt: skip
    """What of these is not kept for this hour yet."""
    same = (e.finding_id.in_(sorted(looks)), e.door == int(door), e.hour == hour)
    kept = {(row.finding_id, row.kind) for row in conn.execute(select(e.finding_id, e.kind).where(*same))}
    return {id_: kind for id_, kind in looks.items() if (id_, int(kind)) not in kept}
