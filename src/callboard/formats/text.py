"""Files as text, at a bounded cost."""

from __future__ import annotations

from bisect import bisect_right

from callboard.errors import MalformedManifestError

MAX_BYTES = 24_000_000
"""The largest lockfiles known have about 5 MB."""
MAX_LINE = 200_000
"""Characters in one line at most. Descriptors of the most used package in a large Yarn lockfile have some 3,000."""

MAX_LINES = 250_000
"""Lines at most. The largest lockfiles known have about 125,000."""
_LEAST, _PER_LINE = 50_000, 20
"""So many lines may always be, and one more for so many bytes: a line makes work and values, however short it is. Those of
honest manifests have 25 to 90 bytes."""


def read_text(path: str, raw: bytes, *, max_line: int = MAX_LINE) -> str:
    """The text of a manifest, with every line ended alike. Raises MalformedManifestError: too large, not UTF-8, or a line too long."""
    if len(raw) > MAX_BYTES:
        raise MalformedManifestError(f"expected at most {MAX_BYTES:,} bytes, not {len(raw):,}", path=path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise MalformedManifestError("expected UTF-8 text", path=path, line=line) from None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\0" in text:
        raise MalformedManifestError("expected text without NUL", path=path, line=line_at(text, text.index("\0")))
    most = min(_LEAST + len(text) // _PER_LINE, MAX_LINES)
    if text.count("\n") > most:
        raise MalformedManifestError(f"expected at most {most:,} lines for so many bytes", path=path)
    if len(text) > max_line:
        _check_lines(path, text, max_line)
    return text


def line_at(text: str, position: int) -> int:
    """The line of a position, counted from 1. For more than a few use `Lines`."""
    return text.count("\n", 0, position) + 1


class Lines:
    """Lines of many positions in one text."""

    def __init__(self, text: str) -> None:
        self._ends: list[int] = []
        at = text.find("\n")
        while at >= 0:
            self._ends.append(at)
            at = text.find("\n", at + 1)

    def at(self, position: int) -> int:
        """The line of a position, counted from 1."""
        return bisect_right(self._ends, position - 1) + 1


def _check_lines(path: str, text: str, longest: int) -> None:
    start = 0
    number = 1
    while len(text) - start > longest:
        end = text.rfind("\n", start, start + longest + 1)
        if end < 0:
            raise MalformedManifestError(f"expected at most {longest:,} characters in a line", path=path, line=number)
        number += text.count("\n", start, end + 1)
        start = end + 1
