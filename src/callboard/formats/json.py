"""JSON at a bounded cost, with the lines of its keys."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from callboard.errors import MalformedManifestError
from callboard.formats.text import MAX_BYTES

MAX_DEPTH = 200
"""Objects and lists inside each other at most."""

MOST_WEIGHT = 180_000_000
"""Bytes that a document may weigh as values. A bill of 25 MB with hashes and properties weighs as much."""
_LEAST, PER_BYTE = 24_000_000, 10
"""A document may always weigh so much, and so much more for each of its bytes: the densest honest ones, which are bills
without hashes and without spaces, weigh 10.5 bytes for each, others 4 to 7; what is made to weigh much, 25."""
_WEIGHTS = ((b"{", 90), (b"[", 64), (b",", 44), (b'"', 26), (b":", 50))
"""Bytes that each of these stands for as a value: measured with CPython 3.11, and right to a third (2026-11)."""

T = TypeVar("T")

_AT_BYTE = re.compile(r"\(byte ([0-9]+)\)")
_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_OPEN = frozenset(b"[{")


def read_json(path: str, raw: bytes) -> object:
    """The document as plain values. Raises MalformedManifestError."""
    value: object = read_json_as(path, raw, object)
    return value


def read_json_as(path: str, raw: bytes, kind: type[T], *, per_byte: int = PER_BYTE) -> T:
    """The document as a value of this type; fields that the type does not name are passed over.

    `per_byte` is what the densest honest document of its sort weighs for each of its bytes.

    Raises MalformedManifestError with line and reason: not JSON, too large, too deep, or of another shape.
    Of a key that comes twice the last counts, as it does for the programs that these files are made for.
    """
    if len(raw) > MAX_BYTES:
        raise MalformedManifestError(f"expected at most {MAX_BYTES:,} bytes, not {len(raw):,}", path=path)
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    _check_weight(path, raw, per_byte)
    _check_depth(path, raw)
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise MalformedManifestError(f"expected another value: {_lower(str(error))}", path=path) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        found = _AT_BYTE.search(str(error))
        line = raw.count(b"\n", 0, int(found[1])) + 1 if found else None
        reason = _AT_BYTE.sub("", str(error)).strip()
        raise MalformedManifestError(f"expected JSON: {reason}", path=path, line=line) from None
    except RecursionError:
        raise MalformedManifestError("expected fewer objects and lists inside each other", path=path) from None


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _check_weight(path: str, raw: bytes, per_byte: int) -> None:
    """Before anything is decoded: a few characters can stand for a value twenty times their size."""
    if sum(weight * raw.count(sign) for sign, weight in _WEIGHTS) > min(_LEAST + per_byte * len(raw), MOST_WEIGHT):
        raise MalformedManifestError("expected fewer values for so many bytes, or a smaller document", path=path)


def _check_depth(path: str, raw: bytes) -> None:
    # Most files cannot be deep, which counting the brackets tells at once.
    if raw.count(b"{") + raw.count(b"[") <= MAX_DEPTH:
        return
    # A file whose indents stay small is not deep either, if it is one that a program has laid out.
    depth = 0
    for found in _STRUCTURE.finditer(raw):
        first = raw[found.start()]
        if first in _OPEN:
            depth += 1
            if depth > MAX_DEPTH:
                line = raw.count(b"\n", 0, found.start()) + 1
                raise MalformedManifestError(
                    f"expected at most {MAX_DEPTH} objects and lists inside each other", path=path, line=line
                )
        elif first != 0x22:
            depth -= 1
