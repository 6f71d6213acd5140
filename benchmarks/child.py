"""One measured piece of work in a process of its own: `python -m benchmarks.child NAME ARGUMENTS…` prints one JSON line.

A fresh process has a peak memory of its own and nothing warm from the one before.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from benchmarks.memory import most_megabytes
from benchmarks.tenant import FixedClock, open_wiz
from callboard.domain.instant import Instant


class _Page(msgspec.Struct):
    nodes: list[msgspec.Raw] = []


class _Data(msgspec.Struct):
    page: _Page


class _Envelope(msgspec.Struct):
    data: _Data


def floor(recording: str, database: str) -> dict[str, Any]:
    """Split the same pages and write bare rows: one with the record's bytes, and one with columns only."""
    decode = msgspec.json.Decoder(_Envelope).decode
    files = sorted(file for file in Path(recording).iterdir() if file.name != "done")
    split_seconds = split_cpu = 0.0
    nodes: list[bytes] = []
    for file in files:
        body = file.read_bytes()
        cpu, began = time.process_time(), time.perf_counter()
        page = decode(body).data.page
        split_seconds += time.perf_counter() - began
        split_cpu += time.process_time() - cpu
        nodes.extend(map(bytes, page.nodes))
    path = Path(database)
    figures = {}
    for name, columns in (("with bytes", 2), ("columns only", 25)):
        path.unlink(missing_ok=True)
        conn = sqlite3.connect(path, isolation_level=None)
        conn.execute("PRAGMA journal_mode = WAL")
        conn.execute("PRAGMA synchronous = NORMAL")
        names = ", ".join(f"c{n}" for n in range(columns - 1))
        conn.execute(f"CREATE TABLE bare (id INTEGER PRIMARY KEY, {names})")
        rows: list[tuple[Any, ...]]
        if columns == 2:
            rows = list(enumerate(nodes))
        else:
            rows = [
                (n, 1, f"{n:032x}", 2, 1, 0, 5, 1, None, 1, 1, 1, 1, "package:x:1", b"0" * 16, n, n, n, None, 1 << 62,
                 0, 1, n, 1, 1)
                for n in range(len(nodes))
            ]  # fmt: skip
        cpu, began = time.process_time(), time.perf_counter()
        conn.execute("BEGIN")
        conn.executemany(f"INSERT INTO bare VALUES ({', '.join('?' * columns)})", rows)  # noqa: S608
        conn.execute("COMMIT")
        figures[name] = time.perf_counter() - began, time.process_time() - cpu
        conn.close()
    path.unlink(missing_ok=True)
    return {
        "findings": len(nodes),
        "bytes": sum(map(len, nodes)),
        "split_seconds": split_seconds,
        "write_seconds": figures["with bytes"][0],
        "write_columns_seconds": figures["columns only"][0],
        "cpu_seconds": split_cpu + figures["with bytes"][1],
    }


def sync(base: str, database: str) -> dict[str, Any]:
    """One full sync through the whole product."""
    from callboard.store import open_store
    from callboard.usecases.sync import RunReport
    from callboard.usecases.sync import sync as run_sync

    store = open_store(database)
    source = open_wiz(base, "id", "secret")

    async def run() -> RunReport:
        try:
            return await run_sync(store, source, clock=_Clock(), workers=4)
        finally:
            await source.close()

    cpu, began = time.process_time(), time.perf_counter()
    report = asyncio.run(run())
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    store.close()
    return {
        "wall_seconds": wall,
        "cpu_seconds": cpu,
        "peak_megabytes": most_megabytes(),
        "report": msgspec.to_builtins(report),
    }


class _Clock(FixedClock):
    """The recorded present, and it passes: a lease must not stand still."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> Instant:
        return Instant(super().now() + int((time.monotonic() - self._began) * 1_000_000))


def catalog(folder: str, database: str) -> dict[str, Any]:
    """Read a catalog of files."""
    from callboard.catalog.config import FileCatalogConfig
    from callboard.catalog.file import FileCatalog
    from callboard.store import open_store
    from callboard.usecases.read_catalog import read_catalog

    store = open_store(database)
    config = FileCatalogConfig(name="catalog", paths=(".",), root=Path(folder))
    report = asyncio.run(read_catalog(store, FileCatalog(config), clock=FixedClock()))
    store.close()
    return {"entities": report.entities, "state": report.state}


def write_waits(database: str, seconds: str) -> dict[str, Any]:
    """Somebody writes every 50 ms while a sync runs: how long does each write wait, in milliseconds."""
    from sqlalchemy import text

    from callboard.store import open_store

    store = open_store(database)
    waits: list[float] = []
    until = time.monotonic() + float(seconds)
    stop = Path(sys.argv[4]) if len(sys.argv) > 4 else None
    while time.monotonic() < until and not (stop and stop.exists()):
        began = time.perf_counter()
        with store.engine.connect() as raw:
            conn = raw.execution_options(writing=True)
            with conn.begin():
                conn.execute(text("UPDATE revision SET n = n + 1"))
        waits.append((time.perf_counter() - began) * 1000)
        time.sleep(0.05)
    store.close()
    waits.sort()
    return {
        "writes": len(waits),
        "p50_ms": waits[len(waits) // 2],
        "p99_ms": waits[min(len(waits) - 1, int(len(waits) * 0.99))],
        "max_ms": waits[-1],
    }


def naive(recording: str, database: str) -> dict[str, Any]:
    """The same pages by the plain way of doing the job."""
    from benchmarks import naive as plain

    return {**plain.sync(recording, database, 1), "peak_megabytes": most_megabytes()}


WORK: dict[str, Callable[..., dict[str, Any]]] = {
    "floor": floor, "sync": sync, "catalog": catalog, "write_waits": write_waits, "naive": naive,
}  # fmt: skip

if __name__ == "__main__":
    print(json.dumps(WORK[sys.argv[1]](*sys.argv[2:4])), flush=True)
