"""What goes out: what is worth a word, messages on their way, and who wants none."""

from __future__ import annotations

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text

from callboard.store.schema.ground import Identity, metadata

notice = Table(
    "notice",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("finding_id", BigInteger, nullable=False),
    Column("why", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Index(None, "at"),
    CheckConstraint("why BETWEEN 1 AND 4", name="why"),
)
"""Something happened to a finding that its team is told of; written in the transaction that made it happen. `why` is
`domain.message.Why`."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Identity, primary_key=True, autoincrement=False),
    Column("key", Text, nullable=False, unique=True),
    Column("channel", Text, nullable=False),
    Column("team", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("sort", SmallInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),
    Column("made_at", BigInteger, nullable=False),
    Column("from_at", BigInteger),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("leased_until", BigInteger, nullable=False),
    Column("ended_at", BigInteger),
    Column("error", Text),
    Column("findings", LargeBinary, nullable=False),
    Column("body", LargeBinary),
    Index(None, "state", "due_at"),
    Index(None, "channel", "team", "address", "state"),
    CheckConstraint("sort BETWEEN 1 AND 3", name="sort"),
    CheckConstraint("state BETWEEN 1 AND 4", name="state"),
)
"""Messages. `findings` are findings and why they are told; `body` is the message from its first attempt on, so that what is sent
again is the same. `sort` and `state` are `domain.message.Sort` and `Delivery`."""

digest_turn = Table(
    "digest_turn",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("team", Text, primary_key=True),
    Column("from_at", BigInteger, nullable=False),
    Column("next_at", BigInteger, nullable=False),
)
"""When a team's next digest on a channel is due, and from when on it tells what happened."""

unsubscribed = Table(
    "unsubscribed",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("address_hash", LargeBinary, primary_key=True),
    Column("at", BigInteger, nullable=False),
)
"""Who wants no more messages of a channel; an address is kept as a keyed hash."""
