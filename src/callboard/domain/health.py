"""How fresh and how whole sources are."""

from __future__ import annotations

import msgspec

from callboard.domain.instant import Instant


class SourceHealth(msgspec.Struct, frozen=True, kw_only=True):
    """How fresh and how whole a source's findings are."""

    name: str
    kind: str
    last_full_at: Instant | None
    """Start of the last complete full run that was applied."""
    last_run_at: Instant | None
    """Start of the last run of any mode that was applied, whole or in part."""
    last_run_state: str | None
    """The last run's state word; None before the first run."""
    reason: str | None
    """Why the last run was held or is partial, in words."""
    held_run: int | None
    """The run that waits for a person; None when none does."""
    stale: bool
    """Older than the operator promised."""
    syncing: bool
    rejected: int
    """Records that could not be read and still cannot."""
    out_of_scope: int
    """Open findings that the present scope does not ask about any more."""
    findings: int
