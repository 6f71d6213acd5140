"""How long findings were watched in a period, counted in the database: one number for all that were watched alike.

A finding is watched from its opening, or from the period's first day where it is older, until it is fixed, set aside, gone, or the
period ends. So a million findings come out as some thousand counts, which is all that `domain.survival` asks for.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from itertools import chain
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    true,
    union_all,
)

from callboard.domain.access import Visibility
from callboard.domain.finding import State
from callboard.domain.instant import DAY
from callboard.domain.query import Query
from callboard.domain.remediation.question import By, Period
from callboard.domain.remediation.times import LeftOut
from callboard.domain.survival import Ages
from callboard.store import schema
from callboard.store.board.shelf import read
from callboard.store.query.filters import Asking
from callboard.store.query.scope import of_query

f, d = schema.finding.c, schema.decision.c

AGES = 1 << 14
"""More days than anything is watched."""
ENDS = 8
ENTERED = AGES * ENDS
"""What the age at which a finding came under watch is told in, in a number of `coded`."""
OPEN, DONE, ASIDE, TRANSIENT, UNDATED, BACKWARDS = range(6)

GROUPS: Mapping[By, Any] = {
    By.SEVERITY: f.severity,
    By.SOURCE: f.source_id,
    By.RULE: f.rule_id,
    By.KIND: f.kind,
    By.TEAM: f.holding_id,
}
"""What tells rows apart in the database. Whose a holding is, `scope.homes` says."""


SMALL = frozenset({By.SEVERITY, By.SOURCE, By.KIND})
"""Cuts of so few groups that all of them are told."""

UNWATCHED = -1
"""Open on some day of the period, but never watched: its source told of nothing that was closed until later."""

ALL = -1
"""Stands for every group that was not asked for."""


class Watched(msgspec.Struct, frozen=True):
    """What was watched, by group, and what could not be."""

    groups: Mapping[int, Ages]
    left_out: LeftOut

    def together(self, ids: Iterable[int]) -> Ages:
        """Some groups as one."""
        found = Ages()
        for id_ in ids:
            if id_ in self.groups:
                found.take(self.groups[id_])
        return found


class Gathered(msgspec.Struct, frozen=True):
    """What `coded` says of every finding that was open on some day of a period, by the database's groups."""

    groups: Mapping[int, array[int]]

    @property
    def sizes(self) -> Mapping[int, int]:
        """How many findings of each group were open."""
        return {id_: len(codes) for id_, codes in self.groups.items()}

    def told(self, ids: Collection[int] | None) -> Codes:
        """How often each number comes in each of some groups; all others are told as one. None: all groups are told apart."""
        found: dict[int, Counter[int]] = {}
        rest: Counter[int] = Counter()
        for id_, codes in self.groups.items():
            if ids is None or id_ in ids:
                found[id_] = Counter(codes)
            else:
                rest.update(codes)
        found[ALL] = rest
        return found


Codes: TypeAlias = "dict[int, Counter[int]]"
"""By group, how often each number comes that `coded` makes."""


def gathered(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, by: By, period: Period
) -> Gathered:  # fmt: skip
    """Findings in sight that a query asks for."""
    within = of_query(conn, visibility, query, asking, many=True)
    begins = since(conn, period)
    return written_down(conn, by, [coded(spell, period, begins) for spell in spells(within)])


def written_down(conn: Connection, by: By, codes: Iterable[Select[Any]]) -> Gathered:
    """What each of some questions says that `coded` makes, by group."""
    every: Any = union_all(*(each.add_columns(GROUPS[by].label("group")) for each in codes))
    groups: dict[int, array[int]] = {}
    known: dict[int, Callable[[int], None]] = {}
    # This runs a million times: numbers are written down for each group, one behind the other, and are counted afterwards.
    for code, group in read(conn, every, {}):
        try:
            note = known[group]
        except KeyError:
            mine = groups[group] = array("q")
            note = known[group] = mine.append
        note(code)
    return Gathered(groups)


def told_apart(codes: Codes) -> Watched:
    """What the numbers say that `coded` makes."""
    groups: dict[int, Ages] = {}
    ends = [0] * ENDS
    for id_, numbers in codes.items():
        ages = Ages()
        entering, leaving, by_end = ages.entering, ages.leaving, {DONE: ages.fixed, ASIDE: ages.aside}
        # This runs a hundred thousand times, so it adds to the counts themselves.
        for number, n in numbers.items():
            if number == UNWATCHED or not n:
                continue
            rest, end = divmod(number, ENDS)
            ends[end] += n
            if end > ASIDE:
                continue
            entered, left = divmod(rest, AGES)
            entering[entered] = entering.get(entered, 0) + n
            leaving[left] = leaving.get(left, 0) + n
            if end != OPEN:
                counts = by_end[end]
                counts[left] = counts.get(left, 0) + n
        if leaving:
            groups[id_] = ages
    out = LeftOut(transient=ends[TRANSIENT], undated=ends[UNDATED], backwards=ends[BACKWARDS])
    return Watched(groups, out)


def counted(conn: Connection, codes: Any) -> Mapping[int, int]:  # noqa: ANN401 - one column, whatever it is made of
    """How often each number comes. Counting a stream here takes a third of what sorting a million rows takes there."""
    return Counter(chain.from_iterable(read(conn, codes, {})))


class Spell(msgspec.Struct, frozen=True):
    """Findings that are told alike: since when and until when each was open."""

    rows: Select[Any]
    opened: Any
    ended: Any
    """None, in the database: it is open still, or closed and nobody tells when."""
    is_closed: ColumnElement[bool]
    state: Any
    due_at: Any


