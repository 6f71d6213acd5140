"""What happened week by week."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, func, select

from callboard.domain.access import Visibility
from callboard.domain.board import Week
from callboard.domain.instant import Instant
from callboard.store import schema
from callboard.store.counting import WEEK
from callboard.store.visible import visible, visible_whole

f, flow = schema.finding.c, schema.flow_cell.c


def weeks(
    conn: Connection, visibility: Visibility, *, now: Instant, count: int, open_now: int,
    only: ColumnElement[bool] | None = None,
) -> tuple[Week, ...]:  # fmt: skip
    """The last weeks, oldest first, of what is in sight. `only`: a condition on `flow_cell.holding_id`."""
    this = now // WEEK
    scope = visible_whole(flow.holding_id, visibility) if only is None else and_(
        flow.holding_id > 0, visible(flow.holding_id, visibility), only
    )  # fmt: skip
    rows = {
        row.week: row
        for row in conn.execute(
            select(
                flow.week, func.sum(flow.opened).label("opened"), func.sum(flow.closed).label("closed"),
                func.sum(flow.transient).label("transient"), func.sum(flow.moved).label("moved"),
            )
            .where(scope, flow.week > this - count)
            .group_by(flow.week)
        )
    }  # fmt: skip
    return _told({week: _numbers(row) for week, row in rows.items()}, this=this, count=count, open_now=open_now)


def _numbers(row: object) -> tuple[int, int, int, int]:
    return tuple(int(getattr(row, name)) for name in ("opened", "closed", "transient", "moved"))  # type: ignore[return-value]


def _told(rows: dict[int, tuple[int, int, int, int]], *, this: int, count: int, open_now: int) -> tuple[Week, ...]:
    found: list[Week] = []
    still = open_now
    for week in range(this, this - count, -1):
        opened, closed, transient, moved = rows.get(week, (0, 0, 0, 0))
        found.append(
            Week(starts_at=Instant(week * WEEK), opened=opened, closed=closed, transient=transient, open=still)
        )
        still -= opened - closed + moved
    return tuple(reversed(found))


def sparklines(
    conn: Connection, visibility: Visibility, open_by_entity: dict[int, int], *, now: Instant, count: int
) -> dict[int, tuple[int, ...]]:
    """Open findings at the end of each of the last weeks, by component (entity id)."""
    this = now // WEEK
    route = schema.holding_route.c
    rows: dict[int, dict[int, tuple[int, int, int, int]]] = {}
    query = (
        select(
            route.entity_id, flow.week, func.sum(flow.opened).label("opened"), func.sum(flow.closed).label("closed"),
            func.sum(flow.transient).label("transient"), func.sum(flow.moved).label("moved"),
        )
        .join(schema.holding_route, route.holding_id == flow.holding_id)
        .where(flow.week > this - count, visible(flow.holding_id, visibility), route.entity_id.in_(list(open_by_entity)))
        .group_by(route.entity_id, flow.week)
    )  # fmt: skip
    for row in conn.execute(query):
        rows.setdefault(row.entity_id, {})[row.week] = _numbers(row)
    return {
        id_: tuple(week.open for week in _told(rows.get(id_, {}), this=this, count=count, open_now=n))
        for id_, n in open_by_entity.items()
    }
