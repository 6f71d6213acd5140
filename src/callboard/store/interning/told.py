"""How words on one thing are told apart: by digest, by object and by date."""

from __future__ import annotations

import msgspec
import xxhash
from msgspec import UNSET

from callboard.domain.finding import Observed, Resource, Rule

REMEMBERED = 30_000
"""Rules, and resources, kept in memory between pages at most; then the memory starts anew."""

BY_OBJECT = 8_000
"""Values found again by being the same object; the objects are kept alive for it, and a rule's texts are long."""


class Digests:
    """The digests of values. The same object again, which is the usual case, is not encoded again."""

    def __init__(self) -> None:
        self._by_object: dict[int, tuple[Rule | Resource, bytes]] = {}

    def of(self, value: Rule | Resource) -> bytes:
        """The digest of a value."""
        entry = self._by_object.get(id(value))
        if entry is not None and entry[0] is value:
            return entry[1]
        if len(self._by_object) >= BY_OBJECT:
            self._by_object.clear()
        digest = xxhash.xxh3_128_digest(msgspec.msgpack.encode(value))
        self._by_object[id(value)] = (value, digest)
        return digest


def date(seen: Observed) -> int:
    """The date of a word: of two words on one thing the newer counts."""
    for value in (seen.updated_at, seen.last_detected_at, seen.status_changed_at):
        if value is not UNSET and value is not None:
            return value
    return seen.first_detected_at
