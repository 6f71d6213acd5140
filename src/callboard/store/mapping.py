"""Rule sets written down: every revision stays, the highest of each name is in force."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, and_, func, insert, select

from callboard.domain.instant import Instant
from callboard.domain.ownership.mapping import RuleSet
from callboard.store import schema

KIND = "mapping"
"""The kind of policy that a rule set is."""

p = schema.policy_revision.c


class Revision(msgspec.Struct, frozen=True, kw_only=True):
    """One revision of a rule set."""

    name: str
    n: int
    at: Instant
    actor: str
    reason: str
    removed: bool
    """The set was taken back with this revision."""
    rule_set: RuleSet


def in_force(conn: Connection) -> tuple[Revision, ...]:
    """The sets as they stand, by name."""
    last = (
        select(p.name, func.max(p.n).label("n")).where(p.kind == KIND).group_by(p.name).subquery()
    )  # fmt: skip
    rows = conn.execute(
        select(schema.policy_revision)
        .join(last, and_(last.c.name == p.name, last.c.n == p.n))
        .where(p.kind == KIND, p.removed.is_(False))
        .order_by(p.name)
    )
    return tuple(_revision(row) for row in rows)


def history(conn: Connection, name: str) -> tuple[Revision, ...]:
    """Every revision of a set, the newest first."""
    rows = conn.execute(select(schema.policy_revision).where(p.kind == KIND, p.name == name).order_by(p.n.desc()))
    return tuple(_revision(row) for row in rows)


def save(
    conn: Connection, rule_set: RuleSet, *, at: Instant, actor: str, reason: str, removed: bool = False
) -> Revision:
    """Write the next revision of a set. Inside `Store.write`; what follows from it is the caller's."""
    last = conn.execute(
        select(func.coalesce(func.max(p.n), 0)).where(p.kind == KIND, p.name == rule_set.name)
    ).scalar_one()
    body = msgspec.json.encode(rule_set).decode()
    conn.execute(
        insert(schema.policy_revision).values(
            kind=KIND, name=rule_set.name, n=last + 1, at=at, actor=actor, reason=reason, removed=removed, body=body
        )
    )
    return Revision(
        name=rule_set.name, n=last + 1, at=at, actor=actor, reason=reason, removed=removed, rule_set=rule_set
    )


def _revision(row: object) -> Revision:
    body = getattr(row, "body")  # noqa: B009 - rows have no type
    return Revision(
        name=row.name, n=row.n, at=Instant(row.at), actor=row.actor, reason=row.reason, removed=bool(row.removed),  # type: ignore[attr-defined]
        rule_set=msgspec.json.decode(body, type=RuleSet),
    )  # fmt: skip
