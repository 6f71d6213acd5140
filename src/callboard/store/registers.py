"""Risk registers as they were kept: every one of the last weeks, the newest of each portal in force."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, func, insert, select

from callboard.domain.instant import Instant
from callboard.domain.risk.register import Estate, Register
from callboard.store import schema

KEPT = 50
"""Registers of one portal; older ones go."""

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


def portals(conn: Connection) -> Sequence[Kept]:
    """Every portal with a register, by name."""
    rows = conn.execute(select(r.portal, func.max(r.at).label("at")).group_by(r.portal).order_by(r.portal))
    return [Kept(portal=row.portal, at=Instant(row.at)) for row in rows]


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
