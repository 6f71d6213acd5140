"""The audit log: who did what, in a chain in which no link can be changed or taken out unseen.

Each entry's hash covers its own words and the hash before it. Whoever keeps the newest hash elsewhere can prove later
that nothing before it was changed, and that nothing was cut from the end.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

import msgspec

from callboard.domain.instant import Instant

START = b""
"""What stands before the first entry."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that somebody did, or was refused."""

    seq: int
    """From 1 on, without a gap."""
    at: Instant
    actor: str
    """Who: an entity reference, the name of a token, "laptop", or "callboard" itself."""
    action: str
    """What, as `<room>.<verb>`, for example "ownership.confirm" or "access.denied"."""
    subject: str
    """To what, for example "resource:42". Never a secret and never a search text."""
    detail: tuple[tuple[str, str], ...] = ()
    """What else tells it apart, sorted by name."""


def link(entry: Entry, before: bytes) -> bytes:
    """The hash of an entry behind the one with hash `before`: SHA-256 over both, 32 bytes."""
    return hashlib.sha256(before + msgspec.json.encode(entry)).digest()


class Break(msgspec.Struct, frozen=True):
    """Where a chain does not hold."""

    seq: int
    reason: str


def breaks(chain: Iterable[tuple[Entry, bytes]]) -> Iterator[Break]:
    """Every place where the entries, in order and each with its stored hash, are not what was once written."""
    before, expected = START, 1
    for entry, stored in chain:
        if entry.seq != expected:
            yield Break(expected, f"entries {expected} to {entry.seq - 1} are missing")
        elif link(entry, before) != stored:
            yield Break(entry.seq, "the entry is not what was written")
        before, expected = stored, entry.seq + 1
