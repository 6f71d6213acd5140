"""How fresh and whole each source is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, func, literal_column, select

from callboard.domain.access import Visibility
from callboard.domain.health import SourceHealth
from callboard.domain.instant import Instant
from callboard.domain.run import RunState
from callboard.store import schema
from callboard.store.board import cube
from callboard.store.database import STAMP, once, revision, stamp_of
from callboard.store.dialect import promise_of
from callboard.store.kept import Kept
from callboard.store.query.filters import Asking
from callboard.store.visible import visible

_WAITING = (
    select(func.max(schema.run.c.id))
    .where(schema.run.c.source_id == schema.source.c.id, schema.run.c.state == RunState.HELD.value)
    .scalar_subquery()
)
_SOURCES = select(schema.source, _WAITING.label("held_run"), *STAMP).order_by(schema.source.c.name)
"""Every source, with its run that waits for a person; and the board's stamp, which every page begins with too."""


def health(conn: Connection, visibility: Visibility, *, now: Instant) -> tuple[SourceHealth, ...]:
    """Every source by name, with the numbers of what the viewer may see.

    Kept as long as neither findings nor runs nor the passing of time change it: every page begins with it.
    """
    rows = once(conn, "sources", lambda: tuple(conn.execute(_SOURCES)))
    if rows:
        once(conn, "stamp", lambda: stamp_of(rows[0].revision, rows[0].evidence, rows[0].newest))
    moment = tuple((_is_stale(row, now, promise_of(conn)), _is_syncing(row, now)) for row in rows)
    key = (revision(conn), visibility, tuple(map(tuple, rows)), moment)
    return _HEALTH.get(conn, key, lambda: _health(conn, visibility, rows, now=now))


_HEALTH: Kept[tuple[SourceHealth, ...]] = Kept(64)


def _health(
    conn: Connection, visibility: Visibility, rows: Sequence[Row[Any]], *, now: Instant
) -> tuple[SourceHealth, ...]:
    promised = promise_of(conn)
    counts: Counter[int] = Counter()
    for (source_id, _, _, _), n in cube.counts(conn, visibility, (), Asking(now=now)).items():
        counts[source_id] += n
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
    return tuple(
        SourceHealth(
            name=row.name,
            kind=row.kind,
            last_full_at=row.last_full_at,
            last_run_at=row.last_run_at,
            last_run_state=row.last_run_state,
            reason=row.last_run_reason,
            held_run=row.held_run,
            stale=_is_stale(row, now, promised),
            syncing=_is_syncing(row, now),
            rejected=rejected.get(row.id, 0),
            out_of_scope=outside.get(row.id, 0),
            findings=counts[row.id],
        )
        for row in rows
    )


def stale(conn: Connection, *, now: Instant) -> tuple[str, ...]:
    """Names of the sources whose findings are older than promised."""
    s, promised = schema.source, promise_of(conn)
    return tuple(row.name for row in conn.execute(select(s).order_by(s.c.name)) if _is_stale(row, now, promised))


def _is_stale(row: Row[Any], now: Instant, promised: int) -> bool:
    fresh_at = row.watermark or row.last_run_at
    return fresh_at is None or now - fresh_at > promised or row.last_run_state in _WORRYING


def _is_syncing(row: Row[Any], now: Instant) -> bool:
    return row.lease_until is not None and row.lease_until > now


def _by_source(conn: Connection, query: Select[Any]) -> dict[int, int]:
    """A number for each source."""
    return {int(row[0]): int(row[1]) for row in conn.execute(query)}


_WORRYING = {RunState.HELD.value}
