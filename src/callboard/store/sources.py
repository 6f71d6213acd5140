"""How fresh and whole each source is."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal_column, select

from callboard.domain.access import Visibility
from callboard.domain.health import SourceHealth
from callboard.domain.instant import Instant
from callboard.domain.run import RunState
from callboard.store import schema
from callboard.store.dialect import promise_of
from callboard.store.visible import visible, visible_whole


def health(conn: Connection, visibility: Visibility, *, now: Instant) -> tuple[SourceHealth, ...]:
    """Every source by name, with the numbers of what the viewer may see."""
    promised = promise_of(conn)
    s, cube = schema.source, schema.cube
    counts = _by_source(
        conn,
        select(cube.c.source_id, func.sum(cube.c.n))
        .where(visible_whole(cube.c.holding_id, visibility))
        .group_by(cube.c.source_id),
    )
    rejected = _by_source(conn, select(schema.rejected.c.source_id, func.count()).group_by(schema.rejected.c.source_id))
    f = schema.finding.c
    outside = _by_source(
        conn,
        select(f.source_id, func.count())
        # Spelled like the index over these few rows, without which every open finding would be looked at.
        # Adding nothing keeps the planner from preferring the index over all that is open.
        .where(~literal_column("finding.in_scope"), f.closed + 0 == 0, visible(f.holding_id + 0, visibility))
        .group_by(f.source_id),
    )
    run = schema.run.c
    waiting = select(run.source_id, func.max(run.id)).where(run.state == RunState.HELD.value).group_by(run.source_id)
    held: dict[int, int] = dict(conn.execute(waiting).all())
    return tuple(
        SourceHealth(
            name=row.name,
            kind=row.kind,
            last_full_at=row.last_full_at,
            last_run_at=row.last_run_at,
            last_run_state=row.last_run_state,
            reason=row.last_run_reason,
            held_run=held.get(row.id),
            stale=_is_stale(row, now, promised),
            syncing=row.lease_until is not None and row.lease_until > now,
            rejected=rejected.get(row.id, 0),
            out_of_scope=outside.get(row.id, 0),
            findings=counts.get(row.id, 0),
        )
        for row in conn.execute(select(s).order_by(s.c.name))
    )


def stale(conn: Connection, *, now: Instant) -> tuple[str, ...]:
    """Names of the sources whose findings are older than promised."""
    s, promised = schema.source, promise_of(conn)
    return tuple(row.name for row in conn.execute(select(s).order_by(s.c.name)) if _is_stale(row, now, promised))


def _is_stale(row: Row[Any], now: Instant, promised: int) -> bool:
    fresh_at = row.watermark or row.last_run_at
    return fresh_at is None or now - fresh_at > promised or row.last_run_state in _WORRYING


def _by_source(conn: Connection, query: Select[Any]) -> dict[int, int]:
    """A number for each source."""
    return {int(row[0]): int(row[1]) for row in conn.execute(query)}


_WORRYING = {RunState.HELD.value}


def revision(conn: Connection) -> int:
    """Grows with every change that a reader can see."""
    return int(conn.execute(select(schema.revision.c.n)).scalar_one())
