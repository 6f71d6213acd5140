"""How fast the board answers: `python -m benchmarks.reads [--size 1000000] [--database postgresql] [--clients 1,32]`.

A made-up company is written through the run road (2,000 components of 200 teams, rules, packages and resources in believable
numbers), then every read is asked as an administrator, as a viewer of 40 components and of half.

Answers are kept until the board's revision changes, so each read is timed twice. `first` is asked right after a finding in
the viewer's sight has changed, when nothing kept counts any more. `again` is what clients see who ask for a while, each with
a pause between two questions, while another connection does what a running sync does: it stages a page every 50 ms, and
every second a finding changes. Prints one JSON document: milliseconds, statements a request, and what misses the aim.
On a machine that does other things too, the milliseconds of work (`cpu`) say more than those by the clock; they leave out
what a database server does.
"""

from __future__ import annotations

import itertools
import json
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import click
from sqlalchemy import event

from benchmarks.__main__ import databases
from benchmarks.company import NOW, TEAMS, Changes, fill
from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.query import parse
from callboard.store import Store, open_store, schema
from callboard.usecases import ask, first_pages

AIM_MEDIAN, AIM_P99, AIM_STATEMENTS = 10.0, 100.0, 3
"""Milliseconds at a million findings, and statements a request."""

FIRSTS = 7
"""Times that each read is asked after a change."""


