"""`[jobs]`: how processes that work on one database share the work."""

from __future__ import annotations

from typing import Annotated

import msgspec


class Jobs(msgspec.Struct, frozen=True, kw_only=True):
    """How processes that work on one database share the work. All of them have to be told the same."""

    lease_seconds: Annotated[int, msgspec.Meta(ge=5, le=3_600)] = 120
    """A process that was not heard of for this many seconds has lost what it worked on to the next one."""
    look_seconds: Annotated[float, msgspec.Meta(ge=0.2, le=600)] = 15.0
    """How often a process looks whether something is due, in seconds."""
