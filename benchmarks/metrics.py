"""How fast metrics are told: `python -m benchmarks.metrics [--size 1000000] [--events 5000000] [--keep sqlite:///FILE]`.

The made-up company of the reads is written, with what people did over a year: each finding opened, some followed to the source.
Then every report is asked as somebody who sees everything and as a viewer of four teams, after a change, when nothing kept counts.
Prints one JSON document: seconds by the clock and of work, the medians of some rounds, against the floor of reading one column of
every finding. On a machine that does other things too, the work says more than the clock; of PostgreSQL it leaves out the server's.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Table, func, insert, select

from benchmarks.__main__ import databases
from benchmarks.company import NOW, fill
from callboard.domain.access import AT_THE_LAPTOP, Depth, Readers, Viewer
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, HOUR, Instant
from callboard.domain.query import Query, parse
from callboard.domain.remediation.channels import Design
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.question import By, Measure, Question, read_period
from callboard.domain.remediation.rolled import RollDesign
from callboard.store import Store, open_store, schema
from callboard.store.database import bump_revision
from callboard.usecases.remediation import measure, measure_flow, plan_rollout
from callboard.usecases.remediation.make_past import have_been_here
from callboard.usecases.remediation.measure_channels import effect

AIM = 2.0
"""Seconds of work for one report, at a million findings and five million events."""
AT_ONCE = 50_000
YEAR = 365


def events(size: int, count: int) -> Iterator[tuple[int, int, int, int, int, int]]:
    """What people did, each once an hour and door at most."""
    draw = random.Random(11)
    hours = (NOW // HOUR) * HOUR
    each = max(1, count // size)
    for finding in range(1, size + 1):
        for number in range(each):
            what = Engagement.FOLLOWED if number == 0 and draw.random() < 0.3 else Engagement.OPENED
            hour = hours - draw.randrange(YEAR * 24 // each) * HOUR - number * (YEAR * 24 // each) * HOUR
            yield finding, int(what), int(draw.choice((Door.PAGE, Door.PLUGIN))), hour, 2, 1


def write_events(store: Store, size: int, count: int) -> None:
    """Into the table of what people did; findings are numbered from 1 on."""
    names = [column.name for column in schema.engagement.columns]
    batch: list[dict[str, int]] = []
    written = 0
    stream = events(size, count)
    while True:
        batch = [dict(zip(names, row, strict=True)) for row, _ in zip(stream, range(AT_ONCE), strict=False)]
        if not batch:
            break
        with store.write() as conn:
            conn.execute(insert(schema.engagement), batch)
        written += len(batch)
        print(f"\r{written:,} events written", end="", file=sys.stderr)
    print(file=sys.stderr)


class Stopped:
    """A clock that stands still."""

    def __init__(self, at: Instant) -> None:
        self._at = at

    def now(self) -> Instant:
        """When it stopped."""
        return self._at


def reports(store: Store, viewer: Viewer) -> dict[str, Callable[[], Any]]:
    """Every report."""
    quarter = read_period(None, None, now=NOW)
    half = read_period(None, None, now=NOW, usual=182)
    four = read_period(None, None, now=NOW, usual=28)
    past = Instant(NOW // DAY * DAY - 100 * DAY)
    severe = parse("severity:critical,high")

    def times(by: By, what: Measure = Measure.REMEDIATE, query: Query | None = None) -> Callable[[], Any]:
        asked = Question(period=quarter, by=by, measure=what, query=query or Query())
        return lambda: measure.times(store, viewer, asked, now=NOW)

    return {
        **{f"times by {by.value}": times(by) for by in By},
        "times, severe by team": times(By.TEAM, query=severe),
        "until acted on, by severity": times(By.SEVERITY, Measure.INVESTIGATE),
        "until acted on, by team": times(By.TEAM, Measure.INVESTIGATE),
        "flow": lambda: measure_flow.flow(store, viewer, Query(), half, now=NOW),
        "open on a day, by team": lambda: measure_flow.open_at(store, viewer, Query(), by=By.TEAM, at=past, now=NOW),
        "due, by team": lambda: measure_flow.due(store, viewer, Query(), quarter, by=By.TEAM, now=NOW),
        "use": lambda: measure_flow.use(store, viewer, Query(), four, now=NOW),
        "portal and tickets": lambda: effect(store, viewer, Query(), half, now=NOW, designs=Design),
        "by a rollout": lambda: effect(store, viewer, Query(), half, now=NOW, designs=RollDesign),
    }


def timed(store: Store, ask: Callable[[], Any], rounds: int) -> dict[str, float]:
    """Each time right after a change, so that nothing kept counts."""
    seconds, work = [], []
    for _ in range(rounds):
        with store.write() as conn:
            bump_revision(conn)
        wall, cpu = time.perf_counter(), time.process_time()
        ask()
        seconds.append(time.perf_counter() - wall)
        work.append(time.process_time() - cpu)
    return {"seconds": round(statistics.median(seconds), 3), "work": round(statistics.median(work), 3)}


def is_empty(store: Store, table: Table) -> bool:
    """Whether nothing is written there yet."""
    with store.read() as conn:
        return conn.execute(select(table).limit(1)).first() is None


def prepare(store: Store, size: int, count: int) -> None:
    """The company, what its people did, and a rollout, where they are not there yet."""
    if is_empty(store, schema.finding):
        fill(store, size)
        # A board that has been there for the year; else nothing would have been watched before today.
        have_been_here(store, Instant(NOW - YEAR * DAY))
    if is_empty(store, schema.engagement):
        write_events(store, size, count)
        with store.write() as conn:
            store.dialect.refresh_statistics(conn)
    if not plan_rollout.plans(store, AT_THE_LAPTOP):
        plan_rollout.draw(
            store, AT_THE_LAPTOP, waves=8, first=Instant((NOW // DAY - 120) * DAY), every=14,
            clock=Stopped(Instant(NOW - 150 * DAY)),
        )  # fmt: skip


def measured(store: Store, rounds: int) -> dict[str, Any]:
    """What every report took, beside the floor."""
    four = frozenset(EntityRef(f"group:default/team-{n}") for n in range(4))
    viewers = {"everything": AT_THE_LAPTOP, "four teams": Viewer("few", Readers(four, Depth.WORK), tuple(four))}
    load = os.getloadavg()[0]
    found = {
        name: {what: timed(store, ask, rounds) for what, ask in reports(store, viewer).items()}
        for name, viewer in viewers.items()
    }
    with store.read() as conn:
        cpu = time.process_time()
        rows = conn.execute(select(schema.finding.c.first_detected_at + 0)).cursor.fetchall()
        floor = round(time.process_time() - cpu, 3)
        told = int(conn.execute(select(func.count()).select_from(schema.engagement)).scalar_one())
    slow = [f"{name}: {what}" for name, each in found.items() for what, took in each.items() if took["work"] > AIM]
    return {
        "database": store.dialect.name, "findings": len(rows), "events": told, "rounds": rounds,
        "load": round(load, 1), "floor_seconds_of_work": floor, "aim_seconds_of_work": AIM, "reports": found,
        "misses": slow,
    }  # fmt: skip


@click.command()
@click.option("--size", type=int, default=100_000, show_default=True, help="Findings.")
@click.option("--events", "count", type=int, default=500_000, show_default=True, help="What people did.")
@click.option("--database", default="sqlite", show_default=True, type=click.Choice(["sqlite", "postgresql"]))
@click.option("--rounds", type=int, default=3, show_default=True, help="How often each report is asked.")
@click.option("--keep", metavar="URL", help="A database of your own, to fill once and use again.")
def main(size: int, count: int, database: str, rounds: int, keep: str | None) -> None:
    """Write the company, ask every report, print what it took."""
    with (
        tempfile.TemporaryDirectory() as folder,
        databases(database, Path(folder)) as make,
        closing(open_store(keep or make("metrics"))) as store,
    ):
        prepare(store, size, count)
        print(json.dumps(measured(store, rounds), indent=1))


if __name__ == "__main__":
    main()
