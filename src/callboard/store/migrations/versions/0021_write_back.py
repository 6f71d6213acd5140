"""What is to be written where findings came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A table of its own; nothing else changes."""
    op.create_table(
        "write_back",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("finding_id", sa.BigInteger(), nullable=False),
        sa.Column("source_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("operation", sa.SmallInteger(), nullable=False),
        sa.Column("wish", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.CheckConstraint("operation BETWEEN 1 AND 5", name=op.f("ck_write_back_operation")),
        sa.CheckConstraint("state BETWEEN 1 AND 5", name=op.f("ck_write_back_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_write_back")),
    )
    op.create_index(op.f("ix_write_back_finding_id_id"), "write_back", ["finding_id", "id"], unique=False)
    op.create_index(op.f("ix_write_back_state_due_at"), "write_back", ["state", "due_at"], unique=False)


def downgrade() -> None:
    """The step back: what waits to be written is lost; the decisions themselves stay."""
    op.drop_table("write_back")
