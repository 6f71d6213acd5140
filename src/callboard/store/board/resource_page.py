"""The page of one resource."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from callboard.domain.access import Visibility
from callboard.domain.board import Evidence
from callboard.domain.component import EntityRef
from callboard.domain.finding import Project, Resource
from callboard.domain.ownership.verdict import Reason
from callboard.domain.query import Grouping, OneOf, Query
from callboard.domain.things import Place, ResourcePage
from callboard.errors import NotFoundError
from callboard.ports import ProjectRecord
from callboard.store import schema
from callboard.store.board import bundles, spread
from callboard.store.board import sources as source_store
from callboard.store.query.filters import Asking
from callboard.store.visible import entity_visible, has_seen, sees

f, r, s = schema.finding.c, schema.resource.c, schema.source.c
entity, holding = schema.entity.c, schema.holding.c

BUNDLES = 50
"""Pieces of work on a resource's page at most."""


def page(
    conn: Connection, visibility: Visibility, external_id: str, source: str | None, asking: Asking
) -> ResourcePage:
    """A resource of which a finding is in sight, or that is the viewer's own. Raises NotFoundError for any other, known or not."""
    if "\0" in external_id:  # which no database stores, and one of them refuses to look for
        raise NotFoundError
    # Each source is asked about, whether or not it knows the resource: see `has_seen`.
    of_source = (r.source_id == s.id) & (r.external_id == external_id)
    rows = [
        row
        for row in conn.execute(
            select(r.id, r.body, r.holding_id, r.project_set_id, s.name, holding.verdict, holding.reason)
            .join_from(schema.source, schema.resource, of_source, isouter=True)
            .outerjoin(schema.holding, holding.id == r.holding_id)
            .order_by(s.name)
        ).all()
        # Of a base image that no source lists there is no finding, and what is inherited from it is on others.
        if has_seen(conn, visibility, f.resource_id, row.id) or sees(conn, visibility, row.holding_id)
    ]
    row = next((row for row in rows if source is None or row.name == source), None)
    if row is None:
        raise NotFoundError
    about = Query((OneOf("resource", (external_id,)), OneOf("source", (row.name,))))
    work = Query((*about.terms, spread.OPEN), about.sort, Grouping.FIX)
    health = source_store.health(conn, visibility, now=asking.now)
    routed, owners = _homes(conn, visibility, row.holding_id)
    evidence, withheld = _evidence(conn, visibility, row.id)
    return ResourcePage(
        resource=msgspec.msgpack.decode(bytes(row.body), type=Resource),
        source=next(each for each in health if each.name == row.name),
        others=tuple(Place(external_id, other.name) for other in rows if other.name != row.name),
        spread=spread.spread(conn, visibility, about, asking),
        bundles=bundles.page(conn, visibility, work, asking, after=None, limit=BUNDLES),
        verdict=row.verdict,
        reason=Reason(row.reason).words if row.reason else None,
        components=routed,
        owners=owners,
        evidence=evidence,
        withheld=withheld,
        projects=_projects(conn, row.project_set_id),
    )


def _homes(
    conn: Connection, visibility: Visibility, holding_id: int
) -> tuple[tuple[EntityRef, ...], tuple[EntityRef, ...]]:
    """The components that a holding is routed to, and their owners."""
    route = schema.holding_route.c
    rows = conn.execute(
        select(entity.ref, entity.owner_ref)
        .join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
        .where(route.holding_id == holding_id, entity_visible(entity.id, visibility))
        .order_by(entity.ref)
    ).all()
    owners = dict.fromkeys(EntityRef(row.owner_ref) for row in rows if row.owner_ref is not None)
    return tuple(EntityRef(row.ref) for row in rows), tuple(owners)


def _evidence(conn: Connection, visibility: Visibility, resource_id: int) -> tuple[tuple[Evidence, ...], bool]:
    """What speaks for which component, the winners first; and whether some of it is not for this viewer."""
    c = schema.candidate.c
    rows = conn.execute(
        select(entity.ref, c.tier, c.evidence, c.won, entity_visible(entity.id, visibility).label("seen"))
        .join_from(schema.candidate, schema.entity, entity.id == c.entity_id)
        .where(c.resource_id == resource_id)
        .order_by(c.won.desc(), c.tier, entity.ref, c.evidence)
    ).all()
    told = tuple(
        Evidence(component=EntityRef(row.ref), tier=row.tier, text=row.evidence, won=bool(row.won))
        for row in rows
        if row.seen
    )
    return told, len(told) < len(rows)


def _projects(conn: Connection, set_id: int) -> tuple[Project, ...]:
    member, project = schema.project_set_member.c, schema.project.c
    rows = conn.execute(
        select(project.body)
        .join_from(schema.project_set_member, schema.project, project.id == member.project_id)
        .where(member.set_id == set_id)
        .order_by(project.is_folder, project.name, project.id)
    ).scalars()
    records = [msgspec.msgpack.decode(bytes(body), type=ProjectRecord) for body in rows]
    return tuple(
        Project(
            external_id=record.external_id, name=record.name, slug=record.slug, business_unit=record.business_unit,
            business_impact=record.business_impact, is_folder=record.is_folder,
        )
        for record in records
    )  # fmt: skip
