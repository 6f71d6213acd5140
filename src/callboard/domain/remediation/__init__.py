"""How soon findings are looked at and fixed: what may be asked, and what is told of it. Pure.

`question` says what a report is about, `times` how long things take, `flow` what came and went.
The mathematics is `domain.survival`'s, and nothing here averages what was closed alone.
"""

from __future__ import annotations

from callboard.domain.remediation.flow import (
    REOPENED_WITHIN,
    Days,
    DueReport,
    DueRow,
    Flow,
    Kept,
    OpenReport,
    OpenRow,
    Reopened,
    Stretch,
    open_row,
    stretches,
)
from callboard.domain.remediation.question import (
    By,
    Measure,
    Period,
    Question,
    judged,
    read_day,
    read_period,
    read_start,
)
from callboard.domain.remediation.times import HORIZON, LeftOut, Times, TimesRow, row_of
from callboard.domain.remediation.use import Use

__all__ = [
    "HORIZON", "REOPENED_WITHIN", "By", "Days", "DueReport", "DueRow", "Flow", "Kept", "LeftOut", "Measure", "OpenReport",
    "OpenRow", "Period", "Question", "Reopened", "Stretch", "Times", "TimesRow", "Use", "judged", "open_row", "read_day",
    "read_period", "read_start", "row_of", "stretches",
]  # fmt: skip
