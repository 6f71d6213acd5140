"""Pages of a long list, and the cursors that say where one ended."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from types import UnionType
from typing import Generic, TypeVar

import msgspec

from callboard.errors import InvalidQueryError

DEFAULT_LIMIT = 50
"""Rows on one page where nobody says how many."""
MAX_LIMIT = 500
"""Rows on one page at most."""

MAX_CURSOR_CHARACTERS = 2_000
"""A cursor as text is no longer than this: a row's sort key is a few numbers and names."""

Part = int | str | None
"""One part of a sort key."""


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a page ended: the order, and the sort key of its last row. Opaque to callers, and never believed."""

    order: str
    key: tuple[Part, ...]

    def encode(self) -> str:
        """As text for a URL, of letters, digits, "-" and "_"."""
        return base64.urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str, *, order: str, parts: Sequence[type | UnionType]) -> Cursor:
        """The cursor in `text`, whose key has just these types, for example `(int, int | None, str)`.

        Raises InvalidQueryError when it is damaged or of another order.
        """
        cursor = cls.read(text, order=order)
        if len(cursor.key) != len(parts) or not all(map(isinstance, cursor.key, parts)):
            raise damaged()
        return cursor

    @classmethod
    def read(cls, text: str, *, order: str) -> Cursor:
        """The cursor in `text`, whatever its key holds. Raises InvalidQueryError as `decode` does."""
        if len(text) > MAX_CURSOR_CHARACTERS:
            raise damaged()
        try:
            cursor = msgspec.json.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=cls)
        except (ValueError, binascii.Error, msgspec.MsgspecError) as error:
            raise damaged() from error
        if cursor.order != order:
            raise InvalidQueryError(
                f"The cursor belongs to the order {cursor.order[:60]!r}.",
                field="cursor",
                hint="Start from the first page.",
            )
        if not all(map(_is_storable, cursor.key)):
            raise damaged()
        return cursor


def _is_storable(part: Part) -> bool:
    """Whether a database can compare with it: both know integers of 64 bits, and PostgreSQL knows no NUL in text."""
    if isinstance(part, int):
        return -(2**63) <= part < 2**63
    return part is None or "\0" not in part


def damaged() -> InvalidQueryError:
    """The refusal of a cursor that nobody here made."""
    return InvalidQueryError("The cursor is damaged.", field="cursor", hint="Start from the first page.")


T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some rows of a longer list."""

    rows: tuple[T, ...]
    total: int
    """Rows in the whole list that the viewer may see."""
    is_more: bool = False
    """There are more than `total`: counting stopped there."""
    cursor: str | None
    """Where the next page starts. None: this is the last one."""
