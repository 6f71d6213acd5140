"""Reading one JSON object into a struct: strictly when it is as expected, field by field when it is not. Pure.

A field of another type than expected costs that field, not the record: it is left out and noted as drift.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
import xxhash
from msgspec import Raw

from callboard.sources.wiz.words import LINE_CHARACTERS, TEXT_CHARACTERS, clean

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")

LONG = frozenset(
    {
        "description",
        "controlDescription",
        "remediation",
        "remediationInstructions",
        "resolutionRecommendation",
        "CVEDescription",
        "text",
        "currentValue",
        "expectedValue",
    }
)
"""Fields that hold text rather than a line."""

ABSENT = Raw(b"")
"""An object that did not arrive."""


class Reader(Generic[S]):
    """Reads objects of one shape."""

    def __init__(self, shape: type[S]) -> None:
        self._shape = shape
        self._decoder = msgspec.json.Decoder(shape)
        self._fields = msgspec.structs.fields(shape)

    def read(self, raw: bytes | memoryview | Raw, drift: list[str], path: str = "") -> S | None:
        """The object, with what was wrong in it noted under `path`. None: it is no object at all."""
        try:
            found = self._decoder.decode(raw)
        except (ValueError, RecursionError):
            loaded = loads(raw)
            if not isinstance(loaded, dict):
                return None
            found = self._by_field(loaded, drift, path)
            self._clean(found, drift, path)
            return found
        # A text can only be too long in a long record, and can only hold NUL as an escape. Halves of surrogate pairs
        # never get here: the decoder refuses them.
        text = bytes(raw)
        escape = text.find(b"\\")
        if len(text) > LINE_CHARACTERS or (escape >= 0 and text.find(b"\\u0000", escape) >= 0):
            self._clean(found, drift, path)
        return found

    def _by_field(self, loaded: dict[str, Any], drift: list[str], path: str) -> S:
        values: dict[str, Any] = {}
        for field in self._fields:
            if field.encode_name not in loaded:
                continue
            value = loaded[field.encode_name]
            try:
                if field.type is Raw:
                    values[field.name] = Raw(msgspec.json.encode(value))
                else:
                    values[field.name] = msgspec.convert(value, field.type, strict=not _is_number(value))
            except (ValueError, RecursionError, msgspec.MsgspecError):
                drift.append(f"{path}{field.encode_name}: {kind_of(value)}")
        return self._shape(**values)

    def _clean(self, found: S, drift: list[str], path: str) -> None:
        for field in self._fields:
            value = getattr(found, field.name)
            if isinstance(value, str):
                most = TEXT_CHARACTERS if field.encode_name in LONG else LINE_CHARACTERS
                setattr(found, field.name, clean(value, most, path + field.encode_name, drift))


_digest = xxhash.xxh3_128_digest
_SEED = secrets.randbits(64)
"""Differs in every process, so that nobody can prepare two texts with one digest."""


class Memo(Generic[T]):
    """Remembers what was made of objects that many records repeat byte for byte, such as the resource of 200 findings."""

    def __init__(self, make: Callable[[Raw | bytes], T], most: int = 8_000) -> None:
        """`most` bounds how many are remembered; when it is full, all are forgotten."""
        self._make = make
        self._most = most
        self._known: dict[bytes, T] = {}

    def __call__(self, raw: Raw | bytes) -> T:
        """What `make` makes of it."""
        # The digest stands for the text, which may be thousands of characters long.
        key = _digest(memoryview(raw), _SEED)
        made = self._known.get(key)
        if made is None:
            made = self._make(bytes(raw))
            if len(self._known) >= self._most:
                self._known.clear()
            self._known[key] = made
        return made


def loads(raw: bytes | memoryview | Raw) -> object:
    """The JSON value, also where our strict parser gives up: halves of surrogate pairs and broken UTF-8 are dropped.

    Returns `NotImplemented` for what is not JSON; None is a value.
    """
    try:
        return msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        pass
    try:
        value = json.loads(bytes(raw).decode("utf-8", "ignore"))
        return msgspec.json.decode(json.dumps(value, ensure_ascii=False).encode("utf-8", "ignore"))
    except (ValueError, RecursionError):
        return NotImplemented


def listed(raw: bytes | Raw, path: str, drift: list[str]) -> list[Raw] | None:
    """The items of a list; none of them for null, which Wiz writes for an empty list. None: it did not arrive."""
    if raw is ABSENT:
        return None
    if bytes(raw) == b"null":
        return []
    try:
        return msgspec.json.decode(raw, type=list[Raw])
    except (ValueError, RecursionError):
        value = loads(raw)
    if isinstance(value, list):
        return [Raw(msgspec.json.encode(item)) for item in value]
    drift.append(f"{path}: {kind_of(value)}")
    return None


def kind_of(value: object) -> str:
    """What JSON calls the type of a value, for reasons."""
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case dict():
            return "an object"
        case _:
            return "nothing"


def _is_number(value: object) -> bool:
    return isinstance(value, str) and value[:1].isdigit()
