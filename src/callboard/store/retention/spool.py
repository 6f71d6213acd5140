"""Readings that nobody went on with: given up, with the pages that they had staged."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, func, select

from callboard.domain.instant import DAY, Instant
from callboard.domain.retention import Keep
from callboard.domain.run import RunState
from callboard.store import schema
from callboard.store.intake.runs import finish_run
from callboard.store.retention.rule import Key, Old, old_of

run = schema.run.c


class Spool:
    """Implements `Rule`. A run that waits for a person waits on."""

    key = "spool"
    words = "Pages of readings that nobody went on with"
    setting = "spool_days"

    def age(self, keep: Keep) -> int:
        """For how long it keeps, in microseconds."""
        return keep.spool_days * DAY

    def old(self, conn: Connection, before: Instant) -> Old:
        """Runs that were begun before, and never ended."""
        rows, oldest = conn.execute(select(func.count(), func.min(run.started_at)).where(_is_left(before))).one()
        return old_of(rows, oldest)

    def find(self, conn: Connection, before: Instant, after: Key | None, limit: int) -> list[Key]:
        """Such runs, one at a time: each may have many pages."""
        query = select(run.id).where(_is_left(before), run.id > (after[0] if after else 0)).order_by(run.id)
        return [(id_,) for id_ in conn.execute(query.limit(min(limit, 1))).scalars()]

    def drop(self, conn: Connection, before: Instant, keys: Sequence[Key], now: Instant) -> int:
        """Give them up."""
        wanted = select(run.id).where(run.id.in_([key[0] for key in keys]), _is_left(before))
        ids = list(conn.execute(wanted).scalars())
        for id_ in ids:
            finish_run(conn, id_, RunState.DISCARDED, now=now, reason="nobody went on with it", report=None)
        return len(ids)


def _is_left(before: Instant) -> ColumnElement[bool]:
    leased = select(schema.source.c.id).where(schema.source.c.lease_owner.is_not(None))
    return (
        run.state.in_([RunState.FETCHING.value, RunState.STAGED.value])
        & (run.started_at < before)
        & run.source_id.not_in(leased)
    )
