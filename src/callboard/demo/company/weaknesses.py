"""Reads the tables of published vulnerabilities."""

from __future__ import annotations

from datetime import UTC, datetime

from callboard.demo.company.ids import spread
from callboard.demo.company.values import Weakness
from callboard.demo.company.weaknesses_more_text import SYSTEMS
from callboard.demo.company.weaknesses_text import LIBRARIES


def severity_of(score: float) -> str:
    """The word for a CVSS 3 score, by the standard's own scale."""
    if score >= 9.0:
        return "CRITICAL"
    if score >= 7.0:
        return "HIGH"
    if score >= 4.0:
        return "MEDIUM"
    return "LOW" if score > 0 else "NONE"


def make_weaknesses() -> tuple[Weakness, ...]:
    """Every vulnerability of the tables, in their order."""
    found: list[Weakness] = []
    for line in (LIBRARIES + SYSTEMS).strip().splitlines():
        if not line:
            continue
        ecosystem, package, installed, fixed, score, flags, category, month, cve, text = line.split("|")
        kev, malicious = "k" in flags, "m" in flags
        exploit = kev or malicious or "x" in flags
        # The daily EPSS score of each id is not a fact we hold: this is a believable value by what is known of it.
        luck = spread(len(found), 7) / 65_536
        epss = 0.55 + 0.42 * luck if kev else 0.12 + 0.4 * luck if exploit else 0.0004 + 0.05 * luck**3
        year, number = month.split("-")
        found.append(
            Weakness(
                cve=cve,
                ecosystem=ecosystem,
                package=package,
                installed=installed,
                fixed=None if fixed == "-" else fixed,
                score=float(score),
                severity=severity_of(float(score)),
                exploit=exploit,
                kev=kev,
                malicious=malicious,
                category=category,
                published_at=int(datetime(int(year), int(number), 1, tzinfo=UTC).timestamp()),
                epss=round(epss, 5),
                epss_percentile=round(min(0.9999, 0.2 + epss**0.25 * 0.8), 4),
                text=text,
            )
        )
    return tuple(found)
