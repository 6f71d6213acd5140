"""Identifiers of the generated company: stable for a seed, and for findings readable back into their row number."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final
from zlib import crc32

FINDING_VERSIONS: Final = {"issue": 4, "vulnerability": 5, "configuration": 5}
"""UUID version digit by kind: Wiz entity ids are version 5, issue ids version 4 (wiz-api.md section 9, 2026-08)."""


def _layout(raw: bytearray, version: int) -> str:
    raw[6] = (raw[6] & 0x0F) | (version << 4)
    raw[8] = (raw[8] & 0x3F) | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def entity_id(seed: int, *parts: object, version: int = 5) -> str:
    """The UUID of a thing that is named by `parts`."""
    digest = blake2b("\x1f".join(map(str, (seed, *parts))).encode(), digest_size=16).digest()
    return _layout(bytearray(digest), version)


def hex_name(seed: int, *parts: object, length: int = 17) -> str:
    """Hexadecimal text as cloud providers put it in names, for example after `i-`."""
    digest = blake2b("\x1f".join(map(str, (seed, *parts))).encode(), digest_size=32).hexdigest()
    return digest[:length]


class FindingIds:
    """Turns row numbers of one kind of finding into UUIDs and back without keeping a table.

    Twelve bytes are a keyed hash of the row number; the last four are the row number covered by a checksum of those
    twelve. A million ids therefore cost no memory, and an id that was never given out is recognised as unknown.
    """

    __slots__ = ("_key", "_version", "kind")

    def __init__(self, seed: int, kind: str, generation: int = 0) -> None:
        self.kind = kind
        self._key = blake2b(f"{seed}:{kind}:{generation}".encode(), digest_size=16).digest()
        self._version = FINDING_VERSIONS[kind] << 4

    def of(self, row: int) -> str:
        """The UUID of a row."""
        raw = bytearray(blake2b(row.to_bytes(4, "big"), key=self._key, digest_size=12).digest())
        raw[6] = (raw[6] & 0x0F) | self._version
        raw[8] = (raw[8] & 0x3F) | 0x80
        raw += (row ^ crc32(raw)).to_bytes(4, "big")
        text = raw.hex()
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"

    def row(self, text: str) -> int | None:
        """The row number of a UUID, or None when it is not one of ours."""
        try:
            raw = bytes.fromhex(text.replace("-", ""))
        except ValueError:
            return None
        if len(raw) != 16:
            return None
        row = int.from_bytes(raw[12:], "big") ^ crc32(raw[:12])
        return row if self.of(row) == text else None


def spread(row: int, salt: int) -> int:
    """A number from 0 to 65535 that looks random and depends only on the row and the salt."""
    mixed = (row * 0x9E3779B1 + salt * 0x85EBCA6B + 0x27D4EB2F) & 0xFFFFFFFF
    mixed ^= mixed >> 15
    mixed = (mixed * 0x2C1B3C6D) & 0xFFFFFFFF
    return (mixed >> 11) & 0xFFFF
