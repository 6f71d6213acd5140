"""Whose turn it is to call: one row for each account, which all processes on this database share.

The row holds when the next call may begin, by the database's clock, since the clocks of machines differ.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, case, update

from callboard.store import schema
from callboard.store.dialect import of

t = schema.call_turn.c


def reserve(conn: Connection, account: str, span: int, *, longest: int) -> int:
    """Take the next `span` (microseconds) of an account's time. Returns in how many microseconds it begins; 0: now.

    Nobody is ever told to wait for more than `longest`: what lies beyond that was written by a clock that was put back.
    Inside `Store.jot`.
    """
    now = _now(conn)
    begins = case((t.next_at > now + longest, now), (t.next_at < now, now), else_=t.next_at)
    return max(_move(conn, account, begins + span) - span, 0)


def hold(conn: Connection, account: str, span: int) -> None:
    """Let nobody call for `span` microseconds: the account was told to wait. Inside `Store.jot`."""
    until = _now(conn) + span
    _move(conn, account, case((t.next_at > until, t.next_at), else_=until))


def _move(conn: Connection, account: str, to: ColumnElement[int]) -> int:
    """Move an account's row. Returns how far it lies ahead now."""
    moved = update(schema.call_turn).where(t.account == account).values(next_at=to).returning(t.next_at - _now(conn))
    found = conn.execute(moved).scalar_one_or_none()
    if found is None:
        of(conn).fold(conn, schema.call_turn, [(account, 0)], adding=["next_at"])
        found = conn.execute(moved).scalar_one()
    return int(found)


def _now(conn: Connection) -> ColumnElement[int]:
    return of(conn).microseconds()
