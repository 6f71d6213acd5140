"""How fast the board answers: `python -m benchmarks.reads [--size 1000000] [--database sqlite] [--clients 1,32]`.

A made-up company is written through the run road (2,000 components of 200 teams, rules, packages and resources in believable
numbers), then every read is asked again and again, as an administrator, as a viewer of 40 components and of half, while
another connection writes a small change every 50 ms as a running sync does. Answers are kept until the board's revision
changes, so each read is also asked right after a change: what it takes then is `first_ms`. Prints one JSON document:
median and 99th percentile in milliseconds, statements a request, and which ones miss the aim.
"""

from __future__ import annotations

import itertools
import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import click
from sqlalchemy import event

from benchmarks.__main__ import databases
from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import Entity, EntityRef
from callboard.domain.finding import Detail, Kind, Observed, Project, Resource, Rule, Severity, State
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import parse
from callboard.store import Store, open_store, schema
from callboard.store import catalog as catalog_store
from callboard.store import runs as run_store
from callboard.store.apply import Applier
from callboard.store.bulk import build_indexes, defer_indexes
from callboard.store.database import bump_revision
from callboard.store.memory import Written
from callboard.usecases import ask

NOW = Instant(20_728 * DAY + DAY // 2)
COMPONENTS, TEAMS, SYSTEMS = 2_000, 200, 80
AIM_MEDIAN, AIM_P99 = 10.0, 100.0
"""Milliseconds at a million findings."""


def entities() -> list[Entity]:
    """Components that each claim one project, teams that own ten each, systems of 25."""
    found = [Entity(ref=EntityRef(f"group:default/team-{n}"), kind="group", name=f"team-{n}") for n in range(TEAMS)]
    found += [
        Entity(ref=EntityRef(f"system:default/system-{n}"), kind="system", name=f"system-{n}") for n in range(SYSTEMS)
    ]
    found += [
        Entity(
            ref=EntityRef(f"component:default/component-{n}"),
            kind="component",
            name=f"component-{n}",
            owner=EntityRef(f"group:default/team-{n % TEAMS}"),
            system=EntityRef(f"system:default/system-{n % SYSTEMS}"),
            annotations=(("wiz.io/project-id", f"p{n}"),),
        )
        for n in range(COMPONENTS)
    ]
    return found


def observations(size: int) -> Iterator[Observed]:
    """Findings, three in five of them open: vulnerabilities of packages, issues and misconfigurations."""
    draw = random.Random(7)
    projects = [Project(external_id=f"p{n}", name=f"Project {n}", is_folder=False) for n in range(COMPONENTS)]
    resources = [
        Resource(
            external_id=f"r{n}", name=f"{draw.choice(_THINGS)}-{draw.choice(_THINGS)}-{n}", type="VIRTUAL_MACHINE",
            platform=draw.choice(("AWS", "Azure", "GCP")), region=draw.choice(("eu-central-1", "us-east-1")),
            account_id=f"{n % 50:012}", provider_id=f"arn:aws:ec2:eu-central-1:{n % 50:012}:instance/i-{n:017x}",
            tags=(("env", draw.choice(("production", "staging"))),), aliases=(("wiz.asset", f"r{n}"),),
        )
        for n in range(max(size // 20, 100))
    ]  # fmt: skip
    cves = [
        Rule(external_id=f"CVE-{2019 + n % 8}-{1000 + n}", name=f"CVE-{2019 + n % 8}-{1000 + n}", kind="CVE")
        for n in range(max(size // 100, 50))
    ]
    controls = [
        Rule(external_id=f"wc-id-{n}", name=f"{draw.choice(_TROUBLES)} {draw.choice(_THINGS)} {n}", kind="Control")
        for n in range(400)
    ]
    packages = [f"{draw.choice(_THINGS)}-{draw.choice(_THINGS)}-{n}" for n in range(3_000)]
    severities = [Severity.CRITICAL, *[Severity.HIGH] * 4, *[Severity.MEDIUM] * 9, *[Severity.LOW] * 6]
    states = [*[State.OPEN] * 6, *[State.FIXED] * 3, State.REJECTED]
    for n in range(size):
        place = int(draw.random() ** 2 * len(resources))
        resource = resources[place]
        first = Instant(NOW - int(draw.random() ** 2 * 500 * DAY) - 1)
        state = draw.choice(states)
        is_vulnerability = n % 10 < 7
        rule = cves[int(draw.random() ** 3 * len(cves))] if is_vulnerability else draw.choice(controls)
        package = packages[int(rule.external_id[-4:]) % len(packages)] if is_vulnerability else None
        fixed_at = None if state.is_open else Instant(min(NOW - 1, first + int(draw.random() * 90 * DAY) + 1))
        yield Observed(
            external_id=f"f{n}",
            kind=Kind.VULNERABILITY if is_vulnerability else Kind.ISSUE if n % 10 < 8 else Kind.MISCONFIGURATION,
            state=state,
            severity=draw.choice(severities),
            title=rule.name,
            rule=rule,
            # One in twenty is in a project that nobody claims.
            projects=(projects[place % COMPONENTS],) if place % 20 else (),
            resource=resource,
            first_detected_at=first,
            last_detected_at=NOW,
            updated_at=NOW,
            fixed_at=fixed_at,
            url=f"https://app.wiz.io/issues#~(issue~'f{n})",
            fix=f"package:{package}:{2 + n % 3}.0" if package is not None and n % 4 else None,
            detail=Detail(
                package=package,
                score=round(draw.random() * 10, 1) if is_vulnerability else None,
                epss=round(draw.random() ** 8, 4) if is_vulnerability else None,
                known_exploited=draw.random() < 0.01 if is_vulnerability else None,
                exposed=draw.choice((True, False, None)),
            ),
        )


_THINGS = ("alpha", "receipts", "jackson", "storage", "gateway", "ledger", "orion", "falcon", "spring", "cache")
_TROUBLES = ("Public", "Unencrypted", "Outdated", "Privileged", "Unused", "Exposed")


def fill(store: Store, size: int) -> float:
    """Write the company. Returns seconds."""
    began = time.perf_counter()
    with store.write() as conn:
        source_id = run_store.ensure_source(conn, "main", "wiz").id
        catalog_store.note_reading(
            conn, "catalog", now=NOW, state="applied", reason=None, entities=COMPONENTS, problems=()
        )
        catalog_store.apply_reading(conn, store, "catalog", entities(), complete=True, now=NOW)
        defer_indexes(conn)
    applier = Applier(store, source_id=source_id, run_id=1)
    applier.written = Written()
    stream = observations(size)
    count = 0
    while batch := list(itertools.islice(stream, 10_000)):
        with store.write() as conn:
            applier.apply(conn, [(seen, seen.external_id.encode().ljust(16)) for seen in batch], now=NOW)
        count += len(batch)
        print(f"\r{count:,} findings written", end="", file=sys.stderr)
    build_indexes(store)
    with store.write() as conn:
        bump_revision(conn)
        store.dialect.refresh_statistics(conn)
        conn.execute(schema.source.update().values(watermark=NOW, last_full_at=NOW, last_run_at=NOW))
    print(file=sys.stderr)
    return time.perf_counter() - began


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
        rows = ask.board(store, viewer, now=NOW).components[:50]
        return ask.enriched(store, viewer, rows, now=NOW)

    return {
        "do now": lambda viewer: ask.do_now(store, viewer, None, now=NOW),
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
        "team": lambda viewer: ask.rollup(store, viewer, EntityRef("group:default/team-1"), now=NOW),
    }


def measured(store: Store, clients: int, seconds: float) -> dict[str, Any]:
    """Each read for each viewer: median and 99th percentile in milliseconds, statements a request."""
    statements = threading.local()

    @event.listens_for(store.engine, "before_cursor_execute")
    def _count(*_: object) -> None:
        statements.n = getattr(statements, "n", 0) + 1

    found: dict[str, Any] = {}
    for name, read in reads(store).items():
        for who, viewer in viewers().items():
            times: list[float] = []
            counts: list[int] = []
            read(viewer)  # compiles the statements
            first = [_first(store, partial(read, viewer), statements) for _ in range(3)]
            ends = time.monotonic() + seconds

            with ThreadPoolExecutor(clients) as pool:
                asked = [
                    pool.submit(_client, partial(read, viewer), statements, times, counts, ends) for _ in range(clients)
                ]
                for done in asked:
                    done.result()
            times.sort()
            found[f"{name} · {who}"] = {
                "p50_ms": round(statistics.median(times), 2),
                "p99_ms": round(times[min(len(times) - 1, int(len(times) * 0.99))], 1),
                "requests": len(times),
                "statements": max(counts),
                "first_ms": round(statistics.median(each[0] for each in first), 1),
                "first_statements": max(each[1] for each in first),
            }
            print(name, who, found[f"{name} · {who}"], file=sys.stderr)
    event.remove(store.engine, "before_cursor_execute", _count)
    return found


def _first(store: Store, read: Callable[[], object], statements: threading.local) -> tuple[float, int]:
    """Milliseconds and statements of the first answer after something has changed, when nothing kept counts any more."""
    with store.write() as conn:
        bump_revision(conn)
    statements.n = 0
    began = time.perf_counter()
    read()
    return (time.perf_counter() - began) * 1_000, statements.n


def _client(
    read: Callable[[], object], statements: threading.local, times: list[float], counts: list[int], ends: float
) -> None:
    """Ask until the time is over."""
    while time.monotonic() < ends:
        statements.n = 0
        began = time.perf_counter()
        read()
        times.append((time.perf_counter() - began) * 1_000)
        counts.append(statements.n)


def _disturb(store: Store, stop: threading.Event) -> None:
    """What a running sync does to readers: small commits that change a few findings."""
    number = 0
    while not stop.wait(0.05):
        number += 1
        with store.write() as conn:
            table = schema.finding
            conn.execute(table.update().where(table.c.id == number % 1_000 + 1).values(changed_run=number))


@click.command()
@click.option("--size", type=int, default=1_000_000, show_default=True, help="Findings.")
@click.option("--database", default="sqlite", show_default=True)
@click.option("--clients", default="1", show_default=True, help="Numbers of clients at once, with commas.")
@click.option("--seconds", type=float, default=2.0, show_default=True, help="How long each read is asked.")
@click.option("--keep", type=click.Path(path_type=Path), help="An SQLite file to fill once and use again.")
def main(size: int, database: str, clients: str, seconds: float, keep: Path | None) -> None:
    """Measure, and print one JSON document."""
    with tempfile.TemporaryDirectory() as folder, databases(database, Path(folder)) as make:
        is_there = keep is not None and keep.exists()
        store = open_store(f"sqlite:///{keep}" if keep is not None else make("reads"))
        filling = 0.0 if is_there else fill(store, size)
        figures: dict[str, Any] = {"findings": size, "database": database, "fill_seconds": round(filling, 1)}
        for number in map(int, clients.split(",")):
            stop = threading.Event()
            writer = threading.Thread(target=_disturb, args=(store, stop))
            writer.start()
            try:
                found = measured(store, number, seconds)
            finally:
                stop.set()
                writer.join()
            figures[f"{number} clients"] = found
            figures[f"{number} clients, misses"] = {
                name: (each["p50_ms"], each["p99_ms"], each["first_ms"])
                for name, each in found.items()
                if each["p50_ms"] > AIM_MEDIAN or max(each["p99_ms"], each["first_ms"]) > AIM_P99
            }
        store.close()
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
