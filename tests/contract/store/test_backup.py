"""Backups on both databases: nothing is left out, what is damaged is seen, and what is there is not lost by mistake."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import insert, select, text

from callboard.domain.instant import Instant, to_text
from callboard.errors import StoreError
from callboard.store import Store, open_store, schema
from callboard.store.database import connect
from callboard.store.migrations.run import level, upgrade
from callboard.store.people import audit
from callboard.store.schema import HEAD
from callboard.usecases import keep_backups
from tests.support.clocks import MORNING, SettableClock
from tests.support.levels import fill, make
from tests.support.postgres import Postgres

CLOCK = SettableClock(MORNING)


@pytest.fixture(params=["sqlite", "postgresql"])
def urls(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    """A database with rows in every table, and an empty one."""
    if request.param == "sqlite":
        one, two = f"sqlite:///{tmp_path}/one.db", f"sqlite:///{tmp_path}/two.db"
    else:
        server: Postgres = request.getfixturevalue("postgres")
        one, two = server.create(), server.create()
    open_store(one).close()
    fill_up(one)
    yield one, two
    if request.param != "sqlite":
        server.drop(one)
        server.drop(two)


def fill_up(url: str) -> None:
    """Rows in every table, and an audit log that holds."""
    store = connect(url)
    with store.write() as conn:
        fill(conn, leave=("audit",))
        for n in range(3):
            audit.note(
                conn, at=Instant(MORNING + n), actor="user:default/ana", action="finding.snooze", subject=f"finding:{n}"
            )
    store.close()


@pytest.mark.parametrize("portable", [False, True])
def test_everything_comes_back(urls: tuple[str, str], tmp_path: Path, *, portable: bool) -> None:
    """Every row of every table; the file is its owner's alone; a board that is there is not lost without a word."""
    url, empty = urls
    path = tmp_path / "backup"
    made = keep_backups.create(url, path, clock=CLOCK, portable=portable)
    assert (made.level, made.rows > 100) == (HEAD, True)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keep_backups.verify(path).sums == made.sums
    with pytest.raises(StoreError, match="is there already"):
        keep_backups.create(url, path, clock=CLOCK)
    assert keep_backups.restore(empty, path).sums == made.sums
    with pytest.raises(StoreError, match="holds a board already"):
        keep_backups.restore(empty, path)
    store = open_store(empty, create=False)
    with store.write() as conn:
        conn.execute(insert(schema.meta), {"key": "later", "value": "x"})
    store.close()
    assert keep_backups.restore(empty, path, replace=True).sums == made.sums
    assert sorted(each.name for each in tmp_path.iterdir() if "backup" in each.name) == ["backup"]


def test_rows_move_to_the_other_database(sqlite_store: Store, postgres_url: str, tmp_path: Path) -> None:
    """A board on SQLite goes on on PostgreSQL, and back."""
    url, path, back = str(sqlite_store.engine.url), tmp_path / "portable", tmp_path / "back"
    fill_up(url)
    made = keep_backups.create(url, path, clock=CLOCK, portable=True)
    keep_backups.restore(postgres_url, path)
    again = keep_backups.create(postgres_url, back, clock=CLOCK)
    assert again.sums == made.sums
    assert keep_backups.restore(f"sqlite:///{tmp_path}/back.db", back).sums == made.sums
    plain = tmp_path / "plain"
    keep_backups.create(url, plain, clock=CLOCK)
    with pytest.raises(StoreError, match="only SQLite takes"):
        keep_backups.restore(postgres_url, plain)


def test_columns_may_stand_in_another_order(urls: tuple[str, str], tmp_path: Path) -> None:
    """As they do where a table was altered on the way here, and is made in one go there."""
    url, empty = urls
    path = tmp_path / "portable"
    store = connect(url)
    with store.write() as conn:
        conn.execute(text("CREATE TABLE other (value TEXT NOT NULL, key TEXT NOT NULL PRIMARY KEY)"))
        conn.execute(text("INSERT INTO other (key, value) SELECT key, value FROM meta"))
        conn.execute(text("DROP TABLE meta"))
        conn.execute(text("ALTER TABLE other RENAME TO meta"))
    store.close()
    made = keep_backups.create(url, path, clock=CLOCK, portable=True)
    assert keep_backups.restore(empty, path).sums == made.sums


def test_an_older_schema_is_kept_as_it_is(urls: tuple[str, str], tmp_path: Path) -> None:
    """Before an upgrade, with the new program: the backup comes back at its schema, and goes up from there."""
    _, empty = urls
    old, path = f"sqlite:///{tmp_path}/old.db", tmp_path / "old.backup"
    make(old, "0009")
    assert keep_backups.create(old, path, clock=CLOCK, portable=True).level == "0009"
    keep_backups.restore(empty, path)
    assert level(empty) == "0009"
    assert upgrade(empty) == ("0009",)


