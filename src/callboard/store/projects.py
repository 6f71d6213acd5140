"""Projects of all sources, as their own listings tell them."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, and_, exists, select, true

from callboard.domain.access import Everything, Visibility
from callboard.domain.alignment import WizProject
from callboard.domain.component import EntityRef
from callboard.ports import ProjectRecord
from callboard.store import schema
from callboard.store.visible import entity_owned, visible

p, f = schema.project.c, schema.finding.c


def listed(conn: Connection, visibility: Visibility) -> list[WizProject]:
    """Projects that a source lists and has not archived, of which a finding is in sight; all for who sees everything.

    What is linked to a project is told only to who sees everything.
    """
    everything = isinstance(visibility, Everything)
    member = schema.project_set_member.c
    seen = exists(
        select(f.id)
        .join(schema.project_set_member, and_(member.set_id == f.project_set_id, member.project_id == p.id))
        .where(visible(f.holding_id, visibility))
    )
    decode = msgspec.msgpack.Decoder(ProjectRecord).decode
    rows = conn.execute(
        select(p.body).where(p.listed.is_(True), true() if everything else seen).order_by(p.external_id, p.id)
    )
    records = {record.external_id: record for body in rows.scalars() if not (record := decode(bytes(body))).archived}
    return [_told(record, everything=everything) for record in records.values()]


def _told(record: ProjectRecord, *, everything: bool) -> WizProject:
    return WizProject(
        external_id=record.external_id,
        name=record.name,
        slug=record.slug,
        is_folder=record.is_folder,
        parent_id=record.parent_id,
        business_unit=record.business_unit,
        owners=record.owners,
        repositories=record.repositories if everything else (),
        services=record.services if everything else (),
    )


def owned_components(conn: Connection, visibility: Visibility) -> set[EntityRef]:
    """The components that are the viewer's own."""
    entity = schema.entity.c
    rows = conn.execute(
        select(entity.ref).where(
            entity.kind == "component", entity.gone_at.is_(None), entity_owned(entity.id, visibility)
        )
    )
    return {EntityRef(ref) for ref in rows.scalars()}
