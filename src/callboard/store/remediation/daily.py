"""What came and went day by day, what was open at a moment, and what was closed by its date, counted in the database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    union_all,
)

from callboard.domain.access import Visibility
from callboard.domain.decision import DecisionKind
from callboard.domain.finding import State
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import Query
from callboard.domain.remediation.flow import REOPENED_WITHIN, Days, Kept, Reopened
from callboard.domain.remediation.question import By, Period
from callboard.domain.remediation.times import LeftOut
from callboard.store import schema
from callboard.store.query.filters import Asking
from callboard.store.query.scope import of_query
from callboard.store.remediation import severities
from callboard.store.remediation.lifetimes import AGES, GROUPS, Spell, counted, spells
from callboard.store.schema import NEVER

f, s, d = schema.finding.c, schema.decided.c, schema.decision.c

_DAYS = 1 << 17
"""More days than have passed since 1970."""
_FIXED, _OTHERWISE, _TRANSIENT, _BACKWARDS, _UNDATED, _OPEN = range(6)
_WAYS = 8
_ASIDE = (DecisionKind.SNOOZE, DecisionKind.DISMISS, DecisionKind.ACCEPT)


def days(conn: Connection, visibility: Visibility, query: Query, asking: Asking) -> tuple[Days, LeftOut]:
    """What was opened and ended on every day. What was closed within a day is noise, and in neither."""
    within = of_query(conn, visibility, query, asking, many=True)
    found = Days()
    out = [0] * _WAYS
    for code, n in counted(conn, union_all(*(_lived(spell) for spell in spells(within)))).items():
        rest, way = divmod(code, _WAYS)
        opened, ended = divmod(rest, _DAYS)
        out[way] += n
        if way in (_FIXED, _OTHERWISE, _OPEN):
            found.opened[opened] = found.opened.get(opened, 0) + n
        if way == _FIXED:
            found.fixed[ended] = found.fixed.get(ended, 0) + n
        elif way == _OTHERWISE:
            found.otherwise[ended] = found.otherwise.get(ended, 0) + n
    return found, LeftOut(transient=out[_TRANSIENT], undated=out[_UNDATED], backwards=out[_BACKWARDS])


def _lived(spell: Spell) -> Select[Any]:
    """One number for each: the days on which it was opened and ended, and how."""
    ended = func.coalesce(spell.ended, 0)
    way = case(
        (~spell.is_closed, _OPEN),
        (spell.ended.is_(None), _UNDATED),
        (spell.ended < spell.opened, _BACKWARDS),
        (spell.ended - spell.opened < DAY, _TRANSIENT),
        (spell.state == int(State.FIXED), _FIXED),
        else_=_OTHERWISE,
    )
    day = case((spell.is_closed, ended // DAY), else_=0)
    return spell.rows.add_columns(((spell.opened // DAY * _DAYS + day) * _WAYS + way).label("code"))


def reopened(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, period: Period, days: Days
) -> Reopened:  # fmt: skip
    """Of the fixes of a period that are long enough ago, those that came back. `days`: what `days` told of the same."""
    within = of_query(conn, visibility, query, asking, many=True)
    end = period.end - REOPENED_WITHIN * DAY
    fixes = sum(n for day, n in days.fixed.items() if period.start // DAY <= day < end // DAY)
    p = schema.spell.c
    former = spells(within)[-1]
    back = former.rows.add_columns(func.count()).where(
        p.state == int(State.FIXED), p.ended_at >= period.start, p.ended_at < end,
        p.again_at - p.ended_at <= REOPENED_WITHIN * DAY, p.ended_at - former.opened >= DAY,
    )  # fmt: skip
    return Reopened(fixes, int(conn.execute(back).scalar_one()))


class Open(msgspec.Struct, frozen=True):
    """What was open at a moment, of one group, by days."""

    ages: dict[int, int] = msgspec.field(default_factory=dict)
    late: dict[int, int] = msgspec.field(default_factory=dict)

    def take(self, other: Open) -> None:
        """All that the other holds as well."""
        for mine, theirs in ((self.ages, other.ages), (self.late, other.late)):
            for value, n in theirs.items():
                mine[value] = mine.get(value, 0) + n


def open_at(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, by: By, at: Instant | None
) -> Mapping[int, Open]:
    """By group, what was open when a moment came. None: what is open now, as the lists have it.

    For a moment of the past it is told by the dates of the source and of people here, as far as they are known today, and by
    the severities of then.
    """
    within = of_query(conn, visibility, query, asking, many=True)
    group, now = GROUPS[by], asking.now
    codes: Mapping[int, int]
    if at is None:
        code = _coded(group, (now - f.first_detected_at) // DAY, _lateness(f.due_at, now)).label("code")
        codes = counted(conn, select(code).where(f.closed + 0 == 0, within))
    else:
        codes = counted(conn, _open_then(within, group, at))
        if by is By.SEVERITY or severities.asks(query):
            changed = f.id.in_(severities.changed_since(at))
            anyhow = of_query(conn, visibility, severities.without(query), asking, many=True)
            kind = cast(group, BigInteger) * severities.SEVERITIES + severities.severity_at(at)
            less = counted(conn, _open_then(and_(within, changed), group, at))
            more = counted(conn, _open_then(and_(anyhow, changed), kind, at))
            codes = _corrected(codes, less, _by_severity(more, query, by, AGES * AGES))
    found: dict[int, Open] = {}
    for id_, age, late, n in _decoded(codes):
        mine = found.get(id_)
        if mine is None:
            mine = found[id_] = Open()
        mine.ages[age] = mine.ages.get(age, 0) + n
        if late:
            mine.late[late] = mine.late.get(late, 0) + n
    return found


def _open_then(within: ColumnElement[bool], group: Any, at: Instant) -> CompoundSelect[Any]:  # noqa: ANN401
    standing = f.id.not_in(_put_aside(at))
    return union_all(*(
        spell.rows.add_columns(
            _coded(group, (at - spell.opened) // DAY, _lateness(spell.due_at, Instant(at - 1))).label("code")
        ).where(spell.opened + 0 < at, or_(~spell.is_closed, spell.ended >= at), standing)
        for spell in spells(within)
    ))  # fmt: skip


def _by_severity(codes: Mapping[int, int], query: Query, by: By, below: int) -> Counter[int]:
    """Numbers that hold a severity beside the group, as numbers of the group, for what the query lets pass.

    `below`: more than whatever stands below the severity in a number.
    """
    found: Counter[int] = Counter()
    for code, n in codes.items():
        above, rest = divmod(code, below)
        id_, severity = divmod(above, severities.SEVERITIES)
        if severities.takes(query, severity):
            found[(severity if by is By.SEVERITY else id_) * below + rest] += n
    return found


def _corrected(codes: Mapping[int, int], less: Mapping[int, int], more: Mapping[int, int]) -> Mapping[int, int]:
    found = Counter(codes)
    found.subtract(less)
    found.update(more)
    return {code: n for code, n in found.items() if n}


def _coded(group: Any, age: Any, late: Any) -> ColumnElement[int]:  # noqa: ANN401
    found: ColumnElement[int] = (cast(group, BigInteger) * AGES + case((age < 0, 0), else_=age)) * AGES + late
    return found


def _decoded(codes: Mapping[int, int]) -> Iterator[tuple[int, int, int, int]]:
    for code, n in codes.items():
        rest, late = divmod(code, AGES)
        id_, age = divmod(rest, AGES)
        yield id_, age, late, n


def _lateness(due_at: Any, at: Instant) -> ColumnElement[int]:  # noqa: ANN401
    """Days past the date; a day that is not over is not passed."""
    today = at // DAY * DAY
    return case((due_at < today, (today - due_at + DAY - 1) // DAY), else_=0)


def _put_aside(at: Instant) -> Select[tuple[int]]:
    """Findings that people here had set aside or put off then, also those that came back since."""
    ending = schema.decision.alias("ending").c
    return (
        select(s.finding_id)
        .select_from(
            schema.decided.join(schema.decision, d.id == s.decision_id).outerjoin(
                ending.id.table, ending.id == s.ended_by
            )
        )
        .where(d.kind.in_([int(kind) for kind in _ASIDE]), d.at < at, or_(s.ended_by.is_(None), ending.at >= at))
    )


def due(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, by: By, period: Period
) -> tuple[Mapping[int, Kept], Mapping[int, int]]:  # fmt: skip
    """By group, what became of what fell due in a period; and what was open at its end with a date that had not come.

    By the severities that findings had when their dates fell, or when the period ended where that was sooner.
    """
    within = of_query(conn, visibility, query, asking, many=True)
    group = cast(GROUPS[by], BigInteger)
    codes: Mapping[int, int] = counted(conn, _due(within, group, period))
    if by is By.SEVERITY or severities.asks(query):
        changed = f.id.in_(severities.changed_since(period.start))
        anyhow = of_query(conn, visibility, severities.without(query), asking, many=True)
        less = counted(conn, _due(and_(within, changed), group, period))
        more = counted(conn, _due(and_(anyhow, changed), group, period, then=True))
        codes = _corrected(codes, less, _by_severity(more, query, by, _WAYS))
    kept: dict[int, list[int]] = {}
    for code, n in codes.items():
        id_, way = divmod(code, _WAYS)
        kept.setdefault(id_, [0] * 6)[way] += n
    return {id_: Kept(*ways[:5]) for id_, ways in kept.items()}, {id_: ways[5] for id_, ways in kept.items()}


def _due(
    within: ColumnElement[bool], group: ColumnElement[int], period: Period, *, then: bool = False
) -> CompoundSelect[Any]:
    """One number for each: its group, and what became of it. `then`: with the severity of then beside the group."""
    end = period.end
    rows = []
    for spell in spells(within):
        # Adding nothing keeps SQLite from an index by date, which leads all over the table.
        due_at = spell.due_at + 0
        has_ended = and_(spell.is_closed, spell.ended < end)
        is_fixed = spell.state == int(State.FIXED)
        became = case(
            (and_(has_ended, is_fixed, spell.ended <= due_at), 0),
            (and_(has_ended, is_fixed), 1),
            (and_(has_ended, spell.ended <= due_at), 3),
            (has_ended, 4),
            (due_at >= end, 5),
            else_=2,
        )
        falls = and_(due_at >= period.start, due_at < end)
        waits = and_(due_at >= end, due_at < NEVER, ~has_ended)
        told = group
        if then:
            told = group * severities.SEVERITIES + severities.severity_at(case((due_at < end, due_at), else_=end))
        rows.append(
            spell.rows.add_columns((told * _WAYS + became).label("code")).where(
                spell.opened + 0 < end, or_(falls, waits), ~and_(spell.is_closed, spell.ended.is_(None))
            )
        )
    return union_all(*rows)
