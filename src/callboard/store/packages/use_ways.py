"""By which way a component comes to a package: step by step, from the package to what the project asks for itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, bindparam, or_, select

from callboard.store import schema
from callboard.store.schema import NEVER

u = schema.package_use.c

LONGEST_WAY = 40
"""Steps of a way that are told; of a longer one the last."""
PAIRS = (4, 16, 64)
"""Pairs of a manifest and a package that one statement asks about."""


def ways_of(conn: Connection, rows: Sequence[Row[Any]]) -> list[list[int]]:
    """For each row the packages from what the project asks for to the one of the row."""
    ways = [[row.package_id] for row in rows]
    ahead = {at: row.parent_id for at, row in enumerate(rows) if row.parent_id is not None}
    for _ in range(LONGEST_WAY):
        if not ahead:
            break
        for at, parent in ahead.items():
            ways[at].insert(0, parent)
        before = _parents(conn, {(rows[at].manifest_id, parent) for at, parent in ahead.items()})
        ahead = {
            at: grand
            for at, parent in ahead.items()
            if (grand := _at(before.get((rows[at].manifest_id, parent), ()), rows[at])) is not None
            and grand not in ways[at]
        }
    return ways


def _parents(conn: Connection, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[tuple[int, int, int]]]:
    """For pairs of manifest and package: from when to when which package was before it."""
    found: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    waiting = sorted(pairs)
    for begin in range(0, len(waiting), PAIRS[-1]):
        chunk = waiting[begin : begin + PAIRS[-1]]
        size = next(each for each in PAIRS if each >= len(chunk))
        # Filled up with the first one, which changes no answer, so that few statements are ever made.
        chunk += chunk[:1] * (size - len(chunk))
        values = {f"{name}{at}": value for at, pair in enumerate(chunk) for name, value in zip("mp", pair, strict=True)}
        for manifest_id, package_id, start, end, parent_id in conn.execute(_parents_of(size), values):
            found.setdefault((manifest_id, package_id), []).append((start, end, parent_id))
    return found


@cache
def _parents_of(size: int) -> Select[Any]:
    """For so many pairs: each is one step down the index, where two lists would be looked up in every combination."""
    asked = or_(
        *(and_(u.package_id == bindparam(f"p{at}"), u.manifest_id == bindparam(f"m{at}")) for at in range(size))
    )
    return select(u.manifest_id, u.package_id, u.from_at, u.until_at, u.parent_id).where(
        asked, u.parent_id.is_not(None)
    )


def _at(spells: Sequence[tuple[int, int, int]], row: Row[Any]) -> int | None:
    """The package before, at the end of the row's time, as that is when its own way was last told."""
    moment = row.until_at - 1 if row.until_at != NEVER else NEVER - 1
    return next((parent for start, end, parent in spells if start <= moment < end), None)
