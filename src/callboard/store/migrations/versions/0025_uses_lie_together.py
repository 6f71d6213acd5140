"""Who uses a package is asked more often than anything is written: SQLite keeps the uses of one package together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

BLOCKS = "SQLite writes the uses anew, some 7 s of work for each million; PostgreSQL does nothing."

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_INDEX = "ix_package_use_manifest_id"


def upgrade() -> None:
    """On SQLite the table is written anew in the order of its key; PostgreSQL has no such tables."""
    _again(with_rowid=False)


def downgrade() -> None:
    """The step back."""
    _again(with_rowid=True)


def _again(*, with_rowid: bool) -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    op.drop_index(op.f(_INDEX), table_name="package_use")
    op.rename_table("package_use", "package_use_before")
    op.create_table(
        "package_use",
        sa.Column("package_id", _ID, nullable=False),
        sa.Column("manifest_id", _ID, nullable=False),
        sa.Column("from_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("direct", sa.SmallInteger(), nullable=True),
        sa.Column("need", sa.SmallInteger(), nullable=True),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("root_id", sa.BigInteger(), nullable=True),
        sa.Column("depth", sa.SmallInteger(), nullable=False),
        sa.Column("file_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_package_use_manifest_id")),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_package_use_package_id")),
        sa.PrimaryKeyConstraint("package_id", "manifest_id", "from_at", name=op.f("pk_package_use")),
        sqlite_with_rowid=with_rowid,
    )
    columns = "package_id, manifest_id, from_at, until_at, line, direct, need, parent_id, root_id, depth, file_id"
    op.execute(
        f"INSERT INTO package_use ({columns}) SELECT {columns} FROM package_use_before "
        "ORDER BY package_id, manifest_id, from_at"
    )
    op.drop_table("package_use_before")
    op.create_index(op.f(_INDEX), "package_use", ["manifest_id"], unique=False)
