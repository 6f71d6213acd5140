"""The page of one project of a source."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.alias import WIZ_PROJECT
from callboard.domain.component import EntityRef
from callboard.domain.finding import Project
from callboard.domain.ownership.claims import canonical
from callboard.domain.query import OneOf, Query
from callboard.domain.things import Place, ProjectPage
from callboard.errors import NotFoundError
from callboard.ports import ProjectRecord
from callboard.store import projects, schema
from callboard.store.board import sources as source_store
from callboard.store.board import spread
from callboard.store.query.filters import Asking
from callboard.store.visible import entity_visible

p, s = schema.project.c, schema.source.c

LEVELS = 20
"""Folders above a project that are looked at."""


def page(conn: Connection, visibility: Visibility, external_id: str, source: str | None, asking: Asking) -> ProjectPage:
    """A project of which a finding is in sight; who sees everything sees empty ones too. Raises NotFoundError."""
    if "\0" in external_id:  # which no database stores, and one of them refuses to look for
        raise NotFoundError
    everything = isinstance(visibility, Everything)
    seen = frozenset() if everything else projects.in_sight(conn, visibility)
    rows = [
        row
        for row in conn.execute(
            select(p.id, p.body, p.listed, p.source_id, s.name)
            .join_from(schema.project, schema.source, s.id == p.source_id)
            .where(p.external_id == external_id)
            .order_by(s.name)
        ).all()
        if everything or row.id in seen
    ]
    row = next((row for row in rows if source is None or row.name == source), None)
    if row is None:
        raise NotFoundError
    record = msgspec.msgpack.decode(bytes(row.body), type=ProjectRecord)
    about = Query((OneOf("project", (external_id,)), OneOf("source", (row.name,))))
    health = source_store.health(conn, visibility, now=asking.now)
    return ProjectPage(
        project=_told(record),
        source=next(each for each in health if each.name == row.name),
        others=tuple(Place(external_id, other.name) for other in rows if other.name != row.name),
        archived=record.archived,
        listed=bool(row.listed),
        path=_path(conn, row.source_id, record.parent_id),
        owners=record.owners,
        champions=record.champions,
        repositories=record.repositories if everything else None,
        services=record.services if everything else None,
        claimed_by=_claimed_by(conn, visibility, external_id),
        spread=spread.spread(conn, visibility, about, asking),
        components=spread.by_component(conn, visibility, about, asking),
    )


def _told(record: ProjectRecord) -> Project:
    return Project(
        external_id=record.external_id, name=record.name, slug=record.slug, business_unit=record.business_unit,
        business_impact=record.business_impact, is_folder=record.is_folder,
    )  # fmt: skip


def _path(conn: Connection, source_id: int, parent_id: str | None) -> tuple[Project, ...]:
    """The folders above, the outermost first; a circle ends where it closes."""
    found: dict[str, Project] = {}
    while parent_id is not None and parent_id not in found and len(found) < LEVELS:
        body = conn.execute(
            select(p.body).where(p.source_id == source_id, p.external_id == parent_id)
        ).scalar_one_or_none()
        if body is None:
            break
        record = msgspec.msgpack.decode(bytes(body), type=ProjectRecord)
        found[parent_id] = _told(record)
        parent_id = record.parent_id
    return tuple(reversed(found.values()))


def _claimed_by(conn: Connection, visibility: Visibility, external_id: str) -> tuple[EntityRef, ...]:
    entity, claim = schema.entity.c, schema.claim.c
    rows = conn.execute(
        select(entity.ref)
        .join_from(schema.entity, schema.claim, claim.entity_id == entity.id)
        .where(
            claim.form == WIZ_PROJECT, claim.value == canonical(WIZ_PROJECT, external_id), entity.gone_at.is_(None),
            entity_visible(entity.id, visibility),
        )
        .distinct()
        .order_by(entity.ref)
    )  # fmt: skip
    return tuple(EntityRef(ref) for ref in rows.scalars())
