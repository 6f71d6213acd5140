"""Look after ownership as time passes: end what has ended, let go what has won twice, note what is amiss.

Called after every round of syncs and readings. Until then what ends has not ended, anywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from callboard.domain.access import Everything, Right, Viewer
from callboard.domain.component import Entity, EntityRef
from callboard.domain.instant import DAY, Instant
from callboard.domain.ownership.coverage import PERIOD_DAYS
from callboard.domain.ownership.drift import News, Signal, SignalKind
from callboard.domain.ownership.picking import Lines
from callboard.domain.reconcile import Safety
from callboard.errors import ConflictError, NotAllowedError, NotFoundError
from callboard.ports import Clock
from callboard.store import Connection, Store, evidence, mapping
from callboard.store.database import bump_revision
from callboard.store.ownership import changes, deciding, planning, signals, watching
from callboard.store.people import audit
from callboard.usecases.collecting import fewer_collections

MOST = 200
"""Signals told at once."""


class Changed(msgspec.Struct, frozen=True):
    """Resources that changed hands."""

    signal: Signal | None
    """The signal that they are about. None: everything of the last 30 days."""
    found: Lines


class Watched(msgspec.Struct, frozen=True, kw_only=True):
    """What looking after it did."""

    ended: tuple[str, ...]
    """Entries of rule sets that have ended."""
    moved_findings: int
    held_back: int
    """Resources that wait for a person to let them go."""
    new_signals: int


@fewer_collections()
def watch(store: Store, *, clock: Clock, safety: Safety | None = None) -> Watched:
    """Do what is due now. Doing it again at once does nothing.

    Of what has won twice nothing is let go where it is surprisingly much, as when one template tags a whole estate anew.
    """
    with store.write() as conn:
        now = clock.now()
        ended = watching.ended(conn, now)
        won = watching.won_twice(conn)
        held_back = len(won) if watching.are_too_many(conn, won, safety or Safety()) else 0
        ids = set(() if held_back else won)
        if ended:
            ids.update(watching.resting_on(conn, (each.rule_set for each in mapping.in_force(conn)), ended))
            evidence.changed(conn, tick=now)
        entities = evidence.load_entities(conn)
        trusting = watching.newly_trusted(conn, store, entities)
        if trusting is not None:
            evidence.changed(conn)
            ids.update(trusting)
        moved = 0
        if ids:
            moved = deciding.decide_anew(conn, store, sorted(ids), now=now)
            evidence.moved(conn)
        for name, entry in ended:
            audit.note(
                conn,
                at=now,
                actor="callboard",
                action="ownership.ended",
                subject=f"rules:{name}",
                detail={"entry": entry},
            )
        noted = 0
        if ended or moved or not watching.was_looked_at(conn, watching.standing(conn, now, held_back)):
            noted = _look(conn, store, entities, ended, now=now, held_back=held_back)
        if moved or noted:
            bump_revision(conn)
        watching.note_look(conn, watching.standing(conn, now, held_back))
    return Watched(
        ended=tuple(f"{name}/{entry}" for name, entry in ended),
        moved_findings=moved,
        held_back=held_back,
        new_signals=noted,
    )


def _look(
    conn: Connection,
    store: Store,
    entities: Mapping[EntityRef, Entity],
    ended: Sequence[tuple[str, str]],
    *,
    now: Instant,
    held_back: int,
) -> int:
    """Note what is amiss and what is over. Returns how many signals changed."""
    planning.note_reach(conn, store, now=now)
    lasting = watching.amiss(conn, entities, now=now, held_back=held_back)
    news = [News(kind=SignalKind.RULE_ENDED, about=f"{name}/{entry}") for name, entry in ended]
    noted = signals.note(conn, store.dialect, [*lasting, *news], now=now)
    for kind in watching.LASTING:
        noted += signals.settle(conn, (kind,), (each.about for each in lasting if each.kind is kind), now=now)
    return noted


def listed(
    store: Store, viewer: Viewer, *, kind: SignalKind | None = None, closed: bool = False, before: int | None = None,
    limit: int = MOST,
) -> tuple[Signal, ...]:  # fmt: skip
    """Signals in the viewer's sight, the newest first; `before`: older ones than the one of this number."""
    with store.read() as conn:
        return signals.listed(conn, viewer.visibility, kind=kind, closed=closed, before=before, limit=limit)


