"""Tell teams: from what is worth a word, and from the calendar, to messages that wait to be sent."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence

import msgspec

from callboard.domain.access import Viewer, viewer_of_channel
from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.remediation.message import Message, Route, Sort
from callboard.errors import NotFoundError
from callboard.ports import Clock
from callboard.store import Connection, Store, notices
from callboard.store.people import audit
from callboard.store.query.filters import Asking
from callboard.store.remediation import composing, outbox
from callboard.store.remediation.outbox import Kept, Waiting


def tell(store: Store, routes: Sequence[Route], *, clock: Clock) -> None:
    """Write messages for everything that no channel was told of yet, and digests whose turn has come.

    One transaction: killed in the middle, everything is as it was, and the next call does it.
    """
    with store.read() as conn:
        now = clock.now()
        if not notices.are_there(conn, now=now) and not outbox.is_turn(conn, routes, now=now):
            return
    with store.write() as conn:
        now = clock.now()
        notices.note_overdue(conn, store.dialect, now=now)
        after, upto = notices.newest(conn)
        for route in routes:
            addresses = outbox.without_unsubscribed(conn, store, route)
            for team in route.teams or outbox.teams(conn):
                if route.at_once and upto > after:
                    viewer = viewer_of_channel(route.channel, team)
                    asking = Asking(now=now, me=viewer.owners)
                    items = notices.of_team(conn, viewer, asking, after=after, upto=upto)
                    for address in addresses if items else ():
                        outbox.add(conn, route, team, address, items, now=now)
                outbox.add_digest(conn, route, team, addresses, now=now)
        notices.told(conn, upto)


def take(
    store: Store, channel: str, *, board: str, clock: Clock, lease: int, only: int | None = None
) -> tuple[Waiting, Message] | None:
    """The next message of a channel and what it says, which nobody else sends for `lease` microseconds. None: there is none.

    What it says is asked for between two short transactions, since that may take a while.
    """
    while True:
        with store.write() as conn:
            waiting = outbox.take(conn, channel, now=clock.now(), lease=lease, only=only)
            if waiting is not None and not outbox.is_wanted(conn, store, waiting):
                outbox.nothing_left(conn, waiting, now=clock.now())
                continue
        if waiting is None:
            return None
        if waiting.body is not None:
            return waiting, msgspec.json.decode(waiting.body, type=Message)
        with store.read() as conn:
            message = _composed(conn, store, waiting, board=board, now=clock.now())
        with store.write() as conn:
            if message is not None:
                outbox.freeze(conn, waiting, msgspec.json.encode(message))
                return waiting, message
            outbox.nothing_left(conn, waiting, now=clock.now())


def preview(
    store: Store, route: Route, team: EntityRef, *, sort: Sort, since: Instant, board: str, clock: Clock
) -> Message | None:
    """What a message would say now, without anything being written or sent. None: there is nothing to tell."""
    with store.read() as conn:
        now = clock.now()
        viewer = viewer_of_channel(route.channel, team)
        items = notices.of_team(conn, viewer, Asking(now=now, me=viewer.owners), after=0, upto=2**62)
        waiting = Waiting(
            id=0, key="preview", channel=route.channel, team=team, address=route.addresses[0] if route.addresses else "",
            sort=sort, from_at=since if sort is Sort.DIGEST else None, attempts=0, items=items, body=None,
        )  # fmt: skip
        return _composed(conn, store, waiting, board=board, now=now)


def _composed(conn: Connection, store: Store, waiting: Waiting, *, board: str, now: Instant) -> Message | None:
    viewer = viewer_of_channel(waiting.channel, waiting.team)
    leave = None
    if waiting.address:
        leave = f"/unsubscribe?token={leave_token(store, waiting.channel, waiting.address)}"
    return composing.compose(conn, store, waiting, viewer, board=board, unsubscribe=leave, now=now)


def standing(store: Store) -> tuple[Kept, ...]:
    """How many messages of each channel stand where."""
    with store.read() as conn:
        return outbox.standing(conn)


def teams(store: Store) -> tuple[EntityRef, ...]:
    """Every group that owns something."""
    with store.read() as conn:
        return outbox.teams(conn)


def add_tests(store: Store, route: Route, team: EntityRef, *, clock: Clock) -> tuple[int, ...]:
    """Test messages to every address of a channel, whose numbers are returned."""
    with store.write() as conn:
        return tuple(outbox.add_test(conn, route, team, address, now=clock.now()) for address in route.addresses)


def send_again(store: Store, viewer: Viewer, channels: Sequence[str], *, clock: Clock) -> int:
    """Have what could not be delivered tried anew. Returns how many messages."""
    with store.write() as conn:
        now = clock.now()
        count = outbox.revive(conn, channels, now=now)
        if count:
            detail = {"messages": str(count)}
            audit.note(conn, at=now, actor=viewer.named, action="channel.again", subject="channels", detail=detail)
        return count


# Who wants no messages


def leave_token(store: Store, channel: str, address: str) -> str:
    """What the link in a mail carries: it works for whoever has the mail, names nobody, and nobody else can make one."""
    body = msgspec.json.encode((channel, base64.b64encode(outbox.hash_of(store, address)).decode()))
    return base64.urlsafe_b64encode(_signed(store, body) + body).decode().rstrip("=")


def leave(store: Store, token: str, *, clock: Clock) -> str:
    """No more messages to the address of this token. Returns the channel's name. Raises NotFoundError."""
    channel, address_hash = read_token(store, token)
    with store.write() as conn:
        now = clock.now()
        if outbox.unsubscribe(conn, channel, address_hash, now=now):
            audit.note(conn, at=now, actor="mail link", action="channel.leave", subject=f"channel:{channel}")
    return channel


def come_back(store: Store, viewer: Viewer, channel: str, address: str, *, clock: Clock) -> bool:
    """Messages to an address again. False: it got them all the time."""
    with store.write() as conn:
        found = outbox.subscribe(conn, store, channel, address)
        if found:
            audit.note(
                conn, at=clock.now(), actor=viewer.named, action="channel.return", subject=f"channel:{channel}"
            )  # fmt: skip
        return found


def read_token(store: Store, token: str) -> tuple[str, bytes]:
    """The channel and the address's hash that a token names. Raises NotFoundError."""
    try:
        raw = base64.urlsafe_b64decode(token[:2_000] + "=" * (-len(token[:2_000]) % 4))
        signature, body = raw[:32], raw[32:]
        if not hmac.compare_digest(signature, _signed(store, body)):
            raise NotFoundError("This link is not one of ours.")
        channel, packed = msgspec.json.decode(body, type=tuple[str, str])
        return channel, base64.b64decode(packed)
    except (ValueError, binascii.Error, msgspec.DecodeError):
        raise NotFoundError("This link is not one of ours.") from None


def _signed(store: Store, body: bytes) -> bytes:
    return hmac.digest(store.seed.encode(), b"leave:" + body, hashlib.sha256)
