"""How long findings waited until somebody acted on them: took them, said something, or followed their link to the source.

Few findings are acted on, and most are counted as if none were: then those on which somebody acted are counted anew, one by one.
A look is no act. What happened before a finding was stored here is not known, so its watch begins there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    case,
    func,
    literal_column,
    select,
    union_all,
)

from callboard.domain.access import Visibility
from callboard.domain.decision import DecisionKind
from callboard.domain.instant import DAY, HOUR
from callboard.domain.query import Query
from callboard.domain.remediation import By, Period
from callboard.domain.remediation.engagement import Engagement
from callboard.store import schema
from callboard.store.board.shelf import read
from callboard.store.query.filters import Asking
from callboard.store.query.scope import of_query
from callboard.store.remediation.lifetimes import (
    AGES,
    ALL,
    ASIDE,
    DONE,
    ENDS,
    GROUPS,
    Since,
    Spell,
    Watched,
    coded,
    counted,
    since,
    spells,
    told_apart,
)

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
    begins = since(conn, period)
    every = union_all(*(coded(spell, told, period, begins, acted=True) for spell in parts))
    codes = Counter(counted(conn, every))
    for number, spell in enumerate(parts):
        for code, opened, watched_since, ended, first in _acted(conn, spell, told, period, begins, is_only=number == 0):
            at = max(first, opened)
            if code % ENDS > ASIDE or at >= period.end or (ended is not None and at > ended):
                continue
            codes[code] -= 1
            # Where somebody acted before the watch began nothing was waited for.
            if at >= watched_since:
                codes[code // ENDS // AGES * AGES * ENDS + (at - opened) // DAY * ENDS + DONE] += 1
    return told_apart({code: n for code, n in codes.items() if n})


_Act = tuple[int, int, int, int | None, int]
"""The finding's number of `coded`; when it was opened, came under watch, and ended; and when somebody first acted."""


def _acted(
    conn: Connection,
    spell: Spell,
    group: ColumnElement[Any],
    period: Period,
    begins: Since,
    *,
    is_only: bool,
) -> Iterator[_Act]:  # fmt: skip
    """Those on which somebody acted. `is_only`: they were open once, so that every act is of that time."""
    watched_since = case((f.imported_at > begins, f.imported_at), else_=begins)
    ended = case((spell.is_closed, spell.ended), else_=None)
    found = coded(spell, group, period, begins, acted=True).add_columns(spell.opened, watched_since, ended)
    if is_only:
        yield from first_acts(conn, found)
        return
    every = acts().subquery("acts")
    columns = list(found.selected_columns)
    rows: Any = read(
        conn,
        found.add_columns(func.min(every.c.at))
        .join(every, and_(every.c.finding_id == f.id, every.c.at >= spell.opened))
        .group_by(f.id, *columns),
        {},
    )
    yield from rows


def first_acts(conn: Connection, found: Select[Any]) -> Iterator[Any]:
    """The rows of findings on which somebody acted, each once, with the first act behind its columns.

    Clicks come in the order of their index and are many, what was said is little: so they are asked apart.
    """
    said = dict(
        _rows(conn, select(s.finding_id, func.min(d.at)).select_from(_SAID).where(_IS_ACT).group_by(s.finding_id))
    )
    clicked = (
        select(e.finding_id, (func.min(e.hour) + (HOUR - 1)).label("at")).where(_IS_FOLLOWED).group_by(e.finding_id)
    ).subquery("clicked")  # fmt: skip
    for *row, id_, at in _rows(conn, found.add_columns(f.id, clicked.c.at).join(clicked, clicked.c.finding_id == f.id)):
        yield (*row, min(at, said.pop(id_, at)))
    if said:
        told = select(s.finding_id).select_from(_SAID).where(_IS_ACT)
        for *row, id_ in _rows(conn, found.add_columns(f.id).where(f.id.in_(told))):
            if id_ in said:
                yield (*row, said[id_])


def _rows(conn: Connection, query: Select[Any]) -> Any:  # noqa: ANN401 - rows have no type
    return read(conn, query, {})


_SAID = schema.decided.join(schema.decision, d.id == s.decision_id)
_IS_ACT = d.kind.in_([int(kind) for kind in ACTS])
_IS_FOLLOWED = e.kind == literal_column(str(int(Engagement.FOLLOWED)))
"""Spelled out, so that the index of what was followed is seen to hold it."""


def acts() -> CompoundSelect[Any]:
    """Every act. Of a click only the hour is known: it counts by the hour's end."""
    said = select(s.finding_id, d.at.label("at")).select_from(_SAID)
    clicked = select(e.finding_id, (e.hour + (HOUR - 1)).label("at"))
    return union_all(said.where(_IS_ACT), clicked.where(_IS_FOLLOWED))
