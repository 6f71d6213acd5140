"""Many workers against one, on one PostgreSQL: `python -m benchmarks.workers [--findings N] [--latency MS]`.

Each worker is a process with a data folder of its own. The same tenant is synced three times, each into a database that
knows the company's components and nothing else: by one worker, by three, and by three of which after a quarter of the pages
the leader is killed and another one sleeps for longer than its lease. The
floor is the same pages at the same latency read by nobody but the rate and the number of readers: calls times latency,
divided by what is read at the same time. One JSON document on stdout; progress on stderr.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from callboard.domain.run import RunState
from callboard.usecases.fetching import WORKERS
from tests.support.fleets import Fleet, Outside, disturb, know_people, look_alike, told
from tests.support.postgres import Postgres, PrivateServer

PAGE = 500
WINDOW = 10_000
WAYS = {"one": (1, False), "disturbed": (3, True), "three": (3, False)}
"""How many workers, and whether they are disturbed."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=int, default=300_000)
    parser.add_argument("--latency", type=int, default=2_000, help="Milliseconds that each page takes.")
    parser.add_argument("--rate", type=float, default=1_000.0, help="Calls a second for all workers together.")
    parser.add_argument("--ways", default="one,disturbed,three", help="Which of these, in this order; one comes first.")
    given = parser.parse_args()
    server = PrivateServer()
    server.start()
    try:
        print(json.dumps(measure(Postgres(server.url), given), indent=2))
    finally:
        server.stop()


def measure(postgres: Postgres, given: argparse.Namespace) -> dict[str, Any]:
    """All three ways, and whether they hold the same."""
    ways: dict[str, dict[str, Any]] = {}
    digests = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        look_alike(given.findings, Path(folder) / "catalog", latency_ms=given.latency) as address,
    ):
        for name in given.ways.split(","):
            count, is_disturbed = WAYS[name]
            print(f"{name} …", file=sys.stderr)
            url = postgres.create()
            know_people(url, Path(folder) / "catalog")
            (Path(folder) / name).mkdir()
            fleet = Fleet(
                Path(folder) / name, url, address, window=WINDOW, page_size=PAGE, rate=given.rate, wait_seconds=7_200
            )
            try:
                ways[name] = sync(
                    fleet, url, count, is_disturbed=is_disturbed, latency=given.latency / 1_000,
                    disturbed_after=max(1, given.findings // PAGE // 4),
                )  # fmt: skip
                digests[name] = told(url)
                print(json.dumps(ways[name]), file=sys.stderr)
            finally:
                fleet.end()
                postgres.drop(url)
    one = ways["one"]["seconds"]
    return {
        "findings": given.findings,
        "latency_ms": given.latency,
        "calls_per_second": given.rate,
        "cores": os.cpu_count(),
        "ways": ways,
        "throughput_against_one": {name: round(one / way["seconds"], 2) for name, way in ways.items()},
        "held": {name: {table: each.digest for table, each in told.items()} for name, told in digests.items()},
        "all_hold_the_same": all(each == digests["one"] for each in digests.values()),
        "tables": {name: each.rows for name, each in digests["one"].items()},
    }


def sync(
    fleet: Fleet, url: str, count: int, *, is_disturbed: bool, latency: float, disturbed_after: int
) -> dict[str, Any]:
    """One first sync: how long from the beginning of the run to its end, how much processor it took, and what is the floor.

    `disturbed_after`: pages. Processor is that of the workers and servers, not of PostgreSQL and not of the look-alike.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for number in range(2):
        fleet.start(f"serve-{number}", "serve", "--no-jobs", "--port", "0")
    for number in range(count):
        fleet.start(f"worker-{number}", "worker")
    with Outside(url) as outside:
        fleet.until(outside.runs)
        began = time.monotonic()
        if is_disturbed:
            disturb(fleet, outside, after_pages=disturbed_after)
        fleet.until(lambda: outside.runs() == [RunState.APPLIED.value])
        seconds = time.monotonic() - began
        pages, findings, helped = outside.pages(), outside.findings(), outside.pages_by_helpers()
    fleet.end()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    floor = pages * latency / (WORKERS * count)
    return {
        "workers": count,
        "seconds": round(seconds, 1),
        "findings": findings,
        "findings_a_second": round(findings / seconds),
        "pages": pages,
        "pages_by_helpers": helped,
        "floor_seconds": round(floor, 1),
        "against_floor": round(seconds / floor, 2) if floor else None,
        "processor_seconds": round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1),
    }


if __name__ == "__main__":
    main()
