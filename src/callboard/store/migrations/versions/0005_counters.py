"""Which holdings have changed, so that readers read only those again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """How often what is counted of each holding has changed. Nothing yet: no row says never."""
    op.create_table(
        "holding_version",
        sa.Column("holding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("holding_id", name=op.f("pk_holding_version")),
    )


def downgrade() -> None:
    """The step back."""
    op.drop_table("holding_version")
