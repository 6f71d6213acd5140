"""What is amiss with ownership, read from what is stored: nothing is written here."""

from __future__ import annotations

from sqlalchemy import Connection, exists, select

from callboard.domain.alias import IMAGE_SOURCE, REPOSITORY, WIZ_PROJECT
from callboard.domain.component import EntityRef
from callboard.store import schema

entity, claim = schema.entity.c, schema.claim.c


def routed_entities(conn: Connection) -> frozenset[EntityRef]:
    """Entities that some resource is routed to."""
    route, r = schema.holding_route.c, schema.resource.c
    used = select(r.holding_id).distinct()
    rows = conn.execute(
        select(entity.ref).join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
        .where(route.holding_id.in_(used)).distinct()
    ).scalars()  # fmt: skip
    return frozenset(EntityRef(ref) for ref in rows)


def dangling_claims(conn: Connection) -> list[tuple[EntityRef, str, str]]:
    """Claims that name nothing at any source, as (entity, annotation, value). None before anything was synced."""
    if conn.execute(select(schema.resource.c.id).limit(1)).first() is None:
        return []
    alias, project = schema.resource_alias.c, schema.project.c
    forms = (claim.form == alias.form) | ((claim.form == REPOSITORY) & (alias.form == IMAGE_SOURCE))
    named = exists(select(alias.resource_id).where(alias.value == claim.value, forms))
    listed = exists(select(project.id).where(project.external_id == claim.value, claim.form == WIZ_PROJECT))
    rows = conn.execute(
        select(entity.ref, claim.annotation, claim.value)
        .join_from(schema.claim, schema.entity, entity.id == claim.entity_id)
        .where(entity.gone_at.is_(None), ~named, ~listed)
        .order_by(entity.ref, claim.annotation, claim.value)
    )
    return [(EntityRef(ref), annotation, value) for ref, annotation, value in rows]


def moved_claims(conn: Connection) -> list[tuple[EntityRef, str, str, str]]:
    """Claims on repositories that have another name now, as (entity, annotation, old name, new slug)."""
    repository = schema.repository.c
    rows = conn.execute(
        select(entity.ref, claim.annotation, claim.value, repository.moved_to)
        .join_from(schema.claim, schema.entity, entity.id == claim.entity_id)
        .join(schema.repository, repository.key == claim.value)
        .where(entity.gone_at.is_(None), claim.form == REPOSITORY, repository.moved_to.is_not(None))
        .order_by(entity.ref, claim.annotation, claim.value)
    )
    return [(EntityRef(ref), annotation, value, moved_to) for ref, annotation, value, moved_to in rows]
