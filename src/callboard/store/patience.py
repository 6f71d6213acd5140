"""How long who writes waits for others, and how long a question may take. A job takes as long as it takes; a person's request does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_WAITING: ContextVar[float | None] = ContextVar("callboard_patience", default=None)
_READING: ContextVar[float | None] = ContextVar("callboard_reading_time", default=None)


@contextmanager
def waits_at_most(seconds: float) -> Iterator[None]:
    """Whoever writes inside, in threads begun from here as well, gives up after so long: StoreError."""
    token = _WAITING.set(seconds)
    try:
        yield
    finally:
        _WAITING.reset(token)


@contextmanager
def reads_at_most(seconds: float) -> Iterator[None]:
    """Each question that is asked inside to read, in threads begun from here as well, ends after so long: StoreError."""
    token = _READING.set(seconds)
    try:
        yield
    finally:
        _READING.reset(token)


def patience() -> float | None:
    """Seconds to wait to write. None: as long as it takes, or as long as the database waits by itself."""
    return _WAITING.get()


def reading_time() -> float | None:
    """Seconds that one question may take. None: as long as it takes."""
    return _READING.get()
