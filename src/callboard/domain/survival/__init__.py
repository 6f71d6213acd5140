"""How long findings live, told so that it holds: those still open count too. Pure.

A plain mean of what was closed leaves out what is still open, which is the slow part; so it is never made here. What is:
Kaplan-Meier with late entry and its band, the restricted mean, log-rank and Cox by stratum, outcomes that compete, and
how many fixes a comparison needs. `metrics` in the documentation says which question each of them answers.
"""

from __future__ import annotations

from callboard.domain.survival.comparing import Hazard, LogRank, Ties, hazard, log_rank
from callboard.domain.survival.curve import Curve, Mean, Step, curve, curve_of
from callboard.domain.survival.outcomes import Incidence, incidence, incidence_of
from callboard.domain.survival.power import fixes_needed, smallest_ratio_seen
from callboard.domain.survival.risk import Ages, AtRisk, Table, ages_of, table, table_of
from callboard.domain.survival.watched import Lives, median, median_of

__all__ = [
    "Ages", "AtRisk", "Curve", "Hazard", "Incidence", "Lives", "LogRank", "Mean", "Step", "Table", "Ties", "ages_of", "curve",
    "curve_of", "fixes_needed", "hazard", "incidence", "incidence_of", "log_rank", "median", "median_of",
    "smallest_ratio_seen", "table", "table_of",
]  # fmt: skip
