"""Messages on their way: written, taken up by one sender at a time, and ended. Each leaves at least once."""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, exists, func, insert, or_, select, update

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.remediation.message import WEEK, Delivery, Item, Route, Sort, next_digest, spacing
from callboard.store import schema
from callboard.store.database import Store, next_id

o, turn, u = schema.outbox.c, schema.digest_turn.c, schema.unsubscribed.c

_WAITING = int(Delivery.WAITING)
_items = msgspec.json.Decoder(tuple[Item, ...])


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a sender has taken up."""

    id: int
    key: str
    channel: str
    team: EntityRef
    address: str
    sort: Sort
    from_at: Instant | None
    attempts: int
    """This one included; it also tells this sender from one that was cut off."""
    items: tuple[Item, ...]
    body: bytes | None
    """None: it was not tried yet."""


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages of a channel stand where."""

    channel: str
    waiting: int
    sent: int
    dead: int
    overdue_since: Instant | None
    """When the oldest one that waits and was tried in vain was made."""
    last_sent_at: Instant | None
    error: str | None
    """What was said to the newest one that failed."""


def add(
    conn: Connection, route: Route, team: EntityRef, address: str, items: Collection[Item], *, now: Instant
) -> None:
    """Have something told at once, with what already waits to be told there. Inside `Store.write`."""
    open_ = conn.execute(_untried(route, team, address, Sort.AT_ONCE)).first()
    if open_ is None:
        _put(conn, route, team, address, sort=Sort.AT_ONCE, items=tuple(items), now=now)
        return
    merged = tuple(dict.fromkeys([*_items.decode(bytes(open_.findings)), *items]))
    conn.execute(update(schema.outbox).where(o.id == open_.id).values(findings=msgspec.json.encode(merged)))


def add_test(conn: Connection, route: Route, team: EntityRef, address: str, *, now: Instant) -> int:
    """Have a test message sent. Returns its number. Inside `Store.write`."""
    return _put(conn, route, team, address, sort=Sort.TEST, now=now)


def add_digest(conn: Connection, route: Route, team: EntityRef, addresses: Iterable[str], *, now: Instant) -> None:
    """Have a digest sent if its turn has come. Inside `Store.write`."""
    if route.weekday is None:
        return
    row = conn.execute(
        select(turn.from_at, turn.next_at).where(turn.channel == route.channel, turn.team == team)
    ).one_or_none()
    next_at = next_digest(now, weekday=route.weekday, hour=route.hour)
    if row is None:
        # The first one tells of the week before it.
        values = {"channel": route.channel, "team": team, "from_at": next_at - WEEK, "next_at": next_at}
        conn.execute(insert(schema.digest_turn).values(values))
        return
    here = (turn.channel == route.channel, turn.team == team)
    if row.next_at > now:
        if row.next_at > next_at:  # another day or hour is configured now
            conn.execute(update(schema.digest_turn).where(*here).values(next_at=next_at))
        return
    for address in addresses:
        if not _is_untried(conn, route, team, address, Sort.DIGEST):  # one that still waits tells of this week as well
            _put(conn, route, team, address, sort=Sort.DIGEST, from_at=Instant(row.from_at), now=now)
    conn.execute(update(schema.digest_turn).where(*here).values(from_at=now, next_at=next_at))


def _untried(route: Route, team: EntityRef, address: str, sort: Sort) -> Select[int, bytes]:
    return select(o.id, o.findings).where(
        *_place(route.channel, team, address), o.sort == int(sort), o.state == _WAITING, o.body.is_(None), o.attempts == 0
    )  # fmt: skip


def _is_untried(conn: Connection, route: Route, team: EntityRef, address: str, sort: Sort) -> bool:
    return conn.execute(_untried(route, team, address, sort).limit(1)).first() is not None


def is_turn(conn: Connection, routes: Collection[Route], *, now: Instant) -> bool:
    """Whether a digest is due, or a channel is new."""
    names = [route.channel for route in routes if route.weekday is not None]
    known = set(conn.execute(select(turn.channel).where(turn.channel.in_(names)).distinct()).scalars())
    due = select(turn.channel).where(turn.channel.in_(names), turn.next_at <= now).limit(1)
    return bool(set(names) - known) or conn.execute(due).first() is not None


