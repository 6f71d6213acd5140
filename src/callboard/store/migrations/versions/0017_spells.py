"""Former times that findings were open, for metrics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

_STATE, _REOPENED = 2, 3
_STATES = {"fixed": 4, "rejected": 5, "gone": 6}
_AT_ONCE = 5_000


def upgrade() -> None:
    """A table of its own, filled from what events tell; due dates of the time were not kept."""
    op.create_table(
        "spell",
        sa.Column("finding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("again_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("finding_id", "n", name=op.f("pk_spell")),
    )
    conn = op.get_bind()
    events = conn.execute(
        sa.text(
            "SELECT e.finding_id, e.kind, e.at, e.old, e.new FROM event e JOIN finding f ON f.id = e.finding_id "
            "WHERE f.reopened > 0 AND e.kind IN (2, 3) ORDER BY e.finding_id, e.seq"
        )
    ).fetchall()
    rows = list(_spells(events))
    insert = sa.text(
        "INSERT INTO spell (finding_id, n, ended_at, state, due_at, again_at) "
        "VALUES (:finding_id, :n, :ended_at, :state, :due_at, :again_at)"
    )
    for start in range(0, len(rows), _AT_ONCE):
        conn.execute(insert, rows[start : start + _AT_ONCE])


def downgrade() -> None:
    """The step back: the events tell it still."""
    op.drop_table("spell")


def _spells(events: Iterable[Any]) -> Iterator[dict[str, Any]]:
    finding, n, ended_at = None, 0, None
    for finding_id, kind, at, old, new in events:
        if finding_id != finding:
            finding, n, ended_at = finding_id, 0, None
        if kind == _STATE and new in _STATES:
            ended_at = at
        elif kind == _REOPENED:
            state = _STATES.get(old, _STATES["fixed"])
            yield {
                "finding_id": finding_id, "n": n, "ended_at": ended_at, "state": state, "due_at": 2**62, "again_at": at,
            }  # fmt: skip
            n, ended_at = n + 1, None
