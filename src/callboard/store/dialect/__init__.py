"""What differs between the databases, behind one Protocol. `sqlite.py` and `postgresql.py` alone name an engine."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, cast

from sqlalchemy import Connection, Engine, Table

Row = tuple[Any, ...]


class Dialect(Protocol):
    """The few things that the two databases do differently."""

    name: str

    def make_engine(self, url: str) -> Engine:
        """An engine with this database's settings. Raises StoreError when the place cannot be used."""

    def lock_for_writing(self, conn: Connection) -> None:
        """Make this transaction the only writer on the run road."""

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

    def lookup(
        self,
        conn: Connection,
        table: Table,
        columns: Sequence[str],
        key: str,
        values: Iterable[Any],
        *,
        source_id: int | None = None,
    ) -> list[Row]:
        """The `columns` of the rows whose `key` is among `values`, in chunks, any number of them."""

    def known(self, conn: Connection, source_id: int, hashes: Sequence[bytes]) -> dict[bytes, tuple[int, int]]:
        """Of these raw hashes those that are stored: hash → (finding id, last detection or 0)."""

    def add_to_cube(self, conn: Connection, rows: Sequence[Row]) -> None:
        """Add each row's last value to the counter that its other five values name, and drop counters at zero."""

    def refresh_statistics(self, conn: Connection) -> None:
        """After a large apply: the list's plan depends on it."""

    def contains(self, column: Any, folded: str) -> Any:
        """A clause: the casefolded text column holds `folded`."""


def bind(engine: Engine, dialect: Dialect) -> None:
    """Let every connection of the engine know its dialect; `of` finds it again."""
    engine.update_execution_options(callboard_dialect=dialect)


def of(conn: Connection) -> Dialect:
    """The dialect of a connection."""
    return cast("Dialect", conn.get_execution_options()["callboard_dialect"])
