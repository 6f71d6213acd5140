"""Who works, what is due beside sources, whose turn it is to call, and what webhooks have named."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from callboard.store.schema.ground import metadata

job = Table(
    "job",
    metadata,
    Column("name", Text, primary_key=True),
    Column("due_at", BigInteger, nullable=False),
    Column("lease_until", BigInteger),
    Column("lease_owner", Text),
    Column("fence", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("ended_at", BigInteger),
    Column("reason", Text),
)

worker = Table(
    "worker",
    metadata,
    Column("name", Text, primary_key=True),
    Column("role", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("doing", Text, nullable=False),
)

call_turn = Table(
    "call_turn",
    metadata,
    Column("account", Text, primary_key=True),
    Column("next_at", BigInteger, nullable=False),
)

hooked = Table(
    "hooked",
    metadata,
    Column("source", Text, primary_key=True),
    Column("external_id", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
