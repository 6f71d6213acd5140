"""By which way a component comes to a package: step by step, from the package to what the project asks for itself."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Integer, Row, Select, and_, bindparam, cast, literal, select, union_all

from callboard.store import schema
from callboard.store.schema import NEVER

u = schema.package_use.c

LONGEST_WAY = 40
"""Steps of a way that are told; of a longer one the last."""
BEGINNINGS = (4, 16, 64)
"""Ways that one statement follows."""


def ways_of(conn: Connection, rows: Sequence[Row[Any]]) -> list[list[int]]:
    """For each row the packages from what the project asks for to the one of the row."""
    ways = [[row.package_id] for row in rows]
    ahead = [at for at, row in enumerate(rows) if row.parent_id is not None]
    for begin in range(0, len(ahead), BEGINNINGS[-1]):
        chunk = ahead[begin : begin + BEGINNINGS[-1]]
        size = next(each for each in BEGINNINGS if each >= len(chunk))
        # Filled up with what leads nowhere, so that few statements are ever made.
        asked = {f"{name}{n}": -1 for n in range(len(chunk), size) for name in "mpt"}
        for n, at in enumerate(chunk):
            asked |= {f"m{n}": rows[at].manifest_id, f"p{n}": rows[at].parent_id, f"t{n}": _moment(rows[at])}
        ended: set[int] = set()
        for n, parent in conn.execute(_back(size), asked):
            if n < len(chunk) and n not in ended:
                way = ways[chunk[n]]
                if parent in way:  # round in a circle
                    ended.add(n)
                else:
                    way.insert(0, parent)
    return ways


@cache
def _back(size: int) -> Select[Any]:
    """For so many packages that come before another one: they, what was before them at that time, and so on."""
    begins = union_all(
        *(
            select(
                literal(n, Integer).label("n"),
                *(cast(bindparam(f"{name}{n}"), BigInteger).label(name) for name in "mpt"),
                literal(1, Integer).label("step"),
            )
            for n in range(size)
        )
    )
    way = select(begins.subquery("begins")).cte("way", recursive=True)
    w = way.c
    before = and_(u.manifest_id == w.m, u.package_id == w.p, u.from_at <= w.t, u.until_at > w.t)
    way = way.union_all(
        select(w.n, w.m, u.parent_id, w.t, w.step + 1)
        .join_from(way, schema.package_use, before)
        .where(u.parent_id.is_not(None), w.step < LONGEST_WAY)
    )
    return select(way.c.n, way.c.p).order_by(way.c.n, way.c.step)


def _moment(row: Row[Any]) -> int:
    """The end of the row's time, as that is when its own way was last told."""
    return int(row.until_at) - 1 if row.until_at != NEVER else NEVER - 1
