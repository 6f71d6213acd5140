"""How long what grows is kept, and who stopped that. Pure.

Findings, when each was open, and what people decided about them stay as long as the board: every figure rests on them. What is
dropped is the detail around them, by rules with a time each (`store.retention`).
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from callboard.domain.instant import DAY, Instant
from callboard.domain.reconcile import EventKind

Months = Annotated[int, msgspec.Meta(ge=12, le=240)]
Days = Annotated[int, msgspec.Meta(ge=7, le=3_650)]

DETAIL = frozenset(
    {EventKind.PROJECTS, EventKind.OWNER, EventKind.SCOPE, EventKind.BENEATH}
)  # fmt: skip
"""What of a closed finding's history is detail. No figure and no evidence rests on it: states, severities, dates, layers and what
people said stay."""


class Keep(msgspec.Struct, frozen=True, kw_only=True):
    """How long what grows is kept. A time under its floor is refused: evidence asks about a year at least."""

    use_months: Annotated[int, msgspec.Meta(ge=1, le=13)] = 13
    """Months that it is kept by the hour what was done with findings; then only sums by week, team and door. 13 at most."""
    history_months: Months = 24
    """Months that detail of a finding's history is kept after it was closed. When it was open is never dropped."""
    audit_months: Months = 24
    """Months that entries of the log of who did what are kept. What is cut leaves its hash in the log."""
    runs_months: Months = 24
    """Months that it is kept how each reading of a source or the catalog went. Whole readings that were applied stay."""
    packages_months: Annotated[int, msgspec.Meta(ge=3, le=240)] = 24
    """Months that it is kept which packages were used, and what advisories said of them, after that has ended."""
    working_days: Days = 90
    """Days that messages, rejected records and other traces of work are kept when they are done with."""
    spool_days: Annotated[int, msgspec.Meta(ge=2, le=365)] = 30
    """Days after which a reading that nobody went on with is given up, and its pages are dropped."""


DEFAULT = Keep()

ANSWERS_KEPT = DAY
"""How long a request that comes again is answered as the first time (microseconds)."""


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's word that nothing may be dropped: a law, a court or an investigation may ask for it."""

    at: Instant
    by: str
    reason: str


def months(n: int) -> int:
    """So many months in microseconds: thirteen are 396 days, long enough to compare a month with the one a year before."""
    return n * 396 // 13 * DAY