def spells(within: ColumnElement[bool]) -> tuple[Spell, ...]:
    """Every time that a finding was open, each once: those that never came back, those that did, and what people set aside."""
    # What people here set aside leaves the watch with their decision; what is only put off stays in it.
    put_off = f.state == int(State.SNOOZED)
    finding, former, last = schema.finding, schema.spell, schema.spell.alias("last")
    began = func.coalesce(last.c.again_at, f.first_detected_at)
    since = and_(last.c.finding_id == f.id, last.c.n == f.reopened - 1)
    told = f.beneath.is_(None)
    return (
        Spell(
            select().select_from(finding).where(within, told, f.reopened == 0),
            f.first_detected_at, f.fixed_at, f.closed + 0 == 1, f.state, f.due_at,
        ),
        Spell(
            select().select_from(finding.outerjoin(last, since)).where(within, told, f.reopened > literal_column("0")),
            began, f.fixed_at, f.closed + 0 == 1, f.state, f.due_at,
        ),
        Spell(
            select()
            .select_from(finding.join(schema.decision, d.id == f.decision_id).outerjoin(last, since))
            .where(within, f.beneath.is_not(None), f.decision_id.is_not(None)),
            began, case((put_off, null()), else_=d.at), ~put_off, f.state, f.due_at,
        ),
        Spell(
            select()
            .select_from(
                former.join(finding, f.id == former.c.finding_id).outerjoin(
                    last, and_(last.c.finding_id == former.c.finding_id, last.c.n == former.c.n - 1)
                )
            )
            .where(within),
            began, former.c.ended_at, true(), former.c.state, former.c.due_at,
        ),
    )  # fmt: skip


Since = ColumnElement[int]
"""When the watch of a finding began at the soonest."""


def late(conn: Connection, start: int) -> Mapping[int, int]:
    """By source, the moment from which on it tells what was closed, where that is later than `start`.

    It is its first closing, or when it was first read. Of nearly every source one of the first rows says that it was sooner.
    """
    found: dict[int, int] = {}
    # Nothing is added, spelled out so that both databases take it for one thing; it keeps SQLite from an index by source.
    source = f.source_id + literal_column("0")
    for id_ in conn.execute(select(schema.source.c.id)).scalars().all():
        sooner = or_(f.imported_at <= start, and_(f.closed + 0 == 1, f.fixed_at <= start))
        if conn.execute(select(f.id).where(source == id_, sooner).limit(1)).first() is None:
            closed_at = func.min(case((f.closed + 0 == 1, f.fixed_at)))
            told = conn.execute(select(closed_at, func.min(f.imported_at)).where(source == id_)).one()
            if told[1] is not None:
                found[id_] = min(each for each in told if each is not None)
    return found


def since(conn: Connection, period: Period) -> Since:
    """The period's first moment, or where that is later, the one from which on a finding's source tells what was closed.

    A source that told only of what was open when it was first read has a past in which nothing was ever closed: what was closed
    then it does not tell. So what it tells counts from its first closing on, or from when it was first read.
    """
    start = literal(period.start, BigInteger)
    begun = [(f.source_id == id_, literal(at, BigInteger)) for id_, at in sorted(late(conn, period.start).items())]
    return case(*begun, else_=start) if begun else start


def coded(
    spell: Spell, period: Period, begins: Since, *, acted: bool = False, first: ColumnElement[Any] | None = None
) -> Select[Any]:  # fmt: skip
    """One number for each finding: the ages at which it came under watch and left it, and how that ended; or `UNWATCHED`.

    `acted`: it is watched until somebody acts, and no sooner than it was first stored here, since nothing is known of what people
    did before. Then `first` is when somebody first acted on it; None, or null: nobody did.
    """
    end = literal(period.end, BigInteger)
    opened, ended = spell.opened, spell.ended
    since = watched_since(begins) if acted else begins
    has_ended = ended < end
    how = case(
        (ended.is_(None), UNDATED),
        (ended < opened, BACKWARDS),
        (ended - opened < DAY, TRANSIENT),
        (and_(has_ended, spell.state == int(State.FIXED)), ASIDE if acted else DONE),
        (has_ended, ASIDE),
        else_=OPEN,
    )
    entered = case((opened < since, cast((since - opened) // DAY * ENTERED, BigInteger)), else_=0)
    left = (case((has_ended, ended), else_=end) - opened) // DAY
    # Most are open, and need not be asked the rest.
    code = entered + case((~spell.is_closed, (end - opened) // DAY * ENDS + OPEN), else_=left * ENDS + how)
    if first is not None:
        at = case((first > opened, first), else_=opened)
        # What can be watched and ended before is not done: it ended otherwise.
        in_time = and_(
            first.is_not(None), at < end, or_(~spell.is_closed, and_(at <= ended, ended - opened >= DAY))
        )  # fmt: skip
        # Where somebody acted before the watch began nothing was waited for.
        waited = case((at >= since, entered + (at - opened) // DAY * ENDS + DONE), else_=UNWATCHED)
        code = case((in_time, waited), else_=code)
    # What ended before the watch began was never watched.
    watched_at_all = and_(since < end, or_(~spell.is_closed, ended.is_(None), ended >= since))
    return _in_period(spell, period).add_columns(case((watched_at_all, code), else_=UNWATCHED).label("code"))


def watched_since(begins: Since) -> Since:
    """When it began at the soonest where nothing is known of what people did before a finding was stored here."""
    return case((f.imported_at > begins, f.imported_at), else_=begins)


def _in_period(spell: Spell, period: Period) -> Select[Any]:
    """Those that were open on some day of it."""
    # Adding nothing keeps SQLite from going through an index of nearly all findings.
    started = spell.opened + 0 < period.end
    return spell.rows.where(started, or_(~spell.is_closed, spell.ended.is_(None), spell.ended >= period.start))
