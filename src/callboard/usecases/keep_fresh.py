"""Which sources are due, and in which mode. The truth is in due rows; a loop only wakes up and asks."""

from __future__ import annotations

import msgspec

from callboard.domain.forge import Reading
from callboard.domain.instant import MINUTE, Instant
from callboard.domain.run import Mode
from callboard.ports import Clock, Source
from callboard.store import Store
from callboard.store.intake import sources as source_store
from callboard.usecases.sync import due_mode


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """A source that should be synced now."""

    source: str
    mode: Mode


def due(store: Store, source: Source, *, clock: Clock, full_every: int) -> Due | None:
    """Whether `source` should be synced now; None when not. `full_every` is in microseconds."""
    now = clock.now()
    with store.write() as conn:
        row = source_store.ensure_source(conn, source.name, source.kind)
    if row.next_due_at is not None and row.next_due_at > now:
        return None
    return Due(source=source.name, mode=due_mode(row, now=now, full_every=full_every))


def next_mode(store: Store, source: Source, *, clock: Clock, full_every: int) -> Mode:
    """The mode that the next run of `source` should have, whenever it is."""
    with store.write() as conn:
        row = source_store.ensure_source(conn, source.name, source.kind)
    return due_mode(row, now=clock.now(), full_every=full_every)


def repositories_due(every_minutes: int, last: Reading | None) -> Instant:
    """When the repositories of a section are to be read again. 0: now."""
    return Instant(0 if last is None else last.read_at + every_minutes * MINUTE)
