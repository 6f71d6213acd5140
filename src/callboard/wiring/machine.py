"""What is the machine's: its clock, and the name that Callboard asks under."""

from __future__ import annotations

import time

from callboard import __version__
from callboard.domain.instant import Instant

USER_AGENT = f"callboard/{__version__}"


class SystemClock:
    """The clock of the machine."""

    def now(self) -> Instant:
        """The present instant."""
        return Instant(time.time_ns() // 1_000)
