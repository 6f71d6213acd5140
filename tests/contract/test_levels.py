"""Every schema that a version of Callboard ever had comes up to this one's, and goes one step back, on both databases."""

from __future__ import annotations

import ast
import inspect as reading
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, create_engine, insert, select, text

from callboard.errors import SchemaTooNewError, StoreError
from callboard.store import open_store, schema
from callboard.store.database import connect
from callboard.store.migrations import run
from callboard.store.migrations.run import build_missing, downgrade, level, oldest_program, step_back, upgrade
from callboard.store.schema import HEAD
from tests.contract.test_migrations import shape
from tests.support.levels import EMPTY, FINGERPRINTS, LEVELS, fill, fingerprints, held, make, rows_of, tables
from tests.support.postgres import Postgres

COUNTED = {"meta", "bundle_cell", "remedy_cell", "cube", "due_cell", "flow_cell", "holding_version"}
"""What a step counts anew, and what it writes down about itself."""
MOVING = {"0007", "0009", "0011"}
"""Steps whose way back moves rows."""


class Place:
    """Where databases can be made: a folder or a server."""

    def __init__(self, folder: Path, server: Postgres | None) -> None:
        self._folder = folder
        self._server = server
        self._made: list[str] = []

    def new(self) -> str:
        """The address of an empty database."""
        self._made.append(self._server.create() if self._server else f"sqlite:///{self._folder}/{len(self._made)}.db")
        return self._made[-1]

    def drop(self) -> None:
        """Leave nothing behind."""
        for url in self._made if self._server else ():
            self._server.drop(url)  # type: ignore[union-attr]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Somewhere on each database in turn."""
    found = Place(tmp_path, request.getfixturevalue("postgres") if request.param == "postgresql" else None)
    yield found
    found.drop()


def connected(url: str) -> Engine:
    """The database with Callboard's own settings."""
    return connect(url).engine


def shape_of(url: str) -> dict[str, Any]:
    """What the database knows about its tables."""
    engine = connected(url)
    try:
        return shape(engine)
    finally:
        engine.dispose()


def fill_at(url: str, *, leave: tuple[str, ...] = ()) -> dict[str, list[tuple[Any, ...]]]:
    """Rows in every table; what they are."""
    engine = connected(url)
    with engine.begin() as conn:
        found = fill(conn, leave=leave)
    engine.dispose()
    return found


QUICK = {"0001", LEVELS[-2]}
"""Levels that `make test` looks at; `make faults` looks at all."""
EVERY = [pytest.param(at, marks=() if at in QUICK else pytest.mark.slow) for at in LEVELS]


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> dict[str, dict[str, Any]]:
    """By engine, what a database knows of its tables that is made in one go."""
    found = {}
    for url in (f"sqlite:///{tmp_path_factory.mktemp('fresh')}/fresh.db", postgres.create()):
        open_store(url).close()
        found[url.partition(":")[0].partition("+")[0]] = shape_of(url)
    return found


@pytest.mark.fault("F26")
@pytest.mark.parametrize("at", EVERY)
def test_every_level(place: Place, fresh: dict[str, dict[str, Any]], at: str) -> None:
    """With rows in each table, one step up and the same step back leave everything as it was; then it comes up to the end.

    At the end the schema is the one that is made in one go, and the program opens it.
    """
    url = place.new()
    make(url, at)
    rows = fill_at(url, leave=EMPTY)
    if at != HEAD:
        following = LEVELS[LEVELS.index(at) + 1]
        was = shape_of(url)
        upgrade(url, following)
        assert step_back(following)
        assert downgrade(url) == (following, at)
        now = shape_of(url)
        # What a migration built behind its steps stays, and hurts no older program.
        for table, known in was.items():
            now[table]["indexes"] = [index for index in now[table]["indexes"] if index in known["indexes"]]
        assert now == was
        engine = connected(url)
        with engine.connect() as conn:
            after = {table.name: held(conn, table) for table in tables(conn)}
        engine.dispose()
        changed = {name for name in rows if rows[name] != after[name]} - COUNTED
        assert not changed or following in MOVING, changed
    assert upgrade(url) == (() if at == HEAD else (at,))
    assert shape_of(url) == fresh[url.partition(":")[0].partition("+")[0]]
    open_store(url, create=False).close()
    assert level(url) == HEAD


def test_steps_are_what_they_were() -> None:
    """A step that has been released is never changed: what it makes of an empty database is on record.

    `python -m tests.support.levels` puts a new step on record.
    """
    now, recorded = fingerprints(), json.loads(FINGERPRINTS.read_text())
    assert {at: now[at] for at in recorded} == recorded
    assert set(LEVELS[:-3]) <= recorded.keys(), "older steps are on record; the newest may still change"


def test_a_step_that_only_adds_lets_the_program_before_go_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Old and new side by side: what a newer program marks so is opened, read and written; anything else is refused."""
    url = place.new()
    upgrade(url)
    engine = connected(url)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE of_the_next_version (id INTEGER)"))
        conn.execute(text("ALTER TABLE saved_view ADD COLUMN of_the_next_version TEXT"))
        conn.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        conn.execute(text("UPDATE meta SET value = '9999' WHERE key = 'oldest-program'"))
    with pytest.raises(SchemaTooNewError):
        open_store(url, create=False)
    with engine.begin() as conn:
        conn.execute(text("UPDATE meta SET value = :head WHERE key = 'oldest-program'"), {"head": HEAD})
    store = open_store(url, create=False)
    with store.write() as conn:
        fill_with_todays_columns(conn)
    with store.read() as conn:
        for table in schema.metadata.sorted_tables:
            assert conn.execute(select(table)).all() or table.name in {*EMPTY, "meta", "revision"}, table.name
    store.close()
    # The newer program changes it; this one leaves it alone.
    with pytest.raises(SchemaTooNewError):
        downgrade(url)
    engine.dispose()


def fill_with_todays_columns(conn: Connection) -> None:
    """Rows as this program writes them, which knows nothing of what was added."""
    for table in schema.metadata.sorted_tables:
        if rows := rows_of(table):
            conn.execute(insert(table), rows)


def test_steps_that_only_add_are_told_from_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest program is as many steps back as only add, one after the other."""
    assert oldest_program("0001") == "0001"
    monkeypatch.setattr(run._step("0022"), "COMPATIBLE", True, raising=False)
    assert oldest_program("0022") == "0021"
    monkeypatch.setattr(run._step("0021"), "COMPATIBLE", True, raising=False)
    assert oldest_program("0022") == "0020"


