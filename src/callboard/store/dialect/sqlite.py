"""SQLite: one file, one writer at a time, readers undisturbed (write-ahead log)."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Integer,
    Table,
    bindparam,
    cast,
    create_engine,
    event,
    func,
    make_url,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from callboard.errors import SchemaOutOfDateError, StoreError
from callboard.store.dialect import SEARCHED, FileCopy, Row
from callboard.store.patience import patience, reading_time

MAGIC = b"SQLite format 3\x00"
"""How a file of SQLite's begins."""

CHUNKS = (500, 60, 8)
"""Values in one IN list: a few fixed lengths, so that the driver's statement cache always hits."""

CACHE_KIB = 16 * 1024
"""Page cache of a connection. The default of 2 MB made a first load a quarter dearer; what is not in it comes from the
system's own cache, which is nearly as fast, so more than this only makes the process larger."""


WAIT_SECONDS = 30.0
"""How long a statement waits for the database before it gives up."""

STEPS = 200_000
"""Steps of a question between two looks at the clock: some milliseconds."""

POLL_SECONDS = 0.002
"""How often a transaction that wants to write asks for the lock. SQLite's own waiting sleeps up to 100 ms between two tries,
and so misses the moment between two transactions of a sync again and again."""

INSERTED_VALUES = 1_000
"""Values bound by one statement of a bulk insert. Rows that share a statement share what SQLite does once for each: the
index of words, above all, is flushed by every statement (measured: 3 to 4 times as fast)."""


@cache
def _insert_text(table: Table, rows: int = 1) -> str:
    columns = [column.name for column in table.columns]
    values = ", ".join([f"({', '.join('?' * len(columns))})"] * rows)
    return f"INSERT INTO {table.name} ({', '.join(columns)}) VALUES {values}"


@cache
def _lookup_text(table: Table, columns: tuple[str, ...], key: str, length: int, within: str | None) -> str:
    where = "" if within is None else f"{within} = ? AND "
    return f"SELECT {', '.join(columns)} FROM {table.name} WHERE {where}{key} IN ({', '.join('?' * length)})"


@cache
def _fold_text(table: Table, adding: tuple[str, ...], least: tuple[str, ...], rows: int) -> str:
    sets = [f"{name} = {name} + excluded.{name}" for name in adding]
    sets += [f"{name} = min({name}, excluded.{name})" for name in least]
    keys = ", ".join(column.name for column in table.primary_key.columns)
    return f"{_insert_text(table, rows)} ON CONFLICT ({keys}) DO UPDATE SET {', '.join(sets)}"


@cache
def _known_text(length: int) -> str:
    return (
        "SELECT finding.raw_hash, finding.id, coalesce(sighting.last_detected_at, 0) FROM finding "
        "LEFT JOIN sighting ON sighting.finding_id = finding.id "
        f"WHERE finding.source_id = ? AND finding.raw_hash IN ({', '.join('?' * length)})"
    )


def _in_bulk(table: Table, rows: Sequence[Row]) -> Iterator[tuple[int, list[Row]]]:
    """The rows joined, so many to a statement, and what is left of them one by one."""
    at_once = INSERTED_VALUES // len(table.columns)
    whole = len(rows) // at_once * at_once
    if whole:
        yield at_once, [tuple(chain.from_iterable(rows[start : start + at_once])) for start in range(0, whole, at_once)]
    if whole < len(rows):
        yield 1, list(rows[whole:])


def _chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    """Lists of one of the fixed lengths; a short one is filled up with its own first value, which changes no answer."""
    pending = list(values)
    for start in range(0, len(pending), CHUNKS[0]):
        chunk = pending[start : start + CHUNKS[0]]
        length = min(length for length in CHUNKS if length >= len(chunk))
        chunk.extend([chunk[0]] * (length - len(chunk)))
        yield chunk


class _File:
    """The `FileCopy` of SQLite."""

    def out(self, engine: Engine, path: Path) -> None:
        """By the online backup API, in one step: others wait for nothing, as the log lets them write meanwhile."""
        with closing(sqlite3.connect(path)) as target, engine.connect() as conn:
            driver: Any = conn.connection.driver_connection
            driver.backup(target)
            # One file, with no log beside it.
            target.execute("PRAGMA journal_mode = DELETE")

    def into(self, engine: Engine, path: Path) -> None:
        """By the same the other way round, which waits until nobody writes. Raises StoreError when somebody goes on."""
        try:
            with closing(sqlite3.connect(_read_only(path), uri=True)) as source, engine.connect() as conn:
                driver: Any = conn.connection.driver_connection
                source.backup(driver)
        except sqlite3.Error as error:
            raise StoreError(f"The database cannot be written: {error}.", hint="Stop Callboard first.") from error


