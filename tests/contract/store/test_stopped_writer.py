"""On PostgreSQL a process that was stopped in the middle of a transaction keeps nobody from writing for longer than a lease."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import insert, select

from callboard.errors import StoreError
from callboard.store import Store, open_store, schema
from callboard.store.database import bump_revision

LEASE = 1_000_000
"""Microseconds."""


@pytest.fixture
def pair(postgres_url: str) -> Iterator[tuple[Store, Store]]:
    """Two processes' views of one database."""
    stores = open_store(postgres_url), open_store(postgres_url)
    for store in stores:
        store.lease = LEASE
    yield stores
    for store in stores:
        store.close()


def test_a_writer_that_says_nothing_is_ended(pair: tuple[Store, Store]) -> None:
    """What it wrote is rolled back, the other one writes, and the first one hears of it when it goes on."""
    sleeper, other = pair

    def write() -> None:
        with sleeper.write() as conn:
            conn.execute(insert(schema.hooked).values(source="main", external_id="a", at=1))
            with other.write() as waiting:  # until the server ends the sleeper
                bump_revision(waiting)
            conn.execute(select(schema.hooked))

    with pytest.raises(StoreError):
        write()
    with other.read() as conn:
        assert conn.execute(select(schema.hooked)).first() is None
        assert conn.execute(select(schema.revision.c.n)).scalar_one() == 1


def test_a_writer_that_stops_in_the_middle_of_copying_is_ended(pair: tuple[Store, Store]) -> None:
    """The server waits for its rows, and not for ever."""
    sleeper, other = pair

    class Stopping(list[tuple[str, str, int]]):
        """Rows of which the second one does not come before another process has written."""

        def __iter__(self) -> Iterator[tuple[str, str, int]]:  # type: ignore[override]
            yield ("main", "a", 1)
            with other.jot() as conn:
                while not other.dialect.end_stopped_writers(conn):
                    conn.exec_driver_sql("SELECT pg_sleep(0.1)")
            with other.write() as waiting:
                bump_revision(waiting)
            yield ("main", "b", 1)

    def write() -> None:
        with sleeper.write() as conn:
            sleeper.dialect.insert(conn, schema.hooked, Stopping([("main", "a", 1)]))

    with pytest.raises(StoreError):
        write()
    with other.read() as conn:
        assert conn.execute(select(schema.hooked)).first() is None
