"""Who drops what is old is killed at every moment in turn: the next one goes on, and everything is as if nobody had been killed."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert

from callboard.domain.access import AT_THE_LAPTOP, LAPTOP
from callboard.domain.instant import HOUR, Instant
from callboard.domain.query import parse
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.retention import months
from callboard.domain.run import Mode
from callboard.store import open_store, schema
from callboard.store.backup.tables import sums_of
from callboard.store.row_sums import Sum
from callboard.usecases import ask
from callboard.usecases.people import audit_log
from callboard.usecases.remediation.note_engagement import note_engagement
from callboard.usecases.sync import sync
from tests.support.clocks import SettableClock
from tests.support.lives import lives
from tests.support.worlds import World

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]


async def board(path: Path) -> Instant:
    """A board with something old of every sort that has a way of its own. Returns a moment at which it is old."""
    clock = SettableClock()
    world = World(clock, page_size=50)
    world.fill(6, projects=("p1",))
    with closing(open_store(f"sqlite:///{path}")) as store:
        await sync(store, world, clock=clock)
        ids = [row.id for row in ask.list_findings(store, AT_THE_LAPTOP, parse(""), now=clock.now()).rows]
        for id_ in world.visible():
            world.change(id_, projects=("p2",))
        for mode in (Mode.DELTA, Mode.DELTA, Mode.FULL):
            clock.advance(60)
            await sync(store, world, clock=clock, mode=mode)
        for step in range(20):
            now = Instant(clock.now() + step * 9 * HOUR)
            note_engagement(store, LAPTOP, ids[step % 6], list(Engagement)[step % 3], Door.PAGE, now=now)
        for id_ in list(world.visible())[:4]:
            world.resolve(id_)
        clock.advance(60)
        await sync(store, world, clock=clock)
        for number in range(7):
            audit_log.note(store, at=clock.now(), actor="ana", action="test.word", subject=f"thing:{number}")
        with store.write() as conn:
            rows = [{"viewer": f"v{number}", "at": clock.now(), "former_at": 0} for number in range(7)]
            conn.execute(insert(schema.visit), rows)
            seen = {"part": "p", "seq": 0, "kind": "issue", "seen": b"", "moved": None, "raw": b"x"}
            run = {"source_id": 1, "mode": "full", "scope": "s", "first": False, "started_at": clock.now(), "fence": 1}
            conn.execute(insert(schema.run).values(id=90, state="fetching", **run))
            conn.execute(insert(schema.run_page).values(run_id=90, **seen))
        clock.advance(months(26) // 1_000_000)
        await sync(store, world, clock=clock)
        return clock.now()


def test_what_is_old_goes_once_whenever_somebody_is_killed(tmp_path: Path) -> None:
    """Row for row, with the log and its hashes; and the log says once what went."""

    async def run() -> int:
        template, path = tmp_path / "template.db", tmp_path / "board.db"
        at = await board(template)
        url = f"sqlite:///{path}"

        def again() -> None:
            shutil.copy(template, path)
            for end in ("-wal", "-shm"):
                path.with_name(path.name + end).unlink(missing_ok=True)

        def held() -> tuple[dict[str, Sum], list[dict[str, str]]]:
            with closing(open_store(url)) as store:
                assert audit_log.verify(store, AT_THE_LAPTOP).holds
                entries = [entry for entry, _ in audit_log.entries(store, AT_THE_LAPTOP)]
                told = [dict(entry.detail) for entry in entries if entry.action == "retention.apply"]
                with store.read() as conn:
                    return sums_of(conn), told

        async with lives("tests.support.killed_retention") as own:
            again()
            assert await own.live(0, url, str(at)) is not None
            wanted = held()
            (told,) = wanted[1]
            assert {"use", "visits", "audit", "runs", "history"} <= told.keys()
            moment = 0
            while True:
                moment += 1
                again()
                if await own.live(moment, url, str(at)) is not None:
                    return moment - 1
                assert await own.live(0, url, str(at)) is not None
                assert held() == wanted, moment

    assert asyncio.run(run()) > 60
