"""What people leave at the board: link checks and reports, visits, saved views."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from callboard.store.schema.ground import Identity, metadata, only

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

engagement = Table(
    "engagement",
    metadata,
    Column("finding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("door", SmallInteger, primary_key=True, autoincrement=False),
    Column("hour", BigInteger, primary_key=True, autoincrement=False),
    Column("finding_kind", SmallInteger, nullable=False),
    Column("rule_id", BigInteger, nullable=False),
    Index(None, "hour"),
    # Both hold all that reports ask, so that no row is looked up.
    Index("ix_engagement_done", "hour", "kind", "door", "finding_id"),
    Index("ix_engagement_followed", "finding_id", "hour", **only(literal_column("kind = 1"))),
    CheckConstraint("hour % 3600000000 = 0", name="hour"),
)
"""In this hour somebody did something with a finding, through one door: whoever it was, and however often. No person, no
search text, no finer time. `kind` and `door` are `domain.engagement`'s numbers; after 13 months only sums
by week are left (`engagement_week`)."""

engagement_week = Table(
    "engagement_week",
    metadata,
    Column("team", Text, primary_key=True),
    Column("week", Integer, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, primary_key=True, autoincrement=False),
    Column("door", SmallInteger, primary_key=True, autoincrement=False),
    Column("times", BigInteger, nullable=False),
    Column("findings", BigInteger, nullable=False),
)
"""What is left of `engagement` after 13 months: rows of a week (since 1970, UTC) by the team that owned their findings when they were
summed up, empty where nobody did; how many rows, and of how many findings. Fewer than five findings are told as few."""

visit = Table(
    "visit",
    metadata,
    Column("viewer", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("former_at", BigInteger, nullable=False),
)
"""When a viewer last looked at the first page, and when before that; "new since your last visit" counts from there."""

left_out = Table(
    "left_out",
    metadata,
    Column("team", Text, primary_key=True),
    Column("terms", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
"""What a team leaves out of its own work list: negated terms of the query language (`domain.left_out`)."""

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
