"""Whether anything may be dropped, what was dropped and is not in the log yet, and up to when rows are kept whole."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, delete, insert, select, update

from callboard.domain.instant import Instant
from callboard.domain.retention import Hold
from callboard.store import schema

m = schema.meta.c

_HOLD = "retention-hold"
_DROPPED = "retention-dropped"
_UNTIL = "retention-until"
_DONE = "retention-done"

_decode_hold = msgspec.json.Decoder(Hold).decode
_decode_numbers = msgspec.json.Decoder(dict[str, int]).decode


def hold(conn: Connection) -> Hold | None:
    """Why nothing may be dropped. None: it may."""
    found = _told(conn, _HOLD)
    return None if found is None else _decode_hold(found)


def put_hold(conn: Connection, told: Hold | None) -> None:
    """Let nothing be dropped any more, or let it be again. Inside `Store.write`."""
    _tell(conn, _HOLD, None if told is None else msgspec.json.encode(told).decode())


def dropped(conn: Connection) -> dict[str, int]:
    """By rule, rows that went since the log was told the last time."""
    return _numbers(conn, _DROPPED)


def note_dropped(conn: Connection, key: str, rows: int, before: Instant) -> None:
    """So many rows of a rule went, all of them from before that moment. In the transaction that drops them."""
    counts = dropped(conn)
    counts[key] = counts.get(key, 0) + rows
    _tell(conn, _DROPPED, msgspec.json.encode(counts).decode())
    until = _numbers(conn, _UNTIL)
    until[key] = max(before, until.get(key, 0))
    _tell(conn, _UNTIL, msgspec.json.encode(until).decode())


def end_round(conn: Connection, now: Instant, *, is_whole: bool) -> None:
    """What was dropped is in the log. `is_whole`: nothing that is old is left."""
    _tell(conn, _DROPPED, None)
    if is_whole:
        _tell(conn, _DONE, str(int(now)))


def done_at(conn: Connection) -> Instant | None:
    """When everything that was old had last been dropped. None: never."""
    found = _told(conn, _DONE)
    return None if found is None else Instant(int(found))


def kept_since(conn: Connection) -> Mapping[str, Instant]:
    """By rule, the moment from which on everything is there still. Not there: nothing was ever dropped by it."""
    return {key: Instant(at) for key, at in _numbers(conn, _UNTIL).items()}


def _numbers(conn: Connection, key: str) -> dict[str, int]:
    found = _told(conn, key)
    return {} if found is None else _decode_numbers(found)


def _told(conn: Connection, key: str) -> str | None:
    found = conn.execute(select(m.value).where(m.key == key)).scalar_one_or_none()
    return None if found is None else str(found)


def _tell(conn: Connection, key: str, value: str | None) -> None:
    if value is None:
        conn.execute(delete(schema.meta).where(m.key == key))
    elif conn.execute(update(schema.meta).where(m.key == key).values(value=value)).rowcount == 0:
        conn.execute(insert(schema.meta).values(key=key, value=value))
