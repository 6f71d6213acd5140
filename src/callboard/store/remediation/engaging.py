"""What people did with findings in sight, counted by sort and door, and how many teams act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import BigInteger, ColumnElement, Connection, cast, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.component import EntityRef
from callboard.domain.query import Query
from callboard.domain.remediation.engagement import Door, Engagement
from callboard.domain.remediation.question import By, Period
from callboard.store import schema
from callboard.store.board.shelf import read
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.remediation import groups
from callboard.store.remediation.acting import ACTS

f, e, s, d = schema.finding.c, schema.engagement.c, schema.decided.c, schema.decision.c

_SORTS = 256
"""More than there are sorts, times doors."""
_DOORS = 16


class Engaged(msgspec.Struct, frozen=True, kw_only=True):
    """What people did in a period."""

    findings: Mapping[tuple[Engagement, Door], int]
    """Different findings by what was done with them, and through which door."""
    acted: int
    """Different findings on which somebody acted."""
    acting: frozenset[EntityRef]
    """The teams that own them."""
    opened: frozenset[EntityRef]
    """Teams with something open now."""


def engaged(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, period: Period
) -> Engaged:  # fmt: skip
    """Of findings in sight that a query asks for.

    What was done is read from an index that holds all of it, each once. Who sees everything and asks for everything sees all of it;
    for anybody else, whose it is is told by one walk through the findings in sight: to look up each costs many times as much.
    """
    done = _done(conn, period)
    acts = {code // _SORTS for code in done if code % _SORTS // _DOORS in _CLICKS} | _said(conn, period)
    if isinstance(visibility, Everything) and not query.terms:
        findings = Counter(map(_SORTS.__rmod__, done))
        holdings = _looked_up(conn, acts)
    else:
        wanted = {code // _SORTS for code in done} | acts
        holdings = _walked(conn, scopes.of_query(conn, visibility, query, asking, many=True), wanted)
        findings = Counter(code % _SORTS for code in done if code // _SORTS in holdings)
    owned = scopes.homes(conn, visibility)

    def owners(ids: set[int]) -> frozenset[EntityRef]:
        return frozenset(owner for id_ in ids for _, owner in owned.get(id_, ()) if owner is not None)

    acted = acts & holdings.keys()
    opened = groups.open_now(conn, visibility, query, By.TEAM, asking)
    return Engaged(
        findings={(Engagement(sort // _DOORS), Door(sort % _DOORS)): n for sort, n in findings.items()},
        acted=len(acted),
        acting=owners({holdings[id_] for id_ in acted}),
        opened=owners({id_ for id_, n in opened.items() if n}),
    )


def _walked(conn: Connection, within: ColumnElement[bool], wanted: Collection[int]) -> dict[int, int]:
    """The holdings of these findings, as far as they are in sight."""
    if not wanted:
        return {}
    rows: Any = read(conn, select(f.id, f.holding_id).where(within), {})
    return {id_: holding for id_, holding in rows if id_ in wanted}


def _looked_up(conn: Connection, wanted: Collection[int]) -> dict[int, int]:
    """The holdings of these findings."""
    ids = sorted(wanted)
    found: dict[int, int] = {}
    for start in range(0, len(ids), _AT_ONCE):
        rows: Any = read(conn, select(f.id, f.holding_id).where(f.id.in_(ids[start : start + _AT_ONCE])), {})
        found.update(rows)
    return found


_AT_ONCE = 5_000
"""Few acts are looked at in a period, against findings that were only seen."""

_CLICKS = frozenset({int(Engagement.FOLLOWED), int(Engagement.ACTED)})


def _done(conn: Connection, period: Period) -> set[int]:
    code = cast(e.finding_id, BigInteger) * _SORTS + e.kind * _DOORS + e.door
    query = select(code).where(e.hour >= period.start, e.hour < period.end)
    return set(chain.from_iterable(read(conn, query, {})))


def _said(conn: Connection, period: Period) -> set[int]:
    said = (
        select(s.finding_id)
        .join_from(schema.decided, schema.decision, d.id == s.decision_id)
        .where(d.kind.in_([int(kind) for kind in ACTS]), d.at >= period.start, d.at < period.end)
    )
    return set(chain.from_iterable(read(conn, said, {})))
