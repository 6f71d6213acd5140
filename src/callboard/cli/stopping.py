"""Ending in time when told to: what cannot be finished is rolled back."""

from __future__ import annotations

import os
import sys
import threading

END_SECONDS = 18.0
"""A process that was told to end has gone after this long, whatever it was doing: less than the 20 s that it promises."""

_lock = threading.Lock()
_timers: list[threading.Timer] = []


def end_within(seconds: float = END_SECONDS) -> None:
    """End this process after so many seconds if it is still there then. Only the first call counts.

    A transaction that is open then is rolled back by the database, since nobody is there to commit it; what the process
    worked on is taken over by the next one.
    """
    with _lock:
        if _timers:
            return
        timer = threading.Timer(seconds, _end)
        timer.daemon = True
        _timers.append(timer)
        timer.start()


def _end() -> None:
    print("It takes too long to finish; what is not committed yet is rolled back.", file=sys.stderr, flush=True)
    os._exit(0)
