"""Several processes on one database, each with a folder of its own, beside a look-alike of a source."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self

from sqlalchemy import Row, Select, create_engine, func, inspect, select

from callboard.catalog.config import FileCatalogConfig
from callboard.catalog.file import FileCatalog
from callboard.domain.run import RunState
from callboard.store import open_store, schema
from callboard.store.canonical import Digest, digests
from callboard.usecases.read_catalog import read_catalog
from callboard.wiring.machine import SystemClock

ROOT = Path(__file__).parents[2]
r, p = schema.run.c, schema.run_part.c

WAIT_SECONDS = 200.0
ENVIRONMENT = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]), "TERM": "dumb"}


def until(true: Callable[[], object], seconds: float = WAIT_SECONDS) -> None:
    """Wait until something is so."""
    ends_at = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends_at, "it did not happen"
        time.sleep(0.1)


@contextmanager
def look_alike(findings: int, catalog: Path, *, latency_ms: int = 0) -> Iterator[dict[str, str]]:
    """A tenant of so many findings of every kind, three in four of them vulnerabilities; yields its addresses.

    What the company's portal reads is written to the folder `catalog`.
    """
    command = [
        sys.executable, "-m", "callboard", "wiz-sim", "--json", "--port", "0", "--vulnerabilities",
        str(findings * 3 // 4), "--issues", str(findings // 8), "--configuration-findings", str(findings // 8),
        "--page-latency-ms", str(latency_ms), "--now", "2026-11-01T00:00:00Z", "--catalog", str(catalog),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


class Fleet:
    """Processes that work on one database."""

    def __init__(
        self,
        folder: Path,
        url: str,
        address: dict[str, str],
        *,
        window: int,
        page_size: int,
        rate: float = 1_000.0,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        """`window`: parts with more findings are read in smaller ones. `rate`: calls a second of all together."""
        self.folder = folder
        self.url = url
        self._address = address
        self._source = f"window = {window}\npage_size = {page_size}\ncalls_per_second = {rate}"
        self._wait_seconds = wait_seconds
        self.processes: dict[str, subprocess.Popen[str]] = {}
        self._logs: list[IO[str]] = []

    def start(self, name: str, *words: str) -> subprocess.Popen[str]:
        """A process with a data folder of its own."""
        here = self.folder / name
        here.mkdir()
        (here / "callboard.toml").write_text(self._configuration(), encoding="utf-8")
        log = (here / "log").open("w", encoding="utf-8")
        self._logs.append(log)
        process = subprocess.Popen(
            [sys.executable, "-m", "callboard", *words], cwd=here, env=ENVIRONMENT, text=True,
            stdout=subprocess.PIPE if words[0] == "serve" else log, stderr=log,
        )  # fmt: skip
        self.processes[name] = process
        return process

    def _configuration(self) -> str:
        address = self._address
        return f"""
[database]
url = "{self.url}"

[jobs]
lease_seconds = 6
look_seconds = 0.5

[[source]]
kind = "wiz"
name = "main"
client_id = "{address["client_id"]}"
client_secret = "{address["client_secret"]}"
api_url = "{address["api_url"]}"
token_url = "{address["token_url"]}"
audience = "wiz-api"
{self._source}
allow_private = true

[source.scope]
# What was closed just so many days ago would be there for one board and not for another, which reads a minute later.
closed_days = 3650
"""

    def until(self, true: Callable[[], object]) -> None:
        """Wait until something is so, while every process lives that nobody has killed."""

        def is_so() -> bool:
            fallen = [name for name, each in self.processes.items() if each.poll() not in (None, -signal.SIGKILL)]
            assert not fallen, self.log_of_all()
            return bool(true())

        until(is_so, self._wait_seconds)

    def log(self, name: str) -> str:
        """What a process has said so far."""
        return (self.folder / name / "log").read_text(encoding="utf-8")

    def log_of_all(self) -> str:
        """What every process has said so far."""
        return "\n".join(f"== {name}\n{self.log(name)[-3_000:]}" for name in self.processes)

    def end(self) -> dict[str, int]:
        """Tell all to end, and wait. Returns the seconds that each took, rounded up; one that does not end is killed."""
        took = {}
        for process in self.processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()
        began = time.monotonic()
        for name, process in self.processes.items():
            try:
                process.wait(40)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            took[name] = int(time.monotonic() - began) + 1
            if process.stdout is not None:
                process.stdout.close()
        for log in self._logs:
            log.close()
        return took


class Outside:
    """What can be seen of the work in the database, from outside."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.engine.dispose()

    def runs(self) -> list[str]:
        """The states of all runs; none while there are no tables."""
        if not inspect(self.engine).has_table("run"):
            return []
        states = [str(row[0]) for row in self._rows(select(r.state).order_by(r.id))]
        assert set(states) <= {RunState.FETCHING.value, RunState.APPLIED.value}, states
        return states

    def readers(self) -> set[int]:
        """The numbers of the processes that read parts right now."""
        owners = select(p.lease_owner).where(p.state == "waiting", p.lease_owner.is_not(None)).distinct()
        return {_number(row[0]) for row in self._rows(owners)}

    def leader(self) -> int | None:
        """The number of the process that leads the run."""
        owners = self._rows(select(schema.source.c.lease_owner))
        return _number(owners[0][0]) if owners and owners[0][0] is not None else None

    def pages(self) -> int:
        """How many pages were read."""
        return int(self._rows(select(func.coalesce(func.sum(p.pages), 0)))[0][0])

    def pages_by_helpers(self) -> int:
        """How many of them by others than the one that leads."""
        return int(self._rows(select(func.coalesce(func.sum(r.helped_pages), 0)))[0][0])

    def findings(self) -> int:
        """How many findings are stored."""
        return int(self._rows(select(func.count()).select_from(schema.finding))[0][0])

    def _rows(self, query: Select[Any]) -> Sequence[Row[Any]]:
        with self.engine.connect() as conn:
            return conn.execute(query).all()


def _number(worker: str) -> int:
    return int(worker.split("/")[1])


def disturb(fleet: Fleet, outside: Outside, *, after_pages: int) -> str:
    """Put a worker that helps to sleep and kill the one that leads; wake the sleeper when others have its parts.

    Returns the name of the sleeper. Three workers have to be at it.
    """
    of = {process.pid: name for name, process in fleet.processes.items()}
    fleet.until(lambda: len(outside.readers()) == 3 and outside.pages() >= after_pages)
    first = outside.leader()
    assert first is not None
    sleeper = next(iter(outside.readers() - {first}))
    fleet.processes[of[sleeper]].send_signal(signal.SIGSTOP)
    fleet.processes[of[first]].kill()
    fleet.processes[of[first]].wait()
    assert outside.runs() == [RunState.FETCHING.value]
    # Its parts are read by somebody else once its lease has ended; only then it wakes up.
    fleet.until(lambda: sleeper not in outside.readers() and outside.leader() != first)
    fleet.processes[of[sleeper]].send_signal(signal.SIGCONT)
    return of[sleeper]


def know_people(url: str, catalog: Path) -> None:
    """Make a board that knows whose things are, before anything was found: every process finds the same."""
    store = open_store(url)
    try:
        asyncio.run(read_catalog(store, FileCatalog(FileCatalogConfig(root=catalog)), clock=SystemClock()))
    finally:
        store.close()


def told(url: str) -> dict[str, Digest]:
    """What a board holds, in short."""
    store = open_store(url)
    try:
        with store.read() as conn:
            return digests(conn)
    finally:
        store.close()