class Sqlite:
    """The `Dialect` of SQLite."""

    name = "sqlite"
    has_many_hosts = False
    file: FileCopy | None = _File()

    @contextmanager
    def scratch(self, engine: Engine, url: str, folder: Path) -> Iterator[str]:  # noqa: ARG002 - a file is all it takes
        """A file in the folder."""
        yield f"sqlite:///{folder}/scratch.db"

    def defer_references(self, conn: Connection) -> None:
        """SQLite can, for one transaction."""
        conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")

    def empty(self, conn: Connection, tables: Sequence[str]) -> None:
        """By DELETE, which the index of words follows."""
        for name in tables:
            conn.exec_driver_sql(f'DELETE FROM "{name}"')

    def make_engine(self, url: str, *, create: bool = True) -> Engine:
        """An engine with write-ahead log, foreign keys, a busy timeout and a file only its owner can read."""
        parsed = make_url(url)
        path = parsed.database
        pool: dict[str, Any] = {"pool_size": 8}
        if path and path != ":memory:":
            _claim_file(Path(path), create=create)
            # What a connection has cached counts for nothing once another one has written: the last one used is used next.
            pool["pool_use_lifo"] = True
        engine = create_engine(parsed, connect_args={"timeout": WAIT_SECONDS, "isolation_level": None}, **pool)

        @event.listens_for(engine, "connect")
        def _settings(connection: sqlite3.Connection, _record: object) -> None:
            cursor = connection.cursor()
            try:
                cursor.execute("PRAGMA journal_mode = WAL")
                cursor.execute("PRAGMA synchronous = NORMAL")
                cursor.execute("PRAGMA foreign_keys = ON")
                cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
                # What a statement needs for itself beyond the page cache lies in a file: in memory it would have no bound.
                cursor.execute("PRAGMA temp_store = FILE")
                cursor.execute("PRAGMA wal_autocheckpoint = 16000")
            finally:
                cursor.close()

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            # The driver's own transactions begin too late (at the first write), which is when two writers collide.
            if connection.get_execution_options().get("writing", False):
                _begin_writing(connection)
            else:
                connection.exec_driver_sql("BEGIN")

        @event.listens_for(engine, "before_cursor_execute")
        def _limit(connection: Connection, cursor: sqlite3.Cursor, *_: object) -> None:
            seconds = reading_time()
            if seconds is not None and not connection.get_execution_options().get("writing", False):
                until = time.monotonic() + seconds
                cursor.connection.set_progress_handler(lambda: time.monotonic() > until, STEPS)

        @event.listens_for(engine, "checkin")
        def _unlimit(connection: sqlite3.Connection | None, _record: object) -> None:
            if connection is not None:
                connection.set_progress_handler(None, 0)

        return engine

    def for_reading(self, conn: Connection) -> Connection:
        """As it is: a transaction on the write-ahead log sees one state."""
        return conn

    def end_silent(self, engine: Engine) -> None:
        """Nothing to do: readers hold up nobody, and a writer that stopped is waited for no longer than `WAIT_SECONDS`."""

    def limit_reading(self, conn: Connection) -> None:
        """Nothing to do: each question is looked at from its beginning (`make_engine`)."""

    def gave_up(self, error: DBAPIError) -> bool:
        """By the code of "interrupted"."""
        return getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT

    def is_at_fault(self, error: DBAPIError) -> bool:
        """By the driver's own sort for it, and by what damage is told as, which is none of that sort."""
        return isinstance(error.orig, sqlite3.OperationalError) or _is_damage(error)

    def remedy(self, error: DBAPIError) -> str:
        """By the code: damage is not mended here, and a file is not written without its folder."""
        if _is_damage(error):
            return "The file is damaged. Put it aside and bring back a backup: `callboard backup restore`."
        if _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN):
            return "This user has to be able to write the file and its folder, where SQLite keeps a journal beside it."
        return "Check [database] url (or CALLBOARD_DATABASE_URL), and whether the disk is full."

    def limit_noting(self, conn: Connection) -> None:
        """Nothing to do: it waits like everybody who writes."""

    def lock_for_writing(self, conn: Connection) -> None:
        """Nothing to do: BEGIN IMMEDIATE has the lock."""

    def wait_briefly(self, conn: Connection) -> None:
        """Nothing to do: readers wait for nobody here."""

    def gave_way(self, error: DBAPIError) -> bool:  # noqa: ARG002 - nobody waits
        """Never."""
        return False

    def broken_indexes(self, conn: Connection) -> frozenset[str]:  # noqa: ARG002 - none can be
        """None: an index comes with its transaction or not at all."""
        return frozenset()

    def build_beside(self, engine: Engine, index: Index) -> None:
        """In a transaction of its own: readers go on, and writers wait for this one index."""
        with engine.connect() as plain:
            conn = plain.execution_options(writing=True)
            with conn.begin():
                index.create(conn, checkfirst=True)

    def build_after_load(self, engine: Engine, index: Index) -> None:
        """As beside others."""
        self.build_beside(engine, index)

    def end_stopped_writers(self, conn: Connection) -> int:  # noqa: ARG002 - the port's
        """Nobody can end another process's transaction: what waits for it says that the database is busy."""
        return 0

    def insert(self, conn: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Many rows by one statement."""
        for number, values in _in_bulk(table, rows):
            conn.exec_driver_sql(_insert_text(table, number), values)

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
        """One prepared statement, many rows; by a key that several rows may share, one joined statement."""
        if not rows:
            return
        if len(key) == 1 and not table.columns[key[0]].primary_key and not raising:
            _update_by(conn, table, columns, key[0], rows)
            return
        sets = ", ".join(f"{column} = max({column}, ?)" if raising else f"{column} = ?" for column in columns)
        where = " AND ".join(f"{column} = ?" for column in key)
        conn.exec_driver_sql(f"UPDATE {table.name} SET {sets} WHERE {where}", list(rows))

    def delete(self, conn: Connection, table: Table, key: Sequence[str], rows: Sequence[Row]) -> None:
        """One prepared statement, many rows."""
        if rows:
            where = " AND ".join(f"{column} = ?" for column in key)
            conn.exec_driver_sql(f"DELETE FROM {table.name} WHERE {where}", list(rows))

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
        """By IN lists."""
        names, column, head = tuple(columns), within and within[0], within[1:] if within else ()
        rows: list[Row] = []
        for chunk in _chunks(values):
            text = _lookup_text(table, names, key, len(chunk), column)
            rows.extend(conn.exec_driver_sql(text, (*head, *chunk)).cursor.fetchall())
        return rows

    def known(self, conn: Connection, source_id: int, hashes: Sequence[bytes]) -> dict[bytes, tuple[int, int]]:
        """By IN lists, over an index that covers the answer."""
        found: dict[bytes, tuple[int, int]] = {}
        for chunk in _chunks(hashes):
            cursor = conn.exec_driver_sql(_known_text(len(chunk)), (source_id, *chunk)).cursor
            if cursor is not None:
                found.update((row[0], (row[1], row[2])) for row in cursor.fetchall())
        return found

    def fold(
        self, conn: Connection, table: Table, rows: Sequence[Row], *, adding: Sequence[str], least: Sequence[str] = ()
    ) -> None:
        """By upsert."""
        for number, values in _in_bulk(table, rows):
            conn.exec_driver_sql(_fold_text(table, tuple(adding), tuple(least), number), values)

    def index_words(self, conn: Connection, tables: Sequence[str] = SEARCHED) -> None:
        """Trigrams over the text of rules and resources, kept up to date by triggers so that no writer can forget."""
        for name in tables:
            new = "INSERT INTO {0}_words(rowid, search) VALUES (new.id, new.search)"
            old = "INSERT INTO {0}_words({0}_words, rowid, search) VALUES ('delete', old.id, old.search)"
            options = "content='{0}', content_rowid='id', tokenize='trigram case_sensitive 1'"
            changed = "AFTER UPDATE OF search ON {0} WHEN old.search <> new.search"
            for statement in (
                f"CREATE VIRTUAL TABLE {{0}}_words USING fts5(search, {options})",
                f"CREATE TRIGGER {{0}}_words_new AFTER INSERT ON {{0}} BEGIN {new}; END",
                f"CREATE TRIGGER {{0}}_words_gone AFTER DELETE ON {{0}} BEGIN {old}; END",
                f"CREATE TRIGGER {{0}}_words_changed {changed} BEGIN {old}; {new}; END",
            ):
                conn.exec_driver_sql(statement.format(name))

    def refresh_statistics(self, conn: Connection) -> None:
        """A bounded ANALYZE: a thousand rows an index tell the planner enough."""
        conn.exec_driver_sql("PRAGMA analysis_limit = 1000")
        conn.exec_driver_sql("ANALYZE")

    def microseconds(self) -> ColumnElement[int]:
        """The machine's clock, to a millisecond."""
        return cast((func.julianday("now") - 2_440_587.5) * 86_400_000_000, BigInteger)

    def among(self, column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
        """By an IN list."""
        return column.in_(ids)

    def contains(self, column: ColumnElement[str], folded: str) -> ColumnElement[bool]:
        """By a phrase of trigrams, which is the text itself, quoted."""
        words = f"{column.table.name}_words"
        phrase = '"' + folded.replace('"', '""') + '"'
        matches = (
            text(f"SELECT rowid FROM {words} WHERE {words} MATCH :phrase")
            .bindparams(bindparam("phrase", phrase, unique=True))
            .columns(rowid=Integer)
        )
        found: ColumnElement[bool] = column.table.c.id.in_(matches)
        return found


@contextmanager
def open_copy(path: Path) -> Iterator[Connection]:
    """A copy, opened so that nothing is written to it. Raises StoreError for a damaged one."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(_read_only(path), uri=True), poolclass=NullPool)
    with engine.connect() as conn:
        for pragma in ("integrity_check(1)", "foreign_key_check"):
            found = conn.exec_driver_sql(f"PRAGMA {pragma}").first()
            if found is not None and found[0] != "ok":
                raise StoreError(f"The copy {path} is damaged: {str(found[0]).splitlines()[0]}.")
        yield conn


def _read_only(path: Path) -> str:
    return f"{path.absolute().as_uri()}?mode=ro"


def _update_by(conn: Connection, table: Table, columns: Sequence[str], key: str, rows: Sequence[Row]) -> None:
    """Update by a column that need not be indexed, as none is during a first load: one walk, not one for each row."""
    names = ", ".join([*columns, key])
    conn.exec_driver_sql(f"CREATE TEMP TABLE staged AS SELECT {names} FROM {table.name} WHERE 0")
    conn.exec_driver_sql(f"CREATE UNIQUE INDEX temp.staged_key ON staged ({key})")
    places = ", ".join("?" * (len(columns) + 1))
    conn.exec_driver_sql(f"INSERT OR REPLACE INTO staged VALUES ({places})", list(rows))
    found = f"FROM staged WHERE staged.{key} = {table.name}.{key}"
    sets = ", ".join(f"{column} = (SELECT staged.{column} {found})" for column in columns)
    conn.exec_driver_sql(f"UPDATE {table.name} SET {sets} WHERE {key} IN (SELECT {key} FROM staged)")
    conn.exec_driver_sql("DROP TABLE staged")


def _begin_writing(connection: Connection) -> None:
    """Take the lock of the one writer as soon as it is free. Raises OperationalError when it is not in time."""
    driver: Any = connection.connection.driver_connection
    until = time.monotonic() + min(WAIT_SECONDS, patience() or WAIT_SECONDS)
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < until:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
                time.sleep(POLL_SECONDS)
            else:
                return
        # What is wrong is said by the one who knows how: SQLAlchemy's own error for it.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {int(WAIT_SECONDS * 1_000)}")


def _claim_file(path: Path, *, create: bool) -> None:
    """Make the file with mode 0600 before SQLite would make it for everybody. Raises StoreError.

    Without `create` it must be there and hold something, since opening it would write to an empty one.
    """
    try:
        is_empty = not path.exists() or (path.is_file() and path.stat().st_size == 0)
        if is_empty and not create:
            raise SchemaOutOfDateError(
                f"The database {path} is empty." if path.exists() else f"There is no database {path} yet.",
                hint="Run `callboard db migrate` first.",
            )
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        with path.open("r+b") as file:
            head = file.read(16)
    except OSError as error:
        raise StoreError(
            f"The database file {path} cannot be opened: {error.strerror}.",
            hint="Check the path in [database] url, and that this user may read and write it.",
        ) from error
    if head and head != MAGIC:
        raise StoreError(
            f"{path} is not a Callboard database: it does not start like an SQLite file.",
            hint="Point [database] url at another file, or restore this one from a backup.",
        )


def _code(error: DBAPIError) -> int | None:
    """SQLite's own code, without what it adds about the details."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF


def _is_damage(error: DBAPIError) -> bool:
    return _code(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
