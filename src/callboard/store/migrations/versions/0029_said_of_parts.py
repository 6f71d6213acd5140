"""What bills say of their parts is counted, and which lists were at hand is kept with each matching of packages."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"

COMPATIBLE = True

_COUNTS = ("parts", "suppliers", "licences")


def upgrade() -> None:
    """Columns that may be empty: what was taken in before does not tell."""
    for name in _COUNTS:
        op.add_column("manifest_version", sa.Column(name, sa.Integer(), nullable=True))
    op.add_column("run", sa.Column("feeds", sa.Text(), nullable=True))


def downgrade() -> None:
    """The step back: what was counted goes, and is counted again when a bill is handed in anew."""
    op.drop_column("run", "feeds")
    for name in reversed(_COUNTS):
        op.drop_column("manifest_version", name)
