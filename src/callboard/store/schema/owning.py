"""Whose a resource is: holdings, the evidence, and since when."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, SmallInteger, Table, Text

from callboard.store.schema.ground import Identity, metadata

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
    Column("entity_id", ForeignKey("entity.id"), primary_key=True, index=True),
    Column("form", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("tier", SmallInteger, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("won", Boolean, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("dropped", Text),
)

ownership_spell = Table(
    "ownership_spell",
    metadata,
    Column("resource_id", ForeignKey("resource.id"), primary_key=True),
    Column("from_at", BigInteger, primary_key=True, autoincrement=False),
    Column("to_at", BigInteger),
    Column("holding_id", BigInteger, nullable=False),
    Column("tier", SmallInteger),
)
"""Whose a resource was, by evidence of which tier, from when to when: any past day can be told from it."""

inherited_spell = Table(
    "inherited_spell",
    metadata,
    Column("resource_id", ForeignKey("resource.id"), primary_key=True),
    Column("from_at", BigInteger, primary_key=True, autoincrement=False),
    Column("to_at", BigInteger),
    Column("holding_id", BigInteger, nullable=False),
    Column("base_id", BigInteger, nullable=False),
)
"""Whose that was which came with a resource's base image, while that was not whose the resource is: `base_id` is the stored
image that said so, and that image's own spells tell by evidence of which tier."""
