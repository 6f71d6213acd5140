"""Version ranges of an advisory, as OSV defines them (schema 1.7.5, https://ossf.github.io/osv-schema/, read 2026-11).

A range is a walk over events: `introduced` at or before a version makes it affected, `fixed` at or before it and
`last_affected` before it end that. Here the walk is done once, and what is left are intervals that a version's key is looked
up in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from callboard.domain.packages.versions import Order

Event = tuple[str, str]
"""introduced, fixed, last_affected or limit, and a version."""

BEGINNING = "0"
"""`introduced: "0"` stands before every version, prereleases of 0.0.0 too. It is no version itself."""
ENDLESS = "*"
"""`limit: "*"` limits nothing."""

_RANK = {"introduced": 0, "fixed": 1, "last_affected": 2}
"""Order of events at one version: a fix of what is introduced there wins; the last affected version itself is affected."""


class Interval(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Versions between two keys, the first included."""

    low: bytes
    """Empty: from before every version."""
    high: bytes | None
    """None: without end."""
    closed: bool
    """Whether the version at `high` is inside: it is the last that is known to be affected."""
    low_text: str
    high_text: str

    def __contains__(self, key: bytes) -> bool:
        return self.low <= key and (self.high is None or key < self.high or (self.closed and key == self.high))

    def outside(self, keys: Iterable[bytes]) -> list[bytes]:
        """Those of the keys that are not inside."""
        low, high = self.low, self.high
        if high is None:
            return [key for key in keys if key < low]
        if self.closed:
            return [key for key in keys if key < low or key > high]
        return [key for key in keys if key < low or key >= high]

    @property
    def is_open(self) -> bool:
        """Every version there is or will be: "the whole package is bad"."""
        return not self.low and self.high is None

    @property
    def fixed(self) -> str | None:
        """The version that ends it, where the advisory names one. A last affected version says nothing about the next."""
        return self.high_text if self.high is not None and not self.closed else None

    @property
    def words(self) -> str:
        """The interval for people."""
        if self.high is None:
            return f"from {self.low_text} on" if self.low else "every version"
        end = f"up to {self.high_text}" if self.closed else f"before {self.high_text}"
        if self.low and self.closed and self.low == self.high:
            return f"exactly {self.low_text}"
        return f"from {self.low_text}, {end}" if self.low else end


def intervals(events: Iterable[Event], order: Order) -> list[Interval]:
    """The intervals that the walk over these events leaves. Raises ValueError with the version that has no order."""
    marks: list[tuple[bytes, int, str]] = []
    limits: list[tuple[bytes, str]] = []
    is_limited = False
    for kind, version in events:
        if kind == "limit":
            is_limited = True
            if version == ENDLESS:
                limits.append((b"\xff", ENDLESS))
            else:
                limits.append((_key(version, order), version))
        elif kind == "introduced" and version == BEGINNING:
            marks.append((b"", 0, BEGINNING))
        else:
            marks.append((_key(version, order), _RANK[kind], version))
    found = _walk(sorted(marks, key=lambda mark: mark[:2]))
    if not is_limited:
        return found
    limit, text = max(limits)
    # To be below at least one limit is to be below the highest.
    return found if text == ENDLESS else _below(found, limit, text)


def _key(version: str, order: Order) -> bytes:
    key = order(version)
    if key is None:
        raise ValueError(version)
    return key


def _walk(marks: Sequence[tuple[bytes, int, str]]) -> list[Interval]:
    found: list[Interval] = []
    since: tuple[bytes, str] | None = None
    for key, rank, text in marks:
        if rank == 0:
            since = since or (key, text)
        elif since is not None:
            closed = rank == _RANK["last_affected"]
            if closed or since[0] < key:
                found.append(Interval(since[0], key, closed, since[1], text))
            since = None
    if since is not None:
        found.append(Interval(since[0], None, False, since[1], ""))  # noqa: FBT003 - array-like, in the order of its fields
    return found


def _below(found: Iterable[Interval], limit: bytes, text: str) -> list[Interval]:
    kept = []
    for each in found:
        if each.low >= limit:
            continue
        if each.high is None or each.high >= limit:
            # A limit ends what is known, which is no fix: the version there is only not called affected.
            kept.append(Interval(each.low, limit, False, each.low_text, text))  # noqa: FBT003
        else:
            kept.append(each)
    return kept
