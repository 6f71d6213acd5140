"""A database of Callboard's own for each test, on SQLite and on PostgreSQL.

def test_both(store): ...              runs twice, once on each
def test_once(sqlite_store): ...       where the database does not matter
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from callboard.store import Store, open_store
from tests.support.postgres import Postgres


def _make(url: str) -> None:
    open_store(url).close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty board, to be copied."""
    path = tmp_path_factory.mktemp("template") / "callboard.db"
    _make(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty board in a file."""
    path = tmp_path / "callboard.db"
    shutil.copy(sqlite_template, path)
    store = open_store(f"sqlite:///{path}")
    yield store
    store.close()


@pytest.fixture
def postgres_store(postgres: Postgres) -> Iterator[Store]:
    """An empty board on PostgreSQL."""
    url = postgres.create(like=postgres.template("board", _make))
    store = open_store(url)
    yield store
    store.close()
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest) -> Store:
    """An empty board, on each database in turn."""
    name = "sqlite_store" if request.param == "sqlite" else "postgres_store"
    found = request.getfixturevalue(name)
    assert isinstance(found, Store)
    return found
