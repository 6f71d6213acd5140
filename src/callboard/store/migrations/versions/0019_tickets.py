"""Tickets in trackers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NAMED = sa.text("key != ''")


def upgrade() -> None:
    """Two tables of their own; nothing else changes."""
    op.create_table(
        "ticket",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("tracker", sa.Text(), nullable=False),
        sa.Column("marker", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("bundle_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("read_at", sa.BigInteger(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.CheckConstraint("state BETWEEN 1 AND 5", name=op.f("ck_ticket_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("marker", name=op.f("uq_ticket_marker")),
    )
    op.create_index(
        "uq_ticket_tracker_key", "ticket", ["tracker", "key"], unique=True, sqlite_where=_NAMED, postgresql_where=_NAMED
    )  # fmt: skip
    op.create_index(op.f("ix_ticket_key"), "ticket", ["key"])
    op.create_index(op.f("ix_ticket_bundle_id"), "ticket", ["bundle_id"])
    op.create_index(op.f("ix_ticket_due_at"), "ticket", ["due_at"])
    op.create_table(
        "ticket_finding",
        sa.Column("ticket_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("ticket_id", "finding_id", name=op.f("pk_ticket_finding")),
    )
    op.create_index(op.f("ix_ticket_finding_finding_id"), "ticket_finding", ["finding_id"])


def downgrade() -> None:
    """The step back, as long as there are none: which ticket belongs to what is not thrown away by a program."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM ticket")).first() is not None:
        raise RuntimeError("findings have tickets, which an older schema cannot hold: restore the backup")
    op.drop_table("ticket_finding")
    op.drop_table("ticket")
