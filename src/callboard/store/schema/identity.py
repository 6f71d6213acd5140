"""Who may come in, what the portal shows to whom, and who did what."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, LargeBinary, SmallInteger, Table, Text

from callboard.store.schema.ground import Identity, metadata

session = Table(
    "session",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("person", Text, nullable=False, index=True),
    Column("made_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
)
"""Browsers that are signed in by name. `hash` is SHA-256 of what the cookie holds; a session that ended is deleted."""

api_token = Table(
    "api_token",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False, unique=True),
    Column("start", Text, nullable=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("everything", Boolean, nullable=False),
    Column("component", Text),
    Column("deepest", SmallInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("made_by", Text, nullable=False),
    Column("ends_at", BigInteger, nullable=False),
    Column("revoked_at", BigInteger),
    Column("used_at", BigInteger),
)
"""Programs that may ask. `start` is what people know the token by, `hash` SHA-256 of all of it."""

api_token_owner = Table(
    "api_token_owner",
    metadata,
    Column("token_id", ForeignKey("api_token.id"), primary_key=True),
    Column("ref", Text, primary_key=True),
)
"""Groups and users whose findings a token sees."""

api_token_right = Table(
    "api_token_right",
    metadata,
    Column("token_id", ForeignKey("api_token.id"), primary_key=True),
    Column("right", Text, primary_key=True),
)
"""What a token may do; the words are `domain.access.Right`."""

membership = Table(
    "membership",
    metadata,
    Column("person", Text, primary_key=True),
    Column("asked_at", BigInteger, nullable=False),
    Column("known", Boolean, nullable=False),
)
"""When the catalog last answered about a person. Not `known`: it has no such user any more."""

membership_group = Table(
    "membership_group",
    metadata,
    Column("person", ForeignKey("membership.person"), primary_key=True),
    Column("ref", Text, primary_key=True),
)
"""The groups that the catalog named in that answer."""

sight = Table(
    "sight",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("used_at", BigInteger, nullable=False),
)
"""A set of entities that the portal shows to somebody, kept once for all to whom it shows the same."""

sight_entity = Table(
    "sight_entity",
    metadata,
    Column("sight_id", ForeignKey("sight.id"), primary_key=True),
    Column("entity_id", ForeignKey("entity.id"), primary_key=True),
)
"""What is in such a set."""

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
"""Append-only: `hash` covers the row and the hash before it (`domain.audit`). Nothing in the program changes a row, and what is
old is cut from the beginning alone (`store.retention`)."""
