"""What is due beside the parts of runs, who does it, who works at all, and what webhooks have named.

All inside `Store.jot`: none of it waits for the run road where the database has more than one writer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, update

from callboard.domain.instant import Instant
from callboard.store import schema
from callboard.store.dialect import Row, lease_of, of

j, w, h = schema.job.c, schema.worker.c, schema.hooked.c


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is done again and again, by one worker at a time."""

    name: str
    """For example "catalog main"."""
    due_at: Instant
    lease_until: Instant | None
    lease_owner: str | None
    fence: int
    failures: int
    """In a row; 0 after it went well."""
    ended_at: Instant | None
    reason: str | None
    """Why it failed the last time."""


class Worker(msgspec.Struct, frozen=True, kw_only=True):
    """A process that does jobs."""

    name: str
    """Host, number and a word that no other process has."""
    role: str
    """The command: worker, or serve."""
    version: str
    started_at: Instant
    seen_at: Instant
    doing: str
    """The jobs that it does right now, in words; empty: none."""

    @property
    def process(self) -> str:
        """Host and number, as people know it."""
        return self.name.rpartition("/")[0]


def ensure(conn: Connection, names: Collection[str]) -> None:
    """Have a row for each job; one that is new is due."""
    rows = [(name, 0, None, None, 0, 0, None, None) for name in sorted(names)]
    of(conn).fold(conn, schema.job, rows, adding=["fence"])


def hurry(conn: Connection, names: Collection[str], *, now: Instant) -> None:
    """These are due now."""
    conn.execute(update(schema.job).where(j.name.in_(names), j.due_at > now).values(due_at=now))


def forgive(conn: Connection, names: Collection[str], *, now: Instant) -> None:
    """Those of these that failed are due now: whoever starts a process has perhaps mended what was wrong."""
    conn.execute(update(schema.job).where(j.name.in_(names), j.failures > 0, j.due_at > now).values(due_at=now))


def take(conn: Connection, name: str, owner: str, *, now: Instant, is_dead: Callable[[str | None], bool]) -> Job | None:
    """The job, ours from now on. None: it is not due, or somebody does it."""
    row = conn.execute(select(schema.job).where(j.name == name)).mappings().one_or_none()
    if row is None:
        return None
    job = Job(**row)
    if job.due_at > now:
        return None
    is_held = job.lease_until is not None and job.lease_until > now
    if is_held and (job.lease_owner == owner or not is_dead(job.lease_owner)):
        return None
    taken = {"lease_owner": owner, "lease_until": now + lease_of(conn), "fence": j.fence + 1}
    done = conn.execute(update(schema.job).where(j.name == name, j.fence == job.fence).values(taken))
    if done.rowcount != 1:
        return None
    return msgspec.structs.replace(job, fence=job.fence + 1, lease_owner=owner)


def end(conn: Connection, job: Job, *, due_at: Instant, failures: int, reason: str | None, now: Instant) -> bool:
    """The job is done, or has failed. False: another worker has taken it over, and nothing was written."""
    values = {
        "due_at": due_at, "failures": failures, "reason": reason, "ended_at": now, "lease_until": None, "lease_owner": None
    }  # fmt: skip
    done = conn.execute(update(schema.job).where(j.name == job.name, j.fence == job.fence).values(values))
    return done.rowcount == 1


def let_go(conn: Connection, owner: str) -> None:
    """The process ends: what it was doing is free, and it works no more."""
    conn.execute(update(schema.job).where(j.lease_owner == owner).values(lease_until=None, lease_owner=None))
    conn.execute(delete(schema.worker).where(w.name == owner))


def beat(conn: Connection, worker: Worker) -> None:
    """The process lives, and so do its jobs."""
    values = {"seen_at": worker.seen_at, "doing": worker.doing}
    done = conn.execute(update(schema.worker).where(w.name == worker.name).values(values))
    if done.rowcount != 1:
        conn.execute(insert(schema.worker).values(msgspec.structs.asdict(worker)))
    until = worker.seen_at + lease_of(conn)
    conn.execute(
        update(schema.job).where(j.lease_owner == worker.name, j.lease_until.is_not(None)).values(lease_until=until)
    )


def forget_workers(conn: Connection, *, before: Instant) -> None:
    """Processes that were not heard of since are no workers any more."""
    conn.execute(delete(schema.worker).where(w.seen_at < before))


def workers(conn: Connection) -> list[Worker]:
    """Every process that said that it works, the oldest first."""
    rows = conn.execute(select(schema.worker).order_by(w.started_at, w.name)).mappings()
    return [Worker(**row) for row in rows]


def jobs(conn: Connection) -> list[Job]:
    """Every job that was ever done, by name."""
    return [Job(**row) for row in conn.execute(select(schema.job).order_by(j.name)).mappings()]


def note_hooked(conn: Connection, source: str, ids: Collection[str], *, at_most: int, now: Instant) -> bool:
    """Findings that are to be read again. False: there is no room for more, and none was noted."""
    waiting = int(conn.execute(select(func.count()).where(h.source == source)).scalar_one())
    if waiting + len(ids) > at_most:
        return False
    rows: list[Row] = [(source, id_) for id_ in sorted(set(ids))]
    of(conn).delete(conn, schema.hooked, ["source", "external_id"], rows)
    of(conn).insert(conn, schema.hooked, [(*row, int(now)) for row in rows])
    return True


def hooked(conn: Connection, source: str, at_most: int) -> list[str]:
    """Findings of a source that are to be read again, those that were named first before the others."""
    rows = select(h.external_id).where(h.source == source).order_by(h.at, h.external_id).limit(at_most)
    return list(conn.execute(rows).scalars())


def forget_hooked(conn: Connection, source: str, ids: Collection[str], *, until: Instant) -> None:
    """These were read at `until`; what was named again since then is to be read once more."""
    ended = (h.source == source, h.external_id.in_(ids), h.at <= until)
    conn.execute(delete(schema.hooked).where(*ended))


def hooked_count(conn: Connection) -> int:
    """How many findings are to be read again, of all sources."""
    return int(conn.execute(select(func.count()).select_from(schema.hooked)).scalar_one())


def database_now(conn: Connection) -> int:
    """The time by the database's own clock, in microseconds since 1970."""
    return int(conn.execute(select(of(conn).microseconds())).scalar_one())
