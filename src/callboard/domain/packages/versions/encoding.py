"""How versions become bytes that sort as the versions do.

A key is compared byte by byte, in Python and in both databases alike, so that it can be stored, indexed and asked for by
range. Two versions have the same key exactly when their ecosystem holds them for the same.
"""

from __future__ import annotations

MAX_VERSION_CHARACTERS = 250
"""Longer texts are no versions here. npm allows 256; a number's length has to fit into one byte."""


_SMALL = {
    str(each): bytes((len(str(each)) if each else 0,)) + (str(each).encode() if each else b"") for each in range(200)
}


def number(digits: str) -> bytes:
    """A whole number that is not negative, of at most 250 digits: its length, then its digits without leading zeros."""
    if (found := _SMALL.get(digits)) is not None:
        return found
    bare = digits.lstrip("0")
    return bytes((len(bare),)) + bare.encode()
