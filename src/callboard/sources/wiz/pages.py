"""From a page to records whose bytes can be compared, without decoding them.

msgspec splits the page into slices of the answer; a record's moving field is cut by taking the slice behind it. Nothing is
copied while the field stands first, which it does as long as Wiz keeps the order of the selection.
"""

from __future__ import annotations

from datetime import datetime

import msgspec
from msgspec import Raw

from callboard.domain.instant import Instant, from_datetime
from callboard.errors import SourceChangedError
from callboard.ports import RawNode
from callboard.sources.wiz.client import Page

_DATE_ROOM = 48
"""Characters in which the first value must end to be taken for a date; RFC 3339 with microseconds has 27."""


class Cutter:
    """Splits records of one kind. `field` moves on every scan; `detected` tells whether it is a date of detection."""

    def __init__(self, field: str | None, *, detected: bool) -> None:
        self._opening = None if field is None else f'{{"{field}":"'.encode()
        self._key = field
        self._detected = detected
        # Findings of one scan share their date, so the last text is often the next one.
        self._last_text = b""
        self._last_at: Instant | None = None

    def cut(self, nodes: list[Raw]) -> list[RawNode]:
        """The records of a page."""
        opening = self._opening
        if opening is None:
            return [RawNode(whole, whole) for whole in (memoryview(node) for node in nodes)]
        start = len(opening)
        room = start + _DATE_ROOM
        cut: list[RawNode] = []
        for node in nodes:
            view = memoryview(node)
            head = view[:room].tobytes()
            end = head.find(b'"', start)
            if end > 0 and head.startswith(opening) and head[end + 1 : end + 2] == b",":
                text = head[start:end]
                at = self._last_at if text == self._last_text else self._read(text)
                cut.append(RawNode(view[end + 2 :], view, at))
            else:
                cut.append(self._search(view))
        return cut

    def _read(self, text: bytes) -> Instant | None:
        if not self._detected:
            return None
        try:
            at = from_datetime(datetime.fromisoformat(text.decode()))
        except ValueError:
            at = None
        self._last_text, self._last_at = text, at
        return at

    def _search(self, view: memoryview) -> RawNode:
        """The field anywhere at the top of the record: correct, and slower, since the rest is copied."""
        try:
            fields = msgspec.json.decode(view, type=dict[str, Raw])
            value = fields.pop(self._key or "", None)
        except (ValueError, RecursionError):
            return RawNode(view, view)
        if value is None:
            return RawNode(view, view)
        text = bytes(value)
        at = self._read(text[1:-1]) if text.startswith(b'"') else None
        return RawNode(msgspec.json.encode(fields), view, at)


class _Identified(msgspec.Struct, gc=False):
    id: str | None = None


_IDENTIFIED = msgspec.json.Decoder(_Identified)


def record_id(node: Raw) -> str | None:
    """The id of a record. None: it has none that can be read."""
    try:
        return _IDENTIFIED.decode(node).id
    except (ValueError, RecursionError):
        return None


class Walk:
    """What has been seen of one walk over pages, so that a walk that goes in circles or breaks off is noticed.

    As of 2026-08: an empty page that says there is more is legal and is walked over; `totalCount` is only meaningful on
    the first page of vulnerabilities; `nodes` is nullable in the schema (third-party measurements and clients).
    """

    def __init__(self, start: str | None, what: str) -> None:
        self._what = what
        self._cursors = {start}
        self._nodes = 0
        self._whole = start is None
        self.expected: int | None = None
        """How many records the first page announced. None: it did not tell, or the walk started later."""
        self.capped = False
        """True when the announced number is a lower bound."""

    def take(self, page: Page) -> tuple[list[Raw], str | None]:
        """A page's records and where the next one starts. Raises SourceChangedError for a page that cannot be trusted."""
        info = page.pageInfo
        if not isinstance(info, msgspec.Struct):
            raise SourceChangedError(f"Wiz sent a page of {self._what} without pageInfo.")
        if isinstance(page.nodes, msgspec.UnsetType):
            raise SourceChangedError(f"Wiz sent a page of {self._what} without nodes.")
        first = self.expected is None and self._whole and self._nodes == 0
        if first and isinstance(page.totalCount, int):
            self.expected = page.totalCount
            self.capped = page.maxCountReached is True
        nodes = page.nodes or []
        self._nodes += len(nodes)
        if not info.hasNextPage:
            self._finish()
            return nodes, None
        if not info.endCursor:
            raise SourceChangedError(f"Wiz says there are more {self._what} but not where.")
        if info.endCursor in self._cursors:
            raise SourceChangedError(f"Wiz's cursor repeats while walking over {self._what}.")
        self._cursors.add(info.endCursor)
        return nodes, info.endCursor

    def _finish(self) -> None:
        """A walk that ends far short of what was announced was cut off, and must not pass for whole."""
        if self.expected is None or not self._whole:
            return
        missing = self.expected - self._nodes
        if (self._nodes == 0 and missing > 0) or (missing > 100 and missing > self.expected // 10):
            raise SourceChangedError(
                f"Wiz announced {self.expected:,} {self._what} and handed out {self._nodes:,}.",
                hint="If the tenant caps long walks, set window to the cap.",
            )
