"""Opening a database: ours, another's, a newer one, or none at all."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from callboard.errors import ConfigError, SchemaOutOfDateError, SchemaTooNewError, StoreError
from callboard.store import open_store
from callboard.store.database import connect
from tests.support.postgres import Postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, on each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.db'}"
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    found = postgres.create()
    yield found
    postgres.drop(found)


def execute(url: str, *statements: str) -> None:
    """Do something to a database behind our back."""
    store = connect(url)
    with store.engine.begin() as conn:
        for statement in statements:
            conn.execute(text(statement))
    store.close()


def test_a_new_database_is_made_and_opened_again(url: str) -> None:
    """Its seed is random, kept, and its own."""
    store = open_store(url)
    seed = store.seed
    store.close()
    again = open_store(url, create=False)
    assert (again.seed, len(seed)) == (seed, 32)
    again.close()


def test_an_empty_database_is_not_filled_without_being_asked(url: str) -> None:
    """Without `create` the error says what to do."""
    with pytest.raises(SchemaOutOfDateError) as error:
        open_store(url, create=False)
    assert "db migrate" in str(error.value.hint)


@pytest.mark.parametrize("is_there", [False, True])
def test_looking_for_a_database_makes_none(tmp_path: Path, is_there: bool) -> None:  # noqa: FBT001 - a parameter
    """A mistyped path leaves no file behind, and an empty file stays empty."""
    path = tmp_path / "mistyped.db"
    if is_there:
        path.touch()
    with pytest.raises(SchemaOutOfDateError, match="mistyped") as error:
        open_store(f"sqlite:///{path}", create=False)
    assert "db migrate" in str(error.value.hint)
    assert [(each.name, each.stat().st_size) for each in tmp_path.iterdir()] == [("mistyped.db", 0)] * is_there


def test_a_newer_schema_is_refused(url: str) -> None:
    """The error names both versions and what to do."""
    open_store(url).close()
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SchemaTooNewError, match="9999") as error:
        open_store(url)
    assert error.value.hint


def test_tables_of_another_program_are_left_alone(url: str) -> None:
    """A database with a table of a name of ours, made by somebody else, is refused."""
    execute(url, "CREATE TABLE finding (something INTEGER)")
    with pytest.raises(StoreError, match="another program"):
        open_store(url)
    execute(url, "INSERT INTO finding VALUES (1)")


def test_a_meta_table_of_another_program_is_refused(url: str) -> None:
    """A database that only looks a little like ours gives a plain error."""
    execute(url, "CREATE TABLE meta (something INTEGER)")
    with pytest.raises(StoreError):
        open_store(url)


@pytest.mark.parametrize("url", ["mysql://host/name", "callboard.db", "", "://", "http://host"])
def test_an_unknown_kind_of_database_is_a_configuration_error(url: str) -> None:
    """The hint shows the two forms."""
    with pytest.raises(ConfigError) as error:
        open_store(url)
    assert "sqlite:///" in str(error.value.hint)


def fill(path: Path) -> None:
    """A text file."""
    path.write_text("[database]\nurl = 'this is no database'\n")


def damage(path: Path) -> None:
    """A file that only begins like a database."""
    path.write_bytes(b"SQLite format 3\x00" + b"?" * 5000)


@pytest.mark.parametrize("make", [fill, damage, Path.mkdir])
def test_a_file_that_is_no_database_is_refused_and_kept(tmp_path: Path, make: Callable[[Path], object]) -> None:
    """It is named in the error where it can be, and not touched."""
    path = tmp_path / "callboard.db"
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError) as error:
        open_store(f"sqlite:///{path}")
    assert error.value.hint
    assert (path.read_bytes() if path.is_file() else b"") == before


def test_a_folder_that_is_missing_is_said_plainly(tmp_path: Path) -> None:
    """The path stands in the error."""
    with pytest.raises(StoreError, match="missing"):
        open_store(f"sqlite:///{tmp_path / 'missing' / 'callboard.db'}")


def test_the_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    """So are the files that the database puts beside it."""
    path = tmp_path / "callboard.db"
    store = open_store(f"sqlite:///{path}")
    with store.write() as conn:
        conn.execute(text("UPDATE revision SET n = n + 1"))
    modes = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.iterdir()}
    store.close()
    assert set(modes.values()) == {0o600}


@pytest.mark.fault("F25")
def test_a_server_that_does_not_answer_is_said_plainly(tmp_path: Path) -> None:
    """Neither SQL nor a password stands in the error."""
    with pytest.raises(StoreError) as error:
        open_store(f"postgresql://user:hunter2@/name?host={tmp_path}")
    assert "hunter2" not in f"{error.value} {error.value.hint}"


def test_a_transaction_that_fails_leaves_nothing_behind(url: str) -> None:
    """What was written before the failure is undone."""
    store = open_store(url)
    with pytest.raises(ZeroDivisionError), store.write() as conn:  # noqa: PT012 - the failure is inside
        conn.execute(text("UPDATE revision SET n = 41"))
        _ = 1 / 0
    with store.read() as conn:
        assert conn.execute(text("SELECT n FROM revision")).scalar_one() == 0
    store.close()


def test_a_reader_sees_one_moment(url: str) -> None:
    """What is written while it reads does not show up in the middle."""
    store = open_store(url)
    with store.read() as reading:
        assert reading.execute(text("SELECT n FROM revision")).scalar_one() == 0
        with store.write() as writing:
            writing.execute(text("UPDATE revision SET n = 7"))
        assert reading.execute(text("SELECT n FROM revision")).scalar_one() == 0
    with store.read() as reading:
        assert reading.execute(text("SELECT n FROM revision")).scalar_one() == 7
    store.close()


def test_a_file_that_breaks_off_is_told_as_damaged(tmp_path: Path) -> None:
    """With the way back, and not as a server that is down: when it is opened, and when something in it is read."""
    url = f"sqlite:///{tmp_path / 'board.db'}"
    open_store(url).close()
    whole = (tmp_path / "board.db").read_bytes()
    (tmp_path / "board.db").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(StoreError, match="malformed") as opened:
        open_store(url)
    assert "backup" in str(opened.value.hint)
    assert "server" not in str(opened.value.hint)
    (tmp_path / "board.db").write_bytes(whole)
    with closing(open_store(url)) as store:
        (tmp_path / "board.db").write_bytes(whole[:4096] + b"?" * (len(whole) - 4096))
        store.engine.dispose()
        with pytest.raises(StoreError, match="malformed"), store.read() as conn:
            conn.execute(text("SELECT count(*) FROM finding"))


def test_a_file_that_only_reads_names_what_has_to_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder as well as the file: that the journal lies beside it is known to few."""
    import sqlite3

    url = f"sqlite:///{tmp_path / 'board.db'}"
    open_store(url).close()
    refused = sqlite3.OperationalError("attempt to write a readonly database")
    refused.sqlite_errorcode = sqlite3.SQLITE_READONLY

    def refusing(*_: object) -> None:
        raise OperationalError("BEGIN", {}, refused)

    monkeypatch.setattr("callboard.store.database._check_version", refusing)
    with pytest.raises(StoreError, match="readonly") as error:
        open_store(url)
    assert "folder" in str(error.value.hint)
