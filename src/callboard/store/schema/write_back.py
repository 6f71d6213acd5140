"""What is to be written where findings came from."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text

from callboard.store.schema.ground import Identity, metadata

write_back = Table(
    "write_back",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("finding_id", BigInteger, nullable=False),
    Column("source_id", BigInteger, nullable=False),
    Column("decision_id", BigInteger),
    Column("actor", Text, nullable=False),
    Column("operation", SmallInteger, nullable=False),
    Column("wish", LargeBinary, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("said", Text),
    Index(None, "finding_id", "id"),
    Index(None, "state", "due_at"),
    CheckConstraint("operation BETWEEN 1 AND 5", name="operation"),
    CheckConstraint("state BETWEEN 1 AND 5", name="state"),
)
"""One thing to be written about one finding: `domain.write_back.Wish`, written down in the transaction of the decision that asks
for it. `said` is what the source answered."""
