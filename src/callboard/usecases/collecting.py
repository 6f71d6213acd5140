"""How often Python looks for cycles of values that nobody needs any more, while a job makes very many that have none."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = 200_000
"""Objects between two looks while such a job runs."""
HARDLY = 3_000_000
"""The same while it is decided anew whose everything is. 100,000 resources make two million objects, all of them needed until
the end, so that to walk them is for nothing (measured: 0.4 s of 9.8, and no more memory without)."""
_OLDER = 20, 100
"""How many looks at the young go by until the older ones are looked at, and how many of those until all are."""
OFTEN = 50_000
"""Objects between two looks in a process that lives long, where rings of values would otherwise lie about (measured in 0107)."""


def collect_often() -> None:
    """For commands that go on until somebody ends them; a start is slower paced, as its values stay."""
    gc.set_threshold(OFTEN)


class _Pace:
    """The collector has one pace for the whole process: the slowest that a job asks for, and the usual one after the last."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: list[int] = []
        self._usual = gc.get_threshold()

    def begin(self, after: int) -> None:
        """One more job runs."""
        with self._lock:
            if not self._jobs:
                self._usual = gc.get_threshold()
            self._jobs.append(after)
            gc.set_threshold(max(self._jobs), *_OLDER)

    def end(self, after: int) -> None:
        """One of them is over."""
        with self._lock:
            self._jobs.remove(after)
            if self._jobs:
                gc.set_threshold(max(self._jobs), *_OLDER)
            else:
                gc.set_threshold(*self._usual)


_PACE = _Pace()


@contextmanager
def fewer_collections(after: int = RARELY) -> Iterator[None]:
    """Let Python's cycle collector run rarely, `after` so many objects.

    A page of a sync makes thousands of small values and no cycles, and deciding anew whose everything is makes millions;
    at the default pace the collector walks all that is remembered again and again (measured: a fifth of an unchanged sync,
    a seventh of a plan for 100,000 resources; at 50,000 still a fiftieth of a first sync).
    """
    _PACE.begin(after)
    try:
        yield
    finally:
        _PACE.end(after)
