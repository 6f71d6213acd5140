"""What the cells of all bundles together say of each holding: what flaps, and since when the oldest finding is open."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, bindparam, select

from callboard.domain.access import Visibility
from callboard.domain.instant import Instant
from callboard.domain.query import Term
from callboard.store import schema
from callboard.store.board.shelf import Rows, Shelf, read
from callboard.store.query.filters import Asking
from callboard.store.query.scope import Scope, scope

c = schema.bundle_cell.c

_ALL = select(c.holding_id, c.apart, c.n, c.oldest_at).where(c.bundle_id == 0, c.holding_id > 0)
_SOME = _ALL.where(c.holding_id.in_(bindparam("holdings", expanding=True)))


def _read(conn: Connection, holdings: Sequence[int] | None, _moment: int) -> Rows:
    return read(conn, _ALL if holdings is None else _SOME, {"holdings": holdings})


_SHELF = Shelf(_read)


def flapping(conn: Connection, visibility: Visibility, terms: Sequence[Term], asking: Asking) -> int:
    """Open findings that flap, of what these terms about holdings leave in sight."""
    found = 0
    for part in _SHELF.of(conn, scope(conn, visibility, terms, asking)).values():
        numbers = iter(part)
        found += sum(n for apart, n, _ in zip(numbers, numbers, numbers, strict=True) if apart)
    return found


def oldest(conn: Connection, within: Scope) -> dict[int, Instant]:
    """First detection of the oldest open finding of each holding; holdings without any are left out."""
    return {holding: Instant(min(part[2::3])) for holding, part in _SHELF.of(conn, within).items() if part}
