"""What one resource was built on, and whose that is which came with it: as far as a viewer may know."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, case, func, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.ownership.inherited import BaseImage, FromBase, barred
from callboard.store import dialect, schema
from callboard.store.ownership import holdings, lineage
from callboard.store.visible import entity_visible, named, visible

f, r = schema.finding.c, schema.resource.c


def of(conn: Connection, visibility: Visibility, resource_id: int) -> BaseImage | None:
    """The base image of a resource of which the viewer sees a finding. None: it is no image, and runs none."""
    found = lineage.of_resources(conn, (resource_id,)).get(resource_id)
    if found is None:
        return None
    own, theirs = conn.execute(select(r.holding_id, r.inherited_id).where(r.id == resource_id)).one()
    is_inherited = own != theirs
    holders = list(holdings.stored(conn, dialect.of(conn), found.holders).values())
    return BaseImage(
        image=found.image,
        base=found.base,
        builders=_routes(conn, visibility, theirs) if is_inherited else (),
        bar=None if found.base is None else barred(holders),
        runners=_routes(conn, visibility, own),
        is_inherited=is_inherited,
    )


def inherited_by(conn: Connection, visibility: Visibility, entity_id: int) -> tuple[FromBase, ...]:
    """Open findings in sight on what this entity runs that are for others to fix, by who has to; the most first."""
    route = schema.holding_route.c
    its = select(route.holding_id).where(route.entity_id == entity_id)
    severe = case((f.severity >= int(Severity.HIGH), 1), else_=0)
    rows = conn.execute(
        select(f.holding_id, f.resource_id, func.count(), func.sum(severe), func.min(f.first_detected_at))
        .where(
            f.resource_id.in_(select(r.id).where(r.holding_id.in_(its), r.inherited_id != r.holding_id)),
            f.base_layer == 1, f.closed == 0, visible(f.holding_id, visibility),
        )
        .group_by(f.holding_id, f.resource_id)
    ).all()  # fmt: skip
    built_on = lineage.of_resources(conn, {row[1] for row in rows})
    builders = _builders(conn, visibility, {row[0] for row in rows})
    found: dict[tuple[EntityRef | None, EntityRef | None], list[tuple[str | None, int, int, Instant]]] = {}
    for holding_id, resource_id, n, n_severe, oldest in rows:
        base = built_on[resource_id].base if resource_id in built_on else None
        for builder in builders.get(holding_id, _UNNAMED):
            found.setdefault(builder, []).append((base, int(n), int(n_severe), oldest))
    told = [
        FromBase(
            builder=builder, owner=owner, bases=tuple(sorted({each[0] for each in many if each[0] is not None})),
            open=sum(each[1] for each in many), critical_high=sum(each[2] for each in many),
            oldest_at=min(each[3] for each in many),
        )
        for (builder, owner), many in found.items()
    ]  # fmt: skip
    return tuple(sorted(told, key=lambda each: (-each.open, each.builder or "")))


_UNNAMED: list[tuple[EntityRef | None, EntityRef | None]] = [(None, None)]


def _builders(
    conn: Connection, visibility: Visibility, holding_ids: Collection[int]
) -> dict[int, list[tuple[EntityRef | None, EntityRef | None]]]:
    """The components that these holdings are routed to, with their owners, as far as the viewer may be told."""
    route, entity = schema.holding_route.c, schema.entity.c
    found: dict[int, list[tuple[EntityRef | None, EntityRef | None]]] = {}
    for holding_id, ref, owner in conn.execute(
        select(route.holding_id, entity.ref, entity.owner_ref)
        .join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
        .where(route.holding_id.in_(holding_ids), named(entity.id, visibility))
    ):
        found.setdefault(holding_id, []).append((EntityRef(ref), None if owner is None else EntityRef(owner)))
    return found


def _routes(conn: Connection, visibility: Visibility, holding_id: int) -> tuple[EntityRef, ...]:
    route, entity = schema.holding_route.c, schema.entity.c
    refs = conn.execute(
        select(entity.ref)
        .join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
        .where(route.holding_id == holding_id, entity_visible(entity.id, visibility))
    ).scalars()
    return tuple(sorted(EntityRef(ref) for ref in refs))
