"""Risk registers of the portal itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A table of its own; nothing else changes."""
    op.create_table(
        "risk_register",
        sa.Column("id", _ID, nullable=False),
        sa.Column("portal", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("formula", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_risk_register")),
    )
    op.create_index(op.f("ix_risk_register_portal_at"), "risk_register", ["portal", "at"])


def downgrade() -> None:
    """The step back: registers are lost, and can be made again."""
    op.drop_table("risk_register")
