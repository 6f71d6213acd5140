"""What files packages come as, whether they run code when they are installed, and signs as a kind of finding."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Manifests that were read before are looked at again by the next match, from what is kept of them."""
    op.create_table(
        "package_file",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("package_id", _ID, nullable=False),
        sa.Column("hashes", sa.Text(), nullable=False),
        sa.Column("is_handed_out", sa.SmallInteger(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_package_file_package_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_file")),
    )
    op.create_index(op.f("ix_package_file_package_id"), "package_file", ["package_id"], unique=False)
    op.add_column("package", sa.Column("runs_code", sa.SmallInteger(), nullable=True))
    op.add_column("package_use", sa.Column("file_id", sa.BigInteger(), nullable=True))
    if op.get_bind().execute(sa.text("SELECT 1 FROM manifest_version")).first() is not None:
        op.execute("INSERT INTO meta (key, value) VALUES ('package-files-wanted', '1')")
    _kinds(8, 9)


def downgrade() -> None:
    """The step back: signs are findings that an older schema cannot hold."""
    if op.get_bind().execute(sa.text("SELECT 1 FROM finding WHERE kind = 9")).first() is not None:
        raise RuntimeError(
            "signs about packages are on the board, which an older schema cannot hold: restore the backup"
        )
    _kinds(9, 8)
    op.execute("DELETE FROM meta WHERE key = 'package-files-wanted'")
    # Plain, since both databases know it and a copy of a table that others refer to is refused.
    op.drop_column("package_use", "file_id")
    op.drop_column("package", "runs_code")
    op.drop_table("package_file")


def _kinds(before: int, after: int) -> None:
    with op.batch_alter_table("finding", copy_from=_as_it_is(before)) as batch:
        batch.drop_constraint(op.f("ck_finding_kind"), type_="check")
        batch.create_check_constraint(op.f("ck_finding_kind"), sa.text(f"kind BETWEEN 1 AND {after}"))


def _as_it_is(kinds: int) -> sa.Table:
    """The table of findings as the database has it, for one that can only copy it; its checks, which are not read, beside."""
    found = sa.Table("finding", sa.MetaData(), autoload_with=op.get_bind())
    checks = {
        "kind": f"kind BETWEEN 1 AND {kinds}",
        "state": "state BETWEEN 1 AND 9",
        "beneath": "(beneath IS NULL) = (state <= 6) AND (beneath IS NULL OR beneath BETWEEN 1 AND 3)",
        "closed": "closed = (CASE WHEN state <= 3 THEN 0 ELSE 1 END)",
        "severity": "severity BETWEEN 1 AND 6",
        "rank": "rank = 6 - severity",
    }
    for name, text in checks.items():
        found.append_constraint(sa.CheckConstraint(text, name=op.f(f"ck_finding_{name}")))
    return found
