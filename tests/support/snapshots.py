"""A board before and after a step, and what must hold between the two whatever the step was."""

from __future__ import annotations

import msgspec
from sqlalchemy import select

from callboard.domain.finding import Severity, State
from callboard.domain.instant import Instant, to_text
from callboard.domain.ownership.inherited import LAYER_WORDS
from callboard.domain.reconcile import Actor, EventKind
from callboard.store import Store, schema
from callboard.store.schema import NEVER

Told = tuple[EventKind, Actor, str | None, str | None]
"""An event as (kind, actor, old, new)."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One finding as it is stored, with its events, oldest first."""

    state: State
    severity: Severity
    first: int
    last: int
    due: int | None
    in_scope: bool
    layer: str
    reopened: int
    project_set: str
    updated: int
    events: tuple[Told, ...]


Snapshot = dict[str, Seen]


def snapshot(store: Store) -> Snapshot:
    """Every finding by its id at the source."""
    f, e = schema.finding, schema.event.c
    events: dict[int, list[Told]] = {}
    with store.read() as conn:
        for row in conn.execute(select(e.finding_id, e.kind, e.actor, e.old, e.new).order_by(e.seq)):
            events.setdefault(row.finding_id, []).append((EventKind(row.kind), Actor(row.actor), row.old, row.new))
        sets = schema.project_set
        rows = conn.execute(
            select(f, schema.sighting.c.last_detected_at, sets.c.key)
            .join(sets, sets.c.id == f.c.project_set_id)
            .outerjoin(schema.sighting, schema.sighting.c.finding_id == f.c.id)
        ).all()
    assert len({row.external_id for row in rows}) == len(rows)
    return {
        row.external_id: Seen(
            state=State(row.state),
            severity=Severity(row.severity),
            first=row.first_detected_at,
            last=row.last_detected_at or 0,
            due=None if row.due_at == NEVER else row.due_at,
            in_scope=bool(row.in_scope),
            layer=LAYER_WORDS[row.base_layer],
            reopened=row.reopened,
            project_set=row.key,
            updated=row.updated_at or 0,
            events=tuple(events.get(row.id, ())),
        )
        for row in rows
    }


def check_step(before: Snapshot, after: Snapshot) -> None:
    """Nothing is lost, dates move one way only, and every change that can be seen has its event."""
    assert before.keys() <= after.keys()
    for id_, one in before.items():
        _check_one(id_, one, after[id_])


def _check_one(id_: str, one: Seen, other: Seen) -> None:
    assert other.first <= one.first, id_
    assert other.last >= one.last, id_
    assert other.reopened >= one.reopened, id_
    assert other.events[: len(one.events)] == one.events, f"{id_}: history was rewritten"
    new = other.events[len(one.events) :]
    _chain(
        id_,
        [event for event in new if event[0] in (EventKind.STATE, EventKind.REOPENED, EventKind.RETURNED)],
        one.state.word,
        other.state.word,
    )
    _chain(id_, _of(new, EventKind.SEVERITY), one.severity.word, other.severity.word)
    _chain(id_, _of(new, EventKind.DUE), _text(one.due), _text(other.due))
    _chain(id_, _of(new, EventKind.FIRST_DETECTED), _text(one.first), _text(other.first))
    _chain(id_, _of(new, EventKind.SCOPE), _scope(one), _scope(other))
    _chain(id_, _of(new, EventKind.LAYER), one.layer, other.layer)
    assert bool(_of(new, EventKind.PROJECTS)) >= (one.project_set != other.project_set), id_
    assert len(_of(new, EventKind.REOPENED)) == other.reopened - one.reopened, id_


def _of(events: tuple[Told, ...], kind: EventKind) -> list[Told]:
    return [event for event in events if event[0] is kind]


def _chain(id_: str, events: list[Told], old: str | None, new: str | None) -> None:
    """The events lead from the old word to the new one, each from where the last one ended."""
    at = old
    for _, _, event_old, event_new in events:
        assert event_old == at, f"{id_}: {events} does not begin at {old}"
        assert event_new != event_old, f"{id_}: {events} changes nothing"
        at = event_new
    assert at == new, f"{id_}: {events} does not lead from {old} to {new}"


def _text(at: int | None) -> str | None:
    return None if at is None else to_text(Instant(at))


def _scope(seen: Seen) -> str:
    return "in scope" if seen.in_scope else "out of scope"
