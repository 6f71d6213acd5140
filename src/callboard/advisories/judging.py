"""Package versions in, what is known about each out: for those who keep it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import msgspec

from callboard.advisories.answering import Match, answer, listed_hash
from callboard.advisories.index import FORMAT, Index
from callboard.domain.finding import Severity
from callboard.domain.packages.feed import Fetched
from callboard.domain.packages.matching import Confidence
from callboard.domain.packages.package import NPM, PYPI, Package
from callboard.domain.packages.package_match import Matched
from callboard.domain.packages.package_signs import look_alike
from callboard.domain.packages.sign import Sign
from callboard.domain.packages.signals import WellKnown
from callboard.ports import Judged

_JUDGES_AS = "2"
"""Changes whenever the same index would be judged by otherwise."""
NAMED = (NPM, PYPI)
"""Ecosystems whose names are imitated most, and of which lists of well-known names are to be had."""


class IndexJudge:
    """The `Judge` of an index of advisories."""

    def __init__(self, index: Index, mark: str, known: Mapping[str, WellKnown] | None = None) -> None:
        """`mark` names the index: the same for the same content. `known`: for each ecosystem the names that are used most."""
        self._index = index
        self._known = known or {}
        names = ",".join(f"{ecosystem}={each.mark}" for ecosystem, each in sorted(self._known.items()))
        self._mark = f"{FORMAT}/{_JUDGES_AS}/{mark}" + (f"/{names}" if names else "")
        self._lists_exploited = any(feed.name == "kev" for feed in index.facts.feeds)

    @property
    def mark(self) -> str:
        """Names the state of what it knows."""
        return self._mark

    @property
    def feeds(self) -> tuple[Fetched, ...]:
        """What the index was made from."""
        return tuple(Fetched(name=each.name, read_at=each.read_at) for each in self._index.facts.feeds)

    def judge(self, packages: Mapping[Package, Collection[str]], /) -> Judged:
        """What is known about each. That a package once carried malware, in other versions, is no finding."""
        by_purl = {each.named: each for each in packages}
        report = answer(self._index, dict.fromkeys(packages, ()))
        found: dict[Package, dict[str, Matched]] = {}
        for match in report.matches:
            if match.confidence != Confidence.HINT.value:
                found.setdefault(by_purl[match.purl], {})[match.advisory] = self._matched(match)
        for package, hashes in packages.items() if self._index.knows_hashes else ():
            for matched in self._listed(package, hashes):
                # What is known by its name holds for every file of it.
                found.setdefault(package, {}).setdefault(matched.advisory, matched)
        for package in packages:
            near = self._imitated(package)
            if near is not None:
                matched = look_alike(near)
                found.setdefault(package, {})[matched.advisory] = matched
        return Judged(
            {package: tuple(known[each] for each in sorted(known)) for package, known in found.items()},
            report.packages - report.evaluated,
            self._blind(),
        )

    def _listed(self, package: Package, hashes: Collection[str]) -> Iterator[Matched]:
        """What lists of harmful files say about files of this package."""
        bad: dict[str, list[str]] = {}
        first: dict[str, Match] = {}
        for each in sorted(hashes):
            for match in listed_hash(self._index, package, (each,), ()):
                bad.setdefault(match.advisory, []).append(each)
                first.setdefault(match.advisory, match)
        for advisory, match in first.items():
            yield msgspec.structs.replace(self._matched(match), hashes=tuple(bad[advisory]))

    def _imitated(self, package: Package) -> str | None:
        known = self._known.get(package.ecosystem)
        return None if known is None else known.imitated(package.key[1])

    def _blind(self) -> tuple[str, ...]:
        unnamed = [each for each in NAMED if each not in self._known]
        told = [] if self._index.knows_hashes else ["Hashes of harmful files: the index lists none."]
        if unnamed:
            told.append(
                f"{Sign.LOOK_ALIKE.words}s of {' and '.join(unnamed)}: no list of well-known names is configured "
                f"(advisories.well_known_{unnamed[0].lower()})."
            )
        return tuple(told)

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
