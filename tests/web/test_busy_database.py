"""The database is busy or away: whoever asks is told to come again and when, and nobody waits for ever."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import make_url

from callboard.store.dialect.postgresql import RUN_ROAD
from callboard.web import edge
from tests.support.postgres import Postgres, connect
from tests.web.conftest import Door, opened, opened_on

DECIDE = "/api/v1/decisions"


@pytest.fixture(params=["sqlite", "postgresql"])
def door(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Door]:
    """An open door on each database in turn."""
    if request.param == "sqlite":
        with opened(tmp_path / "callboard.db", filled=True) as found:
            yield found
        return
    postgres: Postgres = request.getfixturevalue("postgres")
    url = postgres.create()
    try:
        with opened_on(url, filled=True) as found:
            yield found
    finally:
        postgres.drop(url)


@contextmanager
def held(door: Door) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    url = door.store.engine.url
    if url.get_backend_name() == "sqlite":
        with closing(sqlite3.connect(str(url.database), isolation_level=None)) as file:
            file.execute("BEGIN IMMEDIATE")
            yield
        return
    with connect(url) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [RUN_ROAD])
        yield


@contextmanager
def away(url: str, address: str) -> Iterator[None]:
    """The server ends every connection to a database and takes no new one."""
    name = psycopg.sql.Identifier(make_url(url).database or "")
    with connect(make_url(address)) as server:
        server.execute(psycopg.sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [make_url(url).database]
        )
        try:
            yield
        finally:
            server.execute(psycopg.sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


def is_refused(answer: httpx.Response) -> bool:
    """Whether it says, without a word of SQL, that it should be asked again later."""
    assert "psycopg" not in answer.text
    assert "sqlite" not in answer.text.lower()
    return answer.status_code == 503 and 1 <= int(answer.headers["Retry-After"]) <= 60


@pytest.mark.fault("F25")
def test_who_writes_while_another_one_does_is_told_when_to_come_again(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many at once are refused in time, while whoever reads is served; afterwards it goes on as before."""
    monkeypatch.setattr(edge, "WAIT_SECONDS", 0.3)
    body = {"act": "take", "findings": [door.finding_id("f0001")]}
    with door.bearer() as client, ThreadPoolExecutor(24) as pool:
        with held(door):
            asked = [pool.submit(client.post, DECIDE, json=body) for _ in range(24)]
            assert client.get("/api/v1/findings").status_code == 200
            assert all(is_refused(each.result()) for each in asked)
        assert client.post(DECIDE, json=body).status_code == 200


@pytest.mark.fault("F25")
def test_who_asks_what_takes_too_long_is_told_when_to_come_again(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many at once, of whom none keeps a thread for ever: somebody keeps a table, and does not come to an end."""
    monkeypatch.setattr(edge, "READ_SECONDS", 0.3)
    url = postgres.create()
    try:
        with opened_on(url, filled=True) as door, door.signed_in() as client, ThreadPoolExecutor(24) as pool:
            with connect(make_url(url)) as server, server.transaction():
                server.execute("LOCK TABLE finding IN ACCESS EXCLUSIVE MODE")
                asked = [pool.submit(client.get, path) for path in ("/api/v1/findings?q=is:open", "/findings") * 12]
                assert all(is_refused(each.result()) for each in asked)
            assert client.get("/findings").status_code == 200
    finally:
        postgres.drop(url)


@pytest.mark.fault("F25")
def test_a_server_that_is_away_is_said_and_found_again(postgres: Postgres) -> None:
    """By the API and on a page; then all of it is back without a restart."""
    url = postgres.create()
    paths = ("/api/v1/findings", "/")
    try:
        with opened_on(url, filled=True) as door, door.signed_in() as client:
            with away(url, postgres.address):
                assert all(is_refused(client.get(path)) for path in paths)
            assert [client.get(path).status_code for path in paths] == [200, 200]
    finally:
        postgres.drop(url)
