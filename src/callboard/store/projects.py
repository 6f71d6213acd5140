"""Projects of all sources, as their own listings tell them."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.component import EntityRef
from callboard.domain.ownership.alignment import WizProject
from callboard.ports import ProjectRecord
from callboard.store import schema
from callboard.store.database import revision
from callboard.store.kept import Kept
from callboard.store.visible import entity_owned, visible

p, f = schema.project.c, schema.finding.c

_IN_SIGHT: Kept[frozenset[int]] = Kept(64)


def in_sight(conn: Connection, visibility: Visibility) -> frozenset[int]:
    """The projects of which a finding is in sight, found from the reader's side and kept: that others have a project costs nothing."""
    return _IN_SIGHT.get(conn, (revision(conn), visibility), lambda: _in_sight(conn, visibility))


def _in_sight(conn: Connection, visibility: Visibility) -> frozenset[int]:
    member = schema.project_set_member.c
    sets = select(f.project_set_id).where(visible(f.holding_id, visibility)).distinct()
    return frozenset(conn.execute(select(member.project_id).where(member.set_id.in_(sets)).distinct()).scalars())


def listed(conn: Connection, visibility: Visibility) -> list[WizProject]:
    """Projects that a source lists and has not archived, of which a finding is in sight; all for who sees everything.

    What is linked to a project is told only to who sees everything.
    """
    everything = isinstance(visibility, Everything)
    seen = frozenset() if everything else in_sight(conn, visibility)
    decode = msgspec.msgpack.Decoder(ProjectRecord).decode
    rows = conn.execute(select(p.id, p.body).where(p.listed.is_(True)).order_by(p.external_id, p.id)).all()
    told = (decode(bytes(row.body)) for row in rows if everything or row.id in seen)
    records = {record.external_id: record for record in told if not record.archived}
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
