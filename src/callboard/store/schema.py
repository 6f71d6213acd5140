"""The tables, once, for both databases.

Instants are microseconds since 1970 in UTC as 64-bit integers (`domain.instant`); enumerations are the numbers of
`domain.finding`, held to their range by CHECKs. Nothing here names an engine. `docs/decisions/` says why.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    column,
)

HEAD = "0001"
"""The schema that this program speaks: the last number in `migrations/versions`."""

KNOWN = frozenset({"0001"})
"""Every schema that this program can bring up to `HEAD`."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

NEVER = 2**62
"""Stands in `due_at` for "no due date", so that order and paging need no case for NULL."""

UNKNOWN = b""
"""Stands in `raw_hash` where the stored finding is no longer what its last record said: closed by absence, or out of
scope. The same bytes are then news when they come again."""

Identity = BigInteger().with_variant(Integer, "sqlite")  # SQLite's row id must be spelled INTEGER

meta = Table("meta", metadata, Column("key", Text, primary_key=True), Column("value", Text, nullable=False))

revision = Table(
    "revision",
    metadata,
    Column("only", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    CheckConstraint('"only" = 1', name="one"),
)

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
)

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
    UniqueConstraint("source_id", "external_id"),
)

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

entity = Table(
    "entity",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("ref", Text, nullable=False, unique=True),
    Column("catalog", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("owner_ref", Text),
    Column("owner_id", BigInteger, index=True),
    Column("system_ref", Text),
    Column("body", LargeBinary, nullable=False),
    Column("gone_at", BigInteger),
    Index(None, "kind"),
)

member = Table(
    "member",
    metadata,
    Column("group_id", ForeignKey("entity.id"), primary_key=True),
    Column("user_id", ForeignKey("entity.id"), primary_key=True),
)

group_closure = Table(
    "group_closure",
    metadata,
    Column("above", ForeignKey("entity.id"), primary_key=True),
    Column("below", ForeignKey("entity.id"), primary_key=True, index=True),
)

claim = Table(
    "claim",
    metadata,
    Column("entity_id", ForeignKey("entity.id"), primary_key=True),
    Column("form", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("annotation", Text, primary_key=True),
    Column("tier", SmallInteger, nullable=False),
)

catalog_reading = Table(
    "catalog_reading",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("read_at", BigInteger, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("entities", Integer, nullable=False),
    Column("problems", LargeBinary, nullable=False),
)

holding = Table(
    "holding",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("verdict", Text, nullable=False),
    Column("reason", Text),
)

holding_route = Table(
    "holding_route",
    metadata,
    Column("holding_id", ForeignKey("holding.id"), primary_key=True),
    Column("entity_id", ForeignKey("entity.id"), primary_key=True, index=True),
)

holding_reader = Table(
    "holding_reader",
    metadata,
    Column("holding_id", ForeignKey("holding.id"), primary_key=True),
    Column("entity_id", ForeignKey("entity.id"), primary_key=True, index=True),
    Column("depth", SmallInteger, nullable=False),
)

candidate = Table(
    "candidate",
    metadata,
    Column("resource_id", ForeignKey("resource.id"), primary_key=True),
    Column("entity_id", ForeignKey("entity.id"), primary_key=True),
    Column("form", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("tier", SmallInteger, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("won", Boolean, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)

ownership_spell = Table(
    "ownership_spell",
    metadata,
    Column("resource_id", ForeignKey("resource.id"), primary_key=True),
    Column("from_at", BigInteger, primary_key=True, autoincrement=False),
    Column("to_at", BigInteger),
    Column("holding_id", BigInteger, nullable=False),
)

cube = Table(
    "cube",
    metadata,
    Column("holding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("source_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("state", SmallInteger, primary_key=True, autoincrement=False),
    Column("severity", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
)
"""Findings by what they are. Holding 0: all together, for viewers who see everything."""

bundle = Table(
    "bundle",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", SmallInteger, nullable=False),
    Column("package", Text, index=True),
    Column("search", Text, nullable=False),
)
"""Findings that one action closes. `kind` is `domain.bundle.BundleKind`."""

bundle_cell = Table(
    "bundle_cell",
    metadata,
    Column("bundle_id", BigInteger, primary_key=True, autoincrement=False),
    Column("holding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("apart", SmallInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("blast", SmallInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("oldest_at", BigInteger, nullable=False),
    Index(None, "holding_id", "apart", "priority", "n", "bundle_id"),
)
"""Open findings of one bundle under one holding: how many, and the least of each column. Flapping ones stand apart (1).
Bundle 0 is all of a holding; holding 0 is all holdings together."""

due_cell = Table(
    "due_cell",
    metadata,
    Column("holding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
)
"""Open findings by the day (since 1970, UTC) that they are due. Holding 0: all together."""

flow_cell = Table(
    "flow_cell",
    metadata,
    Column("holding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("opened", BigInteger, nullable=False),
    Column("closed", BigInteger, nullable=False),
    Column("transient", BigInteger, nullable=False),
    Column("moved", BigInteger, nullable=False),
)
"""What happened in a week (since 1970, UTC, the source's dates): findings opened or reopened, closed, of the closed those
that lived less than a day, and open ones that came to (or, negative, left) this holding. Holding 0: all together."""


def _only(clause: ColumnElement[bool]) -> dict[str, Any]:
    """For an index over a part of a table; both databases know that, SQLAlchemy spells it for each."""
    return {"sqlite_where": clause, "postgresql_where": clause}


finding = Table(
    "finding",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("source_id", ForeignKey("source.id"), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("kind", SmallInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column(
        "closed",
        SmallInteger,
        nullable=False,
    ),
    Column("severity", SmallInteger, nullable=False),
    Column("rank", SmallInteger, nullable=False),
    Column("title", Text),
    Column("rule_id", ForeignKey("rule.id"), nullable=False),
    Column("resource_id", ForeignKey("resource.id"), nullable=False),
    Column("holding_id", BigInteger, nullable=False),
    Column("project_set_id", BigInteger, nullable=False),
    Column("bundle_id", BigInteger, nullable=False),
    Column("raw_hash", LargeBinary, nullable=False),
    Column("first_detected_at", BigInteger, nullable=False),
    Column("status_changed_at", BigInteger),
    Column("updated_at", BigInteger),
    Column("fixed_at", BigInteger),
    Column("due_at", BigInteger, nullable=False),
    Column("policy_due_at", BigInteger, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("blast", SmallInteger, nullable=False),
    Column("cvss", SmallInteger),
    Column("tickets", SmallInteger, nullable=False),
    Column("reopened", Integer, nullable=False),
    Column("apart", SmallInteger, nullable=False),
    Column("in_scope", Boolean, nullable=False),
    Column("imported_at", BigInteger, nullable=False),
    Column("changed_run", BigInteger, nullable=False),
    Column("decision_id", BigInteger),
    Column("version", Integer, nullable=False),
    Index("uq_finding_source_id_external_id", "source_id", "external_id", unique=True),
    Index(None, "source_id", "raw_hash"),
    Index(None, "holding_id", "closed", "priority", "first_detected_at", "id"),
    Index(None, "closed", "priority", "first_detected_at", "id"),
    Index(None, "closed", "due_at", "id", "holding_id"),
    Index(None, "closed", "first_detected_at", "id"),
    Index(None, "rule_id", "closed", "holding_id"),
    Index(None, "resource_id", "closed", "holding_id"),
    Index(None, "bundle_id", "closed", "holding_id"),
    Index("ix_finding_out_of_scope", "source_id", "closed", "holding_id", **_only(~column("in_scope"))),
    CheckConstraint("kind BETWEEN 1 AND 8", name="kind"),
    CheckConstraint("state BETWEEN 1 AND 6", name="state"),
    CheckConstraint("closed = (CASE WHEN state <= 3 THEN 0 ELSE 1 END)", name="closed"),
    CheckConstraint("severity BETWEEN 1 AND 6", name="severity"),
    CheckConstraint("rank = 6 - severity", name="rank"),
)
"""The row is its own record of opening: `first_detected_at` by the source, `imported_at` by us; events tell the rest.
`closed` and `rank` repeat `state` and `severity` in the form that indexes need: one range, ascending. `priority` and
`blast` are `domain.priority`'s, `cvss` is in tenths, `due_at` the earlier of the source's date and the policy's, `apart`
is 1 while a finding is flapping."""

finding_detail = Table(
    "finding_detail",
    metadata,
    Column("finding_id", Identity, primary_key=True, autoincrement=False),
    Column("url", Text),
    Column("body", LargeBinary, nullable=False),
)

sighting = Table(
    "sighting",
    metadata,
    Column("finding_id", Identity, primary_key=True, autoincrement=False),
    Column("last_detected_at", BigInteger, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("seq", Identity, primary_key=True, autoincrement=False),
    Column("finding_id", BigInteger, nullable=False, index=True),
    Column("kind", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("run_id", BigInteger),
    Column("actor", SmallInteger, nullable=False),
    Column("old", Text),
    Column("new", Text),
)

link_check = Table(
    "link_check",
    metadata,
    Column("source_id", ForeignKey("source.id"), primary_key=True),
    Column("at", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("shape", Text, primary_key=True),
    Column("checked", Integer, nullable=False),
    Column("ok", Integer, nullable=False),
    Column("missing", Integer, nullable=False),
    Column("unsafe", Integer, nullable=False),
    Column("foreign_host", Integer, nullable=False),
    Column("unknown_shape", Integer, nullable=False),
    Column("wrong_id", Integer, nullable=False),
    Column("dead", Integer, nullable=False),
    Column("unchecked", Integer, nullable=False),
    Column("example_finding_id", BigInteger),
)
"""What `callboard links check` found, by run; the columns from `ok` on add up to `checked`."""

link_report = Table(
    "link_report",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("finding_id", BigInteger, nullable=False, index=True),
    Column("at", BigInteger, nullable=False),
    Column("who", Text, nullable=False),
)
"""Somebody said "this link is broken". `who` is a class of people, never a person."""

visit = Table(
    "visit",
    metadata,
    Column("viewer", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("former_at", BigInteger, nullable=False),
)
"""When a viewer last looked at the first page, and when before that; "new since your last visit" counts from there."""

saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("viewer", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False),
    Column("team", Text),
    Column("made_at", BigInteger, nullable=False),
    UniqueConstraint("viewer", "name"),
)
"""A named query: of one viewer, or of everybody in a team. Access still applies to whoever opens it."""