def counts(store: Store, viewer: Viewer) -> dict[SignalKind, int]:
    """How many open signals of each kind are in the viewer's sight."""
    with store.read() as conn:
        return signals.counts(conn, viewer.visibility)


def listable(viewer: Viewer) -> frozenset[SignalKind]:
    """The kinds of signals whose resources this viewer may be told."""
    may = Right.MAP in viewer.rights and isinstance(viewer.visibility, Everything)
    return changes.LISTABLE if may else frozenset()


def changed(store: Store, viewer: Viewer, *, clock: Clock, signal_id: int | None = None, skip: int = 0) -> Changed:
    """The resources that changed hands in the 30 days before, or those that a signal is about.

    Raises NotAllowedError for who may not map or does not see all of them, NotFoundError for a signal that there is not or
    that is about no resources.
    """
    viewer.require(Right.MAP)
    if not isinstance(viewer.visibility, Everything):
        raise NotAllowedError("Whose things were can only be told to who sees all of them.")
    with store.read() as conn:
        if signal_id is None:
            now = clock.now()
            after = Instant(now - PERIOD_DAYS * DAY)
            return Changed(None, changes.between(conn, store, viewer.visibility, after, now, skip=skip))
        signal = signals.one(conn, viewer.visibility, signal_id)
        if signal is None or signal.kind not in changes.LISTABLE:
            raise NotFoundError
        return Changed(signal, changes.of_signal(conn, store, viewer.visibility, signal, skip=skip))


def close(store: Store, viewer: Viewer, signal_id: int, *, clock: Clock) -> None:
    """Somebody who may map has looked at a signal. Raises NotAllowedError and NotFoundError."""
    viewer.require(Right.MAP)
    with store.write() as conn:
        now = clock.now()
        if not signals.close(conn, viewer.visibility, signal_id, by=viewer.named, now=now):
            raise NotFoundError
        audit.note(conn, at=now, actor=viewer.named, action="ownership.signal-closed", subject=f"signal:{signal_id}")
        bump_revision(conn)


@fewer_collections()
def let_go(store: Store, viewer: Viewer, signal_id: int, *, clock: Clock) -> int:
    """Somebody who may map has looked at what is held back, and lets it go; how many findings changed hands.

    Raises NotAllowedError for who may not map or does not see all of them, NotFoundError for a signal that does not tell of
    that or not any more, and ConflictError where another number waits by now than the signal counted.
    """
    viewer.require(Right.MAP)
    if not isinstance(viewer.visibility, Everything):
        raise NotAllowedError("Whose things are can only be laid down by who sees all of them.")
    with store.write() as conn:
        now = clock.now()
        signal = signals.one(conn, viewer.visibility, signal_id)
        if signal is None or signal.kind is not SignalKind.HELD_BACK or signal.closed_at is not None:
            raise NotFoundError
        won = watching.won_twice(conn)
        if len(won) != signal.n:
            raise ConflictError(
                f"{len(won):,} wait by now, not {signal.n:,}.", hint="Look at them once more; the number is told anew."
            )
        moved = deciding.decide_anew(conn, store, won, now=now, at_once=True)
        evidence.moved(conn)
        signals.settle(conn, (SignalKind.HELD_BACK,), (), now=now)
        detail = {"resources": str(len(won)), "moved_findings": str(moved)}
        audit.note(
            conn, at=now, actor=viewer.named, action="ownership.let-go", subject=f"signal:{signal_id}", detail=detail
        )
        bump_revision(conn)
    return moved
