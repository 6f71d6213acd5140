"""What components consist of, at scale: bills taken in, who uses what, and all packages in use matched anew.

python -m benchmarks.packages                 1,000 components of 1,500 packages each, on SQLite
python -m benchmarks.packages --size 200

Each figure stands beside its floor of the same run: the same rows written bare, and the same question put to the same
tables by one statement without access, ways or JSON. Prints one JSON document.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click
import msgspec

from callboard.domain.access import LAPTOP
from callboard.domain.component import CatalogReading, Entity, EntityRef
from callboard.domain.instant import HOUR, Instant
from callboard.domain.packages.lock import Draft, Entry, Lock, Need, Origin
from callboard.domain.packages.manifest_series import Arrival, Series
from callboard.domain.packages.manifest_series import Origin as Arrives
from callboard.domain.packages.package import NPM, Package
from callboard.domain.packages.package_signs import Facts
from callboard.domain.packages.who_uses import Period, read_wanted
from callboard.store import Store, open_store
from callboard.store.packages import manifests
from callboard.store.packages import package_matches as matches
from callboard.telemetry import set_up_logging
from callboard.usecases.packages.manifests import who_uses
from callboard.usecases.read_catalog import read_catalog
from callboard.web.gate import LoopbackGate
from callboard.web.serve import running
from callboard.web.services import WebServices
from callboard.web.to_wire import packages as to_wire_packages
from callboard.wiring.machine import SystemClock
from callboard.wiring.packages import own_judge

POOL = 12_000
"""Package versions that there are."""
EVERYWHERE = 40
"""Of them those that every component uses."""
TOKEN = "a-token-of-the-benchmark"  # noqa: S105 - of a server on loopback that ends with this process


class Catalog:
    """A catalog of so many components, of a hundred teams."""

    name = "bench"

    def __init__(self, size: int) -> None:
        self._size = size

    async def read(self) -> CatalogReading:
        """All of it."""
        teams = [Entity(ref=EntityRef(f"group:default/t{n}"), kind="group", name=f"t{n}") for n in range(100)]
        components = [
            Entity(
                ref=EntityRef(f"component:default/c{n}"), kind="component", name=f"c{n}",
                owner=EntityRef(f"group:default/t{n % 100}"),
            )
            for n in range(self._size)
        ]  # fmt: skip
        return CatalogReading(entities=(*teams, *components), complete=True)

    async def check(self) -> tuple[()]:
        """Nothing to say."""
        return ()


def made_up(number: int, packages: int) -> Lock:
    """A lock of so many packages: a twentieth direct, the others needed by one or two before them."""
    chance = random.Random(number)
    draft = Draft("bom", "bench")
    draft.add(Entry(package=Package(ecosystem=NPM, name=f"c{number}", version=""), line=1, origin=Origin.WORKSPACE))
    chosen = [*range(EVERYWHERE), *chance.sample(range(EVERYWHERE, POOL), packages - EVERYWHERE)]
    for at, each in enumerate(chosen, start=1):
        draft.add(Entry(package=Package(ecosystem=NPM, name=f"p{each // 4}", version=f"1.{each % 4}.0"), line=at + 1))
        if at <= packages // 20:
            draft.edge(0, at)
        for _ in range(1 + at % 2):
            if at > packages // 20:
                draft.edge(chance.randrange(1, at), at, Need.PRODUCTION)
    return draft.finish()


def took(work: Callable[[], Any]) -> dict[str, float]:
    """Seconds on the wall, and of this process alone: on a busy machine only the second tells much."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return {
        "wall_seconds": round(time.perf_counter() - wall, 3),
        "cpu_seconds": round(time.process_time() - cpu, 3),
    }


def milliseconds(work: Callable[[], Any], rounds: int = 30) -> dict[str, float]:
    """The middle of many rounds on the wall, and the work of this process for each of them."""
    work()
    found = []
    cpu = time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        found.append((time.perf_counter() - began) * 1_000)
    cpu = (time.process_time() - cpu) * 1_000 / rounds
    return {"median_ms": round(statistics.median(found), 2), "cpu_ms": round(cpu, 2)}


def fill(store: Store, size: int, packages: int, now: Instant) -> dict[str, Any]:
    """Takes all bills in."""
    locks = [made_up(number, packages) for number in range(size)]

    def go() -> None:
        for number, lock in enumerate(locks):
            ref = EntityRef(f"component:default/c{number}")
            series = Series(origin=Arrives.UPLOAD, where=ref, path="sbom")
            with store.write() as conn:
                arrival = Arrival(lock=lock, at=now, digest=str(number))
                manifests.take(conn, store.dialect, series, arrival, now=now)
                manifest_id = manifests.id_of(conn, series)
                if manifest_id is not None:
                    ids = manifests.entity_ids(conn, (ref,)).values()
                    manifests.hold(conn, manifest_id, tuple(ids), since=now, now=now)

    return took(go)


