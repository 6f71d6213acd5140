"""Which findings came with a base image, and whose these are on each resource."""

from __future__ import annotations

import time

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_DAY = 86_400_000_000
_NEVER = 2**62
# Numbers and names as they were when this was written.


def upgrade() -> None:
    """Nothing moves here: the next full run reads again what came with a base image, and sees whose that is."""
    op.add_column("finding", sa.Column("base_layer", sa.SmallInteger(), server_default="0", nullable=False))
    op.add_column("resource", sa.Column("inherited_id", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE resource SET inherited_id = holding_id")
    op.add_column("resource", sa.Column("base_id", sa.BigInteger(), nullable=True))
    inheriting = sa.text("inherited_id != holding_id")
    op.create_index(
        "ix_resource_inheriting", "resource", ["inherited_id", "id"],
        sqlite_where=inheriting, postgresql_where=inheriting,
    )  # fmt: skip


def downgrade() -> None:
    """The step back: every finding stands with the resource that it was found on, and is counted there."""
    own = "(SELECT r.holding_id FROM resource r WHERE r.id = finding.resource_id)"
    week = int(time.time() * 1_000_000) // (7 * _DAY)
    moved = f"FROM finding WHERE closed = 0 AND base_layer = 1 AND holding_id != {own}"
    for column, sign in (("holding_id", "-"), (own, "")):
        op.execute(
            "INSERT INTO flow_cell (holding_id, week, opened, closed, transient, moved) "
            f"SELECT {column}, {week}, 0, 0, 0, {sign}count(*) {moved} GROUP BY {column} "
            "ON CONFLICT (holding_id, week) DO UPDATE SET moved = flow_cell.moved + excluded.moved"
        )
    op.execute(f"UPDATE finding SET holding_id = {own} WHERE base_layer = 1")
    op.drop_index("ix_resource_inheriting", table_name="resource")
    op.drop_column("resource", "base_id")
    op.drop_column("resource", "inherited_id")
    op.drop_column("finding", "base_layer")
    _count_anew()


def _count_anew() -> None:
    """Every other counter from its rows, and readers are told to read them again."""
    for table in ("cube", "due_cell", "bundle_cell", "remedy_cell"):
        op.execute(f"DELETE FROM {table}")
    kinds = "source_id, kind, state, severity"
    day = f"due_at / {_DAY}"
    for holding, by in (("holding_id", "holding_id, "), ("0", "")):
        op.execute(
            f"INSERT INTO cube (holding_id, {kinds}, n) SELECT {holding}, {kinds}, count(*) FROM finding GROUP BY {by}{kinds}"
        )
        op.execute(
            f"INSERT INTO due_cell (holding_id, day, n) SELECT {holding}, {day}, count(*) FROM finding "
            f"WHERE closed = 0 AND due_at != {_NEVER} GROUP BY {by}{day}"
        )
    for columns in (("bundle_id", "holding_id"), ("bundle_id", "0"), ("0", "holding_id")):
        by = ", ".join(column for column in columns if column != "0")
        op.execute(
            "INSERT INTO bundle_cell (bundle_id, holding_id, apart, n, rank, priority, blast, due_at, oldest_at) "
            f"SELECT {', '.join(columns)}, apart, count(*), min(rank), min(priority), min(blast), min(due_at), "
            f"min(first_detected_at) FROM finding WHERE closed = 0 GROUP BY {by}, apart"
        )
    op.execute(
        "INSERT INTO remedy_cell (bundle_id, holding_id, apart, remedy_id, n) "
        "SELECT bundle_id, holding_id, apart, remedy_id, count(*) FROM finding "
        "WHERE closed = 0 AND remedy_id > 0 GROUP BY bundle_id, holding_id, apart, remedy_id"
    )
    op.execute(
        "INSERT INTO holding_version (holding_id, version) SELECT id, 1 FROM holding WHERE true "
        "ON CONFLICT (holding_id) DO UPDATE SET version = holding_version.version + 1"
    )
