"""What teams of a rollout fixed before and after they were given the portal, counted by blocks of days.

Each time that a finding was open comes out of the database as one number: how bad it is, of which source, how old it was when the
days that are looked at began, in which block and at what age it ended, and how. Equal ones are counted while they stream.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, case, cast, literal, or_, union_all

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.finding import State
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import Query
from callboard.domain.remediation.channels import Stratum
from callboard.domain.remediation.rollout import ACTION, Rollout, from_detail
from callboard.domain.survival import Ages
from callboard.store import schema
from callboard.store.board.shelf import read
from callboard.store.people import audit
from callboard.store.people.audit import Wanted
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.remediation.lifetimes import Spell, late, spells

f = schema.finding.c

_AGES = 1 << 15
"""More days than anything is old, counted from before its opening too."""
_ZERO = 1 << 14
_BLOCKS = 1 << 7
_SEVERITIES = 1 << 3
_OPEN, _FIXED, _ASIDE = range(3)
_ENDS = 1 << 2
_BLOCK_AT = 17
_OLD_AT = _BLOCK_AT + 7
_KIND_AT = _OLD_AT + 15
"""Bits at which a part of the number begins: how it ended, at which age, in which block, how old it was, and the rest."""

Cell = tuple[int, Stratum]


def plans(conn: Connection) -> tuple[Rollout, ...]:
    """Every plan that was made, the newest first; one whose entry is not what was once written is none."""
    found = []
    for entry, stored in audit.search(conn, Wanted(action=ACTION), before=None, limit=1_000):
        plan = from_detail(dict(entry.detail), at=entry.at, by=entry.actor, entry=entry.seq)
        if plan is not None and audit.holds(conn, entry, stored):
            found.append(plan)
    return tuple(found)


def exposed(
    conn: Connection, visibility: Visibility, query: Query, asking: Asking, *, rollout: Rollout, bounds: Sequence[Instant]
) -> Mapping[Cell, Mapping[EntityRef, Ages]]:  # fmt: skip
    """Findings in sight that a query asks for, of the teams of a rollout: in each block of days those that were watched.

    One that several teams of it own is told of the first of them. A source counts in blocks that begin after it told what was closed.
    """
    within = scopes.of_query(conn, visibility, query, asking, many=True)
    codes: Any = union_all(*(_coded(spell, bounds) for spell in spells(within)))
    teams = _teams(conn, visibility, rollout)
    since = late(conn, bounds[0])
    return _Days(bounds, since).told(_known(Counter(read(conn, codes, {})), teams))


def _known(
    counts: Mapping[Any, int], teams: Mapping[int, EntityRef]
) -> Iterator[tuple[EntityRef, int, int]]:  # fmt: skip
    for (holding, code), n in counts.items():
        team = teams.get(holding)
        if team is not None:
            yield team, code, n


def _teams(conn: Connection, visibility: Visibility, rollout: Rollout) -> Mapping[int, EntityRef]:
    planned = set(rollout.teams)
    found: dict[int, EntityRef] = {}
    for holding, homes in scopes.homes(conn, visibility).items():
        mine = sorted(owner for _, owner in homes if owner in planned)
        if mine:
            found[holding] = mine[0]
    return found


def _coded(spell: Spell, bounds: Sequence[Instant]) -> Select[Any]:
    start, end = (literal(at, BigInteger) for at in (bounds[0], bounds[-1]))
    has_ended = and_(spell.is_closed, spell.ended < end)
    how = case((and_(has_ended, spell.state == int(State.FIXED)), _FIXED), (has_ended, _ASIDE), else_=_OPEN)
    block = case(
        (~has_ended, len(bounds) - 2),
        *((spell.ended < literal(at, BigInteger), number) for number, at in enumerate(bounds[1:])),
        else_=len(bounds) - 2,
    )
    # Whole days, cut off; an opening that is still to come is as many days below nought, cut off likewise.
    old = case(
        (spell.opened <= start, (start - spell.opened) // DAY), else_=-((spell.opened - start + (DAY - 1)) // DAY)
    )
    left = (case((has_ended, spell.ended), else_=end) - spell.opened) // DAY
    code = (
        ((cast(f.source_id, BigInteger) * _SEVERITIES + f.severity) * _AGES + old + _ZERO) * _BLOCKS + block
    ) * _AGES + left
    return spell.rows.add_columns(f.holding_id, (code * _ENDS + how).label("code")).where(
        spell.opened + 0 < end,
        or_(~spell.is_closed, spell.ended >= start),
        # What was closed within a day is noise; what nobody dates, or dates backwards, cannot be watched.
        or_(~spell.is_closed, spell.ended - spell.opened >= DAY),
    )


class _Days:
    """Counts by age, made of how many were open when each block began, and of how they ended in it."""

    def __init__(self, bounds: Sequence[Instant], since: Mapping[int, int]) -> None:
        self._at = [(bound - bounds[0]) // DAY for bound in bounds]
        self._bounds = bounds
        self._since = since

    def told(self, counts: Iterator[tuple[EntityRef, int, int]]) -> Mapping[Cell, Mapping[EntityRef, Ages]]:
        opened: defaultdict[tuple[EntityRef, int], dict[int, int]] = defaultdict(dict)
        closed: defaultdict[tuple[EntityRef, int, int], dict[int, int]] = defaultdict(dict)
        ended: defaultdict[tuple[EntityRef, int, int], dict[int, int]] = defaultdict(dict)
        for team, code, n in counts:
            # One number after the other, as `_coded` put them in; this runs a million times.
            old = (code >> _OLD_AT & _AGES - 1) - _ZERO
            counted = opened[team, code >> _KIND_AT]
            counted[old] = counted.get(old, 0) + n
            if code & _ENDS - 1:
                key = team, code >> _KIND_AT, code >> _BLOCK_AT & _BLOCKS - 1
                counted = closed[key]
                counted[old] = counted.get(old, 0) + n
                counted, left = ended[key], code & (_AGES * _ENDS) - 1
                counted[left] = counted.get(left, 0) + n
        found: defaultdict[Cell, dict[EntityRef, Ages]] = defaultdict(dict)
        for (team, kind), ages in opened.items():
            source, severity = divmod(kind, _SEVERITIES)
            gone: dict[int, int] = {}
            for block in range(len(self._at) - 1):
                closing = closed.get((team, kind, block), {})
                ending = ended.get((team, kind, block), {})
                if self._since.get(source, 0) <= self._bounds[block]:
                    mine = self._block(block, ages, gone, closing, ending)
                    if mine.leaving:
                        found[block, Stratum(severity, source, is_owned=True)][team] = mine
                for old, n in closing.items():
                    gone[old] = gone.get(old, 0) + n
        return found

    def _block(
        self, block: int, opened: Mapping[int, int], gone: Mapping[int, int], closing: Mapping[int, int],
        ending: Mapping[int, int],
    ) -> Ages:  # fmt: skip
        begins, ends = self._at[block], self._at[block + 1]
        found = Ages()
        for old, n in opened.items():
            there = n - gone.get(old, 0)
            # Its age when the block began and when it ended; below nought it was not opened yet.
            if not there or old + ends < 0:
                continue
            entered = max(0, old + begins)
            found.entering[entered] = found.entering.get(entered, 0) + there
            still = there - closing.get(old, 0)
            if still:
                found.leaving[old + ends] = found.leaving.get(old + ends, 0) + still
        for code, n in ending.items():
            left, how = divmod(code, _ENDS)
            found.leaving[left] = found.leaving.get(left, 0) + n
            which = found.fixed if how == _FIXED else found.aside
            which[left] = which.get(left, 0) + n
        return found
