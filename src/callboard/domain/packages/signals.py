"""Signs that something about a package is odd, where no advisory says so. Signs, not proofs: each has false alarms.

Every one of them is about change: a name that was added, a script that came with a new version, a file that differs between
two projects. Presence alone says little: honest packages have install scripts and names that are near others.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from callboard.domain.packages.hashes import by_kind
from callboard.domain.packages.lock import Entry, Lock, Origin
from callboard.domain.packages.package import CRATES, HEX, NPM, PUB, Package, PackageKey
from callboard.domain.packages.sign import Sign

NEAR_TO = 3_000
"""Names that are worth imitating: the most used ones."""
SHORTEST = 4
"""Characters below which every name is near every other."""

_SEPARATORS = re.compile(r"[-_.]+")
_SCOPE = re.compile(r"@([^/]+)/(.+)", re.DOTALL)


ONE_FILE = frozenset({NPM, CRATES, HEX, PUB})
"""Ecosystems in which a version is one file, so that two hashes of it cannot both be right. Elsewhere each platform has its own."""


class Signal(msgspec.Struct, frozen=True):
    """One odd thing, with where it was seen."""

    sign: Sign
    package: Package
    because: str
    path: str
    line: int


class WellKnown:
    """The names of an ecosystem that are used most, the most used first."""

    def __init__(self, names: Sequence[str]) -> None:
        self._known = frozenset(names)
        self.mark = hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
        """The same for the same names."""
        self._near: dict[str, str] = {}
        self._plain: dict[str, str] = {}
        for name in names[:NEAR_TO]:
            if len(name) >= SHORTEST:
                self._plain.setdefault(_without_separators(name), name)
                for variant in _shortened(name):
                    self._near.setdefault(variant, name)

    def imitated(self, name: str) -> str | None:
        """The well-known name that this one could be taken for. None: there is none, or it is well known itself."""
        if name in self._known or len(name) < SHORTEST:
            return None
        plain = self._plain.get(_without_separators(name))
        if plain is not None:
            return plain
        from rapidfuzz.distance import OSA

        for variant in _shortened(name):
            near = self._near.get(variant)
            if near is not None and OSA.distance(name, near, score_cutoff=1) <= 1:
                return near
        return None


def look_alikes(added: Iterable[tuple[Entry, str]], known: WellKnown) -> Iterator[Signal]:
    """Signals about names that were added. Each entry comes with the path of its manifest."""
    for entry, path in added:
        near = known.imitated(entry.package.name)
        if near is not None:
            because = f"the new name {entry.package.name!r} is easily taken for {near!r}"
            yield Signal(Sign.LOOK_ALIKE, entry.package, because, path, entry.line)


def added(before: Lock, after: Lock) -> list[tuple[Entry, str]]:
    """The first entry of every name of others in the new lock that the old one did not have."""
    names = {entry.package.key for entry in before.foreign}
    found: dict[PackageKey, Entry] = {}
    for entry in after.foreign:
        if entry.package.key not in names:
            found.setdefault(entry.package.key, entry)
    return [(entry, after.path) for entry in found.values()]


def new_scripts(before: Lock, after: Lock) -> Iterator[Signal]:
    """Install scripts that came with this change. Nothing where either format does not tell."""
    scripted: dict[PackageKey, bool] = {}
    for entry in before.foreign:
        if entry.install_script is not None:
            key = entry.package.key
            scripted[key] = scripted.get(key, False) or entry.install_script
    versions = {entry.package for entry in before.foreign}
    seen: set[Package] = set()
    for entry in after.foreign:
        if not entry.install_script or entry.package in versions or entry.package in seen:
            continue
        seen.add(entry.package)
        if entry.package.key not in scripted:
            because = "it is new, and runs code when it is installed"
            yield Signal(Sign.NEW_WITH_SCRIPT, entry.package, because, after.path, entry.line)
        elif not scripted[entry.package.key]:
            because = "earlier versions ran no code when they were installed; this one does"
            yield Signal(Sign.NEW_SCRIPT, entry.package, because, after.path, entry.line)


def integrity_conflicts(locks: Iterable[Lock]) -> Iterator[Signal]:
    """Versions whose hashes of one kind have nothing in common between two places. Only what a registry hands out."""
    seen: dict[tuple[Package, str], tuple[frozenset[str], str, int]] = {}
    told: set[Package] = set()
    for lock in locks:
        for entry in lock.foreign:
            if entry.origin is not Origin.REGISTRY or entry.package in told:
                continue
            for kind, values in by_kind(entry.integrity).items():
                first = seen.setdefault((entry.package, kind), (values, lock.path, entry.line))
                if not first[0] & values:
                    told.add(entry.package)
                    because = f"its {kind} differs from the one in {first[1]}:{first[2]}"
                    yield Signal(Sign.INTEGRITY, entry.package, because, lock.path, entry.line)


def comparable(locks: Iterable[Lock]) -> int:
    """How many hashes of one kind could be compared with another place's: what a rate of conflicts is a share of."""
    seen: set[tuple[Package, str]] = set()
    count = 0
    for lock in locks:
        here = {
            (entry.package, kind)
            for entry in lock.foreign
            if entry.origin is Origin.REGISTRY
            for kind in by_kind(entry.integrity)
        }
        count += len(here & seen)
        seen |= here
    return count


def _shortened(name: str) -> set[str]:
    """The name, and all that one deletion makes of it: two names one edit apart share at least one of these."""
    return {name, *(name[:place] + name[place + 1 :] for place in range(len(name)))}


def _without_separators(name: str) -> str:
    """`lodash.merge`, `lodash-merge` and `lodashmerge` alike; a scope that is written as a prefix too."""
    scoped = _SCOPE.fullmatch(name)
    return _SEPARATORS.sub("", f"{scoped[1]}{scoped[2]}" if scoped else name)