def _put(
    conn: Connection, route: Route, team: EntityRef, address: str, *, sort: Sort, items: tuple[Item, ...] = (),
    from_at: Instant | None = None, now: Instant,
) -> int:  # fmt: skip
    id_ = next_id(conn, schema.outbox)
    conn.execute(
        insert(schema.outbox).values(
            id=id_, key=str(uuid.uuid4()), channel=route.channel, team=team, address=address, sort=int(sort),
            state=_WAITING, made_at=now, from_at=from_at, due_at=_due(conn, route, address, sort, now=now), attempts=0,
            leased_until=0, findings=msgspec.json.encode(items),
        )
    )  # fmt: skip
    return id_


def _due(conn: Connection, route: Route, address: str, sort: Sort, *, now: Instant) -> Instant:
    """Now, or as long after the last message to this address as it is spared."""
    space = spacing(address, sort)
    if not space:
        return now
    last = conn.execute(
        select(func.max(o.ended_at)).where(
            *_of_address(route.channel, address), o.state == int(Delivery.SENT)
        )
    ).scalar_one()  # fmt: skip
    return now if last is None else Instant(max(now, last + space))


def _of_address(channel: str, address: str) -> tuple[ColumnElement[bool], ...]:
    return o.channel == channel, o.address == address, o.sort != int(Sort.TEST)


def _place(channel: str, team: EntityRef, address: str) -> tuple[ColumnElement[bool], ...]:
    return o.channel == channel, o.team == team, o.address == address


# Sending


def is_due(conn: Connection, channels: Collection[str], *, now: Instant) -> bool:
    """Whether some message of these channels can be sent now."""
    ready = select(o.id).where(o.state == _WAITING, o.due_at <= now, o.leased_until <= now)
    return conn.execute(ready.where(o.channel.in_(sorted(channels))).limit(1)).first() is not None


def take(conn: Connection, channel: str, *, now: Instant, lease: int, only: int | None = None) -> Waiting | None:
    """The next message of a channel, which is ours for `lease` microseconds. Inside `Store.write`.

    Of one place the oldest goes first; what came since waits behind it, and goes as one message.
    """
    earlier = schema.outbox.alias("earlier").c
    before = exists().where(
        earlier.channel == o.channel, earlier.team == o.team, earlier.address == o.address,
        earlier.state == _WAITING, earlier.id < o.id,
    )  # fmt: skip
    wanted = select(schema.outbox).where(o.channel == channel, o.state == _WAITING, o.leased_until <= now)
    wanted = wanted.where(o.id == only) if only is not None else wanted.where(o.due_at <= now, ~before)
    row = conn.execute(wanted.order_by(o.due_at, o.sort, o.id).limit(1)).one_or_none()
    if row is None:
        return None
    attempts = row.attempts + 1
    conn.execute(update(schema.outbox).where(o.id == row.id).values(attempts=attempts, leased_until=now + lease))
    return Waiting(
        id=row.id, key=row.key, channel=row.channel, team=EntityRef(row.team), address=row.address, sort=Sort(row.sort),
        from_at=row.from_at, attempts=attempts, items=_items.decode(bytes(row.findings)),
        body=None if row.body is None else bytes(row.body),
    )  # fmt: skip


def freeze(conn: Connection, waiting: Waiting, body: bytes) -> None:
    """Keep what is going to be sent, so that the same is sent again."""
    conn.execute(update(schema.outbox).where(*_ours(waiting)).values(body=body))


def sent(conn: Connection, waiting: Waiting, *, now: Instant) -> None:
    """It has arrived. What else waits for its reader, from whatever team, waits until that one is to be bothered again."""
    values = {"state": int(Delivery.SENT), "ended_at": now, "leased_until": 0, "error": None}
    conn.execute(update(schema.outbox).where(*_ours(waiting)).values(values))
    if space := spacing(waiting.address, waiting.sort):
        others = (*_of_address(waiting.channel, waiting.address), o.state == _WAITING, o.due_at < now + space)
        conn.execute(update(schema.outbox).where(*others).values(due_at=now + space))


def nothing_left(conn: Connection, waiting: Waiting, *, now: Instant) -> None:
    """There was nothing left to tell."""
    values = {"state": int(Delivery.EMPTY), "ended_at": now, "leased_until": 0}
    conn.execute(update(schema.outbox).where(*_ours(waiting)).values(values))


