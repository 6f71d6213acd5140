"""Cursors of any list: opaque, whole, and never believed."""

from __future__ import annotations

import base64

import pytest

from callboard.domain.query.paging import Cursor
from callboard.errors import InvalidQueryError


def forged(body: bytes) -> str:
    """Text that decodes to these bytes."""
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "", "ä", "\ud800", "A", forged(b"{}"), forged(b'["due"]'), forged(b'["due",[1]]'), forged(b'["due",[1,2]]'),
        forged(b'["due",["a","b"]]'), forged(b'["due",[1,"a",2]]'), forged(b'["due",[null,"a"]]'),
        forged(b'["due",[true,"a"]]'), forged(b'["due",[1.5,"a"]]'), forged(b'["due",[1,"\\u0000"]]'),
        forged(b'["due",[9223372036854775808,"a"]]'), forged(b'["due",[1,["a"]]]'), "A" * 2_001,
    ],
)  # fmt: skip
def test_a_forged_cursor_is_refused(text: str) -> None:
    """Its key has just the parts that the list asks for, and nothing that a database cannot hold."""
    with pytest.raises(InvalidQueryError, match="damaged") as refusal:
        Cursor.decode(text, order="due", parts=(int, str))
    assert refusal.value.field == "cursor"


def test_a_cursor_may_have_parts_that_are_not_there() -> None:
    """A row without a due date has a place in the order, too."""
    text = Cursor("due", (None, "a", 3)).encode()
    assert Cursor.decode(text, order="due", parts=(int | None, str, int)).key == (None, "a", 3)


def test_a_cursor_of_another_order_is_refused() -> None:
    """Its key would mean something else."""
    with pytest.raises(InvalidQueryError, match="'due'"):
        Cursor.decode(Cursor("due", (1,)).encode(), order="name", parts=(int,))
