"""How soon findings are looked at and fixed: what may be asked, and what is told of it. Pure.

`question` says what a report is about, `times` how long things take. The mathematics is `domain.survival`'s, and nothing here
averages what was closed alone.
"""

from __future__ import annotations

from callboard.domain.remediation.question import By, Measure, Period, Question, judged, read_period
from callboard.domain.remediation.times import HORIZON, LeftOut, Times, TimesRow, row_of

__all__ = [
    "HORIZON", "By", "LeftOut", "Measure", "Period", "Question", "Times", "TimesRow", "judged", "read_period", "row_of",
]  # fmt: skip
