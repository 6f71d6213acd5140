"""In which files bills say that packages stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """It is told by the next bill that is handed in."""
    op.create_table(
        "package_place",
        sa.Column("manifest_id", _ID, nullable=False),
        sa.Column("package_id", _ID, nullable=False),
        sa.Column("found_in", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_package_place_manifest_id")),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_package_place_package_id")),
        sa.PrimaryKeyConstraint("manifest_id", "package_id", name=op.f("pk_package_place")),
    )
    op.create_index(op.f("ix_package_place_package_id"), "package_place", ["package_id"], unique=False)


def downgrade() -> None:
    """The step back."""
    op.drop_table("package_place")