def viewers() -> dict[str, Viewer]:
    """An administrator, a viewer of 40 components (four teams), and one of half."""

    def reader(name: str, teams: int) -> Viewer:
        owners = tuple(EntityRef(f"group:default/team-{n}") for n in range(teams))
        return Viewer(name, Readers(frozenset(owners), Depth.WORK), owners)

    return {"everything": AT_THE_LAPTOP, "40 components": reader("few", 4), "half": reader("half", TEAMS // 2)}


def reads(store: Store) -> dict[str, Callable[[Viewer], Any]]:
    """Every read of the board."""
    page = {"now": NOW, "limit": 50}

    def listed(text: str) -> Callable[[Viewer], Any]:
        query = parse(text)
        return lambda viewer: ask.list_findings(store, viewer, query, **page)  # type: ignore[arg-type]

    def grouped(text: str) -> Callable[[Viewer], Any]:
        query = parse(text)
        return lambda viewer: ask.list_bundles(store, viewer, query, **page)  # type: ignore[arg-type]

    def components(viewer: Viewer) -> Any:  # noqa: ANN401
        rows = first_pages.board(store, viewer, now=NOW).components[:50]
        return first_pages.enriched(store, viewer, rows, now=NOW)

    return {
        "do now": lambda viewer: first_pages.do_now(store, viewer, None, now=NOW),
        "list": listed("is:open"),
        "list, filtered": listed("is:open severity:critical,high kind:vulnerability"),
        "list, overdue": listed("is:open is:overdue"),
        "list, newest": listed("is:open sort:newest"),
        "facets": lambda viewer: ask.list_facets(store, viewer, parse("is:open severity:high,critical"), now=NOW),
        "bundles": grouped("is:open -is:flapping group:fix"),
        "bundles of a team": grouped("is:open -is:flapping owner:team-1 group:fix"),
        "rules of a team": grouped("is:open owner:team-1 group:rule"),
        "search, word": listed('is:open "falcon"'),
        "search, prefix": listed("is:open recei*"),
        "search, part": listed("is:open i-00000000000000abc"),
        "search, rare part": listed("is:open edger-orion-77"),
        "search, CVE": listed("is:open cve:CVE-2021-1010"),
        "component list": components,
        "team": lambda viewer: first_pages.rollup(store, viewer, EntityRef("group:default/team-1"), now=NOW),
    }


class Asked(NamedTuple):
    """What one answer took: milliseconds by the clock and of this thread's work, and statements."""

    wall: float
    cpu: float
    statements: int


class Measure:
    """Times reads, and counts the statements of each thread."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._changes = changes
        self._statements = threading.local()
        event.listen(store.engine, "before_cursor_execute", self._count)

    def _count(self, _conn: object, _cursor: object, statement: str, *_: object) -> None:
        # One database is told that a transaction begins, for the other the driver does it unseen.
        if statement != "BEGIN":
            self._statements.n = getattr(self._statements, "n", 0) + 1

    def once(self, read: Callable[[], object]) -> Asked:
        """One answer."""
        self._statements.n = 0
        began, cpu = time.perf_counter(), time.thread_time()
        read()
        cpu = time.thread_time() - cpu
        return Asked((time.perf_counter() - began) * 1_000, cpu * 1_000, self._statements.n)

    def first(self, read: Callable[[], object]) -> dict[str, Any]:
        """The first answer after a change, with nobody else asking."""
        asked: list[Asked] = []
        for _ in range(FIRSTS):
            self._changes.make()
            asked.append(self.once(read))
        times = sorted(each.wall for each in asked)
        return {
            "first_ms": round(statistics.median(times), 1),
            "first_worst_ms": round(times[-1], 1),
            "first_cpu_ms": round(statistics.median(each.cpu for each in asked), 1),
            "first_statements": max(each.statements for each in asked),
        }

    def again(self, read: Callable[[], object], *, clients: int, seconds: float, pause: float) -> dict[str, Any]:
        """So many clients at once, who ask for a while."""
        ends = time.monotonic() + seconds

        def client(number: int) -> list[Asked]:
            asked = []
            time.sleep(pause * number / clients)
            while time.monotonic() < ends:
                asked.append(self.once(read))
                time.sleep(pause)
            return asked

        with ThreadPoolExecutor(clients) as pool:
            asked = [each for found in pool.map(client, range(clients)) for each in found]
        times = sorted(each.wall for each in asked)
        return {
            "p50_ms": round(statistics.median(times), 2),
            "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 1),
            "p50_cpu_ms": round(statistics.median(each.cpu for each in asked), 2),
            "requests": len(times),
            "statements": int(statistics.median(each.statements for each in asked)),
        }


class Disturbance:
    """What a running sync does to readers, in a thread of its own."""

    def __init__(self, store: Store, changes: Changes) -> None:
        self._store = store
        self._changes = changes
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        table = schema.finding
        for number in itertools.count(1):
            if self._stop.wait(0.05):
                return
            if number % 20 == 0:
                self._changes.make()
                continue
            with self._store.write() as conn:
                conn.execute(table.update().where(table.c.id == number % 1_000 + 1).values(changed_run=number))


def misses(figures: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is slower than the aim, or asks more often, and by how much."""
    aims = (
        ("p50_ms", AIM_MEDIAN), ("p99_ms", AIM_P99), ("first_ms", AIM_P99), ("first_worst_ms", AIM_P99), ("statements", AIM_STATEMENTS),
    )  # fmt: skip
    late = {name: {key: each[key] for key, aim in aims if each[key] > aim} for name, each in figures.items()}
    return {name: each for name, each in late.items() if each}


def measured(
    store: Store, size: int, *, clients: Sequence[int], seconds: float, pause: float, only: Sequence[str]
) -> dict[str, Any]:
    """Each read for each viewer."""
    changes = Changes(store, size)
    measure = Measure(store, changes)
    found: dict[str, dict[str, Any]] = {f"{number} clients": {} for number in clients}
    for name, read in reads(store).items():
        for who, viewer in viewers().items():
            if only and name not in only:
                continue
            asked = partial(read, viewer)
            cold = measure.once(asked).wall
            first = {"cold_ms": round(cold, 1), **measure.first(asked)}
            for number in clients:
                with Disturbance(store, changes):
                    again = measure.again(asked, clients=number, seconds=seconds, pause=pause)
                found[f"{number} clients"][f"{name} · {who}"] = {**again, **first}
                click.echo(f"{name} · {who} · {number}: {again} {first}", err=True)
    for key, figures in list(found.items()):
        found[f"{key}, misses"] = misses(figures)
        click.echo(f"{key}: {len(found[f'{key}, misses'])} of {len(figures)} miss the aim", err=True)
        for name, late in found[f"{key}, misses"].items():
            click.echo(f"  {name}: {', '.join(f'{what} {n}' for what, n in late.items())}", err=True)
    return found


def _is_filled(store: Store) -> bool:
    with store.read() as conn:
        return conn.execute(schema.finding.select().limit(1)).first() is not None


@click.command()
@click.option("--size", type=int, default=1_000_000, show_default=True, help="Findings.")
@click.option("--database", default="sqlite", show_default=True, type=click.Choice(["sqlite", "postgresql"]))
@click.option("--clients", default="1,32", show_default=True, help="Numbers of clients at once, with commas.")
@click.option("--seconds", type=float, default=3.0, show_default=True, help="How long each read is asked.")
@click.option("--pause", type=float, default=0.1, show_default=True, help="Seconds between two questions of a client.")
@click.option("--only", multiple=True, help="A read by its name; all of them without.")
@click.option("--keep", metavar="URL", help="A database of your own, to fill once and use again.")
def main(  # noqa: PLR0917 - an option each
    size: int, database: str, clients: str, seconds: float, pause: float, only: tuple[str, ...], keep: str | None
) -> None:
    """Measure, and print one JSON document."""
    with tempfile.TemporaryDirectory() as folder, databases(database, Path(folder)) as make:
        store = open_store(keep or make("reads"))
        filling = 0.0 if _is_filled(store) else fill(store, size)
        figures: dict[str, Any] = {
            "findings": size,
            "database": store.dialect.name,
            "fill_seconds": round(filling, 1),
            "aim": {"p50_ms": AIM_MEDIAN, "p99_ms": AIM_P99, "first_ms": AIM_P99, "statements": AIM_STATEMENTS},
            "pause_seconds": pause,
        }
        numbers = [int(number) for number in clients.split(",")]
        figures |= measured(store, size, clients=numbers, seconds=seconds, pause=pause, only=only)
        store.close()
    click.echo(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
