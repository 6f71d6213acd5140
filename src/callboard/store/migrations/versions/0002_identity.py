"""who may come in, and what everybody did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """who may come in, and what everybody did."""
    op.create_table(
        "audit",
        sa.Column("seq", _identity(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_at"), "audit", ["at"], unique=False)
    op.create_table(
        "session",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_session")),
    )
    op.create_index(op.f("ix_session_person"), "session", ["person"], unique=False)
    op.create_table(
        "api_token",
        sa.Column("id", _identity(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("component", sa.Text(), nullable=True),
        sa.Column("deepest", sa.SmallInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("name", name=op.f("uq_api_token_name")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_token_hash")),
    )
    for table, column in (("api_token_owner", "ref"), ("api_token_right", "right")):
        op.create_table(
            table,
            sa.Column("token_id", _identity(), nullable=False),
            sa.Column(column, sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(["token_id"], ["api_token.id"], name=op.f(f"fk_{table}_token_id")),
            sa.PrimaryKeyConstraint("token_id", column, name=op.f(f"pk_{table}")),
        )
    op.create_table(
        "membership",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("known", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_membership")),
    )
    op.create_table(
        "membership_group",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["membership.person"], name=op.f("fk_membership_group_person")),
        sa.PrimaryKeyConstraint("person", "ref", name=op.f("pk_membership_group")),
    )
    op.create_table(
        "sight",
        sa.Column("id", _identity(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sight")),
        sa.UniqueConstraint("digest", name=op.f("uq_sight_digest")),
    )
    op.create_table(
        "sight_entity",
        sa.Column("sight_id", _identity(), nullable=False),
        sa.Column("entity_id", _identity(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_sight_entity_entity_id")),
        sa.ForeignKeyConstraint(["sight_id"], ["sight.id"], name=op.f("fk_sight_entity_sight_id")),
        sa.PrimaryKeyConstraint("sight_id", "entity_id", name=op.f("pk_sight_entity")),
    )


def _identity() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def downgrade() -> None:
    """The step back."""
    for table in (
        "sight_entity",
        "sight",
        "membership_group",
        "membership",
        "api_token_right",
        "api_token_owner",
        "api_token",
        "session",
        "audit",
    ):
        op.drop_table(table)
