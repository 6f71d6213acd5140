"""Whole locks as they are stored: of each manifest the newest one."""

from __future__ import annotations

import zlib

import msgspec

from callboard.domain.packages.lock import Lock


def packed(lock: Lock) -> bytes:
    """A lock as it is stored."""
    return zlib.compress(msgspec.msgpack.encode(lock), 6)


def unpacked(body: bytes) -> Lock:
    """A lock from what is stored."""
    return msgspec.msgpack.decode(zlib.decompress(body), type=Lock)
