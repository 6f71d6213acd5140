"""What is counted in the transaction that changes its rows."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, SmallInteger, Table, Text

from callboard.store.schema.ground import Identity, metadata

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
)
"""Findings that one action closes. `kind` is `domain.bundle.BundleKind`."""

remedy = Table(
    "remedy",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("package", Text, nullable=False, index=True),
    Column("line", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("rule", Text, nullable=False, server_default=""),
)
"""What mends a finding together with others: `domain.remedy.Remedy`. A finding that is mended alone has remedy 0, which is
no row."""

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

remedy_cell = Table(
    "remedy_cell",
    metadata,
    Column("bundle_id", BigInteger, primary_key=True, autoincrement=False),
    Column("holding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("apart", SmallInteger, primary_key=True, autoincrement=False),
    Column("remedy_id", BigInteger, primary_key=True, autoincrement=False),
    Column("n", BigInteger, nullable=False),
)
"""Of a cell of `bundle_cell`, how many findings ask for each remedy: the version that closes all of them is the highest."""

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

holding_version = Table(
    "holding_version",
    metadata,
    Column("holding_id", BigInteger, primary_key=True, autoincrement=False),
    Column("version", BigInteger, nullable=False),
)
"""How often what is counted of a holding has changed; no row: never. A reader who has its counters at the same version
need not read them again."""