@pytest.mark.parametrize("portable", [False, True])
def test_what_is_damaged_is_seen(sqlite_store: Store, tmp_path: Path, *, portable: bool) -> None:
    """Cut off, changed in the middle, not a backup at all: said, and nothing is brought back."""
    url, path = str(sqlite_store.engine.url), tmp_path / "backup"
    fill_up(url)
    keep_backups.create(url, path, clock=CLOCK, portable=portable)
    whole = path.read_bytes()
    damaged = bytearray(whole)
    damaged[len(whole) // 2 : len(whole) // 2 + 64] = os.urandom(64)
    for n, body in enumerate(
        (whole[: len(whole) // 2], whole[:-60] if portable else whole[:4096], b"", b"hello", bytes(damaged))
    ):
        one = tmp_path / f"bad{n}"
        one.write_bytes(body)
        if portable or n < 4:
            with pytest.raises(StoreError):
                keep_backups.verify(one)
            with pytest.raises(StoreError):
                keep_backups.restore(f"sqlite:///{tmp_path}/target{n}.db", one)
            assert not sqlite3.connect(tmp_path / f"target{n}.db").execute("SELECT 1 FROM sqlite_master").fetchall()


def test_a_backup_is_one_moment_while_others_write(urls: tuple[str, str], tmp_path: Path) -> None:
    """What a writer has not committed is not in it, and the writer does not wait for it."""
    url, empty = urls
    store = connect(url)
    with store.write() as conn:
        conn.execute(insert(schema.meta), {"key": "half", "value": "x"})
        keep_backups.create(url, tmp_path / "backup", clock=CLOCK)
    store.close()
    keep_backups.restore(empty, tmp_path / "backup")
    restored = open_store(empty, create=False)
    with restored.read() as conn:
        assert conn.execute(select(schema.meta).where(schema.meta.c.key == "half")).first() is None
    restored.close()


@pytest.mark.parametrize("portable", [False, True])
def test_the_drill(urls: tuple[str, str], *, portable: bool) -> None:
    """Made, brought back elsewhere, compared; nothing is left behind, and wrong counters are seen."""
    url, _ = urls
    with pytest.raises(StoreError, match="Counters are wrong"):
        keep_backups.drill(url, clock=CLOCK, portable=portable)
    store = connect(url)
    with store.write() as conn:
        for table in reversed(schema.metadata.sorted_tables):
            if table not in (schema.meta, schema.revision, schema.audit):
                conn.execute(table.delete())
    done = keep_backups.drill(url, clock=CLOCK, portable=portable)
    assert done.backup.rows >= 5
    with store.read() as conn:
        if store.dialect.name == "postgresql":
            left = conn.execute(text("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'callboard_scratch%'"))
            assert left.scalar_one() == 0
    store.close()


@pytest.mark.fault("F27")
def test_what_people_said_since_the_backup_is_listed(urls: tuple[str, str], tmp_path: Path) -> None:
    """Yesterday's backup comes back: the exported log tells what was done since, also when the new log has gone on."""
    url, empty = urls
    keep_backups.create(url, tmp_path / "yesterday", clock=CLOCK)
    store = open_store(url, create=False)
    with store.write() as conn:
        audit.note(
            conn, at=Instant(MORNING + 9), actor="user:default/ben", action="finding.dismiss", subject="finding:7"
        )
    with store.read() as conn:
        lines = [
            msgspec.json.encode({
                "seq": entry.seq, "at": to_text(entry.at), "actor": entry.actor, "action": entry.action,
                "subject": entry.subject, "detail": dict(entry.detail), "hash": digest.hex(),
            }).decode()
            for entry, digest in audit.chain(conn)
        ]  # fmt: skip
    assert keep_backups.lost(store, lines).entries == ()
    store.close()
    keep_backups.restore(empty, tmp_path / "yesterday")
    restored = open_store(empty, create=False)
    for _ in range(2):
        found = keep_backups.lost(restored, lines)
        assert found.last_common == 3
        assert [(entry.actor, entry.action, entry.subject) for entry in found.entries] == [
            ("user:default/ben", "finding.dismiss", "finding:7")
        ]
        with restored.write() as conn:
            audit.note(
                conn, at=Instant(MORNING + 20), actor="user:default/ana", action="finding.take", subject="finding:1"
            )
    with pytest.raises(StoreError, match="lacks what is before"):
        keep_backups.lost(restored, lines[:2] + lines[3:])
    with pytest.raises(StoreError, match="not what was written"):
        keep_backups.lost(restored, [*lines[:3], lines[3].replace("ben", "eve")])
    with pytest.raises(StoreError, match="Line 1"):
        keep_backups.lost(restored, ["{}"])
    restored.close()
