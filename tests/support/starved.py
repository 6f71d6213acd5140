"""A process that reads documents larger than its memory, and goes on: `python -m tests.support.starved URL`."""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

from callboard import sbom
from callboard.domain.run import RunState
from callboard.errors import ManifestError
from callboard.manifests import read_manifest
from callboard.store import open_store
from callboard.usecases.sync import sync
from tests.support.clocks import SettableClock
from tests.support.invariants import look
from tests.support.worlds import World

SPARE = 24 * 1024 * 1024
"""Bytes that the process may grow by."""


def documents() -> Iterator[tuple[str, bytes]]:
    """A bill and a lockfile that are well formed, within the size that is taken, and larger as values than the spare memory."""
    names = range(60_000)
    bill = {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "components": [
            {"type": "library", "name": f"n{n}", "version": "1", "purl": f"pkg:npm/n{n}@1", "bom-ref": f"r{n}"} for n in names
        ],
    }  # fmt: skip
    yield "bill.cdx.json", json.dumps(bill).encode()
    packages = {
        f"node_modules/n{n}": {"version": "1.0.0", "integrity": f"sha512-{n:086}==", "license": "MIT"} for n in names
    }
    yield "package-lock.json", json.dumps({"name": "x", "lockfileVersion": 3, "packages": packages}).encode()


def main(url: str) -> None:
    """Print what came of it."""
    clock = SettableClock()
    world = World(clock, page_size=5)
    world.fill(12)
    store = open_store(url)
    asyncio.run(sync(store, world, clock=clock))
    made = list(documents())
    size = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (size + SPARE, hard))
    starved = 0
    for name, raw in made:
        try:
            sbom.read_bom(name, raw) if "cdx" in name else read_manifest(name, raw)
        except (MemoryError, ManifestError):
            starved += 1
    clock.advance(60)
    report = asyncio.run(sync(store, world, clock=clock))
    assert (report.state, report.changes) == (RunState.APPLIED, 0)
    print(json.dumps({"without memory": starved, "findings": len(look(store).findings)}))  # noqa: T201 - its answer
    store.close()


if __name__ == "__main__":
    main(sys.argv[1])
