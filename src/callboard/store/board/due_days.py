"""Open findings by the day that they are due, of the holdings that are asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, bindparam, select

from callboard.domain.access import Everything, Visibility
from callboard.domain.query import Term
from callboard.store import schema
from callboard.store.board.shelf import Rows, Shelf, Sums, read
from callboard.store.query.filters import Asking
from callboard.store.query.scope import Scope, scope

c = schema.due_cell.c

_ALL = select(c.holding_id, c.day, c.n)
_SOME = _ALL.where(c.holding_id.in_(bindparam("holdings", expanding=True)))
_WHOLE = select(c.day, c.n).where(c.holding_id == 0)


def _read(conn: Connection, holdings: Sequence[int] | None, _moment: int) -> Rows:
    return read(conn, _ALL if holdings is None else _SOME, {"holdings": holdings})


_SHELF = Shelf(_read)
_SUMS = Sums(_SHELF, 64)


def late(conn: Connection, within: Scope, today: int) -> dict[int, int]:
    """Overdue findings of each holding, before this day."""
    found: dict[int, int] = {}
    for holding, part in _SHELF.of(conn, within).items():
        numbers = iter(part)
        found[holding] = sum(n for day, n in zip(numbers, numbers, strict=True) if day < today)
    return found


def counts(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> Mapping[int, int]:
    """Day (since 1970, UTC) → open findings due on it, of what these terms about holdings leave in sight."""
    if not terms and isinstance(visibility, Everything):
        return dict(conn.execute(_WHOLE).cursor.fetchall())
    return _SUMS.of(conn, scope(conn, visibility, terms, asking))
