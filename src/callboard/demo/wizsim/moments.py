"""Times of the world as the source writes and reads them: RFC 3339 in UTC with 0 to 6 decimals."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final


@lru_cache(maxsize=4096)
def _day(day: int) -> str:
    return datetime.fromtimestamp(day * 86_400, UTC).strftime("%Y-%m-%dT")


_MINUTES: Final = tuple(f"{minute // 60:02d}:{minute % 60:02d}:" for minute in range(1_440))
_SECONDS: Final = tuple(f"{second:02d}" for second in range(60))


def micros(row: int) -> int:
    """The part of a second that all times of a row carry: none, milliseconds or microseconds."""
    style = row % 3
    if style == 0:
        return 0
    luck = (row * 2_654_435_761 >> 7) % 1_000_000
    return luck if style == 1 else luck // 1000 * 1000


def write(seconds: int, row: int = 0) -> str:
    """Epoch seconds as text; the decimals follow from the row."""
    day, rest = divmod(seconds, 86_400)
    minute, second = divmod(rest, 60)
    style = row % 3
    if style == 0:
        return f"{_day(day)}{_MINUTES[minute]}{_SECONDS[second]}Z"
    text = f"{_day(day)}{_MINUTES[minute]}{_SECONDS[second]}"
    fraction = (row * 2_654_435_761 >> 7) % 1_000_000
    return f"{text}.{fraction:06d}Z" if style == 1 else f"{text}.{fraction // 1000:03d}Z"


def write_optional(seconds: int, row: int = 0) -> str | None:
    """Like `write`; 0 is never, and never is null."""
    return write(seconds, row) if seconds else None


def read(text: str) -> int:
    """Text as microseconds since the epoch. Raises ValueError when it is not an RFC 3339 time."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    delta = moment - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds
