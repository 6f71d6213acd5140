"""Scores of CVSS vectors, versions 2, 3.0, 3.1 and 4.0 (https://www.first.org/cvss/, read 2026-11).

Advisories carry vectors, not scores. The score is calculated by the `cvss` package; what is here are the bounds and the words.
"""

from __future__ import annotations

import functools
import re

from callboard.domain.finding import Severity

_SHAPE = re.compile(
    r"(?:CVSS:(3\.[01]|4\.0)/)?[A-Za-z]{1,3}:[A-Za-z]{1,2}(?:/[A-Za-z]{1,3}:[A-Za-z]{1,10}){3,40}", re.ASCII
)


@functools.lru_cache(maxsize=8_192)
def base_score(vector: str) -> float | None:
    """The base score of a vector, 0 to 10. None: it is no vector of a version that is known."""
    if len(vector) > 300 or (found := _SHAPE.fullmatch(vector)) is None:
        return None
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    kind = {"3.0": CVSS3, "3.1": CVSS3, "4.0": CVSS4}.get(found[1] or "", CVSS2)
    try:
        made = kind(vector)
    except (CVSSError, KeyError, ValueError):
        return None
    score = made.base_score
    return None if score is None else float(score)


def severity_of(score: float) -> Severity:
    """The word for a score, as CVSS 3 and 4 define it. A score of 0 is "none" there and information here."""
    if score >= 9:
        return Severity.CRITICAL
    if score >= 7:
        return Severity.HIGH
    if score >= 4:
        return Severity.MEDIUM
    return Severity.LOW if score > 0 else Severity.INFO
