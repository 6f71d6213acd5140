"""The evidence behind decisions, stored: every candidate, winner or not, with the time since when it is known."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant
from callboard.domain.ownership.verdict import Ownership
from callboard.store import schema
from callboard.store.dialect import Dialect, Row
from callboard.store.ownership.holdings import Holdings

_KEY = ["resource_id", "entity_id", "form", "value"]
_TOLD = ["tier", "evidence", "won", "dropped"]
"""What a candidate says, beside what it is: everything but the time."""


def rows_of(
    holdings: Holdings, resource_id: int, ownership: Ownership, *, routes: Sequence[EntityRef] | None = None
) -> list[Row]:
    """What is stored of the candidates for one resource, as `stored` gives it. `routes` where others than decided stand."""
    ids, tier = holdings.entity_ids, ownership.tier
    standing = ownership.routes if routes is None else routes
    rows: list[Row] = []
    told: set[Row] = set()
    for each in ownership.candidates:
        key = (ids[each.entity], each.form, each.value)
        if key in told:
            continue
        told.add(key)
        won = each.entity in standing and not each.dropped and (routes is not None or each.tier == tier)
        rows.append((resource_id, *key, each.tier, each.text, won, each.dropped or None))
    return rows


def stored(conn: Connection, dialect: Dialect, resource_ids: Iterable[int]) -> list[Row]:
    """The evidence that is stored of these resources, without the time."""
    return dialect.lookup(conn, schema.candidate, [*_KEY, *_TOLD], "resource_id", resource_ids)


def insert(conn: Connection, dialect: Dialect, rows: Iterable[Row], *, now: Instant) -> None:
    """Store evidence that is known from now on."""
    dialect.insert(conn, schema.candidate, [(*row[:7], now, row[7]) for row in rows])


class Amendment:
    """What has to be written so that the stored evidence is what it is now; what stays keeps the time since it is known."""

    def __init__(self) -> None:
        self._gone: list[Row] = []
        self._changed: list[Row] = []
        self._came: list[Row] = []

    def take(self, former: Collection[Row], wanted: Sequence[Row]) -> set[int]:
        """Take in some resources, as they are stored and as they should be. Returns those of which anything differs."""
        before = set(former)
        fresh = [row for row in wanted if row not in before]
        if not fresh and len(wanted) == len(before):
            return set()
        over = {row[:4] for row in before.difference(wanted)}
        differing = {row[0] for row in fresh} | {key[0] for key in over}
        for row in fresh:
            key = row[:4]
            if key in over:
                over.remove(key)
                self._changed.append(row)
            else:
                self._came.append(row)
        self._gone += over
        return differing

    def write(self, conn: Connection, dialect: Dialect, *, now: Instant) -> None:
        """Write what was taken in."""
        dialect.delete(conn, schema.candidate, _KEY, sorted(self._gone))
        dialect.update(conn, schema.candidate, _TOLD, _KEY, [(*row[4:], *row[:4]) for row in self._changed])
        insert(conn, dialect, self._came, now=now)
