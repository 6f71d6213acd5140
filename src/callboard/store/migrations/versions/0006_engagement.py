"""what people do with findings, without who; and an index of what was closed within a day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TRANSIENT = sa.text("closed + 0 = 1 AND fixed_at - first_detected_at < 86400000000")


def upgrade() -> None:
    """what people do with findings, without who; and an index of what was closed within a day."""
    op.create_table(
        "engagement",
        sa.Column("finding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("door", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_kind", sa.SmallInteger(), nullable=False),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("hour % 3600000000 = 0", name=op.f("ck_engagement_hour")),
        sa.PrimaryKeyConstraint("finding_id", "kind", "door", "hour", name=op.f("pk_engagement")),
    )
    op.create_index(op.f("ix_engagement_hour"), "engagement", ["hour"], unique=False)
    op.create_index(
        "ix_finding_transient",
        "finding",
        ["first_detected_at", "holding_id"],
        unique=False,
        sqlite_where=_TRANSIENT,
        postgresql_where=_TRANSIENT,
    )


def downgrade() -> None:
    """The step back."""
    op.drop_index("ix_finding_transient", table_name="finding")
    op.drop_table("engagement")
