"""EPSS scores (https://www.first.org/epss/data_stats, read 2026-11): a comment with model and day, a head, a line for each CVE."""

from __future__ import annotations

import math

from callboard.advisories.signs import Likelihood, cve_number
from callboard.errors import AdvisoryRefusedError

MAX_BYTES = 256 * 1024 * 1024
"""Unpacked; 300,000 CVEs are 9 MB."""
MARK = b"#model_version:"
_HEAD = "cve,epss,percentile"


def read(content: bytes) -> tuple[dict[str, Likelihood], str]:
    """CVE → its score, and the model with its day. Raises AdvisoryRefusedError naming the line."""
    lines = content.decode("ascii", "replace").splitlines()
    if len(lines) < 2 or not lines[0].startswith(MARK.decode()) or lines[1].strip() != _HEAD:
        raise AdvisoryRefusedError(f"line 1 should tell the model, and line 2 should be {_HEAD}")
    rows: dict[str, Likelihood] = {}
    for number, line in enumerate(lines[2:], start=3):
        if not line.strip():
            continue
        cve, _, rest = line.partition(",")
        probability, _, percentile = rest.partition(",")
        try:
            found = Likelihood(float(probability), float(percentile))
        except ValueError:
            raise AdvisoryRefusedError(f"line {number} should hold a CVE and two numbers") from None
        if cve_number(cve) is None or not all(0 <= each <= 1 for each in (found.probability, found.percentile)):
            raise AdvisoryRefusedError(f"line {number} should hold a CVE and two numbers between 0 and 1")
        if not math.isnan(found.probability):
            rows[cve] = found
    return rows, lines[0][1:].strip()[:80]
