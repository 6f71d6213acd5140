"""Bring a database up to this program's schema or one step back, through one numbered sequence for both engines."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from callboard.errors import SchemaTooNewError, StoreError
from callboard.store import schema
from callboard.store.bulk import DEFERRED, are_deferred
from callboard.store.database import Store, connect, seed_rows, tell_oldest_program
from callboard.store.schema import HEAD, KNOWN

T = TypeVar("T")

NOTHING = "nothing"
"""What an empty database has for a schema."""

TRIES = 5
"""How often a migration asks for its locks before it says that the database is busy."""


def upgrade(url: str, to: str = HEAD) -> tuple[str, ...]:
    """Migrate the database at `url`; a new one is made by the whole sequence.

    Returns the schema it had before (`"nothing"` for a new one), or nothing when there was nothing to do. All steps are
    one transaction: a migration that is killed leaves the database as it was. Indexes of large tables are built behind
    it while others read and write, and by the next call if this one is killed. Raises SchemaTooNewError, StoreError.
    """
    store = connect(url)
    try:
        before = _in_one(store, lambda conn: _up(conn, to))
        if to == HEAD:
            build_missing(store)
        return before
    except DBAPIError as error:
        raise _refused(error) from error
    finally:
        store.close()


def downgrade(url: str) -> tuple[str, str]:
    """Take the database at `url` one step back, for the version before. Returns the schema it had and the one it has.

    Raises StoreError where the older schema cannot hold what is there; SchemaTooNewError for one this program does not know.
    """
    store = connect(url, create=False)
    try:
        return _in_one(store, _down)
    except DBAPIError as error:
        raise _refused(error) from error
    finally:
        store.close()


def level(url: str) -> str:
    """The schema of the database at `url`; `"nothing"` for an empty one. Raises SchemaTooNewError, StoreError."""
    store = connect(url, create=False)
    try:
        with store.engine.connect() as conn:
            return _version(conn) or NOTHING
    finally:
        store.close()


def step_back(of: str) -> str:
    """What the step back from schema `of` takes with it, in its own words."""
    said = (_step(of).downgrade.__doc__ or "").strip().removeprefix("The step back").lstrip(":, ").rstrip(".")
    return said or "what came with it"


def oldest_program(at: str) -> str:
    """The schema of the oldest program that may go on working on schema `at`.

    A step that only adds says so (`COMPATIBLE = True`): the program before it neither misses nor breaks anything there.
    """
    while at > "0001" and getattr(_step(at), "COMPATIBLE", False):
        at = f"{int(at) - 1:04}"
    return at


def run_sequence(conn: Connection, to: str = HEAD) -> None:
    """Run every step that the database behind `conn` lacks, inside the caller's transaction."""
    command.upgrade(_config(conn), to)


def build_missing(store: Store) -> tuple[str, ...]:
    """Build the indexes that the schema has and the database lacks, one by one, while others go on. Returns their names.

    Those that a first load has put off are left to it.
    """
    with store.engine.connect() as conn:
        known = inspect(conn)
        there = {table: {str(each["name"]) for each in known.get_indexes(table)} for table in known.get_table_names()}
        left_out = set(DEFERRED) if are_deferred(conn) else set()
        broken = store.dialect.broken_indexes(conn)
    built = []
    for table in schema.metadata.sorted_tables:
        for index in sorted(table.indexes - left_out, key=lambda each: str(each.name)):
            name = str(index.name)
            if name in there.get(table.name, set()) and name not in broken:
                continue
            store.dialect.build_beside(store.engine, index)
            built.append(name)
    return tuple(built)


def _in_one(store: Store, work: Callable[[Connection], T]) -> T:
    """Do something in one transaction that waits for no lock long, so that nobody has to wait behind it."""
    for left in reversed(range(TRIES)):
        try:
            with store.engine.connect() as raw:
                conn = raw.execution_options(writing=True)
                with conn.begin():
                    store.dialect.lock_for_writing(conn)
                    store.dialect.wait_briefly(conn)
                    return work(conn)
        except DBAPIError as error:
            if not left or not store.dialect.gave_way(error):
                raise
            time.sleep(1.0)
    raise AssertionError


def _up(conn: Connection, to: str) -> tuple[str, ...]:
    before = _version(conn)
    if before == to:
        return ()
    run_sequence(conn, to)
    if before is None:
        seed_rows(conn)
    tell_oldest_program(conn, oldest_program(to))
    return (before or NOTHING,)


def _down(conn: Connection) -> tuple[str, str]:
    before = _version(conn)
    if before is None or before == "0001":
        raise StoreError("There is no older schema to go back to.")
    after = f"{int(before) - 1:04}"
    try:
        command.downgrade(_config(conn), after)
    except RuntimeError as error:
        raise StoreError(
            f"The database cannot go back to schema {after}: {error}.", hint="Nothing was changed."
        ) from error
    tell_oldest_program(conn, oldest_program(after))
    return before, after


def _config(conn: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = conn
    return config


@cache
def _step(number: str) -> ModuleType:
    """The module of the step that leads to a schema."""
    from callboard.store.migrations import versions

    (file,) = Path(versions.__path__[0]).glob(f"{number}_*.py")
    return importlib.import_module(f"{versions.__name__}.{file.stem}")


def _refused(error: DBAPIError) -> StoreError:
    return StoreError(
        f"The database cannot be migrated: {str(error.orig).strip().splitlines()[0]}",
        hint="Nothing was changed. Restore nothing; look at the message, then try again.",
    )


def _version(conn: Connection) -> str | None:
    """The schema of the database; None for an empty one."""
    names = set(inspect(conn).get_table_names())
    if "alembic_version" not in names:
        if names & set(schema.metadata.tables):
            raise StoreError("The database holds tables of another program.", hint="Give Callboard one of its own.")
        return None
    found = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    if found is None:
        return None
    if found not in KNOWN:
        raise SchemaTooNewError(
            f"The database was made by a newer Callboard (schema {found}; this program knows up to {HEAD}).",
            hint="Run the newer version, or restore the backup made before the upgrade.",
        )
    return str(found)
