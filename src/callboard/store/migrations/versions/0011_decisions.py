"""What people say about findings, and the states that it makes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_DECIDED = sa.text("decision_id IS NOT NULL")
_STANDING = sa.text("ended_by IS NULL")
_FORMER_STATES = "state BETWEEN 1 AND 6"
_STATES = "state BETWEEN 1 AND 9"
_BENEATH = "(beneath IS NULL) = (state <= 6) AND (beneath IS NULL OR beneath BETWEEN 1 AND 3)"


def upgrade() -> None:
    """Findings can be set aside; nothing is yet."""
    op.create_table(
        "decision",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.SmallInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("snooze", sa.Text(), nullable=True),
        sa.Column("until_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("justification", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("of_id", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_about_kind"), "decision", ["about", "kind"], unique=False)
    op.create_table(
        "decided",
        sa.Column("finding_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("decision_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("ended_by", sa.BigInteger(), nullable=True),
        sa.Column("rank", sa.SmallInteger(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("blast", sa.SmallInteger(), nullable=False),
        sa.Column("reopened", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("finding_id", "decision_id", name=op.f("pk_decided")),
    )
    op.create_index("ix_decided_decision_id", "decided", ["decision_id"], unique=False)
    op.create_index(
        "ix_decided_standing", "decided", ["decision_id", "finding_id"], unique=False, sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )  # fmt: skip
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_at"), "idempotency", ["at"], unique=False)
    with op.batch_alter_table("finding", copy_from=_as_it_is(_FORMER_STATES)) as batch:
        batch.add_column(sa.Column("beneath", sa.SmallInteger(), nullable=True))
        batch.drop_constraint(op.f("ck_finding_state"), type_="check")
        batch.create_check_constraint(op.f("ck_finding_state"), sa.text(_STATES))
        batch.create_check_constraint(op.f("ck_finding_beneath"), sa.text(_BENEATH))
    op.create_index(
        "ix_finding_decided", "finding", ["decision_id"], unique=False, sqlite_where=_DECIDED, postgresql_where=_DECIDED
    )


def downgrade() -> None:
    """The step back, as long as nobody has said anything: what people said is not thrown away by a program."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM decision")).first() is not None:
        raise RuntimeError("people have made decisions, which an older schema cannot hold: restore the backup")
    op.drop_index("ix_finding_decided", table_name="finding")
    with op.batch_alter_table("finding", copy_from=_as_it_is(_STATES, beneath=_BENEATH)) as batch:
        batch.drop_constraint(op.f("ck_finding_beneath"), type_="check")
        batch.drop_constraint(op.f("ck_finding_state"), type_="check")
        batch.drop_column("beneath")
        batch.create_check_constraint(op.f("ck_finding_state"), sa.text(_FORMER_STATES))
    op.drop_table("idempotency")
    op.drop_table("decided")
    op.drop_table("decision")


def _as_it_is(states: str, **more: str) -> sa.Table:
    """The table of findings as the database has it, for one that can only copy it; its checks, which are not read, beside."""
    found = sa.Table("finding", sa.MetaData(), autoload_with=op.get_bind())
    checks = {
        "kind": "kind BETWEEN 1 AND 8",
        "state": states,
        "closed": "closed = (CASE WHEN state <= 3 THEN 0 ELSE 1 END)",
        "severity": "severity BETWEEN 1 AND 6",
        "rank": "rank = 6 - severity",
    }
    for name, text in (checks | more).items():
        found.append_constraint(sa.CheckConstraint(text, name=op.f(f"ck_finding_{name}")))
    return found
