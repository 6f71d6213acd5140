"""Since when others answer for what came with base images."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """What is inherited now is known since both the resource and its base image are whose they are; before, nobody can tell."""
    op.create_table(
        "inherited_spell",
        sa.Column("resource_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("from_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("base_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_inherited_spell_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", "from_at", name=op.f("pk_inherited_spell")),
    )
    op.execute(
        "INSERT INTO inherited_spell (resource_id, from_at, to_at, holding_id, base_id) "
        "SELECT r.id, CASE WHEN own.from_at > base.from_at THEN own.from_at ELSE base.from_at END, NULL, "
        "r.inherited_id, r.base_id FROM resource r "
        "JOIN ownership_spell own ON own.resource_id = r.id AND own.to_at IS NULL "
        "JOIN ownership_spell base ON base.resource_id = r.base_id AND base.to_at IS NULL "
        "WHERE r.inherited_id != r.holding_id AND r.base_id IS NOT NULL"
    )


def downgrade() -> None:
    """The step back: a past day is told by what is inherited today."""
    op.drop_table("inherited_spell")
