"""A refusal takes as long whatever it hides: the clock does not tell what belongs to others from what is not there."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from callboard.errors import NotFoundError

TICK = 0.01
"""Seconds after which nothing may leave that says no; what takes longer leaves after twice, four times or eight times as many."""


@contextmanager
def refused_evenly() -> Iterator[None]:
    """Hold a NotFoundError back until the next tick since it was begun. Blocking; not inside a transaction.

    The work to find out is made alike wherever that is possible, but an index is gone through by another way for what is
    there: a thousand tries on a machine with nothing else to do told a rule of others from none in 8 of 10 pairs.
    """
    started = time.perf_counter()
    try:
        yield
    except NotFoundError:
        wait(started)
        raise


def wait(started: float) -> None:
    """Wait for the next tick since `started`, of `time.perf_counter`. Blocking."""
    passed, end = time.perf_counter() - started, TICK
    while end < passed:
        end *= 2
    time.sleep(end - passed)
