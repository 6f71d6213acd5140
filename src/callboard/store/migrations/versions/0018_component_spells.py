"""Which components there were, and whose, from when to when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """A table of its own; the next reading of the catalog begins it."""
    op.create_table(
        "component_spell",
        sa.Column("entity_id", _ID, nullable=False),
        sa.Column("from_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("to_at", sa.BigInteger(), nullable=True),
        sa.Column("owner_ref", sa.Text(), nullable=True),
        sa.Column("can_act", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_component_spell_entity_id")),
        sa.PrimaryKeyConstraint("entity_id", "from_at", name=op.f("pk_component_spell")),
    )


def downgrade() -> None:
    """The step back: what components there were on past days is lost."""
    op.drop_table("component_spell")
