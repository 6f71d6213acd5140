"""What components consist of: manifests, packages, and who used which from when to when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """What components consist of: manifests, packages, and who used which from when to when."""
    op.create_table(
        "manifest",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=True),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("problem_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest")),
        sa.UniqueConstraint("key", name=op.f("uq_manifest_key")),
    )
    op.create_index(op.f("ix_manifest_repository_id"), "manifest", ["repository_id"], unique=False)

    op.create_table(
        "package",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("purl", sa.Text(), nullable=False),
        sa.Column("ecosystem", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("judged", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
        sa.UniqueConstraint("purl", name=op.f("uq_package_purl")),
    )
    op.create_index(op.f("ix_package_key_name"), "package", ["key_name"], unique=False)

    op.create_table(
        "package_match",
        sa.Column("package_id", _ID, nullable=False),
        sa.Column("advisory", sa.Text(), nullable=False),
        sa.Column("since_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_package_match_package_id")),
        sa.PrimaryKeyConstraint("package_id", "advisory", name=op.f("pk_package_match")),
    )
    op.create_index(op.f("ix_package_match_advisory"), "package_match", ["advisory"], unique=False)

    op.create_table(
        "manifest_holder",
        sa.Column("manifest_id", _ID, nullable=False),
        sa.Column("entity_id", _ID, nullable=False),
        sa.Column("from_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["entity_id"], ["entity.id"], name=op.f("fk_manifest_holder_entity_id")),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_manifest_holder_manifest_id")),
        sa.PrimaryKeyConstraint("manifest_id", "entity_id", "from_at", name=op.f("pk_manifest_holder")),
    )
    op.create_index(op.f("ix_manifest_holder_entity_id"), "manifest_holder", ["entity_id"], unique=False)

    op.create_table(
        "manifest_version",
        sa.Column("id", _ID, autoincrement=False, nullable=False),
        sa.Column("manifest_id", _ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("packages", sa.Integer(), nullable=False),
        sa.Column("direct", sa.Integer(), nullable=True),
        sa.Column("edges", sa.Integer(), nullable=False),
        sa.Column("unknown", sa.Text(), nullable=False),
        sa.Column("workspaces", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_manifest_version_manifest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_manifest_version")),
    )
    op.create_index(
        op.f("ix_manifest_version_manifest_id_at_revision_id"),
        "manifest_version",
        ["manifest_id", "at", "revision", "id"],
        unique=False,
    )

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
        sa.ForeignKeyConstraint(["manifest_id"], ["manifest.id"], name=op.f("fk_package_use_manifest_id")),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_package_use_package_id")),
        sa.PrimaryKeyConstraint("package_id", "manifest_id", "from_at", name=op.f("pk_package_use")),
    )
    op.create_index(op.f("ix_package_use_manifest_id"), "package_use", ["manifest_id"], unique=False)


def downgrade() -> None:
    """The step back."""
    for table in ("package_match", "package_use", "manifest_version", "manifest_holder", "package", "manifest"):
        op.drop_table(table)
