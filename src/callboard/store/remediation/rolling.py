"""What teams of a rollout fixed before and after they were given the portal, counted by blocks of days.

Of each time that a finding was open the database tells whose it is, how bad and of which source, and when it began and ended; that is
counted while it streams.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Connection, Select, and_, case, cast, literal, or_, union_all

from callboard.domain.access import Visibility
from callboard.domain.component import EntityRef
from callboard.domain.finding import State
from callboard.domain.instant import DAY, Instant
from callboard.domain.query import Query
from callboard.domain.remediation.channels import Stratum
from callboard.domain.remediation.cohorts import Cohort, Exposed
from callboard.domain.remediation.rollout import ACTION, Rollout, from_detail
from callboard.store import schema
from callboard.store.board.shelf import read
from callboard.store.people import audit
from callboard.store.people.audit import Wanted
from callboard.store.query import scope as scopes
from callboard.store.query.filters import Asking
from callboard.store.remediation.lifetimes import AGES, Spell, late, spells

f = schema.finding.c

_SEVERITIES = 1 << 3
_KINDS = 1 << 24
"""More than there are severities, times sources."""
_ZERO = 1 << 14
"""More days than anything is opened after the days that are looked at began, so that no age is below nought in the database."""

_OLDS = _ZERO << 2
"""More than its age is then, with those days added."""

_Cell = tuple[Stratum, EntityRef]


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
) -> Exposed:  # fmt: skip
    """Findings in sight that a query asks for, of the teams of a rollout, as they were watched between the bounds.

    One that several teams of it own is told of the first of them. A source counts in blocks that begin after it told what was closed.
    """
    within = scopes.of_query(conn, visibility, query, asking, many=True)
    rows: Any = union_all(*(_dated(spell, bounds) for spell in spells(within)))
    cohorts = _counted(read(conn, rows, {}), _teams(conn, visibility, rollout))
    begins = {source: bisect_left(bounds, at) for source, at in late(conn, bounds[0]).items()}
    return Exposed(at=tuple((at - bounds[0]) // DAY for at in bounds), cohorts=cohorts, begins=begins)


def _counted(rows: Any, teams: Mapping[int, EntityRef]) -> Mapping[_Cell, Cohort]:  # noqa: ANN401 - rows have no type
    told: defaultdict[_Cell, array[int]] = defaultdict(lambda: array("q"))
    known: dict[int, Callable[[int], None]] = {}
    # This runs a million times: one number is written down for each, one behind the other, and they are counted afterwards.
    for key, number in rows:
        try:
            note = known[key]
        except KeyError:
            holding, kind = divmod(key, _KINDS)
            source, severity = divmod(kind, _SEVERITIES)
            team = teams.get(holding)
            note = known[key] = (
                _nothing if team is None else told[Stratum(severity, source, is_owned=True), team].append
            )
        note(number)
    return {cell: _cohort(Counter(numbers)) for cell, numbers in told.items()}


def _cohort(numbers: Mapping[int, int]) -> Cohort:
    found = Cohort()
    for number, n in numbers.items():
        end, old = divmod(number, _OLDS)
        old -= _ZERO
        found.opened[old] = found.opened.get(old, 0) + n
        if not end:
            continue
        rest, is_fixed = divmod(end, 2)
        block, age = divmod(rest, AGES)
        block -= 1
        closing = found.closed.setdefault(block, {})
        closing[old] = closing.get(old, 0) + n
        ages = (found.fixed if is_fixed else found.aside).setdefault(block, {})
        ages[age] = ages.get(age, 0) + n
    return found


def _nothing(_: object) -> None:
    """Of a holding of no team of the rollout."""


def _teams(conn: Connection, visibility: Visibility, rollout: Rollout) -> Mapping[int, EntityRef]:
    planned = set(rollout.teams)
    found: dict[int, EntityRef] = {}
    for holding, homes in scopes.homes(conn, visibility).items():
        mine = sorted(owner for _, owner in homes if owner in planned)
        if mine:
            found[holding] = mine[0]
    return found


def _dated(spell: Spell, bounds: Sequence[Instant]) -> Select[Any]:
    """Whose it is, how bad and of which source; and its age on the first day with, where it ended, when, at what age and how."""
    start, end = (literal(at, BigInteger) for at in (bounds[0], bounds[-1]))
    is_fixed = case((spell.state == int(State.FIXED), 1), else_=0)
    # Blocks are numbered from one on here, so that nought is left for what is open.
    block = case(*((spell.ended < literal(at, BigInteger), n) for n, at in enumerate(bounds[1:], start=1)))
    age = (spell.ended - spell.opened) // DAY
    how = case(
        (and_(spell.is_closed, spell.ended < end), (cast(block, BigInteger) * AGES + age) * 2 + is_fixed), else_=0
    )
    key = cast(f.holding_id, BigInteger) * _KINDS + f.source_id * _SEVERITIES + f.severity
    old = (literal(bounds[0] + _ZERO * DAY, BigInteger) - spell.opened) // DAY
    return spell.rows.add_columns(key.label("key"), (how * _OLDS + old).label("number")).where(
        spell.opened + 0 < end,
        # What was closed within a day is noise; what nobody dates, or dates backwards, cannot be watched.
        or_(~spell.is_closed, and_(spell.ended >= start, spell.ended >= spell.opened + DAY)),
    )
