"""Sources and what reading them left: runs, their parts and pages, records that could not be read."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Integer, LargeBinary, Table, Text

from callboard.store.schema.ground import Identity, metadata

source = Table(
    "source",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("scope", Text),
    Column("watermark", BigInteger),
    Column("last_full_at", BigInteger),
    Column("last_run_at", BigInteger),
    Column("last_run_state", Text),
    Column("last_run_reason", Text),
    Column("next_due_at", BigInteger),
    Column("lease_until", BigInteger),
    Column("lease_owner", Text),
    Column("fence", BigInteger, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("source.id"), nullable=False, index=True),
    Column("mode", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("first", Boolean, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("fence", BigInteger, nullable=False),
    Column("reason", Text),
    Column("report", Text),
    Column("promise", Text),
    Column("helped_pages", Integer, nullable=False, server_default="0"),
    Column("helped_seen", Integer, nullable=False, server_default="0"),
    Column("feeds", Text),
)
"""`feeds`: of a matching of packages, which lists were at hand and when each had been fetched; JSON of `Fetched`."""

run_part = Table(
    "run_part",
    metadata,
    Column("run_id", ForeignKey("run.id"), primary_key=True),
    Column("part", Text, primary_key=True),
    Column("ordinal", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("filter", Text, nullable=False),
    Column("cursor", Text),
    Column("pages", Integer, nullable=False),
    Column("expected", Integer),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("lease_until", BigInteger),
    Column("lease_owner", Text),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("state IN ('waiting', 'done', 'split', 'failed')", name="state"),
)

run_page = Table(
    "run_page",
    metadata,
    Column("run_id", BigInteger, primary_key=True, autoincrement=False),
    Column("part", Text, primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("seen", LargeBinary, nullable=False),
    Column("moved", LargeBinary),
    Column("raw", LargeBinary),
)

rejected = Table(
    "rejected",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("raw_hash", LargeBinary, primary_key=True),
    Column("run_id", BigInteger, nullable=False),
    Column("path", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("external_id", Text),
)
