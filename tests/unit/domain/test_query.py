"""Cursors: opaque, whole, and never believed."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callboard.domain.finding import OPEN_STATES
from callboard.domain.query import Cursor, FindingQuery, Sort
from callboard.errors import InvalidQueryError

keys = st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5).map(tuple)


@given(st.sampled_from(Sort), keys)
def test_a_cursor_survives_as_text(sort: Sort, key: tuple[int, ...]) -> None:
    """In a form that needs no escaping in a URL."""
    cursor = Cursor(sort, key)
    text = cursor.encode()
    assert text.replace("-", "").replace("_", "").isalnum()
    assert Cursor.decode(text, sort=sort) == cursor


def refused(text: str, sort: Sort) -> InvalidQueryError | None:
    """Why the text is no cursor; None when it is one."""
    try:
        Cursor.decode(text, sort=sort)
    except InvalidQueryError as error:
        return error
    return None


@given(st.sampled_from(Sort), keys, st.integers(0, 400), st.characters())
def test_a_damaged_cursor_is_refused_or_is_another_cursor(
    sort: Sort, key: tuple[int, ...], place: int, char: str
) -> None:
    """Never another error, whatever character was changed."""
    text = Cursor(sort, key).encode()
    place %= len(text)
    refusal = refused(text[:place] + char + text[place + 1 :], sort)
    assert refusal is None or (refusal.field == "cursor" and refusal.hint)


@given(st.text(max_size=60))
def test_any_text_is_refused_or_read(text: str) -> None:
    """Text that nobody encoded gives one kind of error."""
    refusal = refused(text, Sort.SEVERITY)
    assert refusal is None or refusal.field == "cursor"


def forged(body: bytes) -> str:
    """Text that decodes to these bytes."""
    return base64.urlsafe_b64encode(body).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    [
        "", "A", "AAAA", "ä", "\ud800", "=" * 9, forged(b"[]"), forged(b"{}"), forged(b"null"), forged(b'["severity"]'),
        forged(b'["nothing",[1]]'), forged(b'["severity",["x"]]'), forged(b'["severity",[1.5]]'), forged(b"[" * 5000),
        forged(b'["severity",[1e999]]'), forged(b'["severity",[' + b"9" * 5000 + b"]]"), forged(b"\xff\xfe"),
    ],
)  # fmt: skip
def test_a_forged_cursor_is_refused(text: str) -> None:
    """Whatever stands in it."""
    with pytest.raises(InvalidQueryError):
        Cursor.decode(text, sort=Sort.SEVERITY)


def test_a_cursor_of_another_order_is_refused() -> None:
    """Its key would mean something else."""
    with pytest.raises(InvalidQueryError, match="'first'"):
        Cursor.decode(Cursor(Sort.FIRST_DETECTED, (1, 2)).encode(), sort=Sort.SEVERITY)


def test_a_query_that_says_nothing_asks_for_what_is_open() -> None:
    """Closed findings are seen by asking for them."""
    assert FindingQuery().states == OPEN_STATES
