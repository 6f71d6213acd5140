"""How long who writes waits for others. A job waits as long as it takes; a person's request does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_SECONDS: ContextVar[float | None] = ContextVar("callboard_patience", default=None)


@contextmanager
def waits_at_most(seconds: float) -> Iterator[None]:
    """Whoever writes inside, in threads begun from here as well, gives up after so long: StoreError."""
    token = _SECONDS.set(seconds)
    try:
        yield
    finally:
        _SECONDS.reset(token)


def patience() -> float | None:
    """Seconds. None: as long as it takes, or as long as the database waits by itself."""
    return _SECONDS.get()
