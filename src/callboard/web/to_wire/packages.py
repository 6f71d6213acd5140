"""What components consist of, as JSON."""

from __future__ import annotations

from callboard.domain.component import EntityRef
from callboard.domain.instant import Instant, to_text
from callboard.domain.packages.composition import (
    Composition,
    CoverageRow,
    ManifestRow,
    Missing,
    PackageRow,
    Packages,
    SbomCoverage,
)
from callboard.domain.packages.manifest_series import Taken
from callboard.domain.packages.who_uses import UseRow, WhoUses
from callboard.web.wire import packages as wire


def who_uses(found: WhoUses) -> wire.WhoUses:
    """The answer to who uses a package."""
    return wire.WhoUses(
        package=found.wanted.text,
        start=_when(found.period.start),
        end=_when(found.period.end),
        uses=[_use(row) for row in found.rows],
        total=found.total,
        components=found.components,
        owners=found.owners,
        versions=list(found.versions),
        not_compared=[wire.UncomparedPackage(each.named, each.ecosystem, each.version) for each in found.not_compared],
        manifests=found.manifests,
        next_cursor=found.next,
    )


def _use(row: UseRow) -> wire.PackageUse:
    return wire.PackageUse(
        component=row.component,
        owner=row.owner,
        purl=row.package.named,
        ecosystem=row.package.ecosystem,
        name=row.package.name,
        version=row.package.version,
        direct=row.direct,
        scope=None if row.need is None else row.need.word,
        path=[wire.PackageStep(step.name, step.version) for step in row.path],
        origin=row.origin,
        manifest=row.manifest,
        line=row.line,
        place=row.place,
        since=to_text(row.since),
        since_by=row.since_by.value,
        until=_when(row.until),
    )


def composition(found: Composition) -> wire.ComponentSbom:
    """What a component consists of."""
    return wire.ComponentSbom(
        component=found.component,
        manifests=[_manifest(each) for each in found.manifests],
        packages=found.packages,
        missing=_missing(found.missing),
    )


def _manifest(row: ManifestRow) -> wire.ComponentManifest:
    return wire.ComponentManifest(
        origin=row.origin,
        where=row.where,
        path=row.path,
        part=row.part,
        format=row.format,
        at=_when(row.at),
        taken_at=_when(row.taken_at),
        seen_at=to_text(row.seen_at),
        packages=row.packages,
        direct=row.direct,
        edges=row.edges,
        unknown=list(row.unknown),
        problem=row.problem,
        problem_at=_when(row.problem_at),
        versions=row.versions,
    )


def used(ref: EntityRef, found: Packages) -> wire.ComponentPackages:
    """What a component uses."""
    end = found.start + len(found.rows)
    return wire.ComponentPackages(
        component=ref,
        packages=[_package(each) for each in found.rows],
        total=found.total,
        known=found.known,
        next_start=end if found.rows and end < found.total else None,
    )


def _package(row: PackageRow) -> wire.ComponentPackage:
    return wire.ComponentPackage(
        purl=row.package.named,
        ecosystem=row.package.ecosystem,
        name=row.package.name,
        version=row.package.version,
        direct=row.direct,
        scope=None if row.need is None else row.need.word,
        manifests=list(row.manifests),
        since=to_text(row.since),
        advisories=list(row.advisories),
        severity=None if row.severity is None else row.severity.word,
        malicious=row.malicious,
    )


def coverage(found: SbomCoverage) -> wire.SbomCoverage:
    """For how much of the catalog it is known what it consists of."""
    return wire.SbomCoverage(
        components=found.components,
        covered=found.covered,
        share=round(found.covered / found.components, 4) if found.components else None,
        reasons=[
            wire.MissingCount(reason=why.value, sentence=why.sentence, components=count) for why, count in found.reasons
        ],
        rows=[_row(row) for row in found.rows],
    )


def _row(row: CoverageRow) -> wire.SbomCoverageRow:
    return wire.SbomCoverageRow(
        component=row.component,
        owner=row.owner,
        manifests=row.manifests,
        packages=row.packages,
        at=_when(row.at),
        problems=row.problems,
        missing=_missing(row.missing),
    )


def delivered(ref: EntityRef, name: str, taken: Taken) -> wire.DeliveredSbom:
    """What handing in a bill did."""
    return wire.DeliveredSbom(
        component=ref,
        name=name,
        standing=taken.standing.value,
        packages=taken.packages,
        added=taken.came,
        removed=taken.went,
        at=to_text(taken.at),
        current_at=to_text(taken.current_at),
    )


def _missing(why: Missing | None) -> wire.MissingSbom | None:
    return None if why is None else wire.MissingSbom(why.value, why.sentence)


def _when(at: Instant | None) -> str | None:
    return None if at is None else to_text(at)
