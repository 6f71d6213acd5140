"""JSON shapes of the API about what components consist of. As `wire`: names here are added to, never changed."""

from __future__ import annotations

import msgspec


class PackageStep(msgspec.Struct, frozen=True, gc=False):
    """One package on the way from a component."""

    name: str
    version: str


class PackageUse(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One component that uses, or used, one package."""

    component: str
    owner: str | None
    purl: str
    ecosystem: str
    name: str
    version: str
    direct: bool | None
    """Whether the component asks for it itself. null: its manifest does not tell."""
    scope: str | None
    """production, peer, optional, unknown or development. null: nothing that was read leads to it."""
    path: list[PackageStep]
    """From what the component asks for to the package itself. Only the package: the way is not known."""
    origin: str
    """repository or upload."""
    manifest: str
    line: int
    place: str
    """Where it stands, as somebody can find it: of a bill the file that it names, where it names one."""
    since: str
    """From when on it is used, as far as is known."""
    since_by: str
    """What tells it. bill: the date that the bill names itself; known: Callboard first knew of it then."""
    until: str | None
    """null: it is used now."""


class UncomparedPackage(msgspec.Struct, frozen=True):
    """A package of the name whose version cannot be compared with the range."""

    purl: str
    ecosystem: str
    version: str


class WhoUses(msgspec.Struct, frozen=True, kw_only=True):
    """Who uses a package, or used it."""

    package: str
    """What was asked about."""
    start: str | None
    """Of the time that was asked about. null: now."""
    end: str | None
    uses: list[PackageUse]
    total: int
    components: int
    owners: int
    versions: list[str]
    not_compared: list[UncomparedPackage]
    """In use, and neither inside nor outside of the range."""
    manifests: int
    """What was searched: manifests that the caller may know of."""
    next_cursor: str | None


class ComponentManifest(msgspec.Struct, frozen=True, kw_only=True):
    """One manifest of a component."""

    origin: str
    where: str
    path: str
    part: str
    """The folder whose share of the manifest this is. Empty: all of it."""
    format: str | None
    """null: it could never be read."""
    at: str | None
    """The moment that it speaks of."""
    taken_at: str | None
    seen_at: str
    packages: int
    direct: int | None
    edges: int
    unknown: list[str]
    problem: str | None
    problem_at: str | None
    versions: int


class MissingSbom(msgspec.Struct, frozen=True):
    """Why it is not known what a component consists of."""

    reason: str
    """no-repository, repository-not-read, repository-absent, no-manifest, no-lockfile or unreadable."""
    sentence: str


class ComponentSbom(msgspec.Struct, frozen=True, kw_only=True):
    """What a component consists of."""

    component: str
    manifests: list[ComponentManifest]
    packages: int
    """Different package versions in all of them."""
    missing: MissingSbom | None


class ComponentPackage(msgspec.Struct, frozen=True, kw_only=True):
    """One version of a package that a component uses now."""

    purl: str
    ecosystem: str
    name: str
    version: str
    direct: bool | None
    scope: str | None
    manifests: list[str]
    """Each with its line."""
    since: str
    advisories: list[str]
    severity: str | None
    """The worst of the advisories. null: nothing is known of it, which is not the same as clean."""
    malicious: bool


class ComponentPackages(msgspec.Struct, frozen=True, kw_only=True):
    """What a component uses, the worst first, then by name."""

    component: str
    packages: list[ComponentPackage]
    total: int
    known: int
    """Of all of them those that advisories speak of."""
    next_start: int | None


class SbomCoverageRow(msgspec.Struct, frozen=True, kw_only=True):
    """One component of the catalog."""

    component: str
    owner: str | None
    manifests: int
    packages: int
    at: str | None
    problems: int
    """Manifests whose last state could not be read."""
    missing: MissingSbom | None


class MissingCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many components lack an SBOM for one reason."""

    reason: str
    sentence: str
    components: int


class SbomCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """For how many components it is known what they consist of."""

    components: int
    covered: int
    share: float | None
    """0 to 1. null: there is no component."""
    reasons: list[MissingCount]
    rows: list[SbomCoverageRow]


class DeliveredSbom(msgspec.Struct, frozen=True, kw_only=True):
    """What handing in a bill did."""

    component: str
    name: str
    standing: str
    """current, same, or older: a newer one was there, and this one counts for the past alone."""
    packages: int
    added: int
    removed: int
    at: str
    """The moment that it speaks of."""
    current_at: str
