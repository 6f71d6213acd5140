"""How a portal's folder is judged whole: settings by `checks`, locks by `manifests`, their packages by `advisories`."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from callboard.advisories.answering import Match, answer
from callboard.advisories.answering import Place as Standing
from callboard.advisories.index import Index
from callboard.advisories.place import find_index
from callboard.advisories.updating import own_index
from callboard.checks import folder as folders
from callboard.checks.assessment import Assessment, assess
from callboard.checks.manifest import PIPELINE, Manifest
from callboard.domain.finding import Severity
from callboard.domain.instant import Instant
from callboard.domain.package import Package
from callboard.domain.posture import Advice, Fault, Judged, Place
from callboard.errors import ManifestError
from callboard.gathering import Folder, read_lock

_ADVISORIES = Advice(
    key="known-advisories",
    area="packages",
    number=1,
    title="A package has a known advisory",
    severity=Severity.HIGH,
    why="Plugins share one process, its database and its secrets: a hole in one package is a hole in the portal.",
    remedy="Upgrade to the version that is named; packages of Backstage move together, by `backstage-cli versions:bump`.",
    before="a lock with the affected version",
    after="a lock with the mended version",
)
_READABLE = Advice(
    key="readable-manifests",
    area="lockfile",
    number=10,
    title="A lock or pipeline file cannot be read",
    severity=Severity.MEDIUM,
    why="What cannot be read was not judged, and may hold anything.",
    remedy="Mend the file at the line that is named.",
    before="a file with a mistake",
    after="the file without it",
)


def assess_folder(
    folder: Path, files: Sequence[Path], *, is_production: bool | None, config: Path | None = None
) -> Assessment:
    """Judge the portal in a folder. Raises PortalError, and what an index of advisories that cannot be read raises."""
    hosts = folders.registry_hosts(folder)
    manifests: list[Manifest] = []
    broken: list[Fault] = []
    for file in folders.manifest_files(folder):
        name, raw = folders.read_file(folder, file)
        try:
            lock = read_lock(name, raw, Folder(folder).near(name, raw))
        except ManifestError as error:
            broken.append(Fault(path=name, said=f"{error}", place=Place(name, error.line)))
        else:
            manifests.append(Manifest(lock=lock, raw=raw, hosts=hosts))
    locks = [each for each in manifests if each.lock.format not in PIPELINE]
    locked: dict[str, set[str]] = {}
    for each in locks:
        for entry in each.lock.foreign:
            locked.setdefault(entry.package.name, set()).add(entry.package.version)
    portal = folders.read_portal(
        folder,
        files,
        is_production=is_production,
        locked={name: tuple(sorted(versions)) for name, versions in locked.items()} if locks else None,
    )
    return assess(portal, manifests, (_judged(_index(config), locks), Judged(advice=_READABLE, faults=tuple(broken))))


def _index(config: Path | None) -> Index:
    path = find_index(config, os.environ)
    return Index.open(path) if path.exists() else own_index(Instant(time.time_ns() // 1_000))


def _judged(index: Index, locks: Sequence[Manifest]) -> Judged:
    if not locks:
        return Judged(advice=_ADVISORIES, not_evaluated="no lock file was found")
    packages: dict[Package, tuple[Standing, ...]] = {}
    for each in locks:
        for entry in each.lock.foreign:
            packages.setdefault(entry.package, (Standing(path=each.lock.path, line=entry.line),))
    report = answer(index, packages)
    reasons = [
        f"{each.packages} packages of {each.ecosystem}: {each.reason}" for each in report.not_evaluated if each.packages
    ]
    return Judged(
        advice=_ADVISORIES,
        faults=tuple(_faults(report.matches)),
        not_evaluated="; ".join(reasons) or None,
    )


def _faults(matches: Sequence[Match]) -> Iterator[Fault]:
    for match in matches:
        if match.confidence == "hint":
            continue
        place = Place(match.places[0].path, match.places[0].line) if match.places else None
        severity = Severity.CRITICAL if match.malicious else Severity[match.severity.upper()]
        fixed = (
            f" Fixed in {match.safe or match.fixed}." if match.safe or match.fixed else " No fixed version is known."
        )
        names = ", ".join(dict.fromkeys((match.advisory, *match.aliases[:2])))
        told = f"{names}: {match.summary.rstrip('.')}."
        yield Fault(path=match.purl, said=told + ("" if match.malicious else fixed), place=place, severity=severity)
