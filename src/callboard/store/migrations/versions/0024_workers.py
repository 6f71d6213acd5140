"""Many workers on one database: leases of parts and jobs, who works, whose turn it is to call, what webhooks named."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Columns that begin empty or with nought, and tables of their own."""
    op.add_column("run", sa.Column("promise", sa.Text(), nullable=True))
    op.add_column("run", sa.Column("helped_pages", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run", sa.Column("helped_seen", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run_part", sa.Column("lease_until", sa.BigInteger(), nullable=True))
    op.add_column("run_part", sa.Column("lease_owner", sa.Text(), nullable=True))
    op.add_column("run_part", sa.Column("fence", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "job",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job")),
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("doing", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    op.create_table(
        "call_turn",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("next_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_call_turn")),
    )
    op.create_table(
        "hooked",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("source", "external_id", name=op.f("pk_hooked")),
    )


def downgrade() -> None:
    """The step back: one process does all the work again, and what webhooks named is read by the next run."""
    for table in ("hooked", "call_turn", "worker", "job"):
        op.drop_table(table)
    for column in ("fence", "lease_owner", "lease_until"):
        op.drop_column("run_part", column)
    for column in ("helped_seen", "helped_pages", "promise"):
        op.drop_column("run", column)
