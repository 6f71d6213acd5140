"""Measure what the portal does: by a rollout where one was planned, else against tickets; of what somebody may see."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from callboard.domain.access import Viewer
from callboard.domain.instant import Instant
from callboard.domain.query import Query
from callboard.domain.remediation.channels import Channels, Design, compare
from callboard.domain.remediation.cohorts import Exposed
from callboard.domain.remediation.question import Period, judged
from callboard.domain.remediation.rolled import RollDesign, Rolled, by_differences, by_lot
from callboard.domain.remediation.rollout import Rollout
from callboard.domain.remediation.rollout_days import windows
from callboard.store import Connection, Store
from callboard.store.board import cube
from callboard.store.query.filters import Asking
from callboard.store.remediation import channelled, rolling

NO_PLAN = (
    "No rollout is planned: `callboard metrics rollout plan` draws the lot, before the first team is given the portal."
)

AnyDesign = RollDesign | Design
EVERY: tuple[AnyDesign, ...] = (*RollDesign, *Design)
"""The designs, the best first."""


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """The report."""

    period: Period
    query: str
    rollout: Rollout | None
    """The newest plan. None: there is none."""
    plans: int
    """How many were made: who plans until the order pleases has more than one."""
    rolled: tuple[Rolled, ...]
    channels: Channels | None
    """The comparisons by what was done. None: not asked for."""


def effect(
    store: Store, viewer: Viewer, query: Query, period: Period, *, now: Instant, designs: Collection[AnyDesign] = EVERY
) -> Effect:  # fmt: skip
    """What the portal does, in the designs that are asked for. Raises InvalidQueryError."""
    query = judged(query)
    asking = Asking(now=now, me=viewer.owners)
    text = " ".join(map(str, query.terms))
    told = None
    with store.read() as conn:
        plans = rolling.plans(conn)
        wanted = [each for each in RollDesign if each in designs]
        rolled = _rolled(conn, viewer, query, asking, plan=plans[0] if plans else None, period=period) if wanted else ()
        if any(each in designs for each in Design):
            found = channelled.channelled(conn, viewer.visibility, query, asking, period)
            told = compare(period, text, found.seen, untimed=found.untimed, came_back=found.came_back)
            kept = tuple(each for each in told.compared if each.design in designs)
            told = msgspec.structs.replace(told, compared=kept)
    return Effect(
        period=period, query=text, rollout=plans[0] if plans else None, plans=len(plans),
        rolled=tuple(each for each in rolled if each.design in designs), channels=told,
    )  # fmt: skip


def _rolled(
    conn: Connection, viewer: Viewer, query: Query, asking: Asking, *, plan: Rollout | None, period: Period
) -> tuple[Rolled, ...]:  # fmt: skip
    if plan is None:
        return tuple(Rolled(design=each, refusal=NO_PLAN) for each in RollDesign)
    days = windows(plan, period)
    found = (
        rolling.exposed(conn, viewer.visibility, query, asking, rollout=plan, bounds=days.bounds)
        if days.bounds
        else Exposed()
    )
    return by_lot(plan, found, days), by_differences(plan, found, days)


def source_names(store: Store) -> Mapping[int, str]:
    """What sources are called, by their numbers."""
    with store.read() as conn:
        return cube.sources(conn)
