"""A rule: which rows are old, found in one look and dropped in short transactions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import msgspec
from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, tuple_, update

from callboard.domain.instant import Instant
from callboard.domain.retention import Keep

Key = tuple[Any, ...]
"""The primary key of a row."""


class Old(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule would drop now."""

    rows: int
    oldest_at: Instant | None
    """None: nothing."""


def old_of(rows: int, oldest: int | None) -> Old:
    """So many rows, and when the oldest came to its end."""
    return Old(rows=rows, oldest_at=None if oldest is None else Instant(oldest))


class Rule(Protocol):
    """What is dropped when it is old, and how."""

    @property
    def key(self) -> str:
        """Its name, in settings, logs and answers."""

    @property
    def words(self) -> str:
        """What it drops, for readers."""

    @property
    def setting(self) -> str:
        """The field of `Keep` that it follows."""

    def age(self, keep: Keep) -> int:
        """For how long it keeps, in microseconds."""

    def old(self, conn: Connection, before: Instant) -> Old:
        """What it would drop. Reads only."""

    def find(self, conn: Connection, before: Instant, after: Key | None, limit: int) -> list[Key]:
        """The next rows to drop, behind `after`, by their keys. Reads only, so that looking holds up no writer."""

    def drop(self, conn: Connection, before: Instant, keys: Sequence[Key], now: Instant) -> int:
        """Drop those that are still to be dropped. Inside `Store.write`. Returns how many rows went."""


Clause = Callable[[Instant], ColumnElement[bool]]


class Plain(msgspec.Struct, frozen=True, kw_only=True):
    """A rule about rows of one table that only have to be deleted."""

    key: str
    words: str
    setting: str
    age_of: Callable[[Keep], int]
    table: Table
    at: ColumnElement[int]
    """When a row came to its end."""
    clause: Clause
    """Which rows are old, for what a moment is too long ago."""
    below: Table | None = None
    """Rows of this table refer to those by a first key of the same value, and go with them."""

    def age(self, keep: Keep) -> int:
        """For how long it keeps, in microseconds."""
        return self.age_of(keep)

    def old(self, conn: Connection, before: Instant) -> Old:
        """What it would drop."""
        query = select(func.count(), func.min(self.at)).select_from(self.table).where(self.clause(before))
        rows, oldest = conn.execute(query).one()
        return old_of(rows, oldest)

    def find(self, conn: Connection, before: Instant, after: Key | None, limit: int) -> list[Key]:
        """The next rows by their keys."""
        columns = list(self.table.primary_key.columns)
        query = select(*columns).where(self.clause(before)).order_by(*columns).limit(limit)
        if after is not None:
            first, *others = after
            query = query.where(self._key() > (tuple_(*after) if others else first))
        return [tuple(row) for row in conn.execute(query)]

    def drop(self, conn: Connection, before: Instant, keys: Sequence[Key], now: Instant) -> int:  # noqa: ARG002
        """Delete those that are old still."""
        named = [key[0] if len(key) == 1 else key for key in keys]
        wanted = (self._key().in_(named), self.clause(before))
        below = self.below
        if below is not None:
            own, foreign = (next(iter(table.primary_key.columns)) for table in (self.table, below))
            conn.execute(delete(below).where(foreign.in_(select(own).where(*wanted))))
        return conn.execute(delete(self.table).where(*wanted)).rowcount

    def _key(self) -> ColumnElement[Any]:
        columns = list(self.table.primary_key.columns)
        return tuple_(*columns) if len(columns) > 1 else columns[0]


class Emptied(Plain, frozen=True, kw_only=True):
    """A rule about rows that stay, and lose what some of their columns hold."""

    values: Mapping[str, Any]
    """What these columns hold from then on; the clause lets no row pass that has it already."""

    def drop(self, conn: Connection, before: Instant, keys: Sequence[Key], now: Instant) -> int:  # noqa: ARG002
        """Empty those that are old still."""
        named = [key[0] if len(key) == 1 else key for key in keys]
        wanted = (self._key().in_(named), self.clause(before))
        return conn.execute(update(self.table).where(*wanted).values(**self.values)).rowcount
