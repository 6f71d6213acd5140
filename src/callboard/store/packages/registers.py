"""Risk registers as they were kept: every one of the last weeks, the newest of each portal in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.risk.register import Estate, Register
from callboard.domain.risk.weakness import Users
from callboard.store import schema
from callboard.store.visible import uses_visible

KEPT = 50
"""Registers of one portal; older ones go."""
AT_ONCE = 400
"""Packages in one question."""

r = schema.risk_register.c


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One portal of which a register was kept."""

    portal: str
    at: Instant
    """Of the newest."""


def save(conn: Connection, register: Register) -> None:
    """Keep a register. Inside `Store.write`."""
    conn.execute(
        insert(schema.risk_register).values(
            portal=register.portal, at=register.at, formula=register.formula, body=msgspec.msgpack.encode(register)
        )
    )
    kept = (
        select(r.id).where(r.portal == register.portal).order_by(r.at.desc(), r.id.desc()).limit(KEPT).scalar_subquery()
    )
    conn.execute(delete(schema.risk_register).where(r.portal == register.portal, r.id.not_in(kept)))


def newest(conn: Connection, portal: str | None = None, *, formula: int) -> Register | None:
    """The newest register of a portal, or of any. None: there is none, or none by this formula."""
    wanted = select(r.body).where(r.formula == formula)
    if portal is not None:
        wanted = wanted.where(r.portal == portal)
    body = conn.execute(wanted.order_by(r.at.desc(), r.id.desc()).limit(1)).scalar_one_or_none()
    return None if body is None else msgspec.msgpack.decode(bytes(body), type=Register)


class _Whose(msgspec.Struct):
    component: str | None = None


def is_kept(conn: Connection, portal: str) -> bool:
    """Whether there is a register of a portal, by whatever formula."""
    return conn.execute(select(r.id).where(r.portal == portal).limit(1)).first() is not None


def component_of(conn: Connection, portal: str) -> EntityRef | None:
    """For which component the newest register of a portal is kept. None: for none, or there is none."""
    body = conn.execute(
        select(r.body).where(r.portal == portal).order_by(r.at.desc(), r.id.desc()).limit(1)
    ).scalar_one_or_none()
    found = None if body is None else msgspec.msgpack.decode(bytes(body), type=_Whose).component
    return None if found is None else EntityRef(found)


def portals(conn: Connection) -> Sequence[Kept]:
    """Every portal with a register, by name."""
    rows = conn.execute(select(r.portal, func.max(r.at).label("at")).group_by(r.portal).order_by(r.portal))
    return [Kept(portal=row.portal, at=Instant(row.at)) for row in rows]


def users(
    conn: Connection, visibility: Visibility, purls: Sequence[str], own: EntityRef | None
) -> Mapping[str, Users] | None:
    """Which of these packages components have now, and whose they are; None: no bill of materials was ever kept.

    Args:
        conn: an open transaction.
        visibility: whose bills count.
        purls: canonical package URLs; one that nobody has is in the answer, with nobody.
        own: the portal's own component, which is no other user.
    """
    if conn.execute(select(schema.manifest_version.c.id).limit(1)).first() is None:
        return None
    p, u, h, e = schema.package.c, schema.package_use.c, schema.manifest_holder.c, schema.entity.c
    found = {purl: Users(components=0, teams=0) for purl in purls}
    for start in range(0, len(purls), AT_ONCE):
        query = (
            select(p.purl, func.count(e.id.distinct()), func.count(e.owner_ref.distinct()))
            .select_from(schema.package)
            .join(schema.package_use, u.package_id == p.id)
            .join(schema.manifest_holder, h.manifest_id == u.manifest_id)
            .join(schema.entity, e.id == h.entity_id)
            .where(
                p.purl.in_(purls[start : start + AT_ONCE]), u.until_at == schema.NEVER, h.until_at == schema.NEVER,
                uses_visible(e.id, visibility),
            )
            .group_by(p.purl)
        )  # fmt: skip
        if own is not None:
            query = query.where(e.ref != own)
        for purl, components, teams in conn.execute(query):
            found[purl] = Users(components=components, teams=teams)
    return found


def estate(conn: Connection) -> Estate:
    """What stands behind a portal: the components of the catalog, and who owns any of them."""
    entity = schema.entity.c
    components, teams, ever = conn.execute(
        select(
            func.count(),
            func.count(entity.owner_ref.distinct()),
            select(func.count()).select_from(schema.catalog_reading).scalar_subquery(),
        ).where(entity.kind == "component", entity.gone_at.is_(None))
    ).one()
    # A catalog that nobody has read yet is not one without components.
    return Estate(components=components, teams=teams) if ever else Estate()
