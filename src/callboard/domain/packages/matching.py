"""Whether a package is affected by an advisory, and why. The only place that decides it."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence

import msgspec

from callboard.domain.finding import Severity
from callboard.domain.packages.advisory import Advisory, Affected, exact_key
from callboard.domain.packages.package import Package
from callboard.domain.packages.ranges import Interval
from callboard.domain.packages.versions import order_of

MAX_STEPS_TO_SAFETY = 64
"""Fixes that are followed, one after the other, to find a version that no advisory affects."""


@enum.unique
class Confidence(enum.Enum):
    """How sure a match is."""

    EXACT = "exact"
    """The version is listed by name."""
    RANGE = "range"
    """The version lies in a range with an end, or in one that is meant to have none."""
    HINT = "hint"
    """The package once carried malware, in other versions than this one."""


class Verdict(msgspec.Struct, frozen=True):
    """What one advisory says about one version of a package."""

    advisory: Advisory
    confidence: Confidence
    because: str
    """The reason, for people."""
    fixed: str | None
    """The version that ends the range this one lies in. None: the advisory names none."""

    @property
    def malicious(self) -> bool:
        """Whether this version was made to harm, and not only one beside it."""
        return self.advisory.malicious and self.confidence is not Confidence.HINT

    @property
    def severity(self) -> Severity:
        """Malware is critical whatever its record says; a hint about other versions is for information."""
        if self.confidence is Confidence.HINT:
            return Severity.INFO
        return Severity.CRITICAL if self.malicious else self.advisory.severity


class NotEvaluated(msgspec.Struct, frozen=True):
    """A package of which nothing, or not everything, could be said. It is not clean."""

    package: Package
    reason: str
    advisory: str | None = None
    """The record that could not be evaluated. None: none was."""


class Answer(msgspec.Struct, frozen=True):
    """Everything that the advisories say about one package."""

    package: Package
    verdicts: tuple[Verdict, ...]
    not_evaluated: tuple[NotEvaluated, ...]
    withdrawn: tuple[str, ...] = ()
    """Records that would fit, had they not been withdrawn."""


def examine(package: Package, advisories: Iterable[Advisory]) -> Answer:
    """What these advisories, which name the package, say about its version."""
    verdicts: list[Verdict] = []
    missed: list[NotEvaluated] = []
    withdrawn: list[str] = []
    known = list(advisories)
    hijacked = _named_exactly(package, known)
    for advisory in known:
        found = judge(package, advisory, hijacked=hijacked)
        if isinstance(found, str):
            if advisory.withdrawn is None:
                missed.append(NotEvaluated(package, found, advisory.id))
        elif found is not None:
            if advisory.withdrawn is None:
                verdicts.append(found)
            else:
                withdrawn.append(advisory.id)
    return Answer(package, tuple(verdicts), tuple(missed), tuple(withdrawn))


def judge(package: Package, advisory: Advisory, *, hijacked: frozenset[str] = frozenset()) -> Verdict | str | None:
    """What one advisory says. A text: why it cannot be evaluated. None: it does not speak of this version.

    `hijacked` are names of facts about malware that some record tells by version: there an open range is only a hint.
    """
    entries = [each for each in advisory.affected if each.key == package.key]
    if not package.version:
        return "the version is not known"
    order = order_of(package.ecosystem)
    key = exact_key(package.version, order)
    has_order = order is not None and order(package.version) is not None
    if any(key in entry.versions for entry in entries):
        return Verdict(advisory, Confidence.EXACT, f"{package.version} is listed", _fixed(entries, key))
    hit: Interval | None = None
    for interval in (each for entry in entries for each in entry.intervals):
        # What every version is in, a version without an order is in, too.
        if (has_order or interval.is_open) and key in interval and (hit is None or hit.is_open):
            hit = interval
    if hit is not None:
        if advisory.malicious and hit.is_open and (_is_exact(entries) or hijacked & advisory.names):
            return Verdict(advisory, Confidence.HINT, "the package once carried malware, in other versions", None)
        exact = hit.closed and hit.low == hit.high
        return Verdict(
            advisory,
            Confidence.EXACT if exact else Confidence.RANGE,
            f"{package.version} is {hit.words}" if exact else f"{package.version} lies in: {hit.words}",
            hit.fixed,
        )
    return _unread(package, entries, has_order=has_order)


def _unread(package: Package, entries: Sequence[Affected], *, has_order: bool) -> str | None:
    problems = [problem for entry in entries for problem in entry.unread]
    if not has_order and any(entry.intervals for entry in entries):
        problems.append(f"{package.version[:80]!r} is no version of {package.ecosystem} that has an order")
    return "; ".join(dict.fromkeys(problems)) or None


def _is_exact(entries: Iterable[Affected]) -> bool:
    return any(entry.is_exact for entry in entries)


def _named_exactly(package: Package, advisories: Iterable[Advisory]) -> frozenset[str]:
    """Names of the facts about malware in this package that at least one record tells by version."""
    names: set[str] = set()
    for advisory in advisories:
        if advisory.malicious and advisory.withdrawn is None:
            entries = [each for each in advisory.affected if each.key == package.key]
            if _is_exact(entries):
                names |= advisory.names
    return frozenset(names)


def _fixed(entries: Iterable[Affected], key: bytes) -> str | None:
    """The nearest version above that ends one of the ranges."""
    ends = [
        (each.high, each.fixed)
        for entry in entries
        for each in entry.intervals
        if each.high is not None and each.fixed is not None and each.high > key
    ]
    return min(ends)[1] if ends else None


def groups(advisories: Sequence[Advisory]) -> dict[str, frozenset[str]]:
    """Id of every advisory → the ids that are, by their aliases, records of the same fact.

    Only for display: aliases can be too wide, so every record keeps its own verdict.
    """
    leader: dict[str, str] = {}

    def find(name: str) -> str:
        leader.setdefault(name, name)
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for advisory in advisories:
        for name in advisory.names:
            leader[find(name)] = find(advisory.id)
    members: dict[str, set[str]] = {}
    for advisory in advisories:
        members.setdefault(find(advisory.id), set()).add(advisory.id)
    return {each: frozenset(ids) for ids in members.values() for each in ids}


def smallest_safe(package: Package, advisories: Sequence[Advisory]) -> str | None:
    """The smallest version above that none of these advisories affects, going from fix to fix. None: none is known.

    A hint is no reason to leave a version; what could not be evaluated is.
    """
    order = order_of(package.ecosystem)
    at = package
    for _ in range(MAX_STEPS_TO_SAFETY):
        answer = examine(at, advisories)
        verdicts = [each for each in answer.verdicts if each.confidence is not Confidence.HINT]
        if answer.not_evaluated or order is None:
            return None
        if not verdicts:
            return None if at is package else at.version
        ends = [(order(each.fixed), each.fixed) for each in verdicts if each.fixed is not None]
        here = order(at.version)
        if len(ends) < len(verdicts) or here is None:
            return None
        key, version = max((key or b"", version) for key, version in ends)
        if key <= here:
            return None
        at = msgspec.structs.replace(package, version=version)
    return None
