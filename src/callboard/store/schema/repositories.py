"""What source repositories told: where they are, who looks after what, who was there lately, where manifests lie."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, Table, Text

from callboard.store.schema.ground import Identity, metadata

repository = Table(
    "repository",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("reader", Text, nullable=False, index=True),
    Column("host", Text, nullable=False),
    Column("slug", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("branch", Text, nullable=False),
    Column("head", Text, nullable=False),
    Column("etag", Text),
    Column("marker", Text, nullable=False),
    Column("promise", Text, nullable=False),
    Column("dialect", Text, nullable=False),
    Column("archived", Boolean, nullable=False),
    Column("files", Integer, nullable=False),
    Column("code_owners_path", Text),
    Column("code_owners_blob", Text),
    Column("moved_to", Text),
    Column("missed", SmallInteger, nullable=False),
    Column("gone_at", BigInteger),
    Column("read_at", BigInteger),
    Column("seen_at", BigInteger, nullable=False),
    Column("problem", Text),
)

code_owner = Table(
    "code_owner",
    metadata,
    Column("repository_id", ForeignKey("repository.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("pattern", Text, nullable=False),
    Column("owners", Text, nullable=False),
    Column("section", Text, nullable=False),
    Column("optional", Boolean, nullable=False),
    Column("excludes", Boolean, nullable=False),
)

activity = Table(
    "activity",
    metadata,
    Column("repository_id", ForeignKey("repository.id"), primary_key=True),
    Column("folder", Text, primary_key=True),
    Column("who", Text, primary_key=True),
    Column("commits", Integer, nullable=False),
    Column("last_at", BigInteger, nullable=False),
)

manifest_place = Table(
    "manifest_place",
    metadata,
    Column("repository_id", ForeignKey("repository.id"), primary_key=True),
    Column("path", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("ecosystem", Text, nullable=False),
    Column("blob", Text, nullable=False),
    Column("bytes", BigInteger),
    Index(None, "kind", "ecosystem"),
)

kept_answer = Table(
    "kept_answer",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("address", Text, primary_key=True),
    Column("etag", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

repository_reading = Table(
    "repository_reading",
    metadata,
    Column("reader", Text, primary_key=True),
    Column("read_at", BigInteger, nullable=False),
    Column("complete_at", BigInteger),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("repositories", Integer, nullable=False),
    Column("calls", Integer, nullable=False),
)
