"""What was judged of the portal itself."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table, Text

from callboard.store.schema.ground import Identity, metadata

risk_register = Table(
    "risk_register",
    metadata,
    Column("id", Identity, primary_key=True),
    Column("portal", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("formula", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index(None, "portal", "at"),
)
"""`body`: the register as `domain.risk.register` has it. One of another formula is kept, and not read."""