def test_an_index_that_is_missing_or_cut_off_is_built(place: Place) -> None:
    """A migration ends by building what the schema has and the database lacks, and builds nothing twice."""
    url = place.new()
    upgrade(url)
    store = connect(url)
    with store.engine.begin() as conn:
        conn.execute(text("DROP INDEX ix_audit_at"))
        if store.dialect.name == "postgresql":
            conn.execute(
                text("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_session_person'::regclass")
            )
    try:
        built = build_missing(store)
        assert set(built) == {"ix_audit_at", *(("ix_session_person",) if store.dialect.name == "postgresql" else ())}
        assert build_missing(store) == ()
    finally:
        store.close()


def test_a_table_in_use_is_not_waited_for_long(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits for a table holds up all behind it: the migration lets go, says so, and has changed nothing."""
    from callboard.store.dialect import postgresql

    monkeypatch.setattr(postgresql, "LOCK_SECONDS", 1)
    monkeypatch.setattr(run, "TRIES", 1)
    make(postgres_url, "0011")
    engine = create_engine(postgres_url)
    with engine.connect() as other, other.begin():
        other.execute(text("SELECT count(*) FROM package"))
        with pytest.raises(StoreError, match="lock timeout"):
            upgrade(postgres_url, "0014")
        assert level(postgres_url) == "0011"
    engine.dispose()
    assert upgrade(postgres_url, "0014") == ("0011",)


ONLINE_FROM = 24
"""The first step that has to leave others at work."""
BLOCKING = {"alter_column", "drop_column", "drop_table", "drop_constraint", "rename_table", "create_check_constraint",
            "create_foreign_key", "create_unique_constraint", "batch_alter_table", "execute", "bulk_insert"}  # fmt: skip


def refusals(source: str) -> list[str]:
    """What in the `upgrade` of a step makes others wait, or breaks the program before it."""
    tree = ast.parse(source)
    if any(isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "BLOCKS" for node in tree.body):
        return []
    (up,) = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade")
    calls = [node for node in ast.walk(up) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    made = {first_text(call) for call in calls if call.func.attr == "create_table"}  # type: ignore[attr-defined]
    found = []
    for call in calls:
        name = call.func.attr  # type: ignore[attr-defined]
        if name in BLOCKING:
            found.append(f"line {call.lineno}: {name}")
        if name == "create_index" and not (len(call.args) > 1 and text_of(call.args[1]) in made):
            found.append(
                f"line {call.lineno}: an index on a table that was there: `db migrate` builds it from the schema"
            )
        if name == "add_column" and "nullable=False" in ast.unparse(call) and "server_default" not in ast.unparse(call):
            found.append(f"line {call.lineno}: a column that rows of the program before do not have")
    return found


def first_text(call: ast.Call) -> str:
    """The first argument, when it is a text."""
    return text_of(call.args[0]) if call.args else ""


def text_of(node: ast.expr) -> str:
    """A text that is written in the code; else nothing."""
    return str(node.value) if isinstance(node, ast.Constant) else ""


def test_new_steps_leave_others_at_work() -> None:
    """No step from now on takes a lock for long; one that must says why in `BLOCKS`."""
    folder = Path(reading.getfile(run)).parent / "versions"
    for file in sorted(folder.glob("[0-9]*.py")):
        if int(file.name[:4]) >= ONLINE_FROM:
            assert refusals(file.read_text()) == [], file.name


def test_what_blocks_is_seen() -> None:
    """The rule finds what it is there for, and lets pass what adds."""
    source = (
        "def upgrade():\n    op.create_table('a', c)\n    op.create_index('i', 'a', ['x'])\n"
        "    op.add_column('b', sa.Column('n', sa.Text(), nullable=True))\n"
    )
    assert refusals(source) == []
    for line in (
        "op.create_index('i', 'b', ['x'])", "op.drop_column('b', 'x')", "op.execute('UPDATE b SET x = 1')",
        "op.add_column('b', sa.Column('n', sa.Text(), nullable=False))",
    ):  # fmt: skip
        assert len(refusals(f"def upgrade():\n    {line}\n")) == 1, line
    assert refusals("BLOCKS = 'why'\ndef upgrade():\n    op.drop_column('b', 'x')\n") == []


def test_steps_that_say_they_only_add_do(place: Place) -> None:
    """What such a step leaves is read and written by the program before as if nothing had been."""
    for at in LEVELS[1:]:
        if not getattr(run._step(at), "COMPATIBLE", False):
            continue
        url, before = place.new(), f"{int(at) - 1:04}"
        make(url, before)
        engine = connected(url)
        with engine.begin() as conn:
            known = tables(conn)
            rows = fill(conn)
        upgrade(url, at)
        with engine.begin() as conn:
            assert {table.name: held(conn, table) for table in known if table.name != "meta"} == {
                name: held_ for name, held_ in rows.items() if name != "meta"
            }
        engine.dispose()