def failed(conn: Connection, waiting: Waiting, error: str, *, now: Instant, again_at: Instant | None) -> None:
    """It did not arrive. `again_at` None: it is not tried again."""
    values: dict[str, object] = {"error": error, "leased_until": 0}
    if again_at is None:
        values |= {"state": int(Delivery.DEAD), "ended_at": now}
    else:
        values |= {"due_at": again_at}
    conn.execute(update(schema.outbox).where(*_ours(waiting)).values(values))


def _ours(waiting: Waiting) -> tuple[ColumnElement[bool], ...]:
    """A sender that was cut off for longer than its lease must not end what another one has taken up."""
    return o.id == waiting.id, o.state == _WAITING, o.attempts == waiting.attempts


def revive(conn: Connection, channels: Collection[str], *, now: Instant) -> int:
    """Have dead messages of these channels tried anew. Returns how many."""
    values = {"state": _WAITING, "due_at": now, "attempts": 0, "leased_until": 0, "ended_at": None}
    dead = and_(o.state == int(Delivery.DEAD), o.channel.in_(sorted(channels)))
    return conn.execute(update(schema.outbox).where(dead).values(values)).rowcount


def standing(conn: Connection) -> tuple[Kept, ...]:
    """How messages stand, by channel."""
    tried = and_(o.state == _WAITING, o.error.is_not(None))
    counts = conn.execute(
        select(
            o.channel,
            *(func.count().filter(o.state == int(state)).label(state.name.lower()) for state in Delivery),
            func.min(o.made_at).filter(tried).label("since"),
            func.max(o.ended_at).filter(o.state == int(Delivery.SENT)).label("last"),
            func.max(o.id).filter(or_(tried, o.state == int(Delivery.DEAD))).label("failed"),
        )
        .group_by(o.channel)
        .order_by(o.channel)
    ).all()
    ids = [row.failed for row in counts if row.failed is not None]
    errors = {row.id: row.error for row in conn.execute(select(o.id, o.error).where(o.id.in_(ids)))}
    return tuple(
        Kept(
            channel=row.channel, waiting=row.waiting, sent=row.sent, dead=row.dead, overdue_since=row.since,
            last_sent_at=row.last, error=errors.get(row.failed),
        )
        for row in counts
    )  # fmt: skip


# Who gets messages


def teams(conn: Connection) -> tuple[EntityRef, ...]:
    """Every group that owns something in the catalog."""
    owned, owner = schema.entity.alias("owned").c, schema.entity.c
    rows = select(owner.ref).where(
        owner.kind == "group", owner.gone_at.is_(None), owner.id.in_(select(owned.owner_id).where(owned.gone_at.is_(None)))
    )  # fmt: skip
    return tuple(EntityRef(ref) for ref in conn.execute(rows.order_by(owner.ref)).scalars())


def without_unsubscribed(conn: Connection, store: Store, route: Route) -> tuple[str, ...]:
    """The addresses of a channel whose holders want messages."""
    hashes = set(map(bytes, conn.execute(select(u.address_hash).where(u.channel == route.channel)).scalars()))
    return tuple(address for address in route.addresses if not address or hash_of(store, address) not in hashes)


def is_wanted(conn: Connection, store: Store, waiting: Waiting) -> bool:
    """Whether its reader wants it still; somebody may have said otherwise while it waited."""
    if not waiting.address:
        return True
    here = (u.channel == waiting.channel, u.address_hash == hash_of(store, waiting.address))
    return conn.execute(select(u.at).where(*here)).first() is None


def unsubscribe(conn: Connection, channel: str, address_hash: bytes, *, now: Instant) -> bool:
    """No more messages of a channel to an address. False: that was so already."""
    here = (u.channel == channel, u.address_hash == address_hash)
    if conn.execute(select(u.at).where(*here)).first() is not None:
        return False
    conn.execute(insert(schema.unsubscribed).values(channel=channel, address_hash=address_hash, at=now))
    return True


def subscribe(conn: Connection, store: Store, channel: str, address: str) -> bool:
    """Messages to an address again. False: it got them all the time."""
    here = (u.channel == channel, u.address_hash == hash_of(store, address))
    return conn.execute(delete(schema.unsubscribed).where(*here)).rowcount > 0


def hash_of(store: Store, address: str) -> bytes:
    """An address as it is kept: only who knows the database's seed can look for one."""
    return hmac.digest(store.seed.encode(), f"address:{address.strip().casefold()}".encode(), hashlib.sha256)
