"""The private PostgreSQL is there, clean for every test, and gone afterwards."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from tests.support.postgres import PrivateServer

if TYPE_CHECKING:
    from tests.support.postgres import Postgres


def run(url: str, *statements: str) -> list[object]:
    """Run statements in one transaction; the values of the last one's rows, if it has rows."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            for statement in statements:
                result = connection.execute(text(statement))
            return list(result.scalars()) if result.returns_rows else []
    finally:
        engine.dispose()


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_gets_an_empty_database(postgres_url: str, turn: int) -> None:
    """A table made in one test is not there in the next."""
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert run(postgres_url, tables) == []
    assert run(postgres_url, f"CREATE TABLE left_by_{turn} (id int)", tables) == [f"left_by_{turn}"]


def test_a_template_is_built_once_and_copied(postgres: Postgres) -> None:
    """Copies start with what the template holds and do not share what is written to them."""
    built: list[str] = []

    def build(url: str) -> None:
        built.append(url)
        run(url, "CREATE TABLE part (name text)", "INSERT INTO part VALUES ('first')")

    copies = [postgres.create(like=postgres.template("test_postgres", build)) for _ in range(2)]
    try:
        run(copies[0], "INSERT INTO part VALUES ('second')")
        assert run(copies[1], "SELECT name FROM part") == ["first"]
        assert len(built) == 1
    finally:
        for url in copies:
            postgres.drop(url)


def test_what_search_needs_is_in_the_server(postgres_url: str) -> None:
    """Trigram indexes work, and text is ordered by code point."""
    assert run(postgres_url, "CREATE EXTENSION pg_trgm", "SELECT similarity('lodash', 'lodahs') > 0.2") == [True]
    assert run(postgres_url, "SELECT v FROM (VALUES ('b'), ('a'), ('B')) AS t (v) ORDER BY v") == ["B", "a", "b"]


def test_a_private_server_leaves_nothing_behind() -> None:
    """After the stop its folder is gone and nobody answers any more."""
    server = PrivateServer()
    try:
        server.start()
        assert run(server.url.render_as_string(), "SELECT 1") == [1]
    finally:
        server.stop()
    assert not server.folder.exists()


@pytest.mark.slow
def test_a_server_ends_with_a_killed_test_run() -> None:
    """A pytest that is killed outright leaves no server and no folder."""
    program = (
        "import time\nfrom tests.support.postgres import PrivateServer\n"
        "server = PrivateServer()\nserver.start()\nprint(server.folder, flush=True)\ntime.sleep(600)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]
    ) as run_of_tests:
        assert run_of_tests.stdout is not None
        folder = Path(run_of_tests.stdout.readline().strip())
        assert (folder / "data" / "postmaster.pid").exists()
        run_of_tests.kill()
    deadline = time.monotonic() + 30
    while folder.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not folder.exists()
