"""Tickets: which findings each is about, what its tracker says, and what has to be asked of the tracker next."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, delete, insert, or_, select, update

from callboard.domain.access import Visibility
from callboard.domain.instant import Instant
from callboard.domain.reconcile import Actor, EventKind
from callboard.domain.remediation.ticket import READ_DONE_EVERY, READ_EVERY, LinkedTicket, TicketState, Told
from callboard.store import schema
from callboard.store.database import Store, bump_revision, next_id
from callboard.store.dialect import Row
from callboard.store.visible import visible

t, held, f = schema.ticket.c, schema.ticket_finding.c, schema.finding.c

STANDING = (int(TicketState.MAKING), int(TicketState.OPEN))
"""States in which work on a ticket goes on."""
_OF_FINDING = (t.id, t.tracker, t.key, t.url, t.state, t.status, t.opened_at, t.closed_at, t.read_at, t.error)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket about which its tracker has to be asked."""

    id: int
    tracker: str
    marker: str
    key: str
    state: TicketState
    made_at: Instant
    attempts: int
    """This one included; it also tells this asker from one that was cut off."""
    etag: str | None
    findings: tuple[int, ...]


def of_findings(conn: Connection, ids: Collection[int]) -> dict[int, tuple[LinkedTicket, ...]]:
    """The tickets of findings that the caller has found in the viewer's sight, few at a time."""
    rows = conn.execute(
        select(held.finding_id, *_OF_FINDING)
        .join_from(schema.ticket_finding, schema.ticket, t.id == held.ticket_id)
        .where(held.finding_id.in_(list(ids)))
        .order_by(t.id)
    )
    found: dict[int, tuple[LinkedTicket, ...]] = {}
    for finding_id, *row in rows:
        found[finding_id] = (*found.get(finding_id, ()), _linked(row))
    return found


def in_sight(
    conn: Connection, visibility: Visibility, *, after: int = 0, limit: int = 100
) -> tuple[tuple[LinkedTicket, int], ...]:
    """Tickets about something that may be seen, newest first, with how many such findings; `after`: older than this one."""
    seen = _seen(visibility)
    ids = select(t.id).where(t.id.in_(select(held.ticket_id).where(held.finding_id.in_(seen))))
    ids = ids.where(t.id < after) if after else ids
    rows = conn.execute(
        select(*_OF_FINDING).where(t.id.in_(ids.order_by(t.id.desc()).limit(limit))).order_by(t.id.desc())
    )
    found = [_linked(row) for row in rows]
    counts: dict[int, int] = {}
    pairs = select(held.ticket_id, held.finding_id).where(
        held.ticket_id.in_([each.id for each in found]), held.finding_id.in_(seen)
    )  # fmt: skip
    for ticket_id, _ in conn.execute(pairs):
        counts[ticket_id] = counts.get(ticket_id, 0) + 1
    return tuple((each, counts[each.id]) for each in found)


def by_id(conn: Connection, ticket_id: int) -> LinkedTicket | None:
    """One ticket, whoever may see it."""
    row = conn.execute(select(*_OF_FINDING).where(t.id == ticket_id)).one_or_none()
    return None if row is None else _linked(row)


def is_in_sight(conn: Connection, visibility: Visibility, ticket_id: int) -> bool:
    """Whether a ticket is about something that may be seen."""
    wanted = select(held.finding_id).where(held.ticket_id == ticket_id, held.finding_id.in_(_seen(visibility))).limit(1)
    return conn.execute(wanted).first() is not None


def _seen(visibility: Visibility) -> Any:  # noqa: ANN401 - a sub-select
    return select(f.id).where(visible(f.holding_id, visibility), f.id.in_(select(held.finding_id)))


def bundles_of(conn: Connection, store: Store, ids: Collection[int]) -> dict[int, str]:
    """The bundles of these findings: their numbers and keys."""
    rows = store.dialect.lookup(conn, schema.finding, ["bundle_id"], "id", ids)
    return dict(store.dialect.lookup(conn, schema.bundle, ["id", "key"], "id", {row[0] for row in rows}))


def standing(conn: Connection, tracker: str, bundle_id: int, ids: Sequence[int]) -> int | None:
    """The ticket of a tracker that stands for this work already: for the bundle, and some of these findings."""
    wanted = {*STANDING, int(TicketState.FAILED)}
    candidates = conn.execute(
        select(t.id, held.finding_id)
        .join_from(schema.ticket, schema.ticket_finding, held.ticket_id == t.id)
        .where(t.tracker == tracker, t.bundle_id == bundle_id, t.state.in_(wanted))
        .order_by(t.id)
    )
    asked = set(ids)
    return next((ticket_id for ticket_id, finding_id in candidates if finding_id in asked), None)