def bare(path: Path, copy: Path) -> dict[str, Any]:
    """The same uses written into a table of the same shape, and nothing else."""
    with sqlite3.connect(path) as conn:
        text = conn.execute("SELECT sql FROM sqlite_master WHERE name = 'package_use'").fetchone()[0]
        index = conn.execute("SELECT sql FROM sqlite_master WHERE name = 'ix_package_use_manifest_id'").fetchone()[0]
        rows = conn.execute("SELECT * FROM package_use ORDER BY manifest_id, package_id").fetchall()

    def go() -> None:
        with sqlite3.connect(copy) as conn:
            conn.execute(text)
            conn.execute(index)
            conn.executemany(f"INSERT INTO package_use VALUES ({', '.join('?' * len(rows[0]))})", rows)  # noqa: S608

    return took(go) | {"uses": len(rows)}


def asked(store: Store, path: Path, first: int) -> dict[str, Any]:
    """Questions about packages, each asked once, since answers are kept: bare, in this process, and over the API."""
    texts = [f"p{number // 4}@1.{number % 4}.0" for number in range(first, first + EVERYWHERE)]
    name = texts[0].partition("@")[0]
    here_, there = iter(texts), iter(texts)

    def here() -> bytes:
        found = who_uses(store, LAPTOP, read_wanted(next(here_)), Period(), limit=50)
        return msgspec.json.encode(to_wire_packages.who_uses(found))

    statement = (
        "SELECT e.ref, u.line FROM package p JOIN package_use u ON u.package_id = p.id JOIN manifest_holder h ON "
        "h.manifest_id = u.manifest_id JOIN entity e ON e.id = h.entity_id WHERE p.key_name = ? AND p.version = '1.0.0'"
    )
    with sqlite3.connect(path) as conn:
        floor = milliseconds(lambda: conn.execute(statement, (name,)).fetchall())
    clock = SystemClock()
    services = WebServices(store=store, clock=clock, gate=LoopbackGate(clock, api_token=TOKEN), version="0")
    with running(services) as server:
        line = HTTPConnection("127.0.0.1", server.port, timeout=60)
        over = milliseconds(lambda: got(line, f"/api/v1/who-uses?package={quote(next(there))}&limit=49"))
        nothing = milliseconds(lambda: got(line, "/healthz"))
        line.close()
    total = msgspec.json.decode(here())["total"]
    return {"uses": total, "floor": floor, "in_process": milliseconds(here), "api": over, "api_of_nothing": nothing}


def got(line: HTTPConnection, path: str) -> bytes:
    """An answer, by the leanest client there is: it runs in this process, so that its own work is in the figure."""
    line.request("GET", path, headers={"authorization": f"Bearer {TOKEN}"})
    answer = line.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} was answered with {answer.status}")
    return body


def matched(store: Store) -> dict[str, Any]:
    """Every package version in use judged anew by what came with Callboard, and the rows that follow."""
    judge = own_judge()
    with store.read() as conn:
        waiting: dict[int, Facts] = {}
        reading = took(lambda: waiting.update(matches.to_judge(conn, store.dialect, "another mark")))
    judging = took(lambda: judge.judge({each.package: each.hashes for each in waiting.values()}))

    def write() -> None:
        with store.write() as conn:
            matches.write(conn, store.dialect, dict.fromkeys(waiting, ()), mark="another mark", now=Instant(HOUR))

    return {"packages": len(waiting), "reading": reading, "judging": judging, "writing": took(write)}


@click.command()
@click.option("--size", default=1_000, show_default=True, help="Components.")
@click.option("--packages", default=1_500, show_default=True, help="Packages of each.")
def main(size: int, packages: int) -> None:
    """Measures and prints."""
    # As in life: a line of log for each request is made, as JSON, and goes to stderr.
    set_up_logging(pretty=False)
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "callboard.db"
        store = open_store(f"sqlite:///{path}")
        clock = SystemClock()
        asyncio.run(read_catalog(store, Catalog(size), clock=clock))
        found: dict[str, Any] = {"components": size, "packages_each": packages}
        found["taking"] = fill(store, size, packages, clock.now())
        with store.write() as conn:
            store.dialect.refresh_statistics(conn)
        found["taking_floor"] = bare(path, Path(name) / "floor.db")
        found["megabytes"] = round(path.stat().st_size / 1e6, 1)
        found["who_uses_everywhere"] = asked(store, path, 0)
        found["who_uses_somewhere"] = asked(store, path, POOL // 2)
        found["matching"] = matched(store)
        store.close()
    click.echo(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
