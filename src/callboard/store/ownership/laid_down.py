"""Policies written down: every revision stays, the highest of each kind is in force, and none means the configuration."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, func, insert, select

from callboard.domain import due
from callboard.domain.instant import Instant
from callboard.domain.policy import Body, Due, PolicyKind, kind_of
from callboard.store import schema
from callboard.store.database import Store

p = schema.policy_revision.c


class Laid(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of a policy."""

    kind: PolicyKind
    n: int
    at: Instant
    actor: str
    reason: str
    removed: bool
    """Taken back with this revision: the configuration holds again."""
    origin: str | None
    """The file that it is kept in, where it is: then it is changed there, and nowhere else."""
    body: Body


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    origin: str | None
    body: Body


def history(conn: Connection, kind: PolicyKind) -> tuple[Laid, ...]:
    """Every revision, the newest first."""
    rows = conn.execute(select(schema.policy_revision).where(p.kind == kind.value).order_by(p.n.desc()))
    return tuple(_laid(row) for row in rows)


def newest(conn: Connection, kind: PolicyKind) -> Laid | None:
    """The last revision, also one that took the policy back. None: nobody ever laid one down."""
    row = conn.execute(
        select(schema.policy_revision).where(p.kind == kind.value).order_by(p.n.desc()).limit(1)
    ).one_or_none()
    return None if row is None else _laid(row)


def save(
    conn: Connection, body: Body, *, origin: str | None, at: Instant, actor: str, reason: str, removed: bool = False
) -> int:
    """Write the next revision. Inside `Store.write`; what follows from it is the caller's."""
    kind = kind_of(body).value
    last = conn.execute(select(func.coalesce(func.max(p.n), 0)).where(p.kind == kind)).scalar_one()
    stored = msgspec.json.encode(_Stored(origin=origin, body=body)).decode()
    conn.execute(
        insert(schema.policy_revision).values(
            kind=kind, name=kind, n=last + 1, at=at, actor=actor, reason=reason, removed=removed, body=stored
        )
    )
    return int(last) + 1


def due_policy(conn: Connection, store: Store) -> due.Policy:
    """By when findings are due: as laid down, else as configured."""
    found = newest(conn, PolicyKind.DUE)
    if found is None or found.removed or not isinstance(found.body, Due):
        return store.policy
    # A policy remembers the limits it gave: one object for each revision.
    if store.laid_down is None or store.laid_down[0] != found.n:
        store.laid_down = (found.n, found.body.limits())
    return store.laid_down[1]


def _laid(row: object) -> Laid:
    stored = msgspec.json.decode(row.body, type=_Stored)  # type: ignore[attr-defined] # rows have no type
    return Laid(
        kind=PolicyKind(row.kind), n=row.n, at=Instant(row.at), actor=row.actor, reason=row.reason,  # type: ignore[attr-defined]
        removed=bool(row.removed), origin=stored.origin, body=stored.body,  # type: ignore[attr-defined]
    )  # fmt: skip
