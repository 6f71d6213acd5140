"""Sums of what was done with findings, which are left when the hours are dropped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"

COMPATIBLE = True


def upgrade() -> None:
    """A table of its own."""
    op.create_table(
        "engagement_week",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("door", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("findings", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team", "week", "kind", "door", name=op.f("pk_engagement_week")),
    )


def downgrade() -> None:
    """The step back: sums of weeks whose hours are gone already go with it."""
    op.drop_table("engagement_week")
