"""A past for boards that are made up: when findings were first stored, and what had been written. No other board has one."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, case, insert, update

from callboard.domain.instant import Instant
from callboard.domain.remediation.message import Delivery, Item, Message, Sort
from callboard.store import schema
from callboard.store.database import bump_revision, next_id

f = schema.finding.c


def store_sooner(conn: Connection, since: Instant) -> int:
    """Each was stored when its source detected it, or at this time where that is later; never later than it was."""
    stored = case((f.first_detected_at > since, f.first_detected_at), else_=since)
    changed = conn.execute(update(schema.finding).where(f.imported_at > stored).values(imported_at=stored)).rowcount
    bump_revision(conn)
    return changed


def write_message(conn: Connection, channel: str, message: Message, items: Collection[Item]) -> None:
    """A message to a channel that is a place itself, whose words are known: it waits to be sent since its own time."""
    sort = next(each for each in Sort if each.word == message.sort)
    conn.execute(
        insert(schema.outbox).values(
            id=next_id(conn, schema.outbox), key=message.key, channel=channel, team=message.team, address="",
            sort=int(sort), state=int(Delivery.WAITING), made_at=message.at, from_at=message.since, due_at=message.at,
            attempts=0, leased_until=0, findings=msgspec.json.encode(tuple(items)), body=msgspec.json.encode(message),
        )
    )  # fmt: skip
