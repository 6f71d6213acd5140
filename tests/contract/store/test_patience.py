"""Nobody holds up others for ever: not by a question that takes too long, and not by stopping in the middle of a transaction."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, insert, select, text

from callboard.errors import StoreError
from callboard.store import Store, open_store, schema
from callboard.store.database import connect
from callboard.store.dialect import postgresql
from callboard.store.patience import reads_at_most, waits_at_most

LONG = {
    "postgresql": "SELECT pg_sleep(600)",
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
}
"""Questions that do not end by themselves, or not in the time of a test."""
MEANWHILE = {
    "postgresql": "SELECT pg_sleep(0.5)",
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 3000000) SELECT count(*) FROM n",
}
"""Questions that take longer than a moment."""
MOMENT = 0.2


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty board on each database in turn."""
    is_file = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'callboard.db'}" if is_file else request.getfixturevalue("postgres_url")
    with closing(open_store(url)) as found:
        yield found


@pytest.mark.fault("F25")
def test_a_question_of_a_request_is_given_up(store: Store) -> None:
    """And the connection is as good as before, for a job too, which may take longer."""
    for _ in range(3):
        with reads_at_most(MOMENT), pytest.raises(StoreError, match="took too long"), store.read() as conn:
            conn.execute(text(LONG[store.dialect.name]))
    with store.read() as conn:
        conn.execute(text(MEANWHILE[store.dialect.name]))


@pytest.mark.fault("F25")
def test_each_question_has_the_whole_time(store: Store) -> None:
    """What is asked in one view of the database need not be answered in the time of one question."""
    brief = {"postgresql": "SELECT pg_sleep(0.1)", "sqlite": "SELECT 1"}[store.dialect.name]
    with reads_at_most(MOMENT * 4), store.read() as conn:
        for _ in range(12):
            conn.execute(text(brief))


def test_who_writes_is_not_cut_off(store: Store) -> None:
    """A change that takes its time is one change, whoever makes it."""
    with reads_at_most(0.001), store.write() as conn:
        conn.execute(text(MEANWHILE[store.dialect.name]))


@pytest.fixture
def pair(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Store]]:
    """Two processes' views of one database, in which silence is short."""
    monkeypatch.setattr(postgresql, "IDLE_SECONDS", 1)
    stores = open_store(postgres_url), open_store(postgres_url)
    for store in stores:
        store.lease = 1_000_000
    yield stores
    for store in stores:
        store.close()


@pytest.mark.fault("F19")
def test_a_reader_that_says_nothing_is_ended(pair: tuple[Store, Store]) -> None:
    """A change of the schema goes on, and the reader hears of it."""
    sleeper, other = pair

    def read() -> None:
        with sleeper.read() as conn:
            conn.execute(select(schema.hooked))
            with other.write() as waiting:  # until the server ends the sleeper
                waiting.execute(text("LOCK TABLE hooked IN ACCESS EXCLUSIVE MODE"))
            conn.execute(select(schema.hooked))

    with pytest.raises(StoreError):
        read()
    with sleeper.read() as conn:
        assert conn.execute(select(schema.hooked)).first() is None


@pytest.mark.fault("F19")
def test_who_notes_something_small_and_stops_is_ended(pair: tuple[Store, Store]) -> None:
    """After the time of a lease: others wait for the same row."""
    sleeper, other = pair

    def note(conn: Connection) -> None:
        conn.execute(insert(schema.hooked).values(source="main", external_id="a", at=1))

    def stop() -> None:
        with sleeper.jot() as conn:
            note(conn)
            with other.jot() as waiting:
                note(waiting)
            conn.execute(select(schema.hooked))

    with pytest.raises(StoreError):
        stop()
    with other.read() as conn:
        assert len(conn.execute(select(schema.hooked)).all()) == 1


@pytest.mark.fault("F25")
def test_a_request_does_not_wait_for_ever_to_note_something_small(pair: tuple[Store, Store]) -> None:
    """Somebody holds the row, and goes on doing so."""
    holder, other = pair
    with holder.jot() as conn:
        conn.execute(insert(schema.hooked).values(source="main", external_id="a", at=1))
        with waits_at_most(MOMENT), pytest.raises(StoreError), other.jot() as waiting:
            waiting.execute(insert(schema.hooked).values(source="main", external_id="a", at=1))


def test_changes_of_the_schema_and_jobs_have_no_bound(postgres_url: str) -> None:
    """Of a statement none at all; where a board is not open, of silence neither."""
    shown = text("SELECT current_setting('statement_timeout'), current_setting('idle_in_transaction_session_timeout')")
    with closing(open_store(postgres_url)) as store:
        idle = f"{postgresql.IDLE_SECONDS // 60}min"
        with store.read() as conn:
            assert tuple(conn.execute(shown).one()) == ("0", idle)
        with store.write() as conn:
            assert tuple(conn.execute(shown).one()) == ("0", "2min")
        with reads_at_most(7), store.read() as conn:
            assert tuple(conn.execute(shown).one()) == ("7s", idle)
        with store.read() as conn:
            assert tuple(conn.execute(shown).one()) == ("0", idle)
    with closing(connect(postgres_url)) as bare, bare.engine.connect() as conn:
        assert tuple(conn.execute(shown).one()) == ("0", "0")


@pytest.mark.fault("F25")
def test_a_server_that_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes the connection, and says nothing."""
    monkeypatch.setattr(postgresql, "CONNECT_SECONDS", 2)  # the driver takes no less
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        with pytest.raises(StoreError):
            open_store(f"postgresql://somebody@127.0.0.1:{port}/nothing")


def test_what_the_address_says_of_connections_counts(monkeypatch: pytest.MonkeyPatch, postgres_url: str) -> None:
    """Before what is usual here."""
    monkeypatch.setattr(postgresql, "CONNECT_SECONDS", 0.0)
    joint = "&" if "?" in postgres_url else "?"
    with closing(open_store(f"{postgres_url}{joint}connect_timeout=30")) as store, store.read() as conn:
        driver = conn.connection.driver_connection
        assert driver is not None
        assert driver.info.get_parameters()["connect_timeout"] == "30"
        assert driver.info.get_parameters()["tcp_user_timeout"] == str(postgresql.SILENT_SECONDS * 1_000)
