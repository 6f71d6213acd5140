"""Who did what."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text

from callboard.store.schema.ground import Identity, metadata

audit = Table(
    "audit",
    metadata,
    Column("seq", Identity, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)
"""Append-only: `hash` covers the row and the hash before it (`domain.audit`). Nothing in the program changes or deletes a
row."""
