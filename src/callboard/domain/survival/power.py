"""How many fixes it takes to see a difference. Pure (Schoenfeld, Biometrika 1981)."""

from __future__ import annotations

import math
from statistics import NormalDist

_CERTAIN = NormalDist().inv_cdf(0.975)
"""Two-sided, 5 %."""


def fixes_needed(ratio: float, *, power: float = 0.8, share: float = 0.5) -> int:
    """Fixes, both groups together, to see this hazard ratio with this chance.

    Args:
        ratio: how many times as fast one group fixes; above 0 and not 1.
        power: the chance to see it, between 0 and 1.
        share: of all findings, those in the first group, between 0 and 1.

    Raises:
        ValueError: the ratio is 1, which no number of fixes shows.
    """
    if ratio == 1:
        raise ValueError("no number of fixes shows that nothing differs")
    reach = _CERTAIN + NormalDist().inv_cdf(power)
    return math.ceil(reach**2 / (share * (1 - share) * math.log(ratio) ** 2))


def smallest_ratio_seen(fixes: int, *, power: float = 0.8, share: float = 0.5) -> float:
    """The smallest hazard ratio above 1 that so many fixes show with this chance; infinite where there are none."""
    if fixes <= 0 or not 0 < share < 1:
        return math.inf
    reach = _CERTAIN + NormalDist().inv_cdf(power)
    return math.exp(reach / math.sqrt(fixes * share * (1 - share)))
