"""What parsing remembers: the same answer for the same bytes, within bounds."""

from __future__ import annotations

from msgspec import Raw

from callboard.sources.wiz.lenient import Memo


def number(raw: Raw | bytes) -> list[int]:
    """A new list each time, so that it shows whether it was made again."""
    return [int(bytes(raw))]


def test_equal_bytes_are_one_object() -> None:
    """Which is what later steps take for "nothing new"."""
    memo = Memo(number)
    assert memo(b"12") is memo(Raw(b"12"))
    assert memo(b"12") is not memo(b"13")


def test_no_more_is_remembered_than_agreed() -> None:
    """What was not asked for lately is forgotten."""
    memo = Memo(number, most=8)
    first = [memo(b"%d" % passing) for passing in range(100)]
    again = [memo(b"%d" % passing) for passing in reversed(range(100))]
    assert sum(one is other for one, other in zip(first, reversed(again), strict=True)) <= 8
