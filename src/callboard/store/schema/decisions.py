"""What people said about findings, and what of it stands."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text, column

from callboard.store.schema.ground import Identity, metadata, only

decision = Table(
    "decision",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("kind", SmallInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("snooze", Text),
    Column("until_at", BigInteger),
    Column("reason", Text),
    Column("justification", Text),
    Column("about", Text),
    Column("of_id", BigInteger),
    Index(None, "about", "kind"),
)
"""One thing that somebody said, about one finding or many: `domain.decision.Decision`."""

decided = Table(
    "decided",
    metadata,
    Column("finding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("decision_id", BigInteger, primary_key=True, autoincrement=False),
    Column("event_seq", BigInteger, nullable=False),
    Column("ended_by", BigInteger),
    Column("rank", SmallInteger, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("blast", SmallInteger, nullable=False),
    Column("reopened", Integer, nullable=False),
    Index("ix_decided_decision_id", "decision_id"),
    Index("ix_decided_standing", "decision_id", "finding_id", **only(column("ended_by").is_(None))),
)
"""What a decision was about. It stands until another one ends it; from `rank` on stands how bad the finding was then."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", LargeBinary, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("answer", LargeBinary, nullable=False),
    Index(None, "at"),
)
"""What a request that may come twice was answered."""
