"""Open the database: which one, whether this program may use it, and transactions on it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Engine, Index, Select, Table, func, insert, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from callboard.domain.due import DEFAULT, Policy
from callboard.domain.remediation.write_back import WritePolicy
from callboard.errors import CallboardError, ConfigError, SchemaOutOfDateError, SchemaTooNewError, StoreError
from callboard.store import schema
from callboard.store.dialect import LEASE, Dialect, bind, bind_promise
from callboard.store.schema import HEAD, KNOWN

T = TypeVar("T")

_OLDEST = "oldest-program"
"""Where the database says which programs may work on it: the schema of the oldest one."""

_VIEW = "callboard_view"
"""Where a connection keeps what it was told during one transaction."""


class Store:
    """One open database."""

    def __init__(self, engine: Engine, dialect: Dialect) -> None:
        bind(engine, dialect)
        self.engine = engine
        self.dialect = dialect
        self.seed = ""
        """Random, made with the database: seeds the hashes of raw records."""
        self.policy: Policy = DEFAULT
        """By when findings are due, as configured; `laid_down.due_policy` says what is in force."""
        self.laid_down: tuple[int, Policy] | None = None
        """The policy of a revision that was laid down, with its number."""
        self.trusted_locations: tuple[str, ...] = ()
        """Where the catalog reads what only the right people can write, as patterns."""
        self.write_policies: Callable[[], Mapping[str, WritePolicy]] = dict
        """By name of a source, what may be written to it; asked only where somebody says something."""
        self.announces = False
        """Some channel is configured, so that what is worth a word is written down with what makes it so."""
        self.known: object = None
        """The evidence about ownership, compiled (`store.evidence`)."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One consistent view: everything read inside belongs together."""
        with self._said_plainly(), self.engine.connect() as plain:
            conn = self.dialect.for_reading(plain)
            with conn.begin():
                self.dialect.limit_reading(conn)
                kept = conn.info  # of a connection that broke it can be asked for no more
                kept[_VIEW] = {}
                try:
                    yield conn
                finally:
                    kept.pop(_VIEW, None)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction of the run road. Short, and never with a network call inside."""
        with self._said_plainly(), self.engine.connect() as plain:
            conn = plain.execution_options(writing=True)
            with conn.begin():
                self.dialect.lock_for_writing(conn)
                yield conn

    @contextmanager
    def jot(self) -> Iterator[Connection]:
        """One small transaction beside the run road, for leases and turns: it must not wait until a long apply has ended.

        Where the database has one writer, it waits like everybody.
        """
        with self._said_plainly(), self.engine.connect() as plain:
            conn = plain.execution_options(writing=True)
            with conn.begin():
                self.dialect.limit_noting(conn)
                yield conn

    def build_index(self, index: Index) -> None:
        """Build an index that a first load has left out, if it is missing, in a transaction of its own. Blocking."""
        with self._said_plainly():
            self.dialect.build_after_load(self.engine, index)

    @contextmanager
    def _said_plainly(self) -> Iterator[None]:
        try:
            yield
        except PoolTimeoutError as error:
            raise StoreError("The database is busy: no connection to it became free in time.") from error
        except DBAPIError as error:
            if self.dialect.gave_up(error):
                raise StoreError(
                    "A question to the database took too long, and was ended.",
                    hint="Ask for less, or again when the database has less to do.",
                ) from error
            if not (self.dialect.is_at_fault(error) or error.connection_invalidated):
                raise
            raise StoreError(
                f"The database cannot be used: {_first_line(error)}", hint="`callboard doctor` looks closer."
            ) from error

    @property
    def lease(self) -> int:
        """How long a lease lasts, in microseconds: all workers of a database have to be told the same."""
        return int(self.engine.get_execution_options().get("callboard_lease", LEASE))

    @lease.setter
    def lease(self, microseconds: int) -> None:
        self.engine.update_execution_options(callboard_lease=microseconds)

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def open_store(url: str, *, create: bool = True, promised: int | None = None, policy: Policy = DEFAULT) -> Store:
    """The database at `url` (`sqlite:///file` or `postgresql://…`), made if it is new and `create`.

    `policy` says by when findings are due. `promised` is how old findings may be before they are called stale, in microseconds.
    Raises ConfigError for an unknown kind of URL, StoreError when it cannot be used, SchemaOutOfDateError and
    SchemaTooNewError when another version of Callboard made it.
    """
    store = connect(url, create=create)
    store.dialect.end_silent(store.engine)
    store.policy = policy
    if promised is not None:
        bind_promise(store.engine, promised)
    try:
        with store.engine.connect() as conn:
            names = set(inspect(conn).get_table_names())
        if "meta" not in names:
            if names & set(schema.metadata.tables):
                raise StoreError(
                    "The database holds tables of another program.", hint="Give Callboard a database of its own."
                )
            if not create:
                raise SchemaOutOfDateError("The database is empty.", hint="Run `callboard db migrate` first.")
            _make(store)
        else:
            _check_version(store)
        with store.read() as conn:
            store.seed = str(conn.execute(select(schema.meta.c.value).where(schema.meta.c.key == "seed")).scalar_one())
    except CallboardError:
        store.close()
        raise
    except DBAPIError as error:
        store.close()
        raise StoreError(
            f"The database cannot be used: {_first_line(error)}",
            hint=store.dialect.remedy(error),
        ) from error
    return store


def connect(url: str, *, create: bool = True) -> Store:
    """The database at `url`, whatever state its tables are in; for migrations and `open_store`.

    Without `create` a file that is missing stays missing: SchemaOutOfDateError.
    """
    scheme = url.partition(":")[0].partition("+")[0]
    dialect: Dialect
    # Each brings its half of SQLAlchemy along, and a process speaks to one.
    if scheme == "sqlite":
        from callboard.store.dialect.sqlite import Sqlite

        dialect = Sqlite()
    elif scheme in {"postgresql", "postgres"}:
        from callboard.store.dialect.postgresql import Postgresql

        dialect = Postgresql()
    else:
        raise ConfigError(
            f"{scheme!r} is no database that Callboard knows.",
            hint="Use sqlite:///path/to/file or postgresql://user@host/name.",
        )
    return Store(dialect.make_engine(url, create=create), dialect)


def _make(store: Store) -> None:
    with store.write() as conn:
        if inspect(conn).has_table("meta"):
            return  # another process made it while this one waited
        schema.metadata.create_all(conn)
        store.dialect.index_words(conn)
        seed_rows(conn)
        conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL PRIMARY KEY)"))
        conn.execute(text("INSERT INTO alembic_version (version_num) VALUES (:head)"), {"head": HEAD})


def seed_rows(conn: Connection) -> None:
    """What every database holds from its first moment."""
    conn.execute(insert(schema.meta), {"key": "seed", "value": secrets.token_hex(16)})
    conn.execute(insert(schema.revision), {"only": 1, "n": 0})


def tell_oldest_program(conn: Connection, at: str) -> None:
    """Write down which schema the oldest program speaks that may work on this database beside newer ones."""
    conn.execute(schema.meta.delete().where(schema.meta.c.key == _OLDEST))
    conn.execute(insert(schema.meta), {"key": _OLDEST, "value": at})


def _check_version(store: Store) -> None:
    with store.engine.connect() as conn:
        found = str(conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none())
        oldest = conn.execute(select(schema.meta.c.value).where(schema.meta.c.key == _OLDEST)).scalar_one_or_none()
    if found == HEAD:
        return
    if found not in KNOWN and oldest is not None and oldest <= HEAD:
        # A newer program has only added to it: both work on it until the last of this one has gone.
        return
    if found in KNOWN:
        raise SchemaOutOfDateError(
            f"The database was made by an older Callboard (schema {found}, this program wants {HEAD}).",
            hint="Make a backup, then run `callboard db migrate`.",
        )
    raise SchemaTooNewError(
        f"The database was made by a newer Callboard (schema {found}; this program knows up to {HEAD}).",
        hint="Run the newer version, or restore the backup made before the upgrade.",
    )


def next_id(conn: Connection, table: Table) -> int:
    """The first free id of a table; only inside `Store.write`, whose lock makes it ours."""
    last: int = conn.execute(_last_id(table)).scalar_one()
    return last + 1


@cache
def _last_id(table: Table) -> Select[Any]:
    column = next(iter(table.primary_key.columns))
    return select(func.coalesce(func.max(column), 0))


EVIDENCE = "evidence"
"""The key of `meta` under which stands what names the evidence about ownership; `store.evidence` changes it."""


class Stamp(NamedTuple):
    """What kept answers are kept by: as long as it is the same, so are they."""

    revision: int
    """Grows with every change that a reader can see."""
    evidence: str
    """Is another whenever an entity or a rule set has changed."""
    newest: int
    """The last holding. One that is there never changes whose it is and who may see it."""

    @property
    def owners(self) -> tuple[str, int]:
        """What it depends on whose each holding is, and who may see it."""
        return self.evidence, self.newest


STAMP = (
    select(schema.revision.c.n).scalar_subquery().label("revision"),
    select(schema.meta.c.value).where(schema.meta.c.key == EVIDENCE).scalar_subquery().label("evidence"),
    select(func.max(schema.holding.c.id)).scalar_subquery().label("newest"),
)
"""Columns of a stamp, for who asks for something else at the same time."""

_STAMP = select(*STAMP)


def stamp(conn: Connection) -> Stamp:
    """The stamp of what this transaction sees."""
    return once(conn, "stamp", lambda: stamp_of(*conn.execute(_STAMP).one()))


def stamp_of(n: int, evidence: str | None, newest: int | None) -> Stamp:
    """A stamp from its columns."""
    return Stamp(int(n), evidence or "", newest or 0)


def revision(conn: Connection) -> int:
    """Grows with every change that a reader can see."""
    return stamp(conn).revision


def once(conn: Connection, name: str, ask: Callable[[], T]) -> T:
    """What `ask` says, which is asked once inside `Store.read`: all of it is one view of the database."""
    view: dict[str, T] | None = conn.info.get(_VIEW)
    if view is None:
        return ask()
    if name not in view:
        view[name] = ask()
    return view[name]


def bump_revision(conn: Connection) -> int:
    """Say that something a reader can see has changed."""
    statement = schema.revision.update().values(n=schema.revision.c.n + 1).returning(schema.revision.c.n)
    return int(conn.execute(statement).scalar_one())


def _first_line(error: DBAPIError) -> str:
    """The driver's own sentence, without the SQL and its parameters."""
    return str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
