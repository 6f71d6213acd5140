"""Resources and projects with their teams, as checks of naming and tagging look at them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Connection, select

from callboard.domain.access import Visibility
from callboard.domain.alias import WIZ_PROJECT
from callboard.domain.component import EntityRef
from callboard.domain.finding import Resource
from callboard.domain.ownership.alignment import WizProject
from callboard.domain.ownership.claims import canonical
from callboard.domain.ownership.standards import Thing
from callboard.store import schema
from callboard.store.visible import entity_visible, visible


def _teams(conn: Connection, visibility: Visibility) -> dict[int, tuple[EntityRef, ...]]:
    """The owners of each holding's components, of those that the viewer may know of."""
    route, entity = schema.holding_route.c, schema.entity.c
    found: dict[int, set[EntityRef]] = {}
    for holding_id, owner in conn.execute(
        select(route.holding_id, entity.owner_ref)
        .join_from(schema.holding_route, schema.entity, entity.id == route.entity_id)
        .where(entity.owner_id.is_not(None), entity_visible(entity.id, visibility))
    ):
        found.setdefault(holding_id, set()).add(EntityRef(owner))
    return {holding_id: tuple(sorted(owners)) for holding_id, owners in found.items()}


def resources(conn: Connection, visibility: Visibility) -> Iterator[Thing]:
    """Every resource in sight, with its tags and the teams that own it."""
    resource = schema.resource.c
    teams = _teams(conn, visibility)
    decode = msgspec.msgpack.Decoder(Resource).decode
    for body, holding_id in conn.execute(
        select(resource.body, resource.holding_id).where(visible(resource.holding_id, visibility)).order_by(resource.id)
    ):
        each = decode(bytes(body))
        yield Thing(
            kind="resource", key=each.external_id, name=each.name, teams=teams.get(holding_id, ()), tags=each.tags
        )


def projects(conn: Connection, visibility: Visibility, listed: Iterable[WizProject]) -> Iterator[Thing]:
    """These projects, with the owners of the components that claim them."""
    claim, entity = schema.claim.c, schema.entity.c
    teams: dict[str, set[EntityRef]] = {}
    for value, owner in conn.execute(
        select(claim.value, entity.owner_ref)
        .join_from(schema.claim, schema.entity, entity.id == claim.entity_id)
        .where(
            claim.form == WIZ_PROJECT, entity.owner_id.is_not(None), entity.gone_at.is_(None),
            entity_visible(entity.id, visibility),
        )
    ):  # fmt: skip
        teams.setdefault(value, set()).add(EntityRef(owner))
    for each in listed:
        yield Thing(
            kind="project",
            key=each.external_id,
            name=each.name,
            teams=tuple(sorted(teams.get(canonical(WIZ_PROJECT, each.external_id), ()))),
            has_owner=bool(each.owners),
            has_unit=bool(each.business_unit and each.business_unit.strip()),
        )
