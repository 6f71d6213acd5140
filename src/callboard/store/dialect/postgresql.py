"""PostgreSQL: binary COPY for bulk, an advisory lock for the run road."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ARRAY,
    URL,
    BigInteger,
    ColumnElement,
    Connection,
    Engine,
    Index,
    Table,
    any_,
    cast,
    create_engine,
    event,
    extract,
    func,
    literal,
    make_url,
)
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.schema import CreateIndex

from callboard.domain.instant import SECOND
from callboard.errors import StoreError
from callboard.store.dialect import SEARCHED, FileCopy, Row, lease_of
from callboard.store.patience import patience, reading_time

RUN_ROAD = 0x63616C6C
"""The advisory lock of the one writer ("call" in ASCII)."""

LOCK_SECONDS = 3
"""How long a change of the schema waits for a table before it lets the others pass and tries again."""

IDLE_SECONDS = 600
"""How long a process may say nothing in the middle of a transaction. Who writes has the time of a lease instead."""

CONNECT_SECONDS = 10
"""How long a server may take to let a process in."""

SILENT_SECONDS = 30
"""After this long without a sign of a server that should have given one, the connection to it is gone."""

FEW = 30
"""Up to here plain statements are cheaper than a temporary table."""


def _milliseconds(conn: Connection) -> str:
    """The time of a lease, as settings of the server take it."""
    return str(lease_of(conn) // 1_000)


def _connecting(url: URL) -> dict[str, int]:
    """How connections are made and kept an eye on, as far as the address does not say it."""
    usual = {
        "connect_timeout": CONNECT_SECONDS, "tcp_user_timeout": SILENT_SECONDS * 1_000,
        "keepalives_idle": SILENT_SECONDS, "keepalives_interval": 10, "keepalives_count": 3,
    }  # fmt: skip
    return {name: value for name, value in usual.items() if name not in url.query}


def _with_its_beginning(conn: Connection, *settings: str) -> None:
    """Begin the transaction with these settings, in the one message that begins it."""
    driver: Any = conn.connection.driver_connection
    try:
        with driver.pipeline():
            for each in settings:
                driver.execute(each)
    except (driver.OperationalError, driver.InternalError) as error:
        raise OperationalError(settings[0], None, error) from error


class Postgresql:
    """The `Dialect` of PostgreSQL."""

    name = "postgresql"
    has_many_hosts = True
    file: FileCopy | None = None

    @contextmanager
    def scratch(self, engine: Engine, url: str, folder: Path) -> Iterator[str]:  # noqa: ARG002 - it is on the server
        """A schema of its own in the same database, where the owner of the database may always make one."""
        name = f"callboard_scratch_{secrets.token_hex(4)}"
        made = make_url(url)
        with engine.begin() as conn:
            conn.exec_driver_sql(f"CREATE SCHEMA {name}")
        try:
            options = f"-csearch_path={name}"
            yield made.update_query_dict({"options": options}).render_as_string(hide_password=False)
        finally:
            with engine.begin() as conn:
                conn.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")

    def defer_references(self, conn: Connection) -> None:
        """Nothing to do: tables come in the order in which they refer to each other."""

    def empty(self, conn: Connection, tables: Sequence[str]) -> None:
        """By TRUNCATE, which a transaction that fails takes back."""
        conn.exec_driver_sql("TRUNCATE " + ", ".join(f'"{name}"' for name in tables))

    def make_engine(self, url: str, *, create: bool = True) -> Engine:  # noqa: ARG002 - a server's database is never made here
        """An engine over psycopg. Raises StoreError when the driver is not installed."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgres" or parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        try:
            return create_engine(parsed, pool_size=8, pool_pre_ping=True, connect_args=_connecting(parsed))
        except ModuleNotFoundError as error:
            raise StoreError(
                "The PostgreSQL driver is not installed.",
                hint="Install Callboard with its extra: callboard[postgresql].",
            ) from error

    def for_reading(self, conn: Connection) -> Connection:
        """Repeatable read, since the default sees every commit of others."""
        return conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def end_silent(self, engine: Engine) -> None:
        """By `idle_in_transaction_session_timeout`: who only reads keeps tables from being changed, and old rows in them."""

        @event.listens_for(engine, "connect")
        def _settings(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
            connection.autocommit = True
            connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
            connection.autocommit = False

    def limit_reading(self, conn: Connection) -> None:
        """By `statement_timeout`."""
        seconds = reading_time()
        if seconds is not None:
            _with_its_beginning(conn, f"SET LOCAL statement_timeout = {max(1, int(seconds * 1_000))}")

    def gave_up(self, error: DBAPIError) -> bool:
        """By the code of "query canceled"."""
        return getattr(error.orig, "sqlstate", None) == "57014"

    def is_at_fault(self, error: DBAPIError) -> bool:
        """By the driver's sorts for it, and by the codes of "insufficient privilege" and "feature not supported".

        A quota is told as an internal error, a file system that only reads by the first code, a server that only reads by the
        second one where its transaction begins.
        """
        sort = (OperationalError, InternalError)
        return isinstance(error, sort) or getattr(error.orig, "sqlstate", None) in ("42501", "0A000")

    def remedy(self, error: DBAPIError) -> str:  # noqa: ARG002  the server has said what it is
        """Somebody has to look at the server."""
        return "Check [database] url (or CALLBOARD_DATABASE_URL) and that the server runs."

    def limit_noting(self, conn: Connection) -> None:
        """By `lock_timeout`, and by the server's own eye on who says nothing."""
        seconds = patience()
        waiting = [] if seconds is None else [f"SET LOCAL lock_timeout = {int(seconds * 1_000)}"]
        _with_its_beginning(conn, f"SET LOCAL idle_in_transaction_session_timeout = {_milliseconds(conn)}", *waiting)

    def lock_for_writing(self, conn: Connection) -> None:
        """One writer on the run road, as on SQLite.

        The server ends a writer that says nothing for the time of a lease, so that one that was stopped in the middle of a
        transaction keeps nobody from writing.
        """
        idle = "set_config('idle_in_transaction_session_timeout', %s, true)"
        seconds = patience()
        if seconds is not None:
            conn.exec_driver_sql(f"SET LOCAL lock_timeout = {int(seconds * 1_000)}")
        conn.exec_driver_sql(f"SELECT {idle}, pg_advisory_xact_lock(%s)", (_milliseconds(conn), RUN_ROAD))

    def wait_briefly(self, conn: Connection) -> None:
        """By `lock_timeout`. Whoever asks for a table behind one that waits for it waits as well."""
        conn.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")

    def gave_way(self, error: DBAPIError) -> bool:
        """By the code of "lock not available"."""
        return getattr(error.orig, "sqlstate", None) == "55P03"

    def broken_indexes(self, conn: Connection) -> frozenset[str]:
        """Those that CREATE INDEX CONCURRENTLY left invalid when it was cut off."""
        found = conn.exec_driver_sql(
            "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
            "WHERE NOT i.indisvalid AND pg_table_is_visible(c.oid)"
        )
        return frozenset(str(name) for (name,) in found)

    def build_beside(self, engine: Engine, index: Index) -> None:
        """By CREATE INDEX CONCURRENTLY, which locks out nobody."""
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}")
            told = str(CreateIndex(index).compile(dialect=engine.dialect))
            conn.exec_driver_sql(told.replace(" INDEX ", " INDEX CONCURRENTLY ", 1))

    def build_after_load(self, engine: Engine, index: Index) -> None:
        """In a transaction of the run road: writers of this one table wait, which is half the work of letting them go on."""
        with engine.begin() as conn:
            self.lock_for_writing(conn)
            index.create(conn, checkfirst=True)

    def end_stopped_writers(self, conn: Connection) -> int:
        """End whoever holds the run road and has not said anything in the middle of a COPY for the time of a lease.

        The server's own timeouts do not reach such a writer: it is not idle, and cannot be cancelled while it is read from.
        """
        ended = conn.exec_driver_sql(
            "SELECT pg_terminate_backend(a.pid) FROM pg_stat_activity a JOIN pg_locks l ON l.pid = a.pid "
            "WHERE l.locktype = 'advisory' AND l.granted AND l.objid = %s AND l.classid = 0 "
            "AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()) "
            "AND a.usename = current_user AND a.state = 'active' AND a.wait_event = 'ClientRead' "
            "AND a.query_start < clock_timestamp() - make_interval(secs => %s)",
            (RUN_ROAD, lease_of(conn) / SECOND),
        )
        return len(ended.all())

    def insert(self, conn: Connection, table: Table, rows: Sequence[Row]) -> None:
        """By COPY."""
        if not rows:
            return
        columns = ", ".join(f'"{column.name}"' for column in table.columns)
        self._copy(conn, f"COPY {table.name} ({columns}) FROM STDIN (FORMAT BINARY)", _types(table), rows)

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
        """By COPY into a temporary table and one joined UPDATE; few rows by a plain statement."""
        if not rows:
            return
        if len(rows) <= FEW:
            value = 'greatest("{0}", %s)' if raising else "%s"
            sets = ", ".join(f'"{column}" = {value.format(column)}' for column in columns)
            where = " AND ".join(f'"{column}" = %s' for column in key)
            conn.exec_driver_sql(f"UPDATE {table.name} SET {sets} WHERE {where}", list(rows))
            return
        self._stage(conn, table, [*columns, *key], rows)
        value = f'greatest({table.name}."{{0}}", staged."{{0}}")' if raising else 'staged."{0}"'
        sets = ", ".join(f'"{column}" = {value.format(column)}' for column in columns)
        where = " AND ".join(f'{table.name}."{column}" = staged."{column}"' for column in key)
        conn.exec_driver_sql(f"UPDATE {table.name} SET {sets} FROM staged WHERE {where}")
        conn.exec_driver_sql("DROP TABLE staged")

    def delete(self, conn: Connection, table: Table, key: Sequence[str], rows: Sequence[Row]) -> None:
        """By COPY into a temporary table and one joined DELETE; few rows by a plain statement."""
        if not rows:
            return
        if len(rows) <= FEW:
            where = " AND ".join(f'"{column}" = %s' for column in key)
            conn.exec_driver_sql(f"DELETE FROM {table.name} WHERE {where}", list(rows))
            return
        self._stage(conn, table, key, rows)
        where = " AND ".join(f'{table.name}."{column}" = staged."{column}"' for column in key)
        conn.exec_driver_sql(f"DELETE FROM {table.name} USING staged WHERE {where}")
        conn.exec_driver_sql("DROP TABLE staged")

    def _stage(self, conn: Connection, table: Table, names: Sequence[str], rows: Sequence[Row]) -> None:
        """The rows in a temporary table `staged`, which has these columns of `table`."""
        fields = ", ".join(f'"{name}"' for name in names)
        conn.exec_driver_sql("DROP TABLE IF EXISTS pg_temp.staged")
        conn.exec_driver_sql(
            f"CREATE TEMP TABLE staged ON COMMIT DROP AS SELECT {fields} FROM {table.name} WITH NO DATA"
        )
        self._copy(conn, f"COPY staged ({fields}) FROM STDIN (FORMAT BINARY)", _types(table, tuple(names)), rows)

    @staticmethod
    def _copy(conn: Connection, text: str, types: list[str], rows: Sequence[Row]) -> None:
        driver: Any = conn.connection.driver_connection
        with driver.cursor() as cursor:
            try:
                with cursor.copy(text) as copy:
                    copy.set_types(types)
                    write = copy.write_row
                    for row in rows:
                        write(row)
            except driver.OperationalError as error:
                raise OperationalError(text, None, error) from error

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
        """By one array parameter."""
        wanted = list(values)
        if not wanted:
            return []
        where, head = ("", ()) if within is None else (f"{within[0]} = %s AND ", within[1:])
        text = f"SELECT {', '.join(columns)} FROM {table.name} WHERE {where}{key} = ANY(%s)"
        return [tuple(row) for row in conn.exec_driver_sql(text, (*head, wanted))]

    def known(self, conn: Connection, source_id: int, hashes: Sequence[bytes]) -> dict[bytes, tuple[int, int]]:
        """By one array parameter."""
        if not hashes:
            return {}
        rows = conn.exec_driver_sql(
            "SELECT finding.raw_hash, finding.id, coalesce(sighting.last_detected_at, 0) FROM finding "
            "LEFT JOIN sighting ON sighting.finding_id = finding.id "
            "WHERE finding.source_id = %s AND finding.raw_hash = ANY(%s)",
            (source_id, list(hashes)),
        )
        return {bytes(row[0]): (row[1], row[2]) for row in rows}

    def fold(
        self, conn: Connection, table: Table, rows: Sequence[Row], *, adding: Sequence[str], least: Sequence[str] = ()
    ) -> None:
        """By COPY into a temporary table and one upsert; few rows by a plain upsert."""
        if not rows:
            return
        names = [column.name for column in table.columns]
        fields = ", ".join(f'"{name}"' for name in names)
        keys = ", ".join(f'"{column.name}"' for column in table.primary_key.columns)
        sets = [f'"{name}" = {table.name}."{name}" + excluded."{name}"' for name in adding]
        sets += [f'"{name}" = least({table.name}."{name}", excluded."{name}")' for name in least]
        upsert = f"ON CONFLICT ({keys}) DO UPDATE SET {', '.join(sets)}"
        head = f"INSERT INTO {table.name} ({fields})"
        if len(rows) <= FEW:
            conn.exec_driver_sql(f"{head} VALUES ({', '.join(['%s'] * len(names))}) {upsert}", list(rows))
            return
        self._stage(conn, table, names, rows)
        conn.exec_driver_sql(f"{head} SELECT {fields} FROM staged {upsert}")
        conn.exec_driver_sql("DROP TABLE staged")

    def index_words(self, conn: Connection, tables: Sequence[str] = SEARCHED) -> None:
        """Trigrams over the text of rules and resources. Raises StoreError where pg_trgm may not be installed."""
        try:
            conn.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        except ProgrammingError as error:
            raise StoreError(
                "The PostgreSQL extension pg_trgm, which search needs, is not installed.",
                hint="Let an administrator run CREATE EXTENSION pg_trgm in this database, then try again.",
            ) from error
        # Named whole: where the extension lives need not be where tables are looked for.
        place = conn.exec_driver_sql("SELECT extnamespace::regnamespace FROM pg_extension WHERE extname = 'pg_trgm'")
        operators = f"{place.scalar_one()}.gin_trgm_ops"
        for name in tables:
            conn.exec_driver_sql(f"CREATE INDEX ix_{name}_words ON {name} USING gin (search {operators})")

    def refresh_statistics(self, conn: Connection) -> None:
        """ANALYZE samples by itself."""
        conn.exec_driver_sql("ANALYZE")

    def microseconds(self) -> ColumnElement[int]:
        """The clock of the server, as it goes on inside a transaction."""
        return cast(extract("epoch", func.clock_timestamp()) * 1_000_000, BigInteger)

    def among(self, column: ColumnElement[int], ids: Sequence[int]) -> ColumnElement[bool]:
        """By one array parameter: the question is the same for any number of ids, so that its plan is made once."""
        return column == any_(literal(list(ids), ARRAY(BigInteger)))

    def contains(self, column: ColumnElement[str], folded: str) -> ColumnElement[bool]:
        """By LIKE, which the index of trigrams serves; what LIKE would take for a wildcard is escaped."""
        return column.contains(folded, autoescape=True)


_SQL_TYPES = {
    "BIGINT": "int8",
    "INTEGER": "int4",
    "SMALLINT": "int2",
    "TEXT": "text",
    "BOOLEAN": "bool",
    "BYTEA": "bytea",
}


@cache
def _types(table: Table, names: tuple[str, ...] | None = None) -> list[str]:
    """PostgreSQL's type names of the columns, which binary COPY must be told."""
    dialect: Any = PGDialect  # its constructor is untyped
    dialect = dialect()
    found = []
    for name in names if names is not None else [column.name for column in table.columns]:
        text = table.columns[name].type.compile(dialect=dialect)
        found.append(_SQL_TYPES[re.sub(r"\(.*", "", text)])
    return found
