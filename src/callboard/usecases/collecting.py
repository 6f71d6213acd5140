"""How often Python looks for cycles of values that nobody needs any more, while a job makes very many that have none."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (200_000, 20, 100)
"""Thresholds of the collector while such a job runs."""
OFTEN = 50_000
"""Objects between two looks in a process that lives long, where rings of values would otherwise lie about (measured in 0107)."""


def collect_often() -> None:
    """For commands that go on until somebody ends them; a start is slower paced, as its values stay."""
    gc.set_threshold(OFTEN)


class _Pace:
    """The collector has one pace for the whole process: the first job slows it down, the last one puts it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs = 0
        self._usual = gc.get_threshold()

    def begin(self) -> None:
        """One more job runs."""
        with self._lock:
            if not self._jobs:
                self._usual = gc.get_threshold()
                gc.set_threshold(*RARELY)
            self._jobs += 1

    def end(self) -> None:
        """One of them is over."""
        with self._lock:
            self._jobs -= 1
            if not self._jobs:
                gc.set_threshold(*self._usual)


_PACE = _Pace()


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Let Python's cycle collector run rarely.

    A page of a sync makes thousands of small values and no cycles, and deciding anew whose everything is makes millions;
    at the default pace the collector walks all that is remembered again and again (measured: a fifth of an unchanged sync,
    a seventh of a plan for 100,000 resources; at 50,000 still a fiftieth of a first sync).
    """
    _PACE.begin()
    try:
        yield
    finally:
        _PACE.end()
