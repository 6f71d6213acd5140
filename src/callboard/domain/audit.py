"""The audit log: who did what, in a chain in which no link can be changed or taken out unseen.

Each entry's hash covers its own words and the hash before it. Whoever keeps the newest hash elsewhere can prove later
that nothing before it was changed, and that nothing was cut from the end.

Entries that are old enough are cut from the beginning. An entry of the log says so, with the number and the hash of the last one
that went: the rest begins behind that hash, and an export from before can be held against it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from callboard.domain.instant import Instant, from_text, to_text

START = b""
"""What stands before the first entry."""

CUT = "audit.cut"
"""The action of an entry that says what was cut before it."""


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


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """Where the log begins, because what was before was old."""

    through: int
    """The last entry that went."""
    hash: bytes
    """Its hash."""
    last_at: Instant
    """Its time."""
    at: Instant
    """When it was cut."""

    def detail(self) -> Mapping[str, str]:
        """As an entry of the log tells it."""
        return {"through": str(self.through), "hash": self.hash.hex(), "until": to_text(self.last_at)}


def cut_of(entry: Entry) -> Cut | None:
    """What an entry says was cut. None: it says nothing of the kind."""
    told = dict(entry.detail)
    if entry.action != CUT:
        return None
    try:
        return Cut(
            through=int(told["through"]),
            hash=bytes.fromhex(told["hash"]),
            last_at=from_text(told["until"]),
            at=entry.at,
        )
    except (KeyError, ValueError):
        return None


def link(entry: Entry, before: bytes) -> bytes:
    """The hash of an entry behind the one with hash `before`: SHA-256 over both, 32 bytes."""
    return hashlib.sha256(before + msgspec.json.encode(entry)).digest()


class Break(msgspec.Struct, frozen=True):
    """Where a chain does not hold."""

    seq: int
    reason: str


def breaks(chain: Iterable[tuple[Entry, bytes]], cut: Cut | None = None) -> Iterator[Break]:
    """Every place where the entries, in order and each with its stored hash, are not what was once written.

    `cut`: what the log itself says was cut from its beginning; None: nothing was.
    """
    before, expected = (START, 1) if cut is None else (cut.hash, cut.through + 1)
    for entry, stored in chain:
        if entry.seq != expected:
            yield Break(expected, f"entries {expected} to {entry.seq - 1} are missing")
        elif link(entry, before) != stored:
            yield Break(entry.seq, "the entry is not what was written")
        before, expected = stored, entry.seq + 1
