"""What was done with findings: hour by hour at first, then only sums by week, team and door.

Findings go whole: all rows of one finding in one week are summed up together, so that findings of a cell are counted once each.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection, delete, func, select

from callboard.domain.instant import DAY, HOUR, Instant
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.retention import Keep, months
from callboard.store import schema
from callboard.store.dialect import of
from callboard.store.retention.rule import Key, Old, old_of

e, w, f = schema.engagement.c, schema.engagement_week.c, schema.finding.c
route, entity = schema.holding_route.c, schema.entity.c
owner = schema.entity.alias("owner")

WEEK = 7 * DAY


class Cell(msgspec.Struct, frozen=True, kw_only=True):
    """One sum."""

    team: str
    """Empty: nobody owned the findings."""
    week: int
    kind: Engagement
    door: Door
    times: int
    findings: int


class UseWeeks:
    """Implements `Rule`. Its keys are a week and a finding."""

    key = "use"
    words = "What was done with findings, hour by hour; sums by week, team and door stay"
    setting = "use_months"

    def age(self, keep: Keep) -> int:
        """For how long it keeps, in microseconds."""
        return months(keep.use_months)

    def old(self, conn: Connection, before: Instant) -> Old:
        """Rows of hours that began before."""
        rows, oldest = conn.execute(select(func.count(), func.min(e.hour)).where(e.hour < _from(before))).one()
        return old_of(rows, oldest)

    def find(self, conn: Connection, before: Instant, after: Key | None, limit: int) -> list[Key]:
        """Findings of the oldest week that has any, with so many rows together."""
        oldest = conn.execute(select(func.min(e.hour)).where(e.hour < _from(before))).scalar_one()
        if oldest is None:
            return []
        week = oldest // WEEK
        end = min((week + 1) * WEEK, _from(before))
        ids = select(e.finding_id, func.count()).where(e.hour >= week * WEEK, e.hour < end)
        if after is not None and after[0] == week:
            ids = ids.where(e.finding_id > after[1])
        found: list[Key] = []
        rows = 0
        for id_, n in conn.execute(ids.group_by(e.finding_id).order_by(e.finding_id).limit(limit)):
            rows += n
            if found and rows > limit:
                break
            found.append((week, id_))
        return found

    def drop(self, conn: Connection, before: Instant, keys: Sequence[Key], now: Instant) -> int:  # noqa: ARG002
        """Sum them up and drop them."""
        gone = 0
        by_week: defaultdict[int, list[int]] = defaultdict(list)
        for week, finding_id in keys:
            by_week[week].append(finding_id)
        for week, ids in by_week.items():
            end = min((week + 1) * WEEK, _from(before))
            wanted = (e.finding_id.in_(ids), e.hour >= week * WEEK, e.hour < end)
            times: Counter[tuple[int, int, int]] = Counter()
            for finding_id, kind, door in conn.execute(select(e.finding_id, e.kind, e.door).where(*wanted)):
                times[finding_id, kind, door] += 1
            teams = _teams(conn, ids)
            cells: defaultdict[tuple[str, int, int, int], list[int]] = defaultdict(lambda: [0, 0])
            for (finding_id, kind, door), n in times.items():
                cell = cells[teams.get(finding_id, ""), week, kind, door]
                cell[0] += n
                cell[1] += 1
            rows = [(*cell, *sums) for cell, sums in sorted(cells.items())]
            of(conn).fold(conn, schema.engagement_week, rows, adding=("times", "findings"))
            gone += conn.execute(delete(schema.engagement).where(*wanted)).rowcount
        return gone


def _from(before: Instant) -> int:
    """What began in an hour that is not over yet is younger."""
    return before // HOUR * HOUR


def _teams(conn: Connection, ids: Sequence[int]) -> dict[int, str]:
    """Whose each finding is; of several teams the first by name, so that nothing is counted twice."""
    rows = conn.execute(
        select(f.id, func.min(owner.c.ref))
        .join_from(schema.finding, schema.holding_route, route.holding_id == f.holding_id)
        .join(schema.entity, entity.id == route.entity_id)
        .join(owner, owner.c.id == entity.owner_id)
        .where(f.id.in_(ids))
        .group_by(f.id)
    )
    return {row[0]: row[1] for row in rows}


def cells(conn: Connection) -> list[Cell]:
    """Every sum, by week, team and what was done."""
    table = schema.engagement_week
    rows = conn.execute(select(table).order_by(w.week, w.team, w.kind, w.door))
    return [
        Cell(
            team=row.team, week=row.week, kind=Engagement(row.kind), door=Door(row.door), times=row.times,
            findings=row.findings,
        )
        for row in rows
    ]  # fmt: skip
