"""Which image a finding names that building that image anew mends; the index over it is built behind this step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

COMPATIBLE = True


def upgrade() -> None:
    """Nothing moves here: the next full run reads again which image each finding names."""
    op.add_column("finding", sa.Column("image_id", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """The step back: bundles stay as they are."""
    op.drop_index("ix_finding_image", table_name="finding", if_exists=True)
    op.drop_column("finding", "image_id")
