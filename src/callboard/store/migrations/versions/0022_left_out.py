"""What teams leave out of their own work lists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """A table of its own."""
    op.create_table(
        "left_out",
        sa.Column("team", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("team", name=op.f("pk_left_out")),
    )


def downgrade() -> None:
    """The step back: every list shows everything again."""
    op.drop_table("left_out")
