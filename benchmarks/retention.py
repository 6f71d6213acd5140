"""How long dropping what is old holds the database: `python -m benchmarks.retention` prints one JSON document.

A board with 2,000 closed findings and `--each` old rows of the four sorts that grow fastest. Of every transaction that drops, the
work and the time; the floor is deleting as many bare rows by their key, in the same run.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from sqlalchemy import BigInteger, Column, MetaData, Table, insert

from benchmarks.__main__ import databases
from callboard.domain import audit
from callboard.domain.audit import Entry
from callboard.domain.instant import HOUR, Instant
from callboard.domain.reconcile import EventKind, Safety
from callboard.domain.retention import DEFAULT, months
from callboard.store import Store, open_store, schema
from callboard.store.database import next_id
from callboard.store.retention.rule import Key, Rule
from callboard.usecases import keep_records
from callboard.usecases.sync import sync
from tests.support.clocks import SettableClock
from tests.support.worlds import World

FINDINGS = 2_000


def fill(store: Store, each: int) -> SettableClock:
    """The board, and a time at which all of it is old."""
    clock = SettableClock()
    world = World(clock, page_size=500)
    ids = world.fill(FINDINGS, projects=("p1",))

    async def read() -> None:
        await sync(store, world, clock=clock)
        for id_ in ids:
            world.resolve(id_)
        clock.advance(60)
        await sync(store, world, clock=clock, safety=Safety(close_share=1.0))

    asyncio.run(read())
    now, dialect = clock.now(), store.dialect
    entry_hash, entries = audit.START, []
    with store.write() as conn:
        seq = next_id(conn, schema.event)
        kind = int(EventKind.PROJECTS)
        events = [(seq + n, n % FINDINGS + 1, kind, now, now, 1, 1, "p1", "p2") for n in range(each)]
        dialect.insert(conn, schema.event, events)
        # So many hours, each finding once in each.
        used = [(n % FINDINGS + 1, 2, 1, now // HOUR * HOUR - n // FINDINGS * HOUR, 1, 1) for n in range(each)]
        dialect.insert(conn, schema.engagement, used)
        dialect.insert(conn, schema.visit, [(f"v{n:07}", now, 0) for n in range(each)])
        first = next_id(conn, schema.audit)
        for n in range(each):
            entry = Entry(seq=first + n, at=now, actor="ana", action="bench.word", subject=f"thing:{n}")
            entry_hash = audit.link(entry, entry_hash)
            entries.append((entry.seq, now, entry.actor, entry.action, entry.subject, "[]", entry_hash))
        dialect.insert(conn, schema.audit, entries)
    clock.advance(months(26) // 1_000_000)
    return clock


def floor(store: Store, rows: int, rounds: int) -> float:
    """Milliseconds of work to delete so many bare rows by their key."""
    table = Table("bare", MetaData(), Column("id", BigInteger, primary_key=True), Column("at", BigInteger))
    spent = []
    with store.engine.begin() as conn:
        table.create(conn)
        conn.execute(insert(table), [{"id": n, "at": n} for n in range(rows * rounds)])
    for number in range(rounds):
        began = time.process_time()
        with store.write() as conn:
            conn.execute(table.delete().where(table.c.id.in_(list(range(number * rows, (number + 1) * rows)))))
        spent.append((time.process_time() - began) * 1000)
    with store.engine.begin() as conn:
        table.drop(conn)
    return statistics.median(spent)


def measured(store: Store, clock: SettableClock) -> dict[str, Any]:
    """Everything that is old is dropped, and each transaction is watched."""
    seen: dict[str, list[tuple[float, float]]] = defaultdict(list)
    plain = keep_records.drop_some

    def watched(store: Store, rule: Rule, before: Instant, keys: Sequence[Key], now: Instant) -> None:
        work, began = time.process_time(), time.perf_counter()
        plain(store, rule, before, keys, now)
        seen[rule.key].append(((time.process_time() - work) * 1000, (time.perf_counter() - began) * 1000))

    keep_records.drop_some = watched
    work = time.process_time()
    try:
        done = keep_records.apply(store, DEFAULT, clock=clock)
    finally:
        keep_records.drop_some = plain
    whole = time.process_time() - work
    rules = {
        key: {
            "rows": done.rows.get(key, 0), "transactions": len(times),
            "work_ms_median": round(statistics.median(cpu for cpu, _ in times), 1),
            "work_ms_most": round(max(cpu for cpu, _ in times), 1),
            "held_ms_median": round(statistics.median(wall for _, wall in times), 1),
            "held_ms_most": round(max(wall for _, wall in times), 1),
        }
        for key, times in seen.items()
    }  # fmt: skip
    return {"work_seconds": round(whole, 2), "rules": rules}


@click.command()
@click.option("--each", default=50_000, show_default=True, help="Old rows of each sort.")
@click.option("--database", "engines", multiple=True, default=("sqlite", "postgresql"), show_default=True)
def main(each: int, engines: tuple[str, ...]) -> None:
    """Measure, and print one JSON document."""
    document: dict[str, Any] = {"old_rows_of_each_sort": each, "rows_at_once": keep_records.ROWS_AT_ONCE}
    with tempfile.TemporaryDirectory(prefix="callboard-bench-") as name:
        for engine in engines:
            with databases(engine, Path(name)) as make:
                store = open_store(make("retention"))
                clock = fill(store, each)
                bare = floor(store, keep_records.ROWS_AT_ONCE, 20)
                document[engine] = {"floor_ms": round(bare, 2), **measured(store, clock)}
                store.close()
    click.echo(json.dumps(document, indent=1))


if __name__ == "__main__":
    main()