def named(conn: Connection, tracker: str, key: str) -> int | None:
    """The ticket of this key, if there is one here."""
    return conn.execute(select(t.id).where(t.tracker == tracker, t.key == key)).scalar_one_or_none()


def add(
    conn: Connection, *, tracker: str, marker: str, key: str, url: str | None, bundle_id: int | None, by: str, now: Instant
) -> int:  # fmt: skip
    """A ticket that waits to be made, or with a key, to be read. Inside `Store.write`."""
    id_ = next_id(conn, schema.ticket)
    state = TicketState.OPEN if key else TicketState.MAKING
    conn.execute(
        insert(schema.ticket).values(
            id=id_, tracker=tracker, marker=marker, key=key, url=url, state=int(state), status="", bundle_id=bundle_id,
            made_by=by, made_at=now, due_at=now, attempts=0, leased_until=0,
        )
    )  # fmt: skip
    return id_


def make_again(conn: Connection, ticket_id: int, *, now: Instant) -> None:
    """One that could not be made is tried anew; not as if for the first time, since an answer may have been lost before."""
    values = {"state": int(TicketState.MAKING), "due_at": now, "attempts": 1, "leased_until": 0, "error": None}
    conn.execute(
        update(schema.ticket).where(t.id == ticket_id, t.state == int(TicketState.FAILED)).values(values)
    )  # fmt: skip


def link(conn: Connection, store: Store, ticket_id: int, ids: Collection[int], *, name: str, now: Instant) -> int:
    """Say that these findings have this ticket. Returns for how many that is new. Inside `Store.write`."""
    there = set(conn.execute(select(held.finding_id).where(held.ticket_id == ticket_id)).scalars())
    new = sorted(set(ids) - there)
    store.dialect.insert(conn, schema.ticket_finding, [(ticket_id, id_, now) for id_ in new])
    _note(conn, store, new, None, name, now=now)
    return len(new)


def unlink(conn: Connection, store: Store, ticket_id: int, ids: Collection[int], *, name: str, now: Instant) -> int:
    """Say that they have it no more. Returns how many. The ticket stays where it is. Inside `Store.write`."""
    there = set(conn.execute(select(held.finding_id).where(held.ticket_id == ticket_id)).scalars())
    gone = sorted(set(ids) & there)
    store.dialect.delete(
        conn, schema.ticket_finding, ["ticket_id", "finding_id"], [(ticket_id, id_) for id_ in gone]
    )  # fmt: skip
    _note(conn, store, gone, name, None, now=now)
    return len(gone)


def _note(
    conn: Connection, store: Store, ids: Iterable[int], old: str | None, new: str | None, *, now: Instant
) -> None:
    seq, kind, actor = next_id(conn, schema.event), int(EventKind.TICKET), int(Actor.PERSON)
    rows: list[Row] = [(seq + offset, id_, kind, now, now, None, actor, old, new) for offset, id_ in enumerate(ids)]
    store.dialect.insert(conn, schema.event, rows)
    if rows:
        bump_revision(conn)


# What trackers have to be asked


def is_due(conn: Connection, trackers: Collection[str], *, now: Instant) -> bool:
    """Whether some tracker has to be asked something."""
    return conn.execute(select(t.id).where(*_due(trackers, now)).limit(1)).first() is not None


def _due(trackers: Collection[str], now: Instant) -> tuple[Any, ...]:
    wanted = t.state != int(TicketState.FAILED)
    return t.due_at <= now, t.leased_until <= now, t.tracker.in_(sorted(trackers)), wanted


def take(conn: Connection, tracker: str, *, now: Instant, lease: int, only: int | None = None) -> Waiting | None:
    """The next ticket of a tracker, ours for `lease` microseconds; what is to be made first. Inside `Store.write`."""
    wanted = select(schema.ticket).where(*_due((tracker,), now)).order_by(t.state, t.due_at, t.id).limit(1)
    row = conn.execute(wanted if only is None else wanted.where(t.id == only)).one_or_none()
    if row is None:
        return None
    attempts = row.attempts + 1
    conn.execute(update(schema.ticket).where(t.id == row.id).values(attempts=attempts, leased_until=now + lease))
    ids = conn.execute(select(held.finding_id).where(held.ticket_id == row.id).order_by(held.finding_id)).scalars()
    return Waiting(
        id=row.id, tracker=row.tracker, marker=row.marker, key=row.key, state=TicketState(row.state), made_at=row.made_at,
        attempts=attempts, etag=row.etag, findings=tuple(ids),
    )  # fmt: skip


