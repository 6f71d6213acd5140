"""Campaigns: which findings each was begun with, how many of them are left, and how it came to that.

Every number is of what the viewer sees; a campaign of which the viewer sees no finding is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, func, insert, literal, select, update

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import Query
from callboard.domain.reconcile import EventKind
from callboard.domain.remediation.campaign import Campaign, Move, Tally, tally
from callboard.store import schema
from callboard.store.database import next_id, revision
from callboard.store.kept import Kept
from callboard.store.query.filters import Asking
from callboard.store.query.scope import of_query
from callboard.store.visible import visible

c, held, f, event = schema.campaign.c, schema.campaign_finding.c, schema.finding.c, schema.event.c

_MOVING = [int(kind) for kind in (EventKind.STATE, EventKind.REOPENED, EventKind.RETURNED)]
"""Kinds of events that change where a finding stands."""


def freeze(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, draft: Campaign
) -> tuple[Campaign, int]:
    """Begin a campaign with the findings that a query finds now; how many those are. Inside `Store.write`."""
    id_ = next_id(conn, schema.campaign)
    campaign = msgspec.structs.replace(draft, id=id_, first_event=next_id(conn, schema.event))
    conn.execute(insert(schema.campaign).values(msgspec.structs.asdict(campaign)))
    found = select(literal(id_), f.id).where(of_query(conn, visibility, query, asking))
    conn.execute(insert(schema.campaign_finding).from_select(["campaign_id", "finding_id"], found))
    count = conn.execute(select(func.count()).where(held.campaign_id == id_)).scalar_one()
    return campaign, int(count)


def keep(conn: Connection, campaign: Campaign) -> None:
    """Write down what was changed about a campaign; its findings stay. Inside `Store.write`."""
    fields = ("name", "aim", "owner", "due_at", "ended_at", "ended_by")
    values = {field: getattr(campaign, field) for field in fields}
    conn.execute(update(schema.campaign).where(c.id == campaign.id).values(values))


def all_of(conn: Connection, visibility: Visibility) -> tuple[tuple[Campaign, Tally], ...]:
    """Every campaign of which something is in sight: running ones by their day, then ended ones, the newest first."""
    tallies = _TALLIES.get(conn, (revision(conn), visibility), lambda: _tallies(conn, visibility))
    rows = conn.execute(select(schema.campaign).order_by(c.ended_at.desc(), c.due_at.nulls_last(), c.id.desc()))
    found = [(_campaign(row), tallies[row.id]) for row in rows if row.id in tallies]
    return tuple(sorted(found, key=lambda each: each[0].ended_at is not None))


def find(conn: Connection, visibility: Visibility, campaign_id: int) -> tuple[Campaign, Tally] | None:
    """One campaign. None: there is none, or nothing of it is in sight."""
    # The findings are asked for whether there is such a campaign or not: the clock must not tell.
    found = tally(_states(conn, visibility, campaign_id))
    row = conn.execute(select(schema.campaign).where(c.id == campaign_id)).one_or_none()
    return None if row is None or not found.findings else (_campaign(row), found)


def is_named(conn: Connection, maker: str, name: str, *, but: int = 0) -> bool:
    """Whether this maker has another running campaign of that name."""
    there = select(c.id).where(c.made_by == maker, c.name == name, c.ended_at.is_(None), c.id != but).limit(1)
    return conn.execute(there).first() is not None


def moves(conn: Connection, visibility: Visibility, campaign: Campaign) -> tuple[Move, ...]:
    """What happened to its findings since they were frozen, by day as it was recorded."""
    day = event.recorded_at // DAY
    rows = conn.execute(
        select(day, event.old, event.new, func.count())
        .join_from(schema.campaign_finding, schema.event, event.finding_id == held.finding_id)
        .join(schema.finding, f.id == held.finding_id)
        .where(
            held.campaign_id == campaign.id, event.seq >= campaign.first_event, event.kind.in_(_MOVING),
            visible(f.holding_id, visibility),
        )
        .group_by(day, event.old, event.new)
    )  # fmt: skip
    return tuple(Move(int(at), old, new, n) for at, old, new, n in rows)


_TALLIES: Kept[Mapping[int, Tally]] = Kept(64)


def _tallies(conn: Connection, visibility: Visibility) -> Mapping[int, Tally]:
    rows = conn.execute(
        select(held.campaign_id, f.state, func.count())
        .join_from(schema.campaign_finding, schema.finding, f.id == held.finding_id)
        .where(visible(f.holding_id, visibility))
        .group_by(held.campaign_id, f.state)
    )
    states: dict[int, dict[int, int]] = {}
    for campaign_id, state, n in rows:
        states.setdefault(campaign_id, {})[state] = n
    return {campaign_id: tally(each) for campaign_id, each in states.items()}


def _states(conn: Connection, visibility: Visibility, campaign_id: int) -> dict[int, int]:
    rows = conn.execute(
        select(f.state, func.count())
        .join_from(schema.campaign_finding, schema.finding, f.id == held.finding_id)
        .where(held.campaign_id == campaign_id, visible(f.holding_id, visibility))
        .group_by(f.state)
    )
    return {int(state): int(n) for state, n in rows}


def _campaign(row: Any) -> Campaign:  # noqa: ANN401 - rows have no type of their own
    return Campaign(
        id=row.id, name=row.name, aim=row.aim, query=row.query, owner=None if row.owner is None else EntityRef(row.owner),
        due_at=None if row.due_at is None else Instant(row.due_at), made_at=Instant(row.made_at), made_by=row.made_by,
        ended_at=None if row.ended_at is None else Instant(row.ended_at), ended_by=row.ended_by,
        first_event=row.first_event,
    )  # fmt: skip
