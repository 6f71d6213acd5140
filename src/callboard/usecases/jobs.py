"""Jobs: due rows that any worker may take, with a lease and a fence, and the workers that take them.

The truth is in the rows. A loop only looks, and whatever wakes it may be lost.
"""

from __future__ import annotations

import threading
from collections.abc import Collection

import msgspec

from callboard import __version__
from callboard.domain.instant import DAY, Instant
from callboard.ports import Clock
from callboard.store import Store
from callboard.store import jobs as job_store
from callboard.store.intake import parts as part_store
from callboard.store.intake.parts import Reading
from callboard.store.jobs import Job, Worker
from callboard.usecases.leases import is_dead, worker_name

MOST_HOOKED = 10_000
"""Ids that webhooks may name before they are read. Beyond that they are refused: the next run sees them anyway."""

HOOKED_AT_ONCE = 500
"""Ids that are read again together."""

FORGOTTEN_AFTER = DAY
"""After this long without a word a process is no worker any more."""


class Jobs:
    """The jobs of one process."""

    def __init__(self, store: Store, clock: Clock, role: str) -> None:
        self._store = store
        self._clock = clock
        self._role = role
        self._started_at = clock.now()
        self._beating = threading.Lock()

    def begin(self, names: Collection[str], *, hurried: Collection[str] = ()) -> None:
        """Have rows for these jobs; what failed before is tried again, and `hurried` ones are due at once."""
        now = self._clock.now()
        with self._store.jot() as conn:
            job_store.ensure(conn, names)
            job_store.forgive(conn, names, now=now)
            job_store.hurry(conn, hurried, now=now)
            job_store.forget_workers(conn, before=Instant(now - FORGOTTEN_AFTER))

    def take(self, name: str) -> Job | None:
        """The job, if it is due and nobody does it."""
        with self._store.read() as conn:
            # Most looks find nothing; those write nothing.
            if not any(each.name == name and each.due_at <= self._clock.now() for each in job_store.jobs(conn)):
                return None
        with self._store.jot() as conn:
            return job_store.take(conn, name, worker_name(), now=self._clock.now(), is_dead=is_dead)

    def end(self, job: Job, *, due_at: Instant, failures: int = 0, reason: str | None = None) -> None:
        """The job is done, or has failed."""
        with self._store.jot() as conn:
            job_store.end(conn, job, due_at=due_at, failures=failures, reason=reason, now=self._clock.now())

    def beat(self, doing: Collection[str]) -> None:
        """Say that this process lives. Blocking; several threads may say it at once."""
        with self._beating, self._store.jot() as conn:
            self._store.dialect.end_stopped_writers(conn)
            job_store.beat(
                conn,
                Worker(
                    name=worker_name(), role=self._role, version=__version__, started_at=self._started_at,
                    seen_at=self._clock.now(), doing=", ".join(sorted(doing)),
                ),
            )  # fmt: skip

    def let_go(self) -> None:
        """The process ends."""
        with self._store.jot() as conn:
            job_store.let_go(conn, worker_name())


def hurry(store: Store, name: str, *, clock: Clock) -> None:
    """The job is due now."""
    with store.jot() as conn:
        job_store.hurry(conn, [name], now=clock.now())


def note_hooked(store: Store, source: str, ids: Collection[str], *, clock: Clock) -> bool:
    """Have these findings of a source read again soon, by whichever process. False: too many wait already."""
    now = clock.now()
    with store.jot() as conn:
        is_noted = job_store.note_hooked(conn, source, ids, at_most=MOST_HOOKED, now=now)
        job_store.hurry(conn, [f"source {source}"], now=now)
    return is_noted


def hooked(store: Store, source: str) -> tuple[str, ...]:
    """Findings of a source that are to be read again, some of them."""
    with store.read() as conn:
        return tuple(job_store.hooked(conn, source, HOOKED_AT_ONCE))


def forget_hooked(store: Store, source: str, ids: Collection[str], *, until: Instant) -> None:
    """These were read again at `until`."""
    with store.jot() as conn:
        job_store.forget_hooked(conn, source, ids, until=until)


def clock_ahead(store: Store, clock: Clock) -> int:
    """By how many microseconds our clock is ahead of the database's."""
    with store.read() as conn:
        return clock.now() - job_store.database_now(conn)


class AtWork(msgspec.Struct, frozen=True, kw_only=True):
    """One process, and what it does."""

    worker: Worker
    is_lost: bool
    """It was not heard of for the time of a lease, or is known to be no more."""
    readings: tuple[Reading, ...]
    """The syncs that it leads, or helps with."""


def at_work(store: Store, *, now: Instant) -> tuple[AtWork, ...]:
    """Every process that does jobs, the oldest first, and what it reads. For whoever looks after Callboard."""
    with store.read() as conn:
        workers, readings = job_store.workers(conn), part_store.readings(conn)
    return tuple(
        AtWork(
            worker=each,
            is_lost=_is_lost(store, each, now),
            readings=tuple(one for one in readings if one.worker == each.name),
        )
        for each in workers
    )


def _is_lost(store: Store, worker: Worker, now: Instant) -> bool:
    return is_dead(worker.name) or now - worker.seen_at > store.lease


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the work stands."""

    workers: tuple[Worker, ...]
    """Those that live."""
    lost: tuple[Worker, ...]
    """Those that were not heard of for the time of a lease, and are known to be no more or are not known to live."""
    due: tuple[Job, ...]
    """What is due, and nobody does it."""
    under_way: tuple[Job, ...]
    failing: tuple[Job, ...]
    stuck: tuple[Job, ...]
    """What somebody began and that was not heard of for the time of a lease: the next worker takes it over."""
    hooked: int


def standing(store: Store, *, now: Instant) -> Standing:
    """Which workers live, what is due, and what is stuck."""
    with store.read() as conn:
        workers, jobs = job_store.workers(conn), job_store.jobs(conn)
        waiting = job_store.hooked_count(conn)
    lost = {each.name for each in workers if _is_lost(store, each, now)}
    held = [each for each in jobs if each.lease_owner is not None]
    stuck = {each.name for each in held if is_dead(each.lease_owner) or (each.lease_until or 0) <= now}
    return Standing(
        workers=tuple(each for each in workers if each.name not in lost),
        lost=tuple(each for each in workers if each.name in lost),
        due=tuple(each for each in jobs if each.lease_owner is None and each.due_at <= now),
        under_way=tuple(each for each in held if each.name not in stuck),
        failing=tuple(each for each in jobs if each.failures),
        stuck=tuple(each for each in held if each.name in stuck),
        hooked=waiting,
    )
