"""What people say about whose things are, and what has to be watched about it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from callboard.store.schema.ground import Identity, metadata

policy_revision = Table(
    "policy_revision",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("n", Integer, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("removed", Boolean, nullable=False),
    Column("body", Text, nullable=False),
)
"""What the operator has laid down, every revision of it. Kind "mapping": a rule set (`domain.mapping`). The highest number
of each name is in force."""

ownership_decision = Table(
    "ownership_decision",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("resource_id", ForeignKey("resource.id"), nullable=False),
    Column("entity_id", ForeignKey("entity.id"), nullable=False, index=True),
    Column("word", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("rule", Text),
    Column("tier", Integer),
    Column("ended_at", BigInteger),
    Column("ended_by", Text),
    Index("ix_ownership_decision_resource_id", "resource_id"),
)
"""What somebody said about one resource and one entity (`domain.ownership.Word`); it stands until it is ended. `rule` and
`tier` are the evidence that it was said about: labels for evaluation."""

ownership_challenge = Table(
    "ownership_challenge",
    metadata,
    Column("resource_id", ForeignKey("resource.id"), primary_key=True),
    Column("holding_id", BigInteger, nullable=False),
    Column("since_at", BigInteger, nullable=False),
)
"""Weak evidence that has won once against an owner who still has a claim, and has to win once more."""

signal = Table(
    "signal",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("at", BigInteger, nullable=False, index=True),
    Column("resource_id", BigInteger),
    Column("old", Text),
    Column("new", Text),
    Column("n", BigInteger, nullable=False),
    Column("closed_at", BigInteger),
    Column("closed_by", Text),
    Index(None, "kind", "about"),
)
"""Something about ownership that changed or deserves a look (`domain.drift`). `about` is an entity, a rule or a resource."""

signal_reader = Table(
    "signal_reader",
    metadata,
    Column("signal_id", ForeignKey("signal.id"), primary_key=True),
    Column("owner_ref", Text, primary_key=True),
)
"""Whom a signal is for besides those who look after ownership: the old and the new owner."""

rule_day = Table(
    "rule_day",
    metadata,
    Column("rule", Text, primary_key=True),
    Column("day", Integer, primary_key=True, autoincrement=False),
    Column("resources", BigInteger, nullable=False),
)
"""How many resources a mapping rule matched at the end of a day (since 1970, UTC) on which that changed."""
