"""What differs between the databases, behind one Protocol. `sqlite.py` and `postgresql.py` alone name an engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol, cast

from sqlalchemy import ColumnElement, Connection, Engine, Index, Table
from sqlalchemy.exc import DBAPIError

from callboard.domain.instant import HOUR, SECOND

Row = tuple[Any, ...]

SEARCHED = ("rule", "resource", "remedy")
"""Tables whose column `search` is searched by its parts."""

PROMISED = 24 * HOUR
"""How old findings may be where the operator promises nothing else (microseconds)."""


class FileCopy(Protocol):
    """Copies of a database that is one file."""

    def out(self, engine: Engine, path: Path) -> None:
        """Make a copy of what the database holds at one moment, while others read and write."""

    def into(self, engine: Engine, path: Path) -> None:
        """Put a copy in the place of everything that is there, at once or not at all."""


class Dialect(Protocol):
    """The few things that the two databases do differently."""

    name: str

    has_many_hosts: bool
    """Processes on several machines may work on one database."""
    file: FileCopy | None
    """How to copy it where the database is one file. None: it is on a server."""

    def scratch(self, engine: Engine, url: str, folder: Path) -> AbstractContextManager[str]:
        """The address of an empty database like this one, in `folder` or beside it, gone after the `with`."""

    def defer_references(self, conn: Connection) -> None:
        """Look at the end of this transaction whether rows refer to others that are there, where that can be."""

    def empty(self, conn: Connection, tables: Sequence[str]) -> None:
        """Remove all rows; of `tables` those first that refer to others."""

    def make_engine(self, url: str, *, create: bool = True) -> Engine:
        """An engine with this database's settings. Raises StoreError when the place cannot be used.

        Without `create` nothing is made: SchemaOutOfDateError for a database that is a file and is missing.
        """

    def for_reading(self, conn: Connection) -> Connection:
        """The connection, set so that a transaction on it is one consistent view."""

    def end_silent(self, engine: Engine) -> None:
        """From now on, end transactions whose process has stopped in the middle of them, where others would have to wait."""

    def limit_reading(self, conn: Connection) -> None:
        """Let no question of this transaction take longer than `reading_time`."""

    def gave_up(self, error: DBAPIError) -> bool:
        """Whether this is what `limit_reading` asked for: a question took too long."""

    def is_at_fault(self, error: DBAPIError) -> bool:
        """Whether the database cannot do what it was rightly asked for: that passes, or its operator mends it."""

    def remedy(self, error: DBAPIError) -> str:
        """What a person can do who cannot open the database for this."""

    def limit_noting(self, conn: Connection) -> None:
        """Let this small transaction wait no longer than `patience`, and not keep others for longer than a lease."""

    def lock_for_writing(self, conn: Connection) -> None:
        """Make this transaction the only writer on the run road."""

    def wait_briefly(self, conn: Connection) -> None:
        """Let this transaction wait for no table longer than a moment: who waits holds up everybody that comes behind."""

    def gave_way(self, error: DBAPIError) -> bool:
        """Whether this is what `wait_briefly` asked for: a table was not free in time."""

    def broken_indexes(self, conn: Connection) -> frozenset[str]:
        """Indexes whose building was cut off, so that they are there and of no use."""

    def build_beside(self, engine: Engine, index: Index) -> None:
        """Build an index while others read and write, anew if it is broken. Not inside a transaction."""

    def build_after_load(self, engine: Engine, index: Index) -> None:
        """Build an index that a first load has left out, if it is missing, in the least time. Not inside a transaction."""

    def end_stopped_writers(self, conn: Connection) -> int:
        """End the transaction of a writer that was stopped in the middle of it, where that can be done. Returns how many."""

    def insert(self, conn: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Insert many rows; each is a tuple in the order of the table's columns."""

    def update(
        self,
        conn: Connection,
        table: Table,
        columns: Sequence[str],
        key: Sequence[str],
        rows: Sequence[Row],
        *,
        raising: bool = False,
    ) -> None:
        """Update many rows; each is a tuple of the new values followed by the key. `raising`: no value ever falls."""

    def delete(self, conn: Connection, table: Table, key: Sequence[str], rows: Sequence[Row]) -> None:
        """Delete many rows; each is a tuple in the order of `key`."""

    def lookup(
        self,
        conn: Connection,
        table: Table,
        columns: Sequence[str],
        key: str,
        values: Iterable[Any],
        *,
        within: tuple[str, Any] | None = None,
    ) -> list[Row]:
        """The `columns` of the rows whose `key` is among `values`, in chunks, any number of them.

        `within`: of those rows only whose column of this name has this value, where an index begins with that column.
        """

    def known(self, conn: Connection, source_id: int, hashes: Sequence[bytes]) -> dict[bytes, tuple[int, int]]:
        """Of these raw hashes those that are stored: hash → (finding id, last detection or 0)."""

    def fold(
        self, conn: Connection, table: Table, rows: Sequence[Row], *, adding: Sequence[str], least: Sequence[str] = ()
    ) -> None:
        """Insert rows, or fold them into those there: `adding` columns are added to, `least` ones keep the smaller value.

        Each row is a tuple in the order of the table's columns, and no key comes twice.
        """

    def index_words(self, conn: Connection, tables: Sequence[str] = SEARCHED) -> None:
        """Make what `contains` searches by; after the tables, once."""

    def refresh_statistics(self, conn: Connection) -> None:
        """After a large apply: the list's plan depends on it."""

    def microseconds(self) -> ColumnElement[int]:
        """The time by the database's own clock, in microseconds since 1970."""

    def among(self, column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
        """A clause: the column, with which an index begins, is one of these ids, of which there are few."""

    def contains(self, column: ColumnElement[str], folded: str) -> ColumnElement[bool]:
        """A clause: the text column `search` of a rule or a resource holds `folded` (three characters at least)."""


def bind(engine: Engine, dialect: Dialect) -> None:
    """Let every connection of the engine know its dialect; `of` finds it again."""
    engine.update_execution_options(callboard_dialect=dialect)


def bind_promise(engine: Engine, promised: int) -> None:
    """Let every connection know how old findings may be, in microseconds; `promise_of` finds it again."""
    engine.update_execution_options(callboard_promised=promised)


def promise_of(conn: Connection) -> int:
    """How old findings may be before they are called stale, in microseconds."""
    return int(conn.get_execution_options().get("callboard_promised", PROMISED))


LEASE = 120 * SECOND
"""A worker that has not been heard of for this long (microseconds) has lost what it worked on to the next one."""


def lease_of(conn: Connection) -> int:
    """How long a lease lasts, in microseconds."""
    return int(conn.get_execution_options().get("callboard_lease", LEASE))


def of(conn: Connection) -> Dialect:
    """The dialect of a connection."""
    return cast("Dialect", conn.get_execution_options()["callboard_dialect"])
