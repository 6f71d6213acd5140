"""Reports of past days ask how bad findings were then: the changes of severity have an index of their own, built behind this step."""

from __future__ import annotations

from alembic import op

revision = "0026"
down_revision = "0025"

COMPATIBLE = True


def upgrade() -> None:
    """Nothing changes but the index, which is built from the schema while others read and write."""


def downgrade() -> None:
    """The step back: the index goes, and nothing else."""
    op.drop_index("ix_event_severity", table_name="event", if_exists=True)
