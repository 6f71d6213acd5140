"""Parts of a run that several workers read: who reads which, until when, and by which fence it shows that it still may.

All but `extend` inside `Store.write`, whose lock makes taking a part one worker's affair.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection, func, select, update

from callboard.domain.instant import Instant
from callboard.domain.run import Part, RunState
from callboard.errors import ConflictError
from callboard.store import schema
from callboard.store.dialect import lease_of
from callboard.store.intake.runs import PartRow, Run, get_run

r, p = schema.run.c, schema.run_part.c


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What one process does for a sync that is being read."""

    source: str
    worker: str
    leads: bool
    parts: tuple[str, ...]
    """The names of those that it reads right now."""


def readings(conn: Connection) -> list[Reading]:
    """Who reads what right now, by source, whoever leads first."""
    s = schema.source.c
    fetched = r.state == RunState.FETCHING.value
    leaders = conn.execute(
        select(s.name, s.lease_owner)
        .join_from(schema.run, schema.source, s.id == r.source_id)
        .where(fetched, s.lease_owner.is_not(None))
        .distinct()
    ).all()
    parts = conn.execute(
        select(s.name, p.lease_owner, p.part)
        .join_from(schema.run_part, schema.run, r.id == p.run_id)
        .join(schema.source, s.id == r.source_id)
        .where(fetched, p.state == "waiting", p.lease_owner.is_not(None))
        .order_by(p.ordinal)
    ).all()
    read: dict[tuple[str, str], list[str]] = {(name, owner): [] for name, owner in leaders}
    leading = set(read)
    for name, owner, part in parts:
        read.setdefault((name, owner), []).append(part)
    found = [
        Reading(source=name, worker=owner, leads=(name, owner) in leading, parts=tuple(those))
        for (name, owner), those in read.items()
    ]
    return sorted(found, key=lambda each: (each.source, not each.leads, each.worker))


def claim(
    conn: Connection, run_id: int, owner: str, *, but: str, now: Instant, is_dead: Callable[[str | None], bool]
) -> PartRow | None:
    """The next part that waits and that nobody reads, now ours. None: there is none, or the run is not read any more.

    Parts whose names start with `but` are left alone. A part whose worker is dead, or has not been heard of for the time
    of a lease, goes on where its last page was committed.
    """
    here = (p.run_id == run_id, p.state == "waiting", ~p.part.startswith(but, autoescape=True))
    is_read = select(r.id).where(r.id == run_id, r.state == RunState.FETCHING.value)
    if conn.execute(is_read).first() is None:
        return None
    for row in conn.execute(select(schema.run_part).where(*here).order_by(p.ordinal)):
        if row.lease_owner == owner:
            continue  # its pages are on their way
        if row.lease_owner is None or row.lease_until <= now or is_dead(row.lease_owner):
            fence = row.fence + 1
            taken = {"fence": fence, "lease_owner": owner, "lease_until": now + lease_of(conn)}
            conn.execute(update(schema.run_part).where(p.run_id == run_id, p.part == row.part).values(taken))
            part = Part(name=row.part, kind=row.kind, filter=row.filter)
            return PartRow(
                part=part, ordinal=row.ordinal, cursor=row.cursor, pages=row.pages, state=row.state, fence=fence
            )
    return None


def show(conn: Connection, run_id: int, part: str, fence: int, *, now: Instant) -> None:
    """Show the fence of a part and extend its lease. Raises ConflictError when another worker has it, or the run has ended."""
    run = get_run(conn, run_id)
    done = conn.execute(
        update(schema.run_part)
        .where(p.run_id == run_id, p.part == part, p.fence == fence)
        .values(lease_until=now + lease_of(conn))
    )
    if done.rowcount != 1 or run is None or run.state is not RunState.FETCHING:
        raise ConflictError("Another worker has taken this part over.", hint="Nothing is lost; it goes on there.")


def extend(conn: Connection, run_id: int, owner: str, *, now: Instant) -> None:
    """Say that the worker lives, for all parts that it reads."""
    conn.execute(
        update(schema.run_part)
        .where(p.run_id == run_id, p.lease_owner == owner, p.state == "waiting")
        .values(lease_until=now + lease_of(conn))
    )


def free(conn: Connection, run_id: int, owner: str) -> None:
    """Give back what the worker has not read to its end; the next one goes on at the last page that was committed.

    The fence moves, so that nothing of what is still on its way to the database is taken.
    """
    conn.execute(
        update(schema.run_part)
        .where(p.run_id == run_id, p.lease_owner == owner, p.state == "waiting")
        .values(lease_until=None, lease_owner=None, fence=p.fence + 1)
    )


def try_again(conn: Connection, run_id: int) -> None:
    """Parts that failed wait again: the run goes on after an interruption."""
    conn.execute(
        update(schema.run_part).where(p.run_id == run_id, p.state == "failed").values(state="waiting", reason=None)
    )


def reading(conn: Connection, run_id: int, *, but: str) -> int:
    """How many parts wait or are read by somebody."""
    here = (p.run_id == run_id, p.state == "waiting", ~p.part.startswith(but, autoescape=True))
    return int(conn.execute(select(func.count()).where(*here)).scalar_one())


def to_help_with(conn: Connection, source: str, owner: str, *, but: str) -> Run | None:
    """The run of a source that another worker leads right now and that has parts left to take."""
    s = schema.source.c
    leads = (s.name == source, s.lease_owner.is_not(None), s.lease_owner != owner)
    found = conn.execute(
        select(r.id)
        .join(schema.source, s.id == r.source_id)
        .where(*leads, r.state == RunState.FETCHING.value, r.promise.is_not(None))
        .order_by(r.id.desc())
        .limit(1)
    ).scalar_one_or_none()
    if found is None or not reading(conn, found, but=but):
        return None
    return get_run(conn, found)


def note_help(conn: Connection, run_id: int, *, pages: int, seen: int) -> None:
    """Count what was staged by somebody who does not lead the run."""
    counted = {"helped_pages": r.helped_pages + pages, "helped_seen": r.helped_seen + seen}
    conn.execute(update(schema.run).where(r.id == run_id).values(counted))


def helped(conn: Connection, run_id: int) -> tuple[int, int]:
    """Pages and records that others have staged for a run."""
    row = conn.execute(select(r.helped_pages, r.helped_seen).where(r.id == run_id)).one()
    return int(row.helped_pages), int(row.helped_seen)
