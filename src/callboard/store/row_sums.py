"""Rows in short: the same for the same rows, in any order and on whichever database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import xxhash

_LARGEST = 1 << 128


class Sum(msgspec.Struct, frozen=True):
    """Rows in any order, to be compared with others."""

    rows: int
    digest: int
    """The sum of the 128-bit hashes (XXH3) of all rows. It finds what was damaged or left out, not what was forged."""

    @classmethod
    def empty(cls) -> Sum:
        """Of no rows."""
        return cls(0, 0)

    def with_rows(self, rows: Sequence[Sequence[Any]]) -> Sum:
        """With more rows, of values as `plain` tells them."""
        digest = self.digest
        for row in rows:
            digest += xxhash.xxh3_128_intdigest(msgspec.msgpack.encode(row))
        return Sum(self.rows + len(rows), digest % _LARGEST)


def plain(row: Sequence[Any]) -> tuple[Any, ...]:
    """A row as numbers, texts, bytes and nothing else: drivers differ in how they tell flags and bytes."""
    return tuple(
        int(value) if isinstance(value, bool) else bytes(value) if isinstance(value, memoryview | bytearray) else value
        for value in row
    )
