"""What stood at a moment, now or past: whose resources were, what they inherited, and what was open on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, Subquery, case, func, or_, select

from callboard.domain.access import Visibility
from callboard.domain.finding import Severity, State
from callboard.domain.instant import Instant
from callboard.domain.ownership.inherited import LAYER_WORDS
from callboard.domain.priority import BAND_STEP
from callboard.domain.reconcile import EventKind
from callboard.store import schema
from callboard.store.visible import visible

URGENT_BAND = 2
"""The last band of what is due within 15 days of its opening."""

_SEVERE = (int(Severity.CRITICAL), int(Severity.HIGH))
_OPEN = {state.word for state in State if state.is_open}

f, spell = schema.finding.c, schema.ownership_spell.c


class Standing(msgspec.Struct, frozen=True, gc=False):
    """Whose a resource was at a moment."""

    verdict: str
    tier: int | None
    holding_id: int


Subject = tuple[int, bool]
"""What ownership was decided for: a resource itself (False), or what it inherits from its base image (True)."""


class Open(msgspec.Struct, gc=False):
    """What was open on a resource at a moment."""

    n: int = 0
    urgent: int = 0
    severe: int = 0
    oldest_at: int | None = None
    by_severity: dict[int, int] = msgspec.field(default_factory=dict)


def standings(conn: Connection, at: Instant) -> dict[int, Standing]:
    """Whose every resource was at a moment, by its id; those that were not known yet are left out."""
    holding = schema.holding.c
    rows = conn.execute(
        select(spell.resource_id, holding.verdict, spell.tier, spell.holding_id)
        .join_from(schema.ownership_spell, schema.holding, holding.id == spell.holding_id)
        .where(spell.from_at <= at, or_(spell.to_at.is_(None), spell.to_at > at))
    )
    return {id_: Standing(verdict, tier, holding_id) for id_, verdict, tier, holding_id in rows}


def bases(conn: Connection, at: Instant) -> dict[int, int]:
    """By resource that inherited at a moment: the stored image that said whose that was."""
    s = schema.inherited_spell.c
    rows = conn.execute(select(s.resource_id, s.base_id).where(s.from_at <= at, or_(s.to_at.is_(None), s.to_at > at)))
    return {id_: base_id for id_, base_id in rows}  # noqa: C416 - typed


def open_at(
    conn: Connection, visibility: Visibility, at: Instant, base_of: Mapping[int, int], *, is_past: bool
) -> dict[Subject, Open]:
    """What was open at a moment, as far as it is in sight today. `base_of`: what was inherited then.

    How urgent it is, is told as of now: signals of exploitation come and go, and are no fact about a finding.
    """
    found: dict[Subject, Open] = defaultdict(Open)
    urgent = case((f.priority < (URGENT_BAND + 1) * BAND_STEP, 1), else_=0)
    in_sight = (visible(f.holding_id, visibility), f.imported_at <= at)
    query = select(f.resource_id, f.base_layer, f.severity, urgent, func.count(), func.min(f.first_detected_at))
    query = query.where(f.closed == 0, *in_sight).group_by(f.resource_id, f.base_layer, f.severity, urgent)
    if is_past:
        changes = _changes_since(at)
        query = query.where(f.id.not_in(select(changes.c.finding_id)))
        changed = select(f.id, f.resource_id, f.base_layer, f.severity, urgent, f.first_detected_at, f.closed)
        before = _as_before(conn, changes)
        for row in conn.execute(changed.where(f.id.in_(select(changes.c.finding_id)), *in_sight)):
            id_, resource_id, base_layer, severity, is_urgent, first, closed = row
            was = before[id_]
            if closed == 0 if was.is_open is None else was.is_open:
                layer = base_layer if was.base_layer is None else was.base_layer
                told = severity if was.severity is None else was.severity
                _add(found[resource_id, layer == 1 and resource_id in base_of], told, is_urgent, 1, first)
    for resource_id, base_layer, severity, is_urgent, n, first in conn.execute(query):
        _add(found[resource_id, base_layer == 1 and resource_id in base_of], severity, is_urgent, n, first)
    return found


def _add(open_: Open, severity: int, is_urgent: int, n: int, first: int) -> None:
    open_.n += n
    open_.urgent += n * is_urgent
    open_.severe += n * (severity in _SEVERE)
    open_.by_severity[severity] = open_.by_severity.get(severity, 0) + n
    open_.oldest_at = first if open_.oldest_at is None else min(open_.oldest_at, first)


class _Before(msgspec.Struct, gc=False):
    """What of a finding has changed since a moment, as it was then. None: it is as it was."""

    is_open: bool | None = None
    severity: int | None = None
    base_layer: int | None = None


_STATES = (int(EventKind.STATE), int(EventKind.REOPENED), int(EventKind.RETURNED))
_TOLD = (*_STATES, int(EventKind.SEVERITY), int(EventKind.LAYER))
_SEVERITIES = {severity.word: int(severity) for severity in Severity}


def _changes_since(at: Instant) -> Subquery:
    """Of every finding the first change of each sort since a moment: it tells what was before."""
    e = schema.event.c
    sort = case((e.kind.in_(_STATES), int(EventKind.STATE)), else_=e.kind)
    return (
        select(e.finding_id, func.min(e.seq).label("seq"))
        .where(e.recorded_at > at, e.kind.in_(_TOLD))
        .group_by(e.finding_id, sort)
        .subquery()
    )


def _as_before(conn: Connection, changes: Subquery) -> dict[int, _Before]:
    e = schema.event.c
    found: dict[int, _Before] = defaultdict(_Before)
    query = select(e.finding_id, e.kind, e.old).join_from(schema.event, changes, changes.c.seq == e.seq)
    for finding_id, kind, old in conn.execute(query):
        was = found[finding_id]
        if kind == EventKind.SEVERITY:
            was.severity = _SEVERITIES[old]
        elif kind == EventKind.LAYER:
            was.base_layer = LAYER_WORDS.index(old)
        else:
            was.is_open = old in _OPEN
    return found
