"""What registries say about packages that came in lately, and about names of the company's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    """A table of its own; it stays empty where no registry is configured."""
    op.create_table(
        "registry_answer",
        sa.Column("ecosystem", sa.Text(), nullable=False),
        sa.Column("key_name", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("ecosystem", "key_name", name=op.f("pk_registry_answer")),
    )


def downgrade() -> None:
    """The step back: registries are asked again."""
    op.drop_table("registry_answer")
