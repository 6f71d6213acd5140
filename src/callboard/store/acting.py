"""How long findings waited until somebody acted on them: took them, said something, or followed their link to the source.

Few findings are acted on, and most are counted as if none were: then those on which somebody acted are counted anew, one by one.
A look is no act. What happened before a finding was stored here is not known, so its watch begins there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import BigInteger, Connection, Subquery, case, func, literal, select, union_all

from callboard.domain.access import Visibility
from callboard.domain.decision import DecisionKind
from callboard.domain.engagement import Engagement
from callboard.domain.instant import DAY, HOUR
from callboard.domain.query import Query
from callboard.domain.remediation import By, Period
from callboard.store import schema
from callboard.store.filters import Asking
from callboard.store.lifetimes import (
    AGES,
    ALL,
    ASIDE,
    DONE,
    ENDS,
    GROUPS,
    Spell,
    Watched,
    coded,
    counted,
    spells,
    told_apart,
)
from callboard.store.scope import of_query
from callboard.store.shelf import read

f, d, s, e = schema.finding.c, schema.decision.c, schema.decided.c, schema.engagement.c

ACTS = (
    DecisionKind.TAKE, DecisionKind.SNOOZE, DecisionKind.DISMISS, DecisionKind.ASK, DecisionKind.NOT_USEFUL,
    DecisionKind.COMMENT,
)  # fmt: skip
"""What counts as an act. To be given something is none of one's own."""


def watched(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, by: By, period: Period,
    ids: Collection[int] | None = None,
) -> Watched:  # fmt: skip
    """As `lifetimes.watched`, until somebody acted. What ended before is not done: it ended otherwise."""
    within = of_query(conn, visibility, query, asking, many=True)
    group = GROUPS[by]
    told = group if ids is None else case((group.in_(sorted(ids)), group), else_=ALL)
    parts = spells(within)
    codes = Counter(counted(conn, union_all(*(coded(spell, told, period, acted=True) for spell in parts))))
    acts = _first_acts()
    for spell in parts:
        rows: Any = read(conn, _acted(spell, told, period, acts), {})
        for code, opened, since, ended, first in rows:
            at = max(first, opened)
            if code % ENDS > ASIDE or at >= period.end or (ended is not None and at > ended):
                continue
            codes[code] -= 1
            # Where somebody acted before the watch began nothing was waited for.
            if at >= since:
                codes[code // ENDS // AGES * AGES * ENDS + (at - opened) // DAY * ENDS + DONE] += 1
    return told_apart({code: n for code, n in codes.items() if n})


def _acted(spell: Spell, group: Any, period: Period, acts: Subquery) -> Any:  # noqa: ANN401
    start = literal(period.start, BigInteger)
    since = case((f.imported_at > start, f.imported_at), else_=start)
    ended = case((spell.is_closed, spell.ended), else_=None)
    return (
        coded(spell, group, period, acted=True)
        .add_columns(spell.opened, since, ended, acts.c.at)
        .join(acts, acts.c.finding_id == f.id)
    )


def _first_acts() -> Subquery:
    """The first act on each finding. Of a click only the hour is known: it counts by the hour's end."""
    said = (
        select(s.finding_id, func.min(d.at).label("at"))
        .join_from(schema.decided, schema.decision, d.id == s.decision_id)
        .where(d.kind.in_(map(int, ACTS)))
        .group_by(s.finding_id)
    )
    clicked = (
        select(e.finding_id, func.min(e.hour + (HOUR - 1)).label("at"))
        .where(e.kind == int(Engagement.FOLLOWED))
        .group_by(e.finding_id)
    )
    every = union_all(said, clicked).subquery()
    return select(every.c.finding_id, func.min(every.c.at).label("at")).group_by(every.c.finding_id).subquery("acts")
