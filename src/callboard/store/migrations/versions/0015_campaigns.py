"""Campaigns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Two tables of their own; nothing else changes."""
    op.create_table(
        "campaign",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aim", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("first_event", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_campaign")),
    )
    op.create_table(
        "campaign_finding",
        sa.Column("campaign_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("finding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "finding_id", name=op.f("pk_campaign_finding")),
    )
    op.create_index("ix_campaign_finding_finding_id", "campaign_finding", ["finding_id"], unique=False)


def downgrade() -> None:
    """The step back, as long as there is no campaign: what people planned is not thrown away by a program."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM campaign")).first() is not None:
        raise RuntimeError("there are campaigns, which an older schema cannot hold: restore the backup")
    op.drop_table("campaign_finding")
    op.drop_table("campaign")
