"""How long findings waited until somebody acted on them: took them, said something, or followed their link to the source.

Most findings were open once: of these the database tells when somebody first acted. Those that came back are few, and are looked at
one by one.
A look is no act. What happened before a finding was stored here is not known, so its watch begins there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, Select, Subquery, case, func, literal_column, or_, select

from callboard.domain.access import Visibility
from callboard.domain.decision import DecisionKind
from callboard.domain.instant import DAY, HOUR
from callboard.domain.query import Query
from callboard.domain.remediation.engagement import Engagement
from callboard.domain.remediation.question import By, Period
from callboard.store import schema
from callboard.store.board.shelf import read
from callboard.store.query.filters import Asking
from callboard.store.query.scope import of_query
from callboard.store.remediation.lifetimes import (
    ALL,
    ASIDE,
    DONE,
    ENDS,
    ENTERED,
    GROUPS,
    UNWATCHED,
    Gathered,
    Watched,
    coded,
    since,
    spells,
    told_apart,
    watched_since,
    written_down,
)

f, d, s, e = schema.finding.c, schema.decision.c, schema.decided.c, schema.engagement.c

ACTS = (
    DecisionKind.TAKE, DecisionKind.SNOOZE, DecisionKind.DISMISS, DecisionKind.ASK, DecisionKind.NOT_USEFUL,
    DecisionKind.COMMENT,
)  # fmt: skip
"""What counts as an act. To be given something is none of one's own."""


def gathered(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, by: By, period: Period
) -> Gathered:  # fmt: skip
    """Findings in sight that a query asks for, watched until somebody acted on them; those that came back, as if nobody had."""
    begins = since(conn, period)
    once, *again = spells(of_query(conn, visibility, query, asking, many=True))
    clicked, said = _clicked(), _said()
    first = case((or_(clicked.c.at.is_(None), said.c.at < clicked.c.at), said.c.at), else_=clicked.c.at)
    rows = (
        coded(once, period, begins, acted=True, first=first)
        .outerjoin(clicked, clicked.c.finding_id == f.id)
        .outerjoin(said, said.c.finding_id == f.id)
    )
    return written_down(conn, by, [rows, *(coded(spell, period, begins, acted=True) for spell in again)])


def watched(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, by: By, period: Period, found: Gathered,
    ids: Collection[int] | None = None,
) -> Watched:  # fmt: skip
    """Of what was gathered: until somebody acted, those that came back, too."""
    begins = since(conn, period)
    codes = found.told(ids)
    _, *again = spells(of_query(conn, visibility, query, asking, many=True))
    for spell in again:
        ended = case((spell.is_closed, spell.ended), else_=None)
        rows = coded(spell, period, begins, acted=True).add_columns(
            GROUPS[by], spell.opened, watched_since(begins), ended
        )
        for (code, group, opened, begun, left), first in acts_since(conn, rows, spell.opened):
            if first is None or code == UNWATCHED or code % ENDS > ASIDE:
                continue
            at = max(opened, first)
            if at >= period.end or (left is not None and at > left):
                continue
            mine = codes[group if ids is None or group in ids else ALL]
            mine[code] -= 1
            # Where somebody acted before the watch began nothing was waited for.
            if at >= begun:
                mine[code // ENTERED * ENTERED + (at - opened) // DAY * ENDS + DONE] += 1
    return told_apart(codes)


def _clicked() -> Subquery:
    """When somebody first followed a finding's link, by `finding_id`: of the hour that is known, its end."""
    return (
        select(e.finding_id, (func.min(e.hour) + (HOUR - 1)).label("at")).where(_IS_FOLLOWED).group_by(e.finding_id)
    ).subquery("clicked")  # fmt: skip


def _said() -> Subquery:
    """When somebody first said something that is an act."""
    return (
        select(s.finding_id, func.min(d.at).label("at")).select_from(_SAID).where(_IS_ACT).group_by(s.finding_id)
    ).subquery("said")  # fmt: skip


def first_acts() -> tuple[Subquery, Subquery]:
    """Findings on which somebody acted, each in one of the two and once, as `finding_id`, and when first, as `at`.

    Clicks come in the order of their index and are many, what was said is little: so they are asked apart.
    """
    clicked, said = _clicked(), _said()
    sooner = case((said.c.at < clicked.c.at, said.c.at), else_=clicked.c.at)
    follows = select(e.finding_id).where(e.finding_id == said.c.finding_id, _IS_FOLLOWED).exists()
    return (
        select(clicked.c.finding_id, sooner.label("at"))
        .select_from(clicked.outerjoin(said, said.c.finding_id == clicked.c.finding_id))
        .subquery("acts"),
        select(said.c.finding_id, said.c.at).where(~follows).subquery("acts"),
    )


def acts_since(conn: Connection, found: Select[Any], moment: Any) -> Iterator[tuple[tuple[Any, ...], int | None]]:  # noqa: ANN401
    """Rows about findings, and when somebody first acted on each since a moment, or None: looked up one by one, where they are few."""
    decision, decided = schema.decision.alias("act"), schema.decided.alias("acted")
    said = (
        select(func.min(decision.c.at))
        .select_from(decided.join(decision, decision.c.id == decided.c.decision_id))
        .where(decided.c.finding_id == f.id, decision.c.kind.in_(_ACTS), decision.c.at >= moment)
        .scalar_subquery()
    )
    # Of a click only the hour is known: it counts by the hour's end.
    clicked = (
        select(func.min(e.hour) + (HOUR - 1))
        .where(e.finding_id == f.id, _IS_FOLLOWED, e.hour >= moment - (HOUR - 1))
        .scalar_subquery()
    )
    for row in _rows(conn, found.add_columns(said, clicked)):
        yield row[:-2], min((at for at in row[-2:] if at is not None), default=None)


def _rows(conn: Connection, query: Select[Any]) -> Any:  # noqa: ANN401 - rows have no type
    return read(conn, query, {})


_SAID = schema.decided.join(schema.decision, d.id == s.decision_id)
_ACTS = [int(kind) for kind in ACTS]
_IS_ACT = d.kind.in_(_ACTS)
_IS_FOLLOWED = e.kind == literal_column(str(int(Engagement.FOLLOWED)))
"""Spelled out, so that the index of what was followed is seen to hold it."""
