"""rules, decisions about ownership, and its history."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """rules, decisions about ownership, and its history."""
    with op.batch_alter_table("entity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("missing_at", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.add_column(sa.Column("dropped", sa.Text(), nullable=True))
        batch_op.create_index(batch_op.f("ix_candidate_entity_id"), ["entity_id"], unique=False)
    with op.batch_alter_table("ownership_spell", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tier", sa.SmallInteger(), nullable=True))
    op.create_table(
        "policy_revision",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "name", "n", name=op.f("pk_policy_revision")),
    )
    op.create_table(
        "ownership_decision",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("resource_id", _ID, nullable=False),
        sa.Column("entity_id", _ID, nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_ownership_decision_entity_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_ownership_decision_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ownership_decision")),
    )
    op.create_index(op.f("ix_ownership_decision_at"), "ownership_decision", ["at"], unique=False)
    op.create_index(op.f("ix_ownership_decision_entity_id"), "ownership_decision", ["entity_id"], unique=False)
    op.create_index("ix_ownership_decision_resource_id", "ownership_decision", ["resource_id"], unique=False)
    op.create_table(
        "ownership_challenge",
        sa.Column("resource_id", _ID, nullable=False),
        sa.Column("holding_id", sa.BigInteger(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_ownership_challenge_resource_id")),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_ownership_challenge")),
    )
    op.create_table(
        "signal",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("old", sa.Text(), nullable=True),
        sa.Column("new", sa.Text(), nullable=True),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signal")),
    )
    op.create_index(op.f("ix_signal_at"), "signal", ["at"], unique=False)
    op.create_index(op.f("ix_signal_kind_about"), "signal", ["kind", "about"], unique=False)
    op.create_table(
        "signal_reader",
        sa.Column("signal_id", _ID, nullable=False),
        sa.Column("owner_ref", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["signal_id"], ["signal.id"], name=op.f("fk_signal_reader_signal_id")),
        sa.PrimaryKeyConstraint("signal_id", "owner_ref", name=op.f("pk_signal_reader")),
    )
    op.create_table(
        "rule_day",
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("resources", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("rule", "day", name=op.f("pk_rule_day")),
    )


def downgrade() -> None:
    """The step back."""
    for name in (
        "rule_day", "signal_reader", "signal", "ownership_challenge", "ownership_decision", "policy_revision",
    ):  # fmt: skip
        op.drop_table(name)
    op.drop_index(op.f("ix_candidate_entity_id"), table_name="candidate")
    # Plain, since both databases know it and a copy of a table that others refer to is refused.
    op.drop_column("ownership_spell", "tier")
    op.drop_column("candidate", "dropped")
    op.drop_column("entity", "missing_at")
