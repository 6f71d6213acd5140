"""What several components claim at once, and by which evidence findings are mapped: as far as a viewer may know."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, exists, func, not_, or_, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.ownership.suggesting import Place
from callboard.domain.ownership.verdict import LAST_ROUTED_TIER, Tier, Verdict
from callboard.store import schema
from callboard.store.dialect import Dialect
from callboard.store.visible import entity_visible, visible

r, f, holding = schema.resource.c, schema.finding.c, schema.holding.c


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """One component that claims it, with its strongest evidence."""

    component: EntityRef
    owner: EntityRef | None
    tier: int
    text: str


class Contested(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that components of different owners claim."""

    source: str
    external_id: str
    name: str
    type: str
    open: int
    """Open findings on it, in sight."""
    rivals: tuple[Rival, ...]
    """Those that the viewer may know of, the strongest first."""


def disputed() -> Select[Any]:
    """Resources for which other evidence names an entity of another owner, as `Ownership.disputed` says it.

    Of the mapped ones among them it is true that they are disputed.
    """
    c, route, won = schema.candidate.c, schema.holding_route.c, schema.candidate.alias("won").c
    entity, home = schema.entity.c, schema.entity.alias("home").c
    is_theirs = exists().where(
        route.holding_id == r.holding_id,
        home.id == route.entity_id,
        or_(home.id == entity.id, home.owner_ref == entity.owner_ref),
    )
    is_wider = exists().where(won.resource_id == c.resource_id, won.won.is_(True), won.tier == c.tier)
    return (
        select(c.resource_id)
        .join_from(schema.candidate, schema.resource, r.id == c.resource_id)
        .join(schema.entity, entity.id == c.entity_id)
        .where(c.tier < int(Tier.DEFAULT), c.dropped.is_(None), c.won.is_(False), not_(is_theirs), not_(is_wider))
        .distinct()
    )


def suggested() -> Select[Any]:
    """Resources for which evidence that never routes names somebody."""
    c = schema.candidate.c
    return select(c.resource_id).where(c.tier > LAST_ROUTED_TIER).distinct()


# What came with a base image and is for the owner of that does not wait for who owns the resource.
_waits = (f.resource_id == r.id) & (f.closed == 0) & (f.holding_id == r.holding_id)


def contested(conn: Connection, visibility: Visibility, *, limit: int) -> tuple[int, tuple[Contested, ...]]:
    """How many resources are in conflict, and those with most open findings first."""
    n = func.count(f.id)
    query = (
        select(r.id, r.external_id, r.name, r.type, schema.source.c.name.label("source"), n.label("n"))
        .join_from(schema.resource, schema.holding, holding.id == r.holding_id)
        .join(schema.source, schema.source.c.id == r.source_id)
        .outerjoin(schema.finding, _waits & visible(f.holding_id, visibility))
        .where(holding.verdict == Verdict.CONFLICT.value, visible(r.holding_id, visibility))
        .group_by(r.id, r.external_id, r.name, r.type, schema.source.c.name)
    )
    total = conn.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = conn.execute(query.order_by(n.desc(), r.id).limit(limit)).all()
    rivals = _rivals(conn, visibility, [row.id for row in rows])
    return int(total), tuple(
        Contested(
            source=row.source, external_id=row.external_id, name=row.name, type=row.type, open=int(row.n),
            rivals=tuple(rivals.get(row.id, ())),
        )
        for row in rows
    )  # fmt: skip


def _rivals(conn: Connection, visibility: Visibility, ids: Collection[int]) -> dict[int, list[Rival]]:
    c, entity = schema.candidate.c, schema.entity.c
    rows = conn.execute(
        select(c.resource_id, entity.ref, entity.owner_ref, c.tier, c.evidence)
        .join_from(schema.candidate, schema.entity, entity.id == c.entity_id)
        .where(
            c.resource_id.in_(list(ids)), c.won.is_(True), c.dropped.is_(None), entity_visible(entity.id, visibility)
        )
        .order_by(c.tier, entity.ref, c.evidence)
    )
    found: dict[int, list[Rival]] = {}
    for id_, ref, owner, tier, text in rows:
        there = found.setdefault(id_, [])
        if all(each.component != ref for each in there):
            owned_by = None if owner is None else EntityRef(owner)
            there.append(Rival(component=EntityRef(ref), owner=owned_by, tier=tier, text=text))
    return found


def tiers(conn: Connection, dialect: Dialect, visibility: Visibility, finding_ids: Collection[int]) -> dict[int, int]:
    """By finding in sight: the tier of the evidence that decided, of its resource or of the base image that it came with."""
    rows = dialect.lookup(conn, schema.finding, ["id", "resource_id", "holding_id"], "id", finding_ids)
    resources = dialect.lookup(conn, schema.resource, ["id", "inherited_id", "base_id"], "id", {row[1] for row in rows})
    bases = {(id_, theirs): base_id for id_, theirs, base_id in resources if base_id is not None}
    wanted = {row[2] for row in rows}
    seen = set(
        conn.execute(
            select(holding.id).where(
                holding.id.in_(wanted), holding.verdict == "mapped", visible(holding.id, visibility)
            )
        ).scalars()
    )
    spell = schema.ownership_spell.c
    found = conn.execute(
        select(spell.resource_id, spell.tier).where(
            spell.resource_id.in_({row[1] for row in rows} | set(bases.values())), spell.to_at.is_(None),
            spell.tier.is_not(None),
        )
    )  # fmt: skip
    by_resource = {resource: int(tier) for resource, tier in found}
    deciding = {id_: bases.get((resource, at), resource) for id_, resource, at in rows if at in seen}
    return {id_: by_resource[subject] for id_, subject in deciding.items() if subject in by_resource}


def titles(conn: Connection) -> dict[Place, str]:
    """Names of projects, for people."""
    p = schema.project.c
    return {("project", external_id): name for external_id, name in conn.execute(select(p.external_id, p.name))}
