"""A table of byte strings inside one file: built once, then looked up in the mapped file without reading it.

The slots (8 bytes each: half a hash, an offset) come first, then the entries: length and bytes of the key, how many values,
the values, each 4 bytes. Hashes are seeded at random for each file, so that nobody can aim names at one slot.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator, Mapping, Sequence

import xxhash

_SLOT = struct.Struct("<II")
_HEAD = struct.Struct("<II")
_MASK = 0xFFFFFFFF


def make_table(entries: Mapping[bytes, Sequence[int]], seed: int) -> bytes:
    """The table of keys with their values, whole numbers under 2**32."""
    size = 2
    while size < 2 * len(entries):
        size *= 2
    # One row of numbers, half a hash and an offset by turns: a tuple for each slot takes five times as long to pack.
    slots = array("I", bytes(size * _SLOT.size))
    body = bytearray()
    start = 8 + size * _SLOT.size
    for key, values in entries.items():
        found = xxhash.xxh3_64_intdigest(key, seed)
        place = found & (size - 1)
        while slots[2 * place + 1]:
            place = (place + 1) & (size - 1)
        slots[2 * place] = found >> 32
        slots[2 * place + 1] = start + len(body)
        body += _HEAD.pack(len(key), len(values)) + key + struct.pack(f"<{len(values)}I", *values)
    if sys.byteorder == "big":
        slots.byteswap()
    return struct.pack("<Q", size) + slots.tobytes() + bytes(body)


class Table:
    """A table inside a larger buffer."""

    def __init__(self, buffer: memoryview, seed: int) -> None:
        """Raises struct.error where the buffer is none."""
        self._buffer = buffer
        self._seed = seed
        (self._size,) = struct.unpack_from("<Q", buffer, 0)
        if self._size & (self._size - 1) or 8 + self._size * _SLOT.size > len(buffer):
            raise struct.error("the table is damaged")

    def __len__(self) -> int:
        """How many keys there are, at most: none exactly where there are none."""
        return 0 if self._size == 2 and not any(offset for _, offset in self._slots()) else self._size // 2

    def _slots(self) -> Iterator[tuple[int, int]]:
        for place in range(self._size):
            yield _SLOT.unpack_from(self._buffer, 8 + place * 8)

    def get(self, key: bytes) -> tuple[int, ...]:
        """The values of a key; none where it is not there."""
        found = xxhash.xxh3_64_intdigest(key, self._seed)
        place = found & (self._size - 1)
        half = (found >> 32) & _MASK
        unpack = _SLOT.unpack_from
        buffer = self._buffer
        for _ in range(self._size):
            there, offset = unpack(buffer, 8 + place * 8)
            if not offset:
                return ()
            if there == half:
                length, count = _HEAD.unpack_from(buffer, offset)
                start = offset + _HEAD.size
                if buffer[start : start + length] == key:
                    return struct.unpack_from(f"<{count}I", buffer, start + length)
            place = (place + 1) & (self._size - 1)
        return ()

    def keys(self) -> Iterator[bytes]:
        """Every key, in no order."""
        for _, offset in self._slots():
            if offset:
                length, _ = _HEAD.unpack_from(self._buffer, offset)
                yield bytes(self._buffer[offset + _HEAD.size : offset + _HEAD.size + length])
