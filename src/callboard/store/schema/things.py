"""What findings are about: rules, projects, resources and their names."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    column,
)

from callboard.store.schema.ground import Identity, metadata, only

rule = Table(
    "rule",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("content_hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("source_id", "external_id"),
    Index(None, "external_id"),
)

project = Table(
    "project",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("slug", Text),
    Column("is_folder", Boolean, nullable=False),
    Column("nesting_level", Integer, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    UniqueConstraint("source_id", "external_id"),
)

project_set = Table(
    "project_set",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("key", Text, nullable=False),
    UniqueConstraint("source_id", "key"),
)

project_set_member = Table(
    "project_set_member",
    metadata,
    Column("set_id", ForeignKey("project_set.id"), primary_key=True),
    Column("project_id", ForeignKey("project.id"), primary_key=True, index=True),
)

resource = Table(
    "resource",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("project_set_id", ForeignKey("project_set.id"), nullable=False, index=True),
    Column("holding_id", BigInteger, nullable=False, index=True),
    Column("content_hash", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("inherited_id", BigInteger, nullable=False, server_default="0"),
    Column("base_id", BigInteger),
    UniqueConstraint("source_id", "external_id"),
    Index("ix_resource_inheriting", "inherited_id", "id", **only(column("inherited_id") != column("holding_id"))),
)
"""`holding_id` is whose it is, `inherited_id` whose that is which came with its base image: the same where nobody else
answers for that. `base_id` is the stored image that says so: null where they are the same."""

resource_term = Table(
    "resource_term",
    metadata,
    Column("form", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("resource_id", ForeignKey("resource.id"), primary_key=True, index=True),
)
"""What a resource can be filtered by: its account, region, cloud and tags (`domain.term`)."""

resource_alias = Table(
    "resource_alias",
    metadata,
    Column("form", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("resource_id", ForeignKey("resource.id"), primary_key=True, index=True),
)
