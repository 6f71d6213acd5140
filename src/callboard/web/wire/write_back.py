"""JSON shapes of what is written where findings came from. The same contract as `wire`."""

from __future__ import annotations

import msgspec


class WriteBack(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was written, or is to be, about a finding at its source."""

    id: int
    operation: str
    """status, note, due, assignee or ticket."""
    words: str
    """What was to be written."""
    state: str
    """waiting, done, conflict (somebody changed it there, and theirs stands), refused, or given-up (not reached for days)."""
    said: str | None
    """What the source answered, in its own words. Plain text, untrusted."""
    decision: int | None
    """What it follows from."""
    actor: str
    made_at: str
    ended_at: str | None
    attempts: int
