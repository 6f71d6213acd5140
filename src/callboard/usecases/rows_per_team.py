"""How much reading the board saves a team: its open findings against the rows of work that they are put together to."""

from __future__ import annotations

import statistics

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.component import EntityRef, kind_of
from callboard.domain.instant import Instant
from callboard.domain.query import OPEN, STEADY, Grouping, OneOf, Query
from callboard.store import Store
from callboard.store.board import bundles, components, desk
from callboard.store.query.filters import Asking


class TeamRows(msgspec.Struct, frozen=True, kw_only=True):
    """What one team has before it."""

    team: EntityRef
    findings: int
    """Open ones of its components, without those that come and go."""
    rows: int
    """Rows of work: bundles."""


class RowsPerTeam(msgspec.Struct, frozen=True, kw_only=True):
    """The same for every team that has something open."""

    teams: tuple[TeamRows, ...]
    findings_per_row: float | None
    """Over all teams; what several share counts for each. None: nothing is open."""
    median_rows: float | None


def rows_per_team(store: Store, viewer: Viewer, *, now: Instant) -> RowsPerTeam:
    """Count each team's findings and rows as its page does."""
    asking = Asking(now=now, me=viewer.owners)
    found = []
    with store.read() as conn:
        whole = components.board(conn, viewer.visibility, now=now)
        for team in sorted({row.owner for row in whole.components if row.owner and kind_of(row.owner) == "group"}):
            owned = OneOf("owner", (team,))
            numbers = desk.numbers(conn, viewer.visibility, (owned,), asking)
            query = Query((OPEN, STEADY, owned), group=Grouping.FIX)
            rows = bundles.page(conn, viewer.visibility, query, asking, after=None, limit=1).total
            if rows:
                found.append(TeamRows(team=team, findings=numbers.open - numbers.flapping, rows=rows))
    total = sum(each.rows for each in found)
    return RowsPerTeam(
        teams=tuple(found),
        findings_per_row=round(sum(each.findings for each in found) / total, 2) if total else None,
        median_rows=statistics.median(each.rows for each in found) if found else None,
    )
