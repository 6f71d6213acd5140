"""Tickets in trackers, and the findings that they are about."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, SmallInteger, Table, Text, column

from callboard.store.schema.ground import Identity, metadata, only

ticket = Table(
    "ticket",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("tracker", Text, nullable=False),
    Column("marker", Text, nullable=False, unique=True),
    Column("key", Text, nullable=False),
    Column("url", Text),
    Column("state", SmallInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("bundle_id", BigInteger),
    Column("made_by", Text, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("read_at", BigInteger),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("etag", Text),
    Column("error", Text),
    Index("uq_ticket_tracker_key", "tracker", "key", unique=True, **only(column("key") != "")),
    Index(None, "key"),
    Index(None, "bundle_id"),
    Index(None, "due_at"),
    CheckConstraint("state BETWEEN 1 AND 5", name="state"),
)
"""`key` is empty until the tracker has named it; `bundle_id` is null for one that was there before and was linked.
`opened_at` and `closed_at` are the tracker's own dates. `state` is `domain.ticket.TicketState`."""

ticket_finding = Table(
    "ticket_finding",
    metadata,
    Column("ticket_id", BigInteger, primary_key=True, autoincrement=False),
    Column("finding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "finding_id"),
)
"""Which findings a ticket is about, and since when."""
