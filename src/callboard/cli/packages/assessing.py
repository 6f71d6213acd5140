"""How a portal's folder is judged whole: settings and code by `checks`, locks by `manifests`, packages by `advisories`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from callboard.advisories.answering import Match, Report
from callboard.advisories.in_locks import answer_locks
from callboard.advisories.index import Index
from callboard.advisories.opening import open_index
from callboard.checks import folder as folders
from callboard.checks.assessment import Assessment, assess
from callboard.checks.code.judging import judge
from callboard.checks.manifest import PIPELINE, Manifest
from callboard.checks.own_code import code_files
from callboard.checks.pipeline import ALL as PIPELINE_CHECKS
from callboard.checks.pipeline.audit import audit
from callboard.domain.finding import Severity
from callboard.domain.packages.lock import Lock
from callboard.domain.posture import Advice, Fault, Hits, Judged, Place, Reach
from callboard.domain.risk.side import Side, sides
from callboard.errors import ManifestError
from callboard.gathering import Folder, read_lock

_ADVISORIES = Advice(
    key="known-advisories",
    area="packages",
    number=1,
    title="A package has a known advisory",
    severity=Severity.HIGH,
    reach=Reach.SIGNED_IN,
    hits=Hits.PORTAL,
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
    reach=Reach.BUILDERS,
    hits=Hits.PORTAL,
    why="What cannot be read was not judged, and may hold anything.",
    remedy="Mend the file at the line that is named.",
    before="a file with a mistake",
    after="the file without it",
)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A portal's folder, judged, with what the judgement was made of."""

    name: str | None
    """As its package.json has it; None: it has none there."""
    assessment: Assessment
    report: Report
    """What the advisories say of everything in them."""
    sides: Mapping[str, Side]
    """Where packages run, by package URL, as far as the locks tell."""


def assess_folder(
    folder: Path,
    files: Sequence[Path],
    *,
    is_production: bool | None,
    config: Path | None = None,
    index: Index | None = None,
) -> Found:
    """Judge the portal in a folder, with this index of advisories, else with the one that every command asks.

    Raises PortalError, and what an index of advisories that cannot be read raises.
    """
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
    locks = tuple(each.lock for each in manifests if each.lock.format not in PIPELINE)
    locked: dict[str, set[str]] = {}
    for each in locks:
        for entry in each.foreign:
            locked.setdefault(entry.package.name, set()).add(entry.package.version)
    portal = folders.read_portal(
        folder,
        files,
        is_production=is_production,
        locked={name: tuple(sorted(versions)) for name, versions in locked.items()} if locks else None,
    )
    report = answer_locks(open_index(None, config) if index is None else index, locks)
    workflows = [each.lock.path for each in manifests if each.lock.format == "github-actions"]
    others = (
        _judged(report, locks),
        Judged(advice=_READABLE, faults=tuple(broken)),
        *judge(code_files(folder)),
        audit(folder, workflows, [check.judged(manifests) for check in PIPELINE_CHECKS]),
    )
    return Found(
        name=folders.name_of(folder), assessment=assess(portal, manifests, others), report=report,
        sides=_sides(folder, locks),
    )  # fmt: skip


def _sides(folder: Path, locks: Sequence[Lock]) -> dict[str, Side]:
    roles = folders.sides_of(folder)
    found: dict[str, Side] = {}
    for lock in locks if roles else ():
        for package, side in sides(lock, roles).items():
            found[package.named] = side if found.get(package.named, side) is side else Side.BOTH
    return found


def _judged(report: Report, locks: Sequence[Lock]) -> Judged:
    if not locks:
        return Judged(advice=_ADVISORIES, not_evaluated="no lock file was found")
    reasons = [
        f"{each.packages} packages of {each.ecosystem}: {each.reason}" if each.packages else each.reason
        for each in report.not_evaluated
    ]
    return Judged(
        advice=_ADVISORIES,
        faults=tuple(_faults(report.matches)),
        not_evaluated="; ".join(dict.fromkeys(reasons)) or None,
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
