"""An empty board for each test, on SQLite and on PostgreSQL.

    def test_both(store): ...              runs twice, once on each
    def test_once(sqlite_store): ...       where the database does not matter

One database of each kind serves all tests of a worker and is emptied before each: a new one would learn every statement
anew, which takes longer than most tests.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from callboard.store import Store, open_store, schema
from callboard.store.bulk import build_indexes
from callboard.store.kept import forget
from tests.support.postgres import Postgres


def clear(store: Store) -> Store:
    """The same board as on its first day."""
    build_indexes(store)  # an aborted first load leaves without them
    with store.write() as conn:
        for table in reversed(schema.metadata.sorted_tables):
            if table not in (schema.meta, schema.revision):
                conn.execute(delete(table))
        conn.execute(update(schema.revision).values(n=0))
        conn.execute(delete(schema.meta).where(schema.meta.c.key != "seed"))
    store.known = None
    store.laid_down = None
    store.trusted_locations = ()
    store.write_policies = dict
    store.announces = False
    forget(store.engine)
    return store


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of an empty board, to be copied."""
    path = tmp_path_factory.mktemp("template") / "callboard.db"
    open_store(f"sqlite:///{path}").close()
    return path


@pytest.fixture(scope="session")
def sqlite_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A board in a file, with what earlier tests left on it."""
    store = open_store(f"sqlite:///{tmp_path_factory.mktemp('board') / 'callboard.db'}")
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres_board(postgres: Postgres) -> Iterator[Store]:
    """A board on PostgreSQL, with what earlier tests left on it."""
    url = postgres.create()
    store = open_store(url)
    yield store
    store.close()
    postgres.drop(url)


@pytest.fixture
def sqlite_store(sqlite_board: Store) -> Store:
    """An empty board in a file."""
    return clear(sqlite_board)


@pytest.fixture
def postgres_store(postgres_board: Store) -> Store:
    """An empty board on PostgreSQL."""
    return clear(postgres_board)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty board, on each database in turn."""
    name = "sqlite_store" if request.param == "sqlite" else "postgres_store"
    found = request.getfixturevalue(name)
    assert isinstance(found, Store)
    return found