def told(conn: Connection, waiting: Waiting, told: Told, *, now: Instant) -> None:
    """What the tracker said. Inside `Store.write`."""
    state = TicketState.DONE if told.done else TicketState.OPEN
    values = {
        "key": told.key, "url": told.url, "state": int(state), "status": told.status, "opened_at": told.opened_at,
        "closed_at": told.closed_at, "etag": told.etag,
    }  # fmt: skip
    before = conn.execute(select(t.state, t.status, t.key).where(t.id == waiting.id)).one()
    _settle(conn, waiting, values, now=now, wait=READ_DONE_EVERY if told.done else READ_EVERY)
    if tuple(before) != (int(state), told.status, told.key):
        bump_revision(conn)


def unchanged(conn: Connection, waiting: Waiting, *, now: Instant) -> None:
    """The tracker said that nothing has changed."""
    wait = READ_DONE_EVERY if waiting.state is TicketState.DONE else READ_EVERY
    _settle(conn, waiting, {}, now=now, wait=wait)


def gone(conn: Connection, waiting: Waiting, *, now: Instant) -> None:
    """The tracker does not know it, or does not show it to us."""
    _settle(conn, waiting, {"state": int(TicketState.GONE), "etag": None}, now=now, wait=READ_DONE_EVERY)
    bump_revision(conn)


def _settle(conn: Connection, waiting: Waiting, values: dict[str, Any], *, now: Instant, wait: int) -> None:
    done = {"read_at": now, "due_at": now + wait, "attempts": 0, "leased_until": 0, "error": None}
    conn.execute(update(schema.ticket).where(*_ours(waiting)).values({**values, **done}))


def failed(conn: Connection, waiting: Waiting, error: str, *, again_at: Instant | None) -> None:
    """The tracker could not be asked. `again_at` None: it is not made."""
    values: dict[str, Any] = {"error": error, "leased_until": 0}
    values |= {"state": int(TicketState.FAILED)} if again_at is None else {"due_at": again_at}
    conn.execute(update(schema.ticket).where(*_ours(waiting)).values(values))
    bump_revision(conn)


def _ours(waiting: Waiting) -> tuple[Any, ...]:
    return t.id == waiting.id, t.attempts == waiting.attempts


def _linked(row: Sequence[Any]) -> LinkedTicket:
    id_, tracker, key, url, state, status, opened_at, closed_at, read_at, error = row
    return LinkedTicket(
        id=id_, tracker=tracker, key=key, url=url, state=TicketState(state), status=status, opened_at=opened_at,
        closed_at=closed_at, read_at=read_at, error=error,
    )  # fmt: skip


# For what counts


def first_opened(conn: Connection, store: Store, ids: Collection[int]) -> dict[int, Instant]:
    """When the first ticket of each of these findings was opened, by its tracker's own date. Without one it is left out."""
    pairs = store.dialect.lookup(conn, schema.ticket_finding, ["ticket_id", "finding_id"], "finding_id", ids)
    dates: dict[int, int | None] = dict(
        store.dialect.lookup(conn, schema.ticket, ["id", "opened_at"], "id", {ticket_id for ticket_id, _ in pairs})
    )
    found: dict[int, Instant] = {}
    for ticket_id, finding_id in pairs:
        at = dates.get(ticket_id)
        if at is not None:
            found[finding_id] = Instant(min(at, found.get(finding_id, at)))
    return found


def with_ticket(keys: Sequence[str] | None = None) -> Any:  # noqa: ANN401 - a sub-select
    """Findings that have a ticket here: one of these keys, of these trackers, or of these numbers; or any."""
    ids = select(held.finding_id)
    if keys is None:
        return ids
    spelled = sorted({spelling for key in keys for spelling in (key, key.upper(), key.lower())})
    numbers = [int(key) for key in keys if key.isascii() and key.isdecimal() and len(key) <= 18]
    wanted = or_(t.key.in_(spelled), t.tracker.in_(keys), t.id.in_(numbers))
    return ids.where(held.ticket_id.in_(select(t.id).where(wanted)))


def forget_unused(conn: Connection) -> int:
    """Drop tickets that no finding has any more and that were never made."""
    unused = t.id.not_in(select(held.ticket_id))
    return conn.execute(delete(schema.ticket).where(unused, t.key == "", t.state == int(TicketState.FAILED))).rowcount
