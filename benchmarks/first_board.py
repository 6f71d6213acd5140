"""How long until a board is useful, on a large tenant far away: `python -m benchmarks.first_board`.

A look-alike in a process of its own answers every call after 300 ms; the source holds itself to 4 calls a second. The
bound is calls divided by rate: nobody can be faster without asking more often.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select

from benchmarks.child import catalog as read_files
from callboard.domain.run import RunState
from callboard.sources.wiz.config import WizConfig
from callboard.sources.wiz.source import WizSource
from callboard.store import Store, open_store, schema
from callboard.usecases.sync import sync
from callboard.wiring.machine import SystemClock

URGENT = "issue/open-critical-high"
"""Start of the names of the parts that read open critical and high issues."""


@contextlib.contextmanager
def look_alike(vulnerabilities: int, issues: int, latency_ms: int, catalog: Path) -> Iterator[dict[str, str]]:
    """A tenant of this size in a process of its own; yields its addresses."""
    command = [
        sys.executable, "-m", "callboard", "wiz-sim", "--json", "--port", "0", "--vulnerabilities", str(vulnerabilities),
        "--issues", str(issues), "--configuration-findings", "0", "--page-latency-ms", str(latency_ms),
        "--catalog", str(catalog),
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101 - it was asked for
        try:
            yield json.loads(server.stdout.readline())
        finally:
            server.terminate()


class Watch:
    """Notes when the parts of the running sync are committed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._began = time.monotonic()
        self._stop = threading.Event()
        self.urgent_seconds: float | None = None
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        part = schema.run_part.c
        while not self._stop.wait(0.5):
            with self._store.read() as conn:
                rows = conn.execute(select(part.part, part.state)).all()
            urgent = [row.state for row in rows if row.part.startswith(URGENT)]
            if urgent and all(state in ("done", "split") for state in urgent):
                self.urgent_seconds = time.monotonic() - self._began
                return

    def stop(self) -> None:
        """End the watch."""
        self._stop.set()
        self._thread.join()


async def measure(store: Store, address: dict[str, str], rate: float) -> dict[str, Any]:
    """A first sync at the given rate, then a second one as fast as it goes."""
    found: dict[str, Any] = {}
    for name, calls_per_second in (("first", rate), ("second", 1000.0)):
        config = WizConfig(
            client_id=address["client_id"],
            client_secret=address["client_secret"],
            api_url=address["api_url"],
            token_url=address["token_url"],
            audience="wiz-api",
            calls_per_second=calls_per_second,
            allow_private=True,
        )
        source = WizSource(config, user_agent="callboard-benchmark/1")
        watch = Watch(store) if name == "first" else None
        began, cpu = time.monotonic(), time.process_time()
        try:
            report = await sync(store, source, clock=SystemClock())
        finally:
            await source.close()
        if watch is not None:
            watch.stop()
        found[name] = {
            "minutes": round((time.monotonic() - began) / 60, 2),
            "cpu_seconds": round(time.process_time() - cpu, 1),
            "state": report.state.value,
            "reason": report.reason,
            "seen": report.seen,
            "changes": report.changes,
            "calls": source.calls,
            "bound_minutes": round(source.calls / calls_per_second / 60, 2),
            "peak_megabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
        if watch is not None:
            found[name]["minutes_until_urgent_issues"] = (
                None if watch.urgent_seconds is None else round(watch.urgent_seconds / 60, 2)
            )
        if report.state is not RunState.APPLIED:
            break
    return found


@click.command()
@click.option("--vulnerabilities", default=1_000_000, show_default=True)
@click.option("--issues", default=20_000, show_default=True)
@click.option("--latency-ms", default=300, show_default=True)
@click.option("--rate", default=4.0, show_default=True, help="Calls a second.")
def main(vulnerabilities: int, issues: int, latency_ms: int, rate: float) -> None:
    """Measure, and print one JSON document."""
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'board.db'}"
        with look_alike(vulnerabilities, issues, latency_ms, folder / "catalog") as address:
            read_files(str(folder / "catalog"), url)
            store = open_store(url)
            found = asyncio.run(measure(store, address, rate))
            store.close()
        found["database_megabytes"] = round(sum(file.stat().st_size for file in folder.glob("board.db*")) / 1e6)
    click.echo(json.dumps({"vulnerabilities": vulnerabilities, "issues": issues, "rate": rate, **found}, indent=2))


if __name__ == "__main__":
    main()
