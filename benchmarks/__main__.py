"""`make bench`: prints one JSON document in which each figure stands beside its floor of the same run.

python -m benchmarks                      100,000 findings on SQLite and PostgreSQL, and writes during a sync
python -m benchmarks --size 1000000 --database sqlite --rounds 1
python -m benchmarks --only waits
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from benchmarks import pages
from benchmarks.tenant import FIXED_NOW

STEPS = (("first", "first"), ("unchanged", "first"), ("changed", "changed"), ("redetected", "redetected"))
"""Syncs in their order, each with the pages that it reads. The last two start from what the first left."""

AIMS = {"first": 5.0, "unchanged": 1.3, "changed": 1.5, "redetected": 1.8}
"""Times the floor, on SQLite."""


def child(*arguments: str | Path) -> dict[str, Any]:
    """Run one piece of work in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.child", *map(str, arguments)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@contextlib.contextmanager
def replaying(folder: Path, latency_ms: int = 0) -> Iterator[str]:
    """A file server over recorded pages, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.replay", str(folder), str(latency_ms)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None  # noqa: S101 - it was asked for
        try:
            yield server.stdout.readline().strip()
        finally:
            server.terminate()


@contextlib.contextmanager
def databases(engine: str, folder: Path) -> Iterator[Any]:
    """A maker of empty databases of one engine."""
    if engine == "sqlite":
        yield lambda name: f"sqlite:///{folder / name}.db"
        return
    from tests.support.postgres import Postgres, PrivateServer

    server = PrivateServer()
    server.start()
    try:
        control = Postgres(server.url)
        yield lambda _name: control.create()
    finally:
        server.stop()


def tell(text: str) -> None:
    """Progress, on stderr."""
    click.echo(text, err=True)


def measure(recording: Path, engine: str, rounds: int, folder: Path, size: int) -> dict[str, Any]:
    """Every step on one engine, several rounds; the floor is measured beside each round."""
    from callboard.demo.company import make_world, write_catalog

    catalog = folder / "catalog"
    if not catalog.exists():
        write_catalog(catalog, make_world(seed=1, sizes=pages.sizes(size), now=FIXED_NOW))
    found: dict[str, list[dict[str, Any]]] = {name: [] for name, _ in STEPS}
    floors: list[dict[str, Any]] = []
    with databases(engine, folder) as make:
        for number in range(rounds):
            url = make(f"{engine}-{number}")
            child("catalog", catalog, url)
            for name, variant in STEPS:
                floors.append(child("floor", recording / "first", folder / "floor.db"))
                with replaying(pages.ensure_variant(recording, variant)) as base:
                    tell(f"{engine}, round {number + 1} of {rounds}: {name}")
                    load = os.getloadavg()[0]
                    found[name].append({**child("sync", base, url), "floor": floors[-1], "load": load})
    return {name: summary(name, runs) for name, runs in found.items()}


def plain(recording: Path, folder: Path) -> dict[str, Any]:
    """The first sync by a naive program, beside the floor of the same moment."""
    tell("naive: first")
    floor = child("floor", recording / "first", folder / "floor.db")
    done = child("naive", recording / "first", folder / "naive.db")
    return {
        "cpu_ratio": round(done["cpu_seconds"] / floor["cpu_seconds"], 2),
        "wall_seconds": round(done["wall_seconds"], 2),
        "cpu_seconds": round(done["cpu_seconds"], 2),
        "findings_per_cpu_second": round(done["seen"] / done["cpu_seconds"]),
        "peak_megabytes": round(done["peak_megabytes"]),
    }


def summary(name: str, runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Medians of the rounds; a ratio is taken pair by pair, each sync with the floor measured just before it."""

    def floor_of(run: dict[str, Any], write: str) -> float:
        return float(run["floor"]["split_seconds"] + run["floor"][write])

    report = runs[-1]["report"]
    return {
        "ratio": round(statistics.median(run["wall_seconds"] / floor_of(run, "write_seconds") for run in runs), 2),
        "aim": AIMS[name],
        "cpu_ratio": round(statistics.median(run["cpu_seconds"] / run["floor"]["cpu_seconds"] for run in runs), 2),
        "ratio_to_columns_only": round(
            statistics.median(run["wall_seconds"] / floor_of(run, "write_columns_seconds") for run in runs), 2
        ),
        "wall_seconds": round(statistics.median(run["wall_seconds"] for run in runs), 2),
        "cpu_seconds": round(statistics.median(run["cpu_seconds"] for run in runs), 2),
        "floor_seconds": round(statistics.median(floor_of(run, "write_seconds") for run in runs), 2),
        "load": round(max(run["load"] for run in runs), 1),
        "findings_per_cpu_second": round(statistics.median(run["report"]["seen"] / run["cpu_seconds"] for run in runs)),
        "peak_megabytes": round(max(run["peak_megabytes"] for run in runs)),
        "report": {
            key: report[key] for key in ("seen", "new", "changed", "closed", "redetected", "unchanged", "state")
        },
    }


def waits(recording: Path, folder: Path) -> dict[str, Any]:
    """A person's writes during a first sync and during a second one, each page 300 ms away."""
    url = f"sqlite:///{folder / 'waits.db'}"
    figures = {}
    from callboard.store import open_store

    open_store(url).close()
    for name, variant in (("first", "first"), ("changed", "changed")):
        stop = folder / f"stop-{name}"
        with replaying(pages.ensure_variant(recording, variant), 300) as base:
            tell(f"writes during the {name} sync at 300 ms a page")
            command = [sys.executable, "-m", "benchmarks.child", "write_waits", url, "600", str(stop)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
                done = child("sync", base, url)
                stop.touch()
                out, _ = writer.communicate()
        figures[name] = {**{key: round(value, 1) for key, value in json.loads(out).items()},
                         "aim_p99_ms": 200, "sync_seconds": round(done["wall_seconds"], 1)}  # fmt: skip
    return figures


@click.command()
@click.option("--size", default=100_000, show_default=True, help="Findings.")
@click.option("--rounds", default=3, show_default=True, help="Rounds, of which the median is quoted.")
@click.option("--database", "engines", multiple=True, default=("sqlite", "postgresql"), show_default=True)
@click.option("--only", type=click.Choice(["syncs", "waits"]), help="Measure only this.")
@click.option("--naive", is_flag=True, help="Measure a naive program beside it, on SQLite.")
@click.option("--cache", type=click.Path(path_type=Path), default=Path(".cache/bench"), show_default=True)
def main(size: int, rounds: int, engines: tuple[str, ...], only: str | None, naive: bool, cache: Path) -> None:  # noqa: FBT001, PLR0917 - an option each
    """Measure, and print one JSON document."""
    tell("recording pages (once)")
    recording = pages.ensure(cache, size)
    document: dict[str, Any] = {
        "findings": size,
        "floor": "split the same pages and write each record as one bare row, one transaction, SQLite",
    }
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        folder = Path(name)
        if only != "waits":
            for engine in engines:
                document[engine] = measure(recording, engine, rounds, folder, size)
                if naive and engine == "sqlite":
                    document[engine]["naive"] = plain(recording, folder)
        if only != "syncs":
            document["write_waits_ms"] = waits(recording, folder)
    click.echo(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
