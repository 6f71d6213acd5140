"""The page of sources: how fresh each is, how its last run ended, and how much of it is outside of its present scope."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from callboard.domain.access import Visibility
from callboard.domain.finding import State
from callboard.domain.instant import Instant
from callboard.domain.query import OneOf, Query
from callboard.domain.run import Mode, RunState
from callboard.domain.things import Count, LastRun, SourceLine
from callboard.store import schema
from callboard.store.board import sources as source_store
from callboard.store.board.spread import OPEN
from callboard.store.visible import visible_whole


def lines(conn: Connection, visibility: Visibility, *, now: Instant) -> tuple[SourceLine, ...]:
    """Every source by name, with the numbers of what the viewer may see."""
    cube, s = schema.cube.c, schema.source.c
    still: dict[str, int] = {
        name: int(n)
        for name, n in conn.execute(
            select(s.name, func.sum(cube.n))
            .join_from(schema.cube, schema.source, s.id == cube.source_id)
            .where(cube.state <= int(State.UNKNOWN), visible_whole(cube.holding_id, visibility))
            .group_by(s.name)
        )
    }
    runs = _last_runs(conn)
    outside = OneOf("is", ("in-scope",), is_negated=True)
    found = []
    for health in source_store.health(conn, visibility, now=now):
        here = OneOf("source", (health.name,))
        found.append(
            SourceLine(
                health=health,
                open=Count(still.get(health.name, 0), Query((OPEN, here)).canonical),
                outside=Count(health.out_of_scope, Query((OPEN, here, outside)).canonical),
                last_run=runs.get(health.name),
            )
        )
    return tuple(found)


def _last_runs(conn: Connection) -> dict[str, LastRun]:
    run, s = schema.run.c, schema.source.c
    last = select(func.max(run.id)).group_by(run.source_id)
    rows = conn.execute(
        select(run.id, run.mode, run.state, run.started_at, run.finished_at, s.name)
        .join_from(schema.run, schema.source, s.id == run.source_id)
        .where(run.id.in_(last))
    )
    return {
        row.name: LastRun(
            id=row.id, mode=Mode(row.mode), state=RunState(row.state), started_at=row.started_at,
            finished_at=row.finished_at,
        )
        for row in rows
    }  # fmt: skip
