"""What is held in memory for one run: the known hashes of a source, and which ids a first load has written."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from typing import Any

import xxhash
from pyroaring import BitMap
from sqlalchemy import Connection, Select, func, select

from callboard.store import schema

HELD_AT_MOST = 250_000
"""Findings up to which hashes are held in memory; above it each page looks its own up."""


class Memory(dict[bytes, tuple[int, int]]):
    """Raw hash → (finding id, last detection or 0)."""


def load_memory(conn: Connection, source_id: int) -> Memory | None:
    """All hashes of the findings of one source. None: too many to hold."""
    f, s = schema.finding.c, schema.sighting.c
    for column in (f.id, s.finding_id):
        if (conn.execute(select(func.max(column))).scalar_one() or 0) > HELD_AT_MOST:
            return None
    # Two scans and one look-up in memory cost a third of the join.
    last_of: dict[int, int] = dict(_all(conn, select(s.finding_id, s.last_detected_at)))
    find = last_of.get
    rows = _all(conn, select(f.raw_hash, f.id).where(f.source_id == source_id))
    return Memory((raw_hash, (id_, find(id_, 0))) for raw_hash, id_ in rows)


def _all(conn: Connection, query: Select[Any]) -> Iterator[Any]:
    """The driver's own rows: plain tuples, without a wrapper each, and never all of them at once."""
    cursor: Any = conn.execute(query).cursor
    return iter(cursor)


_BITS = 28
"""Of one part of a digest: the values of a million ids lie densely enough to take two bytes and a little each."""
_PART = (1 << _BITS) - 1


class Written:
    """Which external ids a first load has written, in some seven bytes each instead of the hundred of a set of texts."""

    def __init__(self) -> None:
        self._seen = BitMap(), BitMap(), BitMap()
        self._seed = secrets.randbits(64)
        """So that nobody can prepare many ids with one digest."""

    def again(self, external_ids: Sequence[str]) -> list[str]:
        """Those that were perhaps written before, and all that were; notes them all.

        Whoever asks looks up what is really stored, which without an index is a walk over all findings. So an id counts as
        known only where three parts of its digest are: of three million ids that is wrong of about one.
        """
        digest = xxhash.xxh3_128_intdigest
        digests = [digest(external_id.encode(), self._seed) for external_id in external_ids]
        parts = [[each >> start & _PART for each in digests] for start in (0, _BITS, 2 * _BITS)]
        one, two, three = self._seen
        found = [
            external_id
            for external_id, *at in zip(external_ids, *parts, strict=True)
            if at[0] in one and at[1] in two and at[2] in three
        ]
        for seen, part in zip(self._seen, parts, strict=True):
            seen.update(part)
        return found
