"""The sequence of migrations and `store/schema` say the same, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Dialect, Engine, create_engine, inspect, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateIndex

from callboard.errors import SchemaOutOfDateError, SchemaTooNewError, StoreError
from callboard.store import open_store, schema
from callboard.store.migrations.run import upgrade
from callboard.store.schema import HEAD, KNOWN


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Addresses of two empty databases."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/one.db", f"sqlite:///{tmp_path}/two.db"
        return
    server = request.getfixturevalue("postgres")
    one, two = server.create(), server.create()
    yield one, two
    server.drop(one)
    server.drop(two)


def shape(engine: Engine) -> dict[str, Any]:
    """Everything the database knows about its tables."""
    looked = inspect(engine)
    return {
        table: {
            "columns": [
                (column["name"], str(column["type"]), column["nullable"], str(column["default"]))
                for column in looked.get_columns(table)
            ],
            "key": looked.get_pk_constraint(table)["constrained_columns"],
            "indexes": sorted((str(each["name"]), each["column_names"]) for each in looked.get_indexes(table)),
            "unique": sorted(tuple(each["column_names"]) for each in looked.get_unique_constraints(table)),
            "foreign": sorted(
                (tuple(each["constrained_columns"]), each["referred_table"]) for each in looked.get_foreign_keys(table)
            ),
            "checks": sorted(each["sqltext"] for each in looked.get_check_constraints(table)),
            "options": looked.get_table_options(table),
        }
        for table in looked.get_table_names()
    }


@pytest.mark.fault("F26")
def test_sequence_makes_the_schema(urls: tuple[str, str]) -> None:
    """A database made by all migrations equals one made from the schema in one go."""
    made, migrated = urls
    open_store(made).close()
    assert upgrade(migrated) == ("nothing",)
    one, two = create_engine(made), create_engine(migrated)
    try:
        assert shape(one) == shape(two)
    finally:
        one.dispose()
        two.dispose()


def test_migrated_database_opens_and_needs_nothing_more(urls: tuple[str, str]) -> None:
    """After a migration the program opens the database, and a second migration does nothing."""
    url, _ = urls
    upgrade(url)
    store = open_store(url, create=False)
    assert len(store.seed) == 32
    store.close()
    assert upgrade(url) == ()


@pytest.mark.fault("F26")
def test_database_of_another_version_is_refused_with_advice(urls: tuple[str, str]) -> None:
    """A newer schema is refused by both doors, and an empty database is not silently made without leave."""
    url, empty = urls
    open_store(url).close()
    engine = create_engine(url)
    with engine.begin() as conn:
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(SchemaTooNewError) as newer:
        open_store(url)
    assert newer.value.hint
    with pytest.raises(SchemaTooNewError):
        upgrade(url)
    with pytest.raises(SchemaOutOfDateError):
        open_store(empty, create=False)


def test_tables_of_another_program_are_left_alone(urls: tuple[str, str]) -> None:
    """A database in which a table of ours has another owner is refused, and stays as it is."""
    url, _ = urls
    engine = create_engine(url)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE finding (x INTEGER)"))
    with pytest.raises(StoreError):
        open_store(url)
    with pytest.raises(StoreError):
        upgrade(url)
    assert inspect(engine).get_table_names() == ["finding"]
    engine.dispose()


def test_names_of_the_sequence() -> None:
    """Files are numbered without a gap, the last one is HEAD, and HEAD is known."""
    from callboard.store.migrations import versions

    folder = Path(versions.__path__[0])
    numbers = sorted(file.name[:4] for file in folder.glob("[0-9]*.py"))
    assert numbers == [f"{n:04}" for n in range(1, len(numbers) + 1)]
    assert numbers[-1] == HEAD
    assert set(numbers) == set(KNOWN)


@pytest.mark.parametrize("make", [sqlite.dialect, postgresql.dialect], ids=["sqlite", "postgresql"])
def test_an_index_over_a_part_says_so_to_each_database(make: Callable[[], Dialect]) -> None:
    """However it comes to be made: with its table, or later by itself."""
    parts = [index for table in schema.metadata.tables.values() for index in table.indexes if "only" in index.info]
    assert len(parts) >= 8
    for index in parts:
        assert " WHERE " in str(CreateIndex(index).compile(dialect=make()))
