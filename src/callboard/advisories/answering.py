"""Packages and an index in, matches out: what is known to be bad, and everything about which nothing could be said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from callboard.advisories.index import Facts, Index
from callboard.domain.finding import Severity
from callboard.domain.packages.hashes import as_listed
from callboard.domain.packages.matching import Confidence, Verdict, examine, groups, smallest_safe
from callboard.domain.packages.package import Package
from callboard.domain.packages.versions import order_of

_BY_NAME = ("CVE-", "GHSA-", "MAL-")
"""What a group of records is called by, the best known name first."""


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a package stands, and what brings it there."""

    path: str
    line: int
    direct: bool | None = None
    """Whether the project itself asks for it. None: cannot be known."""
    need: str | None = None
    """production, peer, optional, development, unknown. None: nothing that was read reaches it."""
    bump: tuple[str, ...] = ()
    """Packages that the project asks for and that bring this one: what has to be bumped where it is deep."""
    bring: int = 0
    """How many those are, when they are more than are listed."""


class Match(msgspec.Struct, frozen=True):
    """A package and a record that speaks of its version."""

    purl: str
    advisory: str
    aliases: tuple[str, ...]
    """Other names that the record gives itself."""
    group: tuple[str, ...]
    """Records about this package that tell of the same fact, this one among them."""
    summary: str
    severity: str
    score: float | None
    malicious: bool
    confidence: str
    """exact, range, or hint: the package once carried malware in other versions."""
    fixed: str | None
    """The version that ends this record's range. None: it names none."""
    safe: str | None
    """The smallest version that no record of the group affects. None: none is known."""
    because: str
    exploited: str | None
    """The day it was added to the catalog of known exploited vulnerabilities."""
    likelihood: float | None
    """EPSS: the probability of exploitation within 30 days."""
    reference: str | None
    places: tuple[Place, ...] = ()


class NotEvaluated(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something about which nothing, or not everything, could be said."""

    reason: str
    purl: str | None = None
    advisory: str | None = None
    path: str | None = None
    line: int | None = None
    ecosystem: str | None = None
    packages: int | None = None
    """How many packages of the ecosystem this is about."""


class Report(msgspec.Struct, frozen=True):
    """The whole answer."""

    matches: tuple[Match, ...]
    """Malware first, then by severity; hints last."""
    not_evaluated: tuple[NotEvaluated, ...]
    packages: int
    """Packages that were asked about, each version once."""
    evaluated: int
    """Those of them that something could be said about."""
    withdrawn: int
    """Matches left out because their records were withdrawn."""


def answer(index: Index, packages: Mapping[Package, tuple[Place, ...]], extra: Iterable[NotEvaluated] = ()) -> Report:
    """What the index says about these packages."""
    matches: list[Match] = []
    missed: list[NotEvaluated] = []
    blind: dict[tuple[str, str], int] = {}
    withdrawn = evaluated = 0
    blindness = {name: _blindness(index.facts, name) for name in {package.ecosystem for package in packages}}
    for package, places in packages.items():
        advisories = index.about(package.key)
        reason = blindness[package.ecosystem]
        if reason is not None:
            blind[package.ecosystem, reason] = blind.get((package.ecosystem, reason), 0) + 1
        if not advisories:
            evaluated += reason is None
            continue
        found = examine(package, advisories)
        evaluated += reason is None or bool(found.verdicts)
        withdrawn += len(found.withdrawn)
        missed += (
            NotEvaluated(each.reason, purl=package.purl, advisory=each.advisory, path=_path(places), line=_line(places))
            for each in found.not_evaluated
        )
        if found.verdicts:
            standing = [each for each in advisories if each.withdrawn is None]
            grouped = groups(standing)
            safe: dict[frozenset[str], str | None] = {}
            for verdict in found.verdicts:
                group = grouped[verdict.advisory.id]
                if group not in safe:
                    safe[group] = smallest_safe(package, [each for each in standing if each.id in group])
                matches.append(_match(index, package, verdict, places=places, group=group, safe=safe[group]))
    missed += (
        NotEvaluated(reason, ecosystem=ecosystem, packages=count) for (ecosystem, reason), count in blind.items()
    )
    return Report(
        matches=tuple(sorted(matches, key=_urgency)),
        not_evaluated=(*missed, *extra),
        packages=len(packages),
        evaluated=evaluated,
        withdrawn=withdrawn,
    )


def merge(first: Report, second: Report) -> Report:
    """Two answers as one."""
    if not first.packages and not first.matches:
        return second
    return Report(
        matches=tuple(sorted((*first.matches, *second.matches), key=_urgency)),
        not_evaluated=(*first.not_evaluated, *second.not_evaluated),
        packages=first.packages + second.packages,
        evaluated=first.evaluated + second.evaluated,
        withdrawn=first.withdrawn + second.withdrawn,
    )


def listed_hash(index: Index, package: Package, integrity: Iterable[str], places: tuple[Place, ...]) -> list[Match]:
    """Matches by the hash of a file on a list of harmful ones: whatever name it has, mirrored, renamed or vendored."""
    found = []
    for value in integrity:
        for advisory in index.with_integrity(as_listed(value)):
            because = f"its hash {value[:20]}… is on the list of harmful files"
            verdict = Verdict(advisory, Confidence.EXACT, because, None)
            found.append(_match(index, package, verdict, places=places, group=frozenset((advisory.id,)), safe=None))
    return found


def _blindness(facts: Facts, ecosystem: str) -> str | None:
    """Why nothing can be called clean in an ecosystem. None: there are records and an order."""
    if order_of(ecosystem) is None:
        return f"versions of {ecosystem} have no order here"
    if not facts.ecosystems.get(ecosystem.partition(":")[0]):
        return f"the index holds no advisories of {ecosystem} but those that came with Callboard"
    return None


def _match(
    index: Index,
    package: Package,
    verdict: Verdict,
    *,
    places: tuple[Place, ...],
    group: frozenset[str],
    safe: str | None,
) -> Match:
    advisory = verdict.advisory
    because = verdict.because
    if package.repository is not None:
        because += f"; it comes from {package.repository}, where the name may mean another package"
    added = [line.added for cve in advisory.cves if (line := index.exploited(cve)) is not None]
    likely = [row.probability for cve in advisory.cves if (row := index.likelihood(cve)) is not None]
    return Match(
        purl=package.purl,
        advisory=advisory.id,
        aliases=advisory.aliases,
        group=tuple(sorted(group, key=_rank)),
        summary=advisory.summary,
        severity=verdict.severity.word,
        score=advisory.score,
        malicious=verdict.malicious,
        confidence=verdict.confidence.value,
        fixed=verdict.fixed,
        safe=safe,
        because=because,
        exploited=min(added, default=None),
        likelihood=max(likely, default=None),
        reference=advisory.reference,
        places=places,
    )


def _rank(name: str) -> tuple[int, str]:
    return next((place for place, start in enumerate(_BY_NAME) if name.startswith(start)), len(_BY_NAME)), name


def _urgency(match: Match) -> tuple[bool, bool, int, bool, float, str, str]:
    """Malware, then what is exploited, then by severity; hints about other versions come last."""
    return (
        match.confidence == Confidence.HINT.value,
        not match.malicious,
        -Severity[match.severity.upper()],
        match.exploited is None,
        -(match.likelihood or 0.0),
        match.purl,
        match.advisory,
    )


def _path(places: tuple[Place, ...]) -> str | None:
    return places[0].path if places else None


def _line(places: tuple[Place, ...]) -> int | None:
    return places[0].line if places else None
