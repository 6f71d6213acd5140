"""Package versions in, what is known about each out: for those who keep it."""

from __future__ import annotations

from collections.abc import Collection

from callboard.advisories.answering import Match, answer
from callboard.advisories.index import FORMAT, Index
from callboard.domain.finding import Severity
from callboard.domain.matching import Confidence
from callboard.domain.package import Package
from callboard.domain.package_match import Matched
from callboard.ports import Judged

_JUDGES_AS = "1"
"""Changes whenever the same index would be judged by otherwise."""


class IndexJudge:
    """The `Judge` of an index of advisories."""

    def __init__(self, index: Index, mark: str) -> None:
        """`mark` names the index: the same for the same content."""
        self._index = index
        self._mark = f"{FORMAT}/{_JUDGES_AS}/{mark}"
        self._lists_exploited = any(feed.name == "kev" for feed in index.facts.feeds)

    @property
    def mark(self) -> str:
        """Names the state of what it knows."""
        return self._mark

    def judge(self, packages: Collection[Package], /) -> Judged:
        """What is known about each. That a package once carried malware, in other versions, is no finding."""
        by_purl = {each.named: each for each in packages}
        report = answer(self._index, dict.fromkeys(packages, ()))
        found: dict[Package, dict[str, Matched]] = {}
        for match in report.matches:
            if match.confidence != Confidence.HINT.value:
                found.setdefault(by_purl[match.purl], {})[match.advisory] = self._matched(match)
        return Judged(
            {package: tuple(known[each] for each in sorted(known)) for package, known in found.items()},
            report.packages - report.evaluated,
        )

    def _matched(self, match: Match) -> Matched:
        cves = [each for each in (match.advisory, *match.aliases) if each.startswith("CVE-")]
        exploited = match.exploited is not None if cves and self._lists_exploited else None
        return Matched(
            advisory=match.advisory,
            aliases=tuple(sorted(match.aliases)),
            group=match.group,
            summary=match.summary,
            severity=Severity[match.severity.upper()],
            score=match.score,
            malicious=match.malicious,
            because=match.because,
            fixed=match.fixed,
            safe=match.safe,
            exploited=exploited,
            likelihood=match.likelihood,
            reference=match.reference,
        )
