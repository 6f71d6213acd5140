"""The catalog as it was last read, and what it claims."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, Table, Text

from callboard.store.schema.ground import Identity, metadata

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
    Column("missing_at", BigInteger),
    Index(None, "kind"),
)

"""`missing_at`: the first complete reading that did not hold it; `gone_at`: the second."""

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

component_spell = Table(
    "component_spell",
    metadata,
    Column("entity_id", ForeignKey("entity.id"), primary_key=True),
    Column("from_at", BigInteger, primary_key=True, autoincrement=False),
    Column("to_at", BigInteger),
    Column("owner_ref", Text),
    Column("can_act", Boolean, nullable=False),
)
"""Which components the catalog held, from when to when, with whom as owner and whether that owner could act."""
