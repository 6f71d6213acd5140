"""Instants: whole microseconds since 1970 in UTC.

Sources give RFC 3339 dates with zero to six fractional digits; microseconds hold them exactly, and as integers they
sort, index and compare alike on both databases.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NewType

Instant = NewType("Instant", int)
"""Microseconds since 1970-01-01T00:00:00Z. Never naive, never local."""

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def from_datetime(value: datetime) -> Instant:
    """An aware datetime as an instant. Raises ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone")
    since = value - _EPOCH
    # Two times as fast as dividing by a microsecond, and just as exact; a first load does it for every date.
    return Instant((since.days * 86_400 + since.seconds) * SECOND + since.microseconds)


def from_text(text: str) -> Instant:
    """An RFC 3339 date (`2026-03-25T05:46:26.681576Z`) as an instant. Raises ValueError for anything else."""
    return from_datetime(datetime.fromisoformat(text))


def to_datetime(value: Instant) -> datetime:
    """The instant as an aware UTC datetime."""
    return _EPOCH + timedelta(microseconds=value)


def to_text(value: Instant) -> str:
    """The instant as RFC 3339 in UTC, with fractional digits only where there are some."""
    return to_datetime(value).isoformat().replace("+00:00", "Z")
